// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
package import GridCore
package import GridLog

/// One entry as it lies in the ledger, without its values.
package struct LedgerEntry: Sendable {
    package let dot: Dot
    package let timestamp: HybridTimestamp
    package let key: PublicKey
    /// The records it touches, and in how many fields.
    package let touches: [Touch]

    package struct Touch: Sendable {
        package let collection: UInt32
        package let id: RecordID
        package let fields: [UInt32]
        package let archives: Bool
    }
}

extension Store {
    /// The entries that were applied here last, the latest first.
    ///
    /// - Parameters:
    ///   - limit: how many of them.
    ///   - readMax: how many entries, and runs of logs that are not wanted, are looked at to find
    ///     them: those of somebody who has not written for long may lie deeper.
    ///   - isWanted: by the log they stand in.
    package func recentEntries(
        limit: Int, readMax: Int, where isWanted: (LogIdentity) -> Bool
    ) throws -> [LedgerEntry] {
        try read { database in
            let references = try references(database)
            var times: [LogID: HybridTimestamp] = [:]
            let states = Dictionary(
                try logs(database).map { ($0.identity.log, $0) }, uniquingKeysWith: { $1 })
            let rows = try Row.fetchCursor(
                database, sql: "SELECT id, first, envelope FROM runs ORDER BY arrival DESC")
            var found: [LedgerEntry] = []
            var read = 0
            while found.count < limit, read < readMax, let row = try rows.next() {
                let reference: Int64 = try row.cell("id") >> 32
                let identity = try references.identity(reference)
                guard isWanted(identity), let state = states[identity.log] else {
                    read += 1
                    continue
                }
                let entries = try RunVerifier.read(
                    RunEnvelope.open(seal.envelope(in: row))
                ).entries
                read += entries.count
                var walk = BackwardWalk(state, from: times[identity.log] ?? state.timestamp)
                for entry in entries.reversed() { found.append(try walk.take(entry)) }
                times[identity.log] = walk.timestamp
            }
            return Array(found.prefix(limit))
        }
    }
}

/// Goes through the entries of one log from the last to the first: each says its time against the
/// one before.
private struct BackwardWalk {
    private let state: LogState
    private(set) var timestamp: HybridTimestamp

    init(_ state: LogState, from timestamp: HybridTimestamp) {
        self.state = state
        self.timestamp = timestamp
    }

    mutating func take(_ entry: Entry) throws -> LedgerEntry {
        let dot = Dot(log: state.identity.log, sequence: entry.sequence)
        defer {
            timestamp = HybridTimestamp(
                rawValue: timestamp.rawValue &- UInt64(bitPattern: entry.timestampChange))
        }
        let touches = try (entry.changes ?? []).map { change in
            LedgerEntry.Touch(
                collection: change.collection,
                id: RecordNaming.id(of: try state.address(of: change.reference, in: dot)),
                fields: change.writes.map(\.field), archives: change.archives)
        }
        return LedgerEntry(
            dot: dot, timestamp: timestamp, key: state.identity.key, touches: touches)
    }
}
