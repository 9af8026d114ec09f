// SPDX-License-Identifier: Apache-2.0

/// W4: two nodes that have the same link up again.
struct Reconnecting: Work {
    static let name = "w4"
    static let title = "reconnect: two nodes that are equal already"

    private let village: EnrolledFolder
    private let township: EnrolledFolder

    init(_ bench: Bench) throws {
        village = try bench.writtenVillage(work: "w1")
        township = try bench.emptyTownship("w4-township")
        let contents = try WorkerProcess.contents(of: village)
        _ = try Meeting(
            callers: [township], called: [village],
            expectedOfCaller: Expectation(
                entries: contents.entries, records: contents.records)
        ).hold()
    }

    func measure() throws -> [Figure] {
        let course = try meet()
        return [
            Figure("seconds", course.settledSeconds, .seconds),
            Figure("bytes_to_caller", course.traffic.bytesIn, .bytes),
            Figure("bytes_from_caller", course.traffic.bytesOut, .bytes),
            Figure("round_trips", course.traffic.turns),
            Figure("packets", course.writes),
            Figure("caller_cpu", course.cpuSeconds.caller, .seconds),
            Figure("called_cpu", course.cpuSeconds.called, .seconds),
            Figure("caller_peak_memory", course.peakBytes.caller, .bytes),
            Figure("called_peak_memory", course.peakBytes.called, .bytes),
        ]
    }

    func meet(over link: LinkProfile? = nil) throws -> Meeting.Course {
        try Meeting(callers: [township], called: [village], link: link).hold()
    }
}
