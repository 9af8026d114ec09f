// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
import GridLog
import GridSync

/// What `verify` found.
package struct Verification: Sendable {
    package let runs: Int
    package let entries: UInt64
    package let records: Int
    /// What does not agree, in words; empty when all is well.
    package let findings: [String]

    /// The parts of an answer (Protocol/api.md).
    package var parts: [String: JSONValue] {
        [
            "ok": .boolean(findings.isEmpty), "runs": .integer(Int64(runs)),
            "entries": .integer(Int64(clamping: entries)), "records": .integer(Int64(records)),
            "findings": .list(findings.map { .text($0) }),
        ]
    }
}

extension Store {
    /// Replays the whole ledger into a scratch database, hashes, signatures and rights included,
    /// and compares every row of every table, typed columns too, and every log's state.
    package func verify() throws -> Verification {
        try mapping {
            let scratch = try scratchDatabase()
            // Not one of the pool's: it is busy for as long as this takes.
            let reader = try DatabaseOpening.reader(at: folder.databasePath)
            return try scratch.writeWithoutTransaction { target in
                try target.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
                var found: Verification?
                do {
                    try reader.read { source in
                        found = try verification(of: source, against: target)
                    }
                } catch  where found != nil {
                    // To end the reading of a corrupt file fails as well. What was found stands.
                }
                guard let found else { preconditionFailure("read without a result") }
                return found
            }
        }
    }

    private func verification(
        of source: Database, against target: Database
    ) throws -> Verification {
        let findings = try findings(source, target)
        return Verification(
            runs: Self.count("SELECT count(*) FROM runs", in: source),
            entries: UInt64(clamping: Self.count("SELECT sum(height) FROM logs", in: source)),
            records: tables.values.reduce(0) {
                $0 + Self.count("SELECT count(*) FROM \"\($1.collection.name)\"", in: source)
            },
            findings: findings)
    }

    /// An empty database that is gone when it is closed, however that happens.
    private func scratchDatabase() throws -> DatabaseQueue {
        let path = "\(folder.verificationPath).\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let scratch = try DatabaseQueue(path: path)
        try LedgerMigrations.migrator.migrate(scratch)
        return scratch
    }

    /// - Throws: what keeps it from comparing, as a full disk. What is wrong with the source is a
    ///   finding, never thrown.
    private func findings(_ source: Database, _ target: Database) throws -> [String] {
        var findings: [String] = []
        func gather(_ work: () throws -> [String]) throws {
            do {
                findings += try work()
            } catch {
                guard let failure = StoreFailure(error, in: folder) else { throw error }
                if case .diskFull = failure { throw failure }
                note(failure)
                findings.append(failure.description)
            }
        }
        try gather { try integrityFindings(source) }
        try gather { try Self.certificateFindings(source) }
        try gather { try Self.ledgerFindings(source) }
        try gather { try Self.redactionFindings(source, seal) }
        var isReplayed = false
        try gather {
            let found = try replay(source, into: target)
            isReplayed = found.isEmpty
            return found
        }
        // Without the whole ledger there is nothing to hold the tables against.
        guard isReplayed else { return findings }
        let comparison = TableComparison(source: source, target: target)
        for table in tables.values.sorted(by: { $0.collection.number < $1.collection.number }) {
            try gather { try comparison.records(of: table) }
            try gather { try comparison.conflicts(of: table) }
            try gather { try comparison.parallelUpdates(of: table) }
        }
        try gather { try comparison.otherRecords() }
        try gather { try comparison.conflictsOfNoRecord(tables) }
        try gather { try comparison.logs(references(source)) }
        return findings
    }

    private func replay(_ source: Database, into target: Database) throws -> [String] {
        var findings: [String] = []
        try target.inTransaction {
            try Self.createTables(Array(tables.values), in: target)
            try Self.copyLogNumbers(from: source, to: target)
            findings = try LedgerReplay.replay(
                from: source, into: target, tables: tables, catalogue: catalogue, seal: seal
            ).findings
            return .commit
        }
        return findings
    }

    /// Gives logs the same numbers in the scratch database, so that rows compare by key.
    private static func copyLogNumbers(from source: Database, to target: Database) throws {
        let rows = try Row.fetchCursor(
            source, sql: "SELECT ref, replica, area, lane, key, nonce FROM logs ORDER BY ref")
        while let row = try rows.next() {
            try target.execute(
                sql: """
                    INSERT INTO logs (ref, replica, area, lane, key, nonce)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """, arguments: StatementArguments(row.databaseValues))
        }
    }

    private func integrityFindings(_ database: Database) throws -> [String] {
        let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)")
        guard lines != ["ok"] else { return [] }
        note(.corrupt(path: folder.databasePath, reason: lines[0]))
        return lines.map { "integrity_check: \($0)" }
    }

    private static func certificateFindings(_ database: Database) throws -> [String] {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT digest, bytes FROM certificates ORDER BY digest")
        var findings: [String] = []
        while let row = try rows.next() {
            let digest = try row.bytes("digest")
            let certificate = try? Certificate(decoding: row.bytes("bytes"))
            if certificate?.digest.array != digest {
                findings.append("证书 / certificate \(Hexadecimal.text(digest)): 被改动 / altered")
            }
        }
        return findings
    }

    /// Whether the runs of each log lie end to end, and their sizes add up.
    private static func ledgerFindings(_ database: Database) throws -> [String] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id >> 32 AS ref, id & 0xFFFFFFFF AS last FROM (
                    SELECT id, first, total,
                           sum(length(envelope) - \(FolderSeal.runAddedBytes)) OVER log AS sum,
                           coalesce(lag(id) OVER log, id >> 32 << 32) AS before
                    FROM runs WINDOW log AS (PARTITION BY id >> 32 ORDER BY id))
                WHERE total <> sum OR (before & 0xFFFFFFFF) + 1 <> first ORDER BY id LIMIT 5
                """)
        var findings: [String] = []
        while let row = try rows.next() {
            let place =
                "\(try row.cell("ref", as: Int64.self))/\(try row.cell("last", as: Int64.self))"
            findings.append("runs \(place): 位置或大小不符 / place or size does not fit")
        }
        return findings
    }

    /// A count for people; 0 when it cannot be told.
    static func count(_ sql: String, in database: Database) -> Int {
        (try? Int.fetchOne(database, sql: sql)) ?? 0
    }
}
