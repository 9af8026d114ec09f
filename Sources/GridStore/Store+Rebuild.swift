// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
package import GridLog

/// What a rebuild has done beyond building all tables anew.
package struct Rebuilding: Sendable {
    /// A log that is shorter now: what is gone could not be read, and a peer has it, or it does not
    /// count any more.
    package struct Cut: Sendable {
        package let identity: LogIdentity
        package let from: UInt64
        package let to: UInt64
        /// Whether it ends there by somebody's word, and not because of damage.
        package let isEnded: Bool
    }

    package let cuts: [Cut]
    /// Logs of which something counts again that was taken out.
    package let restored: [LogIdentity]
    /// What was found damaged in the ledger, in words.
    package let findings: [String]

    /// The parts of an answer (Protocol/api.md).
    package var parts: [String: JSONValue] {
        let cuts = cuts.map { cut in
            JSONValue.object([
                "log": .text("\(cut.identity.log)"), "from": .integer(Int64(clamping: cut.from)),
                "to": .integer(Int64(clamping: cut.to)), "cut_off": .boolean(cut.isEnded),
            ])
        }
        return ["cuts": .list(cuts), "findings": .list(findings.map { .text($0) })]
    }

    /// Whether a log of this replica is shorter now, so that its sequences were used already.
    package func hasCut(_ replica: ReplicaID) -> Bool {
        cuts.contains { $0.identity.log.replica == replica }
    }

    /// Whether logs of this replica are shorter, and each of them because it has ended there.
    func hasEnded(_ replica: ReplicaID) -> Bool {
        hasCut(replica)
            && cuts.allSatisfy { $0.identity.log.replica != replica || $0.isEnded }
    }
}

extension Store {
    /// Drops all derived tables and builds them, and the states of all logs, again from the ledger.
    ///
    /// A log that cannot be replayed to its end is cut back to where it can, so that peers send
    /// the rest again. Where no peer is known to have the rest, nothing is changed and
    /// `StoreFailure.irreplaceable` is thrown: the tables may hold the only copy.
    ///
    /// Own logs may be shorter afterwards; whoever writes must look at them again.
    package func rebuild() throws -> Rebuilding {
        try mapping {
            try pool.writeWithoutTransaction { database in
                var rebuilding = Rebuilding(cuts: [], restored: [], findings: [])
                try database.inTransaction(.immediate) {
                    let before = try Self.heights(database)
                    var restored: [LogIdentity] = []
                    var findings: [String] = []
                    if let (directory, redactions) = try LedgerReplay.authority(database, seal) {
                        try Self.keep(redactions, in: database, seal)
                        try Self.takeOutWhatDoesNotCount(directory, in: database, seal)
                        restored = try Self.putBackWhatCounts(directory, in: database, seal)
                        restored += try Self.putBackWhatHasARight(directory, in: database)
                        findings = try Self.destroy(
                            restored.isEmpty ? redactions : keepRestored(database), in: database,
                            seal)
                    }
                    try Self.createTables(Array(tables.values), in: database)
                    try database.execute(sql: "UPDATE logs SET height = 0, state = NULL")
                    let replayed = try LedgerReplay.replay(
                        from: database, into: database, tables: tables, catalogue: catalogue,
                        seal: seal)
                    try cut(replayed, in: database)
                    try Self.measure(database)
                    try Self.setMeta("catalogue", Array(catalogue.fingerprint.utf8), in: database)
                    rebuilding = Rebuilding(
                        cuts: try cuts(since: before, in: database), restored: restored,
                        findings: findings + replayed.findings)
                    return .commit
                }
                return rebuilding
            }
        }
    }

    /// What is known of redactions once logs go on that were cut: orders may stand in what came back.
    private func keepRestored(_ database: Database) throws -> RedactionBook {
        let book = try LedgerReplay.authority(database, seal)?.redactions ?? RedactionBook()
        try Self.keep(book, in: database, seal)
        return book
    }

    /// Marks all tables as to be rebuilt at the next opening, unless `rebuild` comes before.
    package func markStale() throws { try write { try Self.markStale(in: $0) } }

    static func markStale(in database: Database) throws {
        // Of no edition: opening rebuilds what is not of its own.
        try setMeta("catalogue", [], in: database)
    }

    /// Makes the tables of a catalogue in place of all that are there.
    static func createTables(_ tables: [TableSchema], in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM conflicts; DELETE FROM parallel_updates; DELETE FROM other_records")
        try beginFeed(in: database)
        // Those of another edition have other names, and the same column for merging.
        let old = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema AS tables
                WHERE type = 'table' AND name <> 'other_records' AND EXISTS (
                    SELECT 1 FROM pragma_table_info(tables.name) AS columns
                    WHERE columns.name = '_merge')
                """)
        for name in old { try database.execute(sql: "DROP TABLE \"\(name)\"") }
        for table in tables.sorted(by: { $0.collection.number < $1.collection.number }) {
            try database.execute(sql: table.definition)
        }
    }

    /// Cuts logs back to what was replayed of them, if peers have the rest.
    private func cut(_ replayed: ReplayedLedger, in database: Database) throws {
        for shortfall in replayed.shortfalls {
            let held = try Int64.fetchOne(
                database, sql: "SELECT max(height) FROM peer_heights WHERE log = ?",
                arguments: [shortfall.reference])
            guard UInt64(clamping: held ?? 0) >= shortfall.last else {
                throw StoreFailure.irreplaceable(
                    what: replayed.findings.joined(separator: "; "))
            }
            try database.execute(
                sql: "DELETE FROM runs WHERE id > ? AND id < ?",
                arguments: [
                    shortfall.reference << 32 + Int64(shortfall.reached),
                    (shortfall.reference + 1) << 32,
                ])
        }
    }

    /// Counts the bytes of the ledger again.
    private static func measure(_ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE runs SET total = sums.total FROM (
                    SELECT id, sum(length(envelope) - \(FolderSeal.runAddedBytes)) OVER (
                        PARTITION BY id >> 32 ORDER BY id) AS total FROM runs) AS sums
                WHERE runs.id = sums.id AND runs.total <> sums.total;
                UPDATE logs SET bytes = coalesce((
                    SELECT max(total) FROM runs
                    WHERE id >= logs.ref << 32 AND id < (logs.ref + 1) << 32), 0);
                """)
    }

    private static func heights(_ database: Database) throws -> [Int64: UInt64] {
        let rows = try Row.fetchAll(database, sql: "SELECT ref, height FROM logs")
        return Dictionary(
            try rows.map {
                (try $0.cell("ref"), UInt64(clamping: try $0.cell("height", as: Int64.self)))
            }, uniquingKeysWith: { $1 })
    }

    private func cuts(
        since before: [Int64: UInt64], in database: Database
    ) throws -> [Rebuilding.Cut] {
        let references = try LogReferences(database)
        let directory = try LedgerReplay.directory(database, seal)
        return try Self.heights(database).sorted { $0.key < $1.key }.compactMap { row in
            let from = before[row.key] ?? 0
            guard row.value < from else { return nil }
            let identity = try references.identity(row.key)
            return Rebuilding.Cut(
                identity: identity, from: from, to: row.value,
                isEnded: directory?.end(of: identity)?.height == row.value
                    || directory?.fork(of: identity.log)?.height == row.value)
        }
    }
}
