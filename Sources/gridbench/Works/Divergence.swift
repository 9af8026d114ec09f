// SPDX-License-Identifier: Apache-2.0

import GridCore

/// W3: two nodes that had the same, were cut off and written to, link up again.
struct Divergence: Work {
    static let name = "w3"
    static let title = "divergence: two nodes exchange what they wrote while cut off"

    private let bench: Bench
    /// The village and the township as they were when the link came back.
    private let pair: [EnrolledFolder]
    private let records: Int
    private let entries: UInt64
    private let conflicts: Int

    init(_ bench: Bench) throws {
        self.bench = bench
        let (base, sides) = try bench.workload.twoSides(bench.size)
        conflicts = try Self.conflicts(base: base, sides: sides)
        let areas = [County.village(0), County.township]
        pair = try bench.prepared("w3-\(bench.size.rawValue)", areas: areas) { pair in
            try bench.write([(base, pair[0])])
            let shared = try WorkerProcess.contents(of: pair[0])
            _ = try Meeting(
                callers: [pair[1]], called: [pair[0]],
                expectedOfCaller: Expectation(entries: shared.entries, records: shared.records)
            ).hold()
            try bench.write(Array(zip(sides, pair)))
        }
        let contents = try WorkerProcess.contents(of: pair)
        records = contents[0].records
        // What they share is one entry a record.
        entries = contents[0].entries + contents[1].entries - UInt64(records)
    }

    func measure() throws -> [Figure] {
        let (course, township, village) = try meet()
        return [
            Figure("seconds", course.seconds, .seconds),
            Figure("bytes_to_caller", course.traffic.bytesIn, .bytes),
            Figure("bytes_from_caller", course.traffic.bytesOut, .bytes),
            Figure("caller_cpu", course.cpuSeconds.caller, .seconds),
            Figure("called_cpu", course.cpuSeconds.called, .seconds),
            Figure("caller_peak_memory", course.peakBytes.caller, .bytes),
            Figure("called_peak_memory", course.peakBytes.called, .bytes),
            Figure("caller_disk", FolderSize.bytes(of: township.path), .bytes),
            Figure("called_disk", FolderSize.bytes(of: village.path), .bytes),
            Figure("settled_seconds", course.settledSeconds, .seconds),
            Figure("conflicts_of_caller", conflicts),
            Figure("conflicts_of_called", conflicts),
            Figure("equal_digests", 1),
            Figure("entries", entries - UInt64(records)),
        ]
    }

    /// Lets copies of them meet once.
    /// - Returns: what was seen, and their folders, which then have the same.
    func meet(
        over link: LinkProfile? = nil
    ) throws -> (course: Meeting.Course, township: EnrolledFolder, village: EnrolledFolder) {
        let village = try bench.copy(pair[0], to: "w3-village")
        let township = try bench.copy(pair[1], to: "w3-township")
        let expectation = Expectation(entries: entries, records: records)
        let course = try Meeting(
            callers: [township], called: [village], expectedOfCaller: expectation,
            expectedOfCalled: expectation, link: link
        ).hold()
        let contents = try WorkerProcess.contents(of: [township, village])
        guard contents[0].digest == contents[1].digest else {
            throw BenchFailure("w3: the digests differ")
        }
        guard contents.allSatisfy({ $0.conflicts == conflicts }) else {
            throw BenchFailure(
                "w3: \(contents.map(\.conflicts)) conflicts instead of \(conflicts)")
        }
        return (course, township, village)
    }

    /// Fields that both sides changed, and to different values.
    private static func conflicts(base: String, sides: [String]) throws -> Int {
        let before = try values(of: base)
        let after = try sides.map { try values(of: $0) }
        return after[0].count { key, value in
            guard let other = after[1][key] else { return false }
            return value != other && value != before[key] && other != before[key]
        }
    }

    /// The last value of each field, as text.
    private static func values(of path: String) throws -> [String: String] {
        var file = try OperationFile(path)
        var values: [String: String] = [:]
        while let operation = try file.next() {
            for (name, value) in operation.values {
                values["\(operation.code).\(name)"] = value.description
            }
        }
        return values
    }
}
