// SPDX-License-Identifier: Apache-2.0

/// W5: local writes, one writer and 64 at once, with plain SQLite beside them.
struct LocalWriting: Work {
    static let name = "w5"
    static let title = "local writes: durable transactions a second, plain SQLite beside them"

    private static let writers = 64
    private static let rounds = 5

    private let bench: Bench
    private let operations: String

    init(_ bench: Bench) throws {
        self.bench = bench
        operations = try bench.workload.oneReplica("w1", size: bench.size)
    }

    func measure() throws -> [Figure] {
        let village = try bench.county.enrol(bench.fresh("w5"), area: County.village(0))
        let lone = bench.size == .small ? 100 : 1000
        let report = try WorkerProcess.ask(
            .write(
                LocalWrites.Plan(
                    folder: village.path, database: bench.fresh("w5-plain.db"),
                    operations: operations, records: bench.size.counts.records,
                    rounds: Self.rounds, lone: lone, writers: Self.writers,
                    each: bench.size == .small ? 16 : 64)))
        for suffix in ["", "-wal", "-shm"] { _ = try bench.fresh("w5-plain.db\(suffix)") }
        guard let slices = report.writes, slices.count == 3 else {
            throw BenchFailure("a worker did not say how it wrote")
        }
        let rates = slices.map { Double($0.latencies.count) / $0.seconds }
        return zip(slices, rates).flatMap(Self.figures) + [
            Figure("lone_of_plain", rates[0] / rates[1], .ratio),
            Figure("crowd_of_plain", rates[2] / rates[1], .ratio),
            Figure("peak_memory", report.usage.peakBytes, .bytes),
        ]
    }

    private static func figures(_ slice: LocalWrites.Slice, rate: Double) -> [Figure] {
        let sorted = slice.latencies.sorted()
        func quantile(_ part: Double) -> Double {
            sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))] * 1000
        }
        return [
            Figure("\(slice.name)_rate", rate, .perSecond),
            Figure("\(slice.name)_p50", quantile(0.5), .milliseconds),
            Figure("\(slice.name)_p99", quantile(0.99), .milliseconds),
            Figure("\(slice.name)_p999", quantile(0.999), .milliseconds),
        ]
    }
}
