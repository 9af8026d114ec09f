// SPDX-License-Identifier: Apache-2.0

/// W1 and the mixed work: an empty township calls a village and takes all that it has.
struct CatchUp<Kind: CatchUpKind>: Work {
    static var name: String { Kind.name }
    static var title: String { Kind.title }

    private let bench: Bench
    private let village: EnrolledFolder
    private let contents: FolderContents

    init(_ bench: Bench) throws {
        self.bench = bench
        village = try bench.writtenVillage(work: Kind.name)
        contents = try WorkerProcess.contents(of: village)
    }

    func measure() throws -> [Figure] {
        let (course, township) = try meet()
        return [
            Figure("seconds", course.seconds, .seconds),
            Figure("bytes_to_receiver", course.traffic.bytesIn, .bytes),
            Figure("bytes_to_sender", course.traffic.bytesOut, .bytes),
            Figure("receiver_cpu", course.cpuSeconds.caller, .seconds),
            Figure("sender_cpu", course.cpuSeconds.called, .seconds),
            Figure("receiver_peak_memory", course.peakBytes.caller, .bytes),
            Figure("sender_peak_memory", course.peakBytes.called, .bytes),
            Figure("receiver_disk", FolderSize.bytes(of: township.path), .bytes),
            Figure("sender_disk", FolderSize.bytes(of: village.path), .bytes),
            Figure("settled_seconds", course.settledSeconds, .seconds),
            Figure("entries", contents.entries),
            Figure("records", contents.records),
            Figure("sender_runs", contents.runs),
        ]
    }
    /// Lets them meet once.
    /// - Returns: what was seen, and the folder of the township, which then has all.
    func meet() throws -> (course: Meeting.Course, township: EnrolledFolder) {
        let township = try bench.emptyTownship("\(Kind.name)-township")
        let course = try Meeting(
            callers: [township], called: [village],
            expectedOfCaller: Expectation(
                entries: contents.entries, records: contents.records)
        ).hold()
        try check(township, against: contents)
        return (course, township)
    }

    /// Lets them meet over a weak link, while the village writes something urgent after so many
    /// bytes.
    func meet(over link: LinkProfile, alertAfterBytes: UInt64) throws -> Meeting.Course {
        let village = try bench.copy(village, to: "\(Kind.name)-village")
        let township = try bench.emptyTownship("\(Kind.name)-township")
        let course = try Meeting(
            callers: [township], called: [village],
            expectedOfCaller: Expectation(
                entries: contents.entries + 1, records: contents.records),
            link: link, alertAfterBytes: alertAfterBytes
        ).hold()
        try check(township, against: WorkerProcess.contents(of: village))
        return course
    }

    private func check(_ township: EnrolledFolder, against contents: FolderContents) throws {
        let received = try WorkerProcess.contents(of: township)
        guard received.digest == contents.digest else {
            throw BenchFailure("\(Kind.name): the digests differ")
        }
    }
}

/// Which operations the village has written.
protocol CatchUpKind {
    static var name: String { get }
    static var title: String { get }
}

enum PlainCatchUp: CatchUpKind {
    static let name = "w1"
    static let title = "catch-up: an empty node takes a replica's whole history"
}

enum MixedCatchUp: CatchUpKind {
    static let name = "mixed"
    static let title = "catch-up with sets, counters, timelines and archived records"
}
