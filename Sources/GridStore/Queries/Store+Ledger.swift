// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
package import GridLog
package import GridSync

extension Store {
    /// The states of all logs, ascending by log.
    package func logs() throws -> [LogState] {
        try pool.read { try Self.logs($0) }
    }

    /// Size of all envelopes, in bytes.
    package func ledgerBytes() throws -> UInt64 {
        try pool.read { database in
            UInt64(
                clamping: try Int64.fetchOne(database, sql: "SELECT sum(bytes) FROM logs") ?? 0)
        }
    }

    package func parallelUpdateCount() throws -> Int {
        try pool.read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM parallel_updates") ?? 0
        }
    }

    static func logs(_ database: Database) throws -> [LogState] {
        let references = try LogReferences(database)
        var logs: [LogState] = []
        let rows = try Row.fetchCursor(
            database, sql: "SELECT ref, state FROM logs WHERE state IS NOT NULL")
        while let row = try rows.next() {
            var reader = ByteReader(Array(row["state"] as Data))
            logs.append(
                try reader.logState(identity: references.identity(row["ref"])))
        }
        return logs.sorted { $0.identity.log < $1.identity.log }
    }

    /// Runs for a peer, in an order in which it can apply them: within a domain as they were
    /// applied here. Small neighbours of one log are joined under the later signature.
    package func runs(for request: GridSync.FetchRequest) throws -> [OutgoingRun] {
        try pool.read { database in
            let references = try LogReferences(database)
            var queue = RunQueue(budget: request.bytes)
            let domains = Dictionary(grouping: request.ranges, by: \.log.domain)
            for domain in domains.keys.sorted() {
                var sources: [RunSource] = []
                for range in domains[domain] ?? [] {
                    guard let reference = references[range.log] else { continue }
                    sources.append(
                        try RunSource(database, reference: reference, first: range.first))
                }
                while let next = sources.indices.filter({ sources[$0].arrival != nil })
                    .min(by: { sources[$0].arrival ?? 0 < sources[$1].arrival ?? 0 }),
                    !queue.isFull
                {
                    try queue.append(sources[next].take(), log: sources[next].log(references))
                }
                try queue.flush()
                if queue.isFull { break }
            }
            return queue.runs
        }
    }

    /// Entries and envelope bytes by lane that lie behind these ranges.
    package func totals(
        _ ranges: [GridSync.FetchRequest.Range]
    ) throws -> [SyncMessage.LaneTotal] {
        try pool.read { database in
            let references = try LogReferences(database)
            var totals: [Lane: (entries: UInt64, bytes: UInt64)] = [:]
            for range in ranges {
                guard let reference = references[range.log] else { continue }
                let row = try Row.fetchOne(
                    database, sql: "SELECT height, bytes FROM logs WHERE ref = ?",
                    arguments: [reference])
                let before = try Int64.fetchOne(
                    database,
                    sql: "SELECT total FROM runs WHERE id < ? AND id >= ? ORDER BY id DESC LIMIT 1",
                    arguments: [reference << 32 | Int64(range.first), reference << 32])
                guard let row else { continue }
                let height = UInt64(row["height"] as Int64)
                let bytes = UInt64(max(0, (row["bytes"] as Int64) - (before ?? 0)))
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
}

/// The runs of one log from a sequence on, read a few at a time.
private struct RunSource {
    private static let rowsAtATime = 64

    private let database: Database
    private let reference: Int64
    private var rows: ArraySlice<Row> = []
    private var nextID: Int64
    private var isExhausted = false

    init(_ database: Database, reference: Int64, first: UInt64) throws {
        self.database = database
        self.reference = reference
        nextID = reference << 32 | Int64(first)
        try fill()
    }

    /// When the next run arrived here; nil when there is none.
    var arrival: Int64? { rows.first?["arrival"] }

    func log(_ references: LogReferences) throws -> LogID {
        try references.identity(reference).log
    }

    mutating func take() throws -> (last: UInt64, envelope: [UInt8]) {
        guard let row = rows.popFirst() else {
            preconditionFailure("a run is taken only when one is there")
        }
        let id: Int64 = row["id"]
        if rows.isEmpty { try fill() }
        return (UInt64(id & 0xFFFF_FFFF), Array(row["envelope"] as Data))
    }

    private mutating func fill() throws {
        guard !isExhausted else { return }
        let more = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT id, arrival, envelope FROM runs WHERE id >= ? AND id < ?
                    ORDER BY id LIMIT ?
                    """),
            arguments: [nextID, (reference + 1) << 32, Self.rowsAtATime])
        isExhausted = more.count < Self.rowsAtATime
        if let last = more.last { nextID = (last["id"] as Int64) + 1 }
        rows = more[...]
    }
}

/// Collects envelopes up to a budget, joining small neighbours.
private struct RunQueue {
    private let budget: Int
    private(set) var runs: [OutgoingRun] = []
    private var bytes = 0
    private var small: [Run] = []
    private var smallBytes = 0

    init(budget: Int) { self.budget = budget }

    var isFull: Bool { bytes + smallBytes / 4 >= budget }

    mutating func append(_ stored: (last: UInt64, envelope: [UInt8]), log: LogID) throws {
        if stored.envelope.count >= ProtocolLimits.runBytesTarget / 4 {
            try flush()
            add(OutgoingRun(log: log, last: stored.last, envelope: stored.envelope))
            return
        }
        let run = try Run(decoding: RunEnvelope.open(stored.envelope))
        if let last = small.last,
            !last.canBeJoined(with: run)
                || smallBytes + run.encodedSize > ProtocolLimits.runBytesTarget
        {
            try flush()
        }
        small.append(run)
        smallBytes += run.encodedSize
    }

    /// Sends what waits to be joined on its way.
    mutating func flush() throws {
        guard let joined = Run.joined(small) else { return }
        small = []
        smallBytes = 0
        add(
            OutgoingRun(
                log: joined.identity.log, last: joined.last,
                envelope: RunEnvelope.seal(joined.encoded)))
    }

    private mutating func add(_ run: OutgoingRun) {
        runs.append(run)
        bytes += run.envelope.count
    }
}
