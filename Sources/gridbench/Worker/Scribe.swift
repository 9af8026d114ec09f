// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import GridStore

/// Writes operations on a node, as its users would, and knows the records' ids.
struct Scribe {
    private let engine: ReplicationEngine
    private let writers: Int
    /// The node's ids, by the workload's.
    private(set) var ids: [String: String]

    /// - Parameter writers: at most so many writes wait for one commit.
    init(_ node: Node, writers: Int) throws {
        engine = node.engine
        self.writers = writers
        ids = try node.engine.store.idsByCode()
    }

    /// Writes all operations of a file. What a record shows already makes no entry.
    mutating func write(_ path: String) async throws {
        var file = try OperationFile(path)
        while true {
            let operations = try file.nextIndependent(max: writers) { ids[$0] != nil }
            guard !operations.isEmpty else { return }
            try await submit(operations)
        }
    }

    /// Writes operations that create records, in no order.
    mutating func write(_ creates: [Operation]) async throws {
        for start in stride(from: 0, to: creates.count, by: writers) {
            try await submit(Array(creates[start..<min(start + writers, creates.count)]))
        }
    }

    private mutating func submit(_ operations: [Operation]) async throws {
        let written = try await withThrowingTaskGroup(of: (String, WriteReceipt).self) { group in
            for operation in operations {
                let request = operation.request(id: ids[operation.code])
                group.addTask { [engine] in
                    (operation.code, try await engine.submit(request))
                }
            }
            var written: [(code: String, receipt: WriteReceipt)] = []
            for try await (code, receipt) in group { written.append((code, receipt)) }
            return written
        }
        for (code, receipt) in written { ids[code] = receipt.id.description }
    }
}

extension Store {
    /// The ids of all records, by the workload's.
    func idsByCode() throws -> [String: String] {
        var limits = QueryLimits()
        limits.rowsMax = 10_000_000
        limits.bytesMax = 1 << 30
        limits.secondsMax = 120
        let answer = try query("SELECT code, id FROM household", limits: limits)
        var ids: [String: String] = [:]
        for row in answer.rows {
            if case .text(let code) = row[0], case .text(let id) = row[1] { ids[code] = id }
        }
        return ids
    }
}
