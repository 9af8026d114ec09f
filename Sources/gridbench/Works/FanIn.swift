// SPDX-License-Identifier: Apache-2.0

/// W2: an empty township calls all its villages at once. The villages share one process.
struct FanIn: Work {
    static let name = "w2"
    static let title = "fan-in: one node takes the history of many over as many links"

    private let bench: Bench
    private let villages: [EnrolledFolder]
    private let expectation: Expectation

    init(_ bench: Bench) throws {
        self.bench = bench
        villages = try bench.writtenVillages(
            "w2-\(bench.size.rawValue)", operations: bench.workload.manyReplicas(bench.size))
        let contents = try WorkerProcess.contents(of: villages)
        expectation = Expectation(
            entries: contents.reduce(0) { $0 + $1.entries },
            records: contents.reduce(0) { $0 + $1.records })
    }

    func measure() throws -> [Figure] {
        let township = try bench.emptyTownship("w2-township")
        let course = try Meeting(
            callers: [township], called: villages, expectedOfCaller: expectation
        ).hold()
        let received = try WorkerProcess.contents(of: township)
        guard received.conflicts == 0 else { throw BenchFailure("w2: conflicts") }
        return [
            Figure("seconds", course.seconds, .seconds),
            Figure("bytes_to_receiver", course.traffic.bytesIn, .bytes),
            Figure("bytes_to_senders", course.traffic.bytesOut, .bytes),
            Figure("receiver_cpu", course.cpuSeconds.caller, .seconds),
            Figure("senders_cpu", course.cpuSeconds.called, .seconds),
            Figure("receiver_peak_memory", course.peakBytes.caller, .bytes),
            Figure("senders_peak_memory", course.peakBytes.called, .bytes),
            Figure("receiver_disk", FolderSize.bytes(of: township.path), .bytes),
            Figure(
                "senders_disk", villages.reduce(0) { $0 + FolderSize.bytes(of: $1.path) }, .bytes),
            Figure("settled_seconds", course.settledSeconds, .seconds),
            Figure("links", villages.count),
            Figure("entries", expectation.entries),
            Figure("records", expectation.records),
        ]
    }
}
