// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog

/// Sealing what a folder holds that was written before anything was sealed, at its first opening.
extension Store {
    /// Bytes of envelopes that one transaction seals.
    private static let lotBytes = 8_388_608

    /// Seals the ledger where it lies open. The tables are made anew afterwards, because their
    /// columns are others.
    func sealLedger() throws {
        while let progress = try read({ try SealingProgress.read($0) }), progress != .remnants {
            try write { database in
                switch progress {
                case .open, .remnants: preconditionFailure("the ledger has its folder key")
                case .runs(let id):
                    let last = try sealLot(of: "runs", after: id, in: database)
                    try (last.map { .runs(after: $0) } ?? SealingProgress.quarantined(after: 0))
                        .write(database)
                case .quarantined(let id):
                    let last = try sealLot(of: "quarantined", after: id, in: database)
                    try (last.map { .quarantined(after: $0) } ?? SealingProgress.setAside(after: 0))
                        .write(database)
                case .setAside(let id):
                    let last = try sealLot(of: "set_aside", after: id, in: database)
                    // Of restatements there are few.
                    if last == nil { try sealRestatements(in: database) }
                    try (last.map { .setAside(after: $0) } ?? SealingProgress.remnants)
                        .write(database)
                }
            }
        }
    }

    /// Writes the database anew without the pages that nothing uses, and ends the write-ahead log:
    /// both may hold what lay open, as may copies that a backup of before was cut off from. Where
    /// there is no room for that, or another tool reads, it is done at a later opening: SQLite has
    /// written zeros over what was deleted in any case (`secure_delete`).
    func removeRemnants() throws {
        guard try read({ try SealingProgress.read($0) }) == .remnants else { return }
        deleteSnapshots()
        try NewFile.synchronizeFolder(of: folder.databasePath)
        do {
            let isDone = try mapping {
                do {
                    try pool.writeWithoutTransaction { database in
                        try database.execute(sql: "VACUUM")
                        _ = try database.checkpoint(.truncate)
                    }
                    return true
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    return false
                }
            }
            guard isDone else { return }
        } catch StoreFailure.diskFull {
            return
        }
        try write { try SealingProgress.end($0) }
    }

    /// Seals the orders of redaction that a program of before has kept open: their reasons are what
    /// people have typed.
    func sealRedactions() throws {
        let open = try read { database in
            try Row.fetchAll(database, sql: "SELECT digest, bytes FROM redactions").filter {
                try seal.redaction(in: $0) == nil
            }.compactMap { try? Redaction(decoding: $0.bytes("bytes")) }
        }
        guard !open.isEmpty else { return }
        try write { database in
            for redaction in open {
                try database.execute(
                    sql: "UPDATE redactions SET bytes = ? WHERE digest = ?",
                    arguments: [
                        Data(seal.sealed(redaction: redaction)), Data(redaction.digest.array),
                    ])
            }
            try SealingProgress.remnants.write(database)
        }
    }

    private func sealRestatements(in database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT digest, bytes FROM restatements") {
            guard let restatement = try? Restatement(decoding: row.bytes("bytes")) else { continue }
            try database.execute(
                sql: "UPDATE restatements SET bytes = ? WHERE digest = ?",
                arguments: [
                    Data(seal.sealed(restatement: restatement)), Data(restatement.digest.array),
                ])
        }
    }

    /// - Returns: the last id that is sealed now; nil where none was left.
    private func sealLot(
        of table: String, after id: Int64, in database: Database
    ) throws -> Int64? {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, first, envelope FROM \(table) WHERE id > ? ORDER BY id",
            arguments: [id])
        var lot: [(id: Int64, first: Int64, envelope: [UInt8])] = []
        var bytes = 0
        while bytes < Self.lotBytes, let row = try rows.next() {
            let envelope = try row.bytes("envelope")
            bytes += envelope.count
            lot.append((try row.cell("id"), try row.cell("first"), envelope))
        }
        for row in lot {
            let sealed = seal.sealed(run: row.envelope, id: row.id, first: row.first)
            try database.execute(
                sql: "UPDATE \(table) SET envelope = ? WHERE id = ?",
                arguments: [Data(sealed), row.id])
        }
        return lot.last?.id
    }
}
