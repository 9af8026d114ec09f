// SPDX-License-Identifier: Apache-2.0

import GridNode

/// Local writes of one process, each durable before it is answered: through a node's engine, and
/// in plain SQLite beside it, by turns, so that both have the same minutes of the machine.
struct LocalWrites {
    struct Plan: Codable, Sendable {
        /// Of an enrolled node without records.
        let folder: String
        /// Where the plain database is made.
        let database: String
        let operations: String
        /// Operations at the beginning that create the records; they are not timed.
        let records: Int
        let rounds: Int
        /// Writes of a lone writer in a round.
        let lone: Int
        let writers: Int
        /// Writes of each of the writers in a round.
        let each: Int
    }

    /// All writes of one kind, in seconds.
    struct Slice: Codable, Sendable {
        let name: String
        var seconds = 0.0
        /// Of each write that changed something.
        var latencies: [Double] = []
    }

    private let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    func run() async throws -> [Slice] {
        try await OpenNodes.run([Station(folder: plan.folder)]) { nodes in
            var file = try OperationFile(plan.operations)
            let table = try PlainTable(plan.database)
            var scribe = try Scribe(nodes.first, writers: 256)
            let creates = try Self.take(plan.records, from: &file)
            try await scribe.write(creates)
            try table.fill(creates)
            let turns = Turns(engine: nodes.first.engine, ids: scribe.ids)
            var lone = Slice(name: "lone")
            var plain = Slice(name: "plain")
            var crowd = Slice(name: "crowd")
            for _ in 0..<plan.rounds {
                let operations = try Self.take(plan.lone, from: &file)
                try await turns.write(operations, to: &lone)
                try Self.write(operations, in: table, to: &plain)
                try await turns.write(
                    Self.take(plan.writers * plan.each, from: &file), writers: plan.writers,
                    to: &crowd)
            }
            return [lone, plain, crowd]
        }
    }

    /// The turn of plain SQLite.
    private static func write(
        _ operations: [Operation], in table: PlainTable, to slice: inout Slice
    ) throws {
        let began = Clock.now
        for operation in operations {
            let start = Clock.now
            try table.update(operation)
            slice.latencies.append(Clock.seconds(from: start, to: Clock.now))
        }
        slice.seconds += Clock.seconds(from: began, to: Clock.now)
    }

    private static func take(
        _ count: Int, from file: inout OperationFile
    ) throws -> [Operation] {
        try (0..<count).map { _ in
            guard let operation = try file.next() else {
                throw BenchFailure("too few operations for the local writes")
            }
            return operation
        }
    }
}

/// The turns of the engine.
private struct Turns: Sendable {
    let engine: ReplicationEngine
    let ids: [String: String]

    /// One write after the other.
    func write(_ operations: [Operation], to slice: inout LocalWrites.Slice) async throws {
        let began = Clock.now
        slice.latencies += try await latencies(of: operations)
        slice.seconds += Clock.seconds(from: began, to: Clock.now)
    }

    /// So many writers at once, each with one write at a time.
    func write(
        _ operations: [Operation], writers: Int, to slice: inout LocalWrites.Slice
    ) async throws {
        let shares = (0..<writers).map { writer in
            stride(from: writer, to: operations.count, by: writers).map { operations[$0] }
        }
        let began = Clock.now
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for share in shares { group.addTask { try await latencies(of: share) } }
            for try await share in group { slice.latencies += share }
        }
        slice.seconds += Clock.seconds(from: began, to: Clock.now)
    }

    private func latencies(of operations: [Operation]) async throws -> [Double] {
        var found: [Double] = []
        for operation in operations {
            let request = operation.request(id: ids[operation.code])
            let start = Clock.now
            let receipt = try await engine.submit(request)
            // What the record shows already is not written.
            guard !receipt.entries.isEmpty else { continue }
            found.append(Clock.seconds(from: start, to: Clock.now))
        }
        return found
    }
}
