// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridSync

/// What `verify` found.
package struct Verification: Sendable {
    package let runs: Int
    package let entries: UInt64
    package let records: Int
    /// What does not agree, in words; empty when all is well.
    package let findings: [String]
}

extension Store {
    /// Replays the whole ledger into a scratch database, hashes, signatures and rights included,
    /// and compares every row of every table, typed columns too, and every log's state.
    package func verify() throws -> Verification {
        let path = folder.verificationPath
        for suffix in ["", "-wal", "-shm", "-journal"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let scratch = try DatabaseQueue(path: path)
        try LedgerMigrations.migrator.migrate(scratch)
        return try scratch.writeWithoutTransaction { target in
            try target.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            return try pool.read { source in
                var findings = try Self.integrityFindings(source)
                do {
                    try replay(source, into: target)
                    findings += try compareTables(source, target)
                    findings += try compareLogs(source, target)
                } catch let failure as StoreFailure {
                    findings.append(failure.description)
                } catch let error as DatabaseError {
                    findings.append("SQLite: \(error)")
                }
                return Verification(
                    runs: try Int.fetchOne(source, sql: "SELECT count(*) FROM runs") ?? 0,
                    entries: UInt64(
                        try Int64.fetchOne(source, sql: "SELECT total(height) FROM logs") ?? 0),
                    records: try tables.values.reduce(0) {
                        try $0
                            + (Int.fetchOne(
                                source, sql: "SELECT count(*) FROM \"\($1.collection.name)\"") ?? 0)
                    },
                    findings: findings)
            }
        }
    }

    private func replay(_ source: Database, into target: Database) throws {
        try target.inTransaction {
            try Self.createTables(Array(tables.values), in: target)
            try Self.copyLogNumbers(from: source, to: target)
            try LedgerReplay.replay(
                from: source, into: target, tables: tables, catalogue: catalogue)
            return .commit
        }
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

    private func compareTables(_ source: Database, _ target: Database) throws -> [String] {
        var findings: [String] = []
        for table in tables.values.sorted(by: { $0.collection.number < $1.collection.number }) {
            let name = table.collection.name
            // Named records have keys of their own on each side; their ids are equal.
            findings += try Self.compare(
                source, target, sql: "SELECT * FROM \"\(name)\" ORDER BY id, _key", key: "id",
                ignoring: "_key", in: name)
        }
        findings += try Self.compare(
            source, target,
            sql: "SELECT collection, id, _area, _merge FROM other_records ORDER BY collection, id",
            key: "id", ignoring: nil, in: "other_records")
        return findings
    }

    private func compareLogs(_ source: Database, _ target: Database) throws -> [String] {
        try Self.compare(
            source, target, sql: "SELECT ref, height, state FROM logs ORDER BY ref", key: "ref",
            ignoring: nil, in: "logs")
    }

    private static func compare(
        _ source: Database, _ target: Database, sql: String, key: String, ignoring: String?,
        in table: String
    ) throws -> [String] {
        let stored = try Row.fetchCursor(source, sql: sql)
        let replayed = try Row.fetchCursor(target, sql: sql)
        while true {
            let (left, right) = (try stored.next(), try replayed.next())
            guard let left, let right else {
                guard let odd = left ?? right else { return [] }
                let side = left == nil ? "缺失 / missing" : "多出 / unexpected"
                return ["\(table) \(name(odd, key)): \(side)"]
            }
            let columns = zip(left, right).filter { pair in
                pair.0.0 != ignoring && pair.0.1 != pair.1.1
            }
            if !columns.isEmpty {
                let names = columns.map(\.0.0).joined(separator: ", ")
                return [
                    "\(table) \(name(left, key)): \(names) 与日志不符 / differ from the ledger"
                ]
            }
        }
    }

    private static func name(_ row: Row, _ key: String) -> String {
        let value: DatabaseValue = row[key]
        return value.description
    }

    private static func integrityFindings(_ database: Database) throws -> [String] {
        let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)")
        return lines == ["ok"] ? [] : lines.map { "integrity_check: \($0)" }
    }
}
