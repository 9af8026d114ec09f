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
        let township = try bench.emptyTownship("\(Kind.name)-township")
        let course = try Meeting(
            callers: [township], called: [village],
            expectedOfCaller: Expectation(
                entries: contents.entries, records: contents.records)
        ).hold()
        let received = try WorkerProcess.contents(of: township)
        guard received.digest == contents.digest else {
            throw BenchFailure("\(Kind.name): the digests differ")
        }
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
