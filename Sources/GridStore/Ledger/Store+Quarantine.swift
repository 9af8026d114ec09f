// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
package import GridLog
import GridSync

/// One entry that does not count, as its writer meant it, without what is not people's work.
package struct QuarantinedEntry: Sendable {
    package let dot: Dot
    package let timestamp: HybridTimestamp
    /// What its writer had seen of the domain, its own earlier entries included.
    package let context: VersionVector
    package let changes: [RecordChange]
}

/// What was taken out of the ledger of one key's writing.
package struct QuarantinedWriting: Sendable {
    package let key: PublicKey
    /// In the order in which they were written, by their own word; those of one log in its order.
    package let entries: [QuarantinedEntry]
    /// Entries that can be read no more, or that follow none of those that count here.
    package let unreadable: Int
}

extension Store {
    /// Whether anything is in quarantine, be it people's work or not. All of it is read to tell more.
    package var hasQuarantine: Bool {
        get throws {
            try read { database in
                try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM quarantined)") ?? false
            }
        }
    }

    /// Everything in quarantine, by the key that wrote it, ascending.
    package func quarantine() throws -> [QuarantinedWriting] {
        try read { database in
            let logs = try Dictionary(
                logs(database).map { ($0.identity.log, $0) }, uniquingKeysWith: { $1 })
            let references = try references(database)
            let numbers = try Int64.fetchAll(
                database, sql: "SELECT DISTINCT id >> 32 FROM quarantined ORDER BY 1")
            var byKey: [PublicKey: [(LogIdentity, Int64)]] = [:]
            for number in numbers {
                let identity = try references.identity(number)
                byKey[identity.key, default: []].append((identity, number))
            }
            return try byKey.sorted { $0.key < $1.key }.map { key, parts in
                var entries: [QuarantinedEntry] = []
                var unreadable = 0
                for (identity, number) in parts {
                    let log = try Self.end(
                        logs[identity.log] ?? LogState(identity: identity), number, in: database,
                        seal)
                    let found = try Self.quarantined(number, after: log, in: database, seal)
                    entries += found.entries
                    unreadable += found.unreadable
                }
                return QuarantinedWriting(
                    key: key, entries: Self.inOrderOfWriting(entries), unreadable: unreadable)
            }.filter { !$0.entries.isEmpty || $0.unreadable > 0 }
        }
    }

    /// Forgets what a key has in quarantine.
    static func discard(quarantined key: PublicKey, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM quarantined WHERE id >> 32 IN (SELECT ref FROM logs WHERE key = ?)",
            arguments: [Data(key.bytes.array)])
    }

    /// Forgets what a key has in quarantine.
    package func discard(quarantined key: PublicKey) throws {
        try write { try Self.discard(quarantined: key, in: $0) }
    }

    /// Where a log ended when its entries were taken out. It may have gone on in another branch since.
    private static func end(
        _ log: LogState, _ reference: Int64, in database: Database, _ seal: FolderSeal
    ) throws -> LogState {
        let counted = try Int64.fetchOne(
            database, sql: "SELECT min(counted) FROM quarantined WHERE id > ? AND id < ?",
            arguments: [reference << 32, (reference + 1) << 32])
        guard let counted, UInt64(clamping: counted) < log.height else { return log }
        return try state(log.identity, reference, at: UInt64(clamping: counted), in: database, seal)
            ?? log
    }

    /// The entries of a log that go on from where it ends.
    private static func quarantined(
        _ reference: Int64, after end: LogState, in database: Database, _ seal: FolderSeal
    ) throws -> (entries: [QuarantinedEntry], unreadable: Int) {
        var log = end
        var entries: [QuarantinedEntry] = []
        var unreadable = 0
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, first, envelope FROM quarantined WHERE id > ? AND id < ? ORDER BY id",
            arguments: [reference << 32, (reference + 1) << 32])
        while let row = try rows.next() {
            let last = UInt64(clamping: try row.cell("id", as: Int64.self) & 0xFFFF_FFFF)
            guard last > log.height else { continue }
            guard let run = try? RunVerifier.read(RunEnvelope.open(seal.envelope(in: row))),
                run.hash(at: log.height) == log.head
            else {
                unreadable += Int(last - log.height)
                continue
            }
            for (entry, hash) in zip(run.entries, run.hashes) where entry.sequence > log.height {
                let (timestamp, changes) = try log.resolve(entry)
                // Authority and the audit trail are no work that anybody could take over.
                let work = changes.filter {
                    end.identity.domain.lane != .authority
                        && !SystemCollection.all.contains($0.collection)
                }
                if !work.isEmpty {
                    entries.append(
                        QuarantinedEntry(
                            dot: Dot(log: end.identity.log, sequence: entry.sequence),
                            timestamp: timestamp, context: log.context, changes: work))
                }
                log.advance(to: hash)
            }
        }
        return (entries, unreadable)
    }

    /// By their timestamps, as far as that leaves each log in its order.
    private static func inOrderOfWriting(_ entries: [QuarantinedEntry]) -> [QuarantinedEntry] {
        var latest: [LogID: HybridTimestamp] = [:]
        let placed = entries.map { entry in
            let time = max(entry.timestamp, latest[entry.dot.log] ?? entry.timestamp)
            latest[entry.dot.log] = time
            return (entry: entry, time: time)
        }
        return placed.sorted { ($0.time, $0.entry.dot) < ($1.time, $1.entry.dot) }.map(\.entry)
    }
}
