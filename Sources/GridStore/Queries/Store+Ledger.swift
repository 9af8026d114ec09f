// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
package import GridLog
package import GridSync

extension Store {
    /// The states of all logs, ascending by log; those of which only the name is known are empty.
    package func logs() throws -> [LogState] {
        try read { try logs($0) }
    }

    /// Size of all envelopes, in bytes.
    package func ledgerBytes() throws -> UInt64 {
        try read { database in
            UInt64(
                clamping: try Int64.fetchOne(database, sql: "SELECT sum(bytes) FROM logs") ?? 0)
        }
    }

    package func parallelUpdateCount() throws -> Int {
        try read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM parallel_updates") ?? 0
        }
    }

    func logs(_ database: Database) throws -> [LogState] {
        let references = try references(database)
        var logs: [LogState] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT ref, state FROM logs")
        while let row = try rows.next() {
            let identity = try references.identity(try row.cell("ref"))
            guard try row.cell("state", as: Data?.self) != nil else {
                logs.append(LogState(identity: identity))
                continue
            }
            var reader = ByteReader(try row.bytes("state"))
            logs.append(try reader.logState(identity: identity))
        }
        return logs.sorted { $0.identity.log < $1.identity.log }
    }

    /// Runs for a peer, in an order in which it can apply them: within a domain as they were
    /// applied here. Small neighbours of one log are joined under the later signature.
    package func runs(for request: GridSync.FetchRequest) throws -> [OutgoingRun] {
        try read { database in
            let references = try references(database)
            var queue = RunQueue(budget: request.bytes)
            let domains = Dictionary(grouping: request.ranges, by: \.log.domain)
            for domain in domains.keys.sorted() {
                var sources: [RunSource] = []
                for range in domains[domain] ?? [] {
                    guard let reference = references[range.log] else { continue }
                    sources.append(
                        try RunSource(
                            database, log: range.log, reference: reference, first: range.first,
                            seal: seal))
                }
                while !queue.isFull, let next = Self.earliest(sources) {
                    try queue.append(sources[next].take())
                }
                queue.flush()
                if queue.isFull { break }
            }
            return queue.runs
        }
    }

    /// Each run of a log that is here, whether it counts or is in quarantine, ascending.
    ///
    /// - Parameter reference: the log's number in this folder.
    func eachRun(
        of reference: Int64, in database: Database, _ body: (VerifiedRun) throws -> Void
    ) throws {
        for table in ["runs", "quarantined"] {
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, first, envelope FROM \(table) WHERE id >= ? AND id < ? ORDER BY id
                    """, arguments: [reference << 32, (reference + 1) << 32])
            while let row = try rows.next() {
                try body(RunVerifier.read(RunEnvelope.open(seal.envelope(in: row))))
            }
        }
    }

    /// Entries and envelope bytes by lane that lie behind these ranges.
    package func totals(
        _ ranges: [GridSync.FetchRequest.Range]
    ) throws -> [SyncMessage.LaneTotal] {
        try read { database in
            let references = try references(database)
            var totals: [Lane: (entries: UInt64, bytes: UInt64)] = [:]
            for range in ranges {
                guard let reference = references[range.log] else { continue }
                let row = try Row.fetchOne(
                    database.cachedStatement(
                        sql: "SELECT height, bytes FROM logs WHERE ref = ?"),
                    arguments: [reference])
                guard let row else { continue }
                let before = try Int64.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT total FROM runs WHERE id < ? AND id >= ?
                            ORDER BY id DESC LIMIT 1
                            """),
                    arguments: [reference << 32 + Int64(range.first), reference << 32])
                let height = UInt64(clamping: try row.cell("height", as: Int64.self))
                let bytes = UInt64(clamping: try row.cell("bytes", as: Int64.self) - (before ?? 0))
                let entries = height >= range.first ? height - range.first + 1 : 0
                let sum = totals[range.log.domain.lane] ?? (0, 0)
                totals[range.log.domain.lane] = (sum.entries + entries, sum.bytes + bytes)
            }
            return totals.sorted { $0.key < $1.key }.map {
                SyncMessage.LaneTotal(
                    lane: $0.key, entries: $0.value.entries, bytes: $0.value.bytes)
            }
        }
    }

    /// The source whose next run was applied first.
    private static func earliest(_ sources: [RunSource]) -> Int? {
        var earliest: (index: Int, arrival: Int64)?
        for (index, source) in sources.enumerated() {
            guard let arrival = source.next?.arrival else { continue }
            if earliest.map({ arrival < $0.arrival }) ?? true { earliest = (index, arrival) }
        }
        return earliest?.index
    }
}
