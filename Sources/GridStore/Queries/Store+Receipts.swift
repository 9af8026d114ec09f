// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
package import GridLog

/// A receipt that covers an entry.
package struct KeptReceipt: Hashable, Sendable {
    package let receipt: Receipt
    /// When it came, in milliseconds since 1970.
    package let received: UInt64
}

extension Store {
    private static let hour: UInt64 = 3_600_000
    private static let day: UInt64 = 24 * hour
    /// Of this time all hours keep their last receipt; before, all days.
    private static let hoursKept: UInt64 = 7 * day
    /// Receipts of one issuer; the oldest go first.
    static let receiptsMax = 1_000

    /// The last receipt of each issuer, as far as its rows agree with the ledger.
    package func latestReceipts() throws -> [PublicKey: [LogID: UInt64]] {
        try read { database in
            let references = try references(database)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT issuer, log, height FROM receipt_rows JOIN (
                        SELECT max(id) AS id, issuer FROM receipts GROUP BY issuer) AS latest
                    ON receipt = latest.id
                    """)
            var latest: [PublicKey: [LogID: UInt64]] = [:]
            while let row = try rows.next() {
                let log = try references.identity(row.cell("log")).log
                latest[try Self.key(row, "issuer"), default: [:]][log] =
                    UInt64(clamping: try row.cell("height", as: Int64.self))
            }
            return latest
        }
    }

    /// The last receipt of an issuer, as far as its rows agree with the ledger; nil without one.
    package func latestReceipt(
        of issuer: PublicKey
    ) throws -> (received: UInt64, heights: [LogID: UInt64])? {
        let received = try read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT received FROM receipts WHERE issuer = ? ORDER BY id DESC LIMIT 1",
                arguments: [Data(issuer.bytes.array)])
        }
        guard let received, let heights = try latestReceipts()[issuer] else { return nil }
        return (UInt64(clamping: received), heights)
    }

    /// Of each issuer the first kept receipt that covers an entry.
    package func receipts(for dot: Dot) throws -> [KeptReceipt] {
        try read { database in
            guard let reference = try references(database)[dot.log] else { return [] }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT received, bytes FROM receipts WHERE id IN (
                        SELECT min(id) FROM receipts JOIN receipt_rows ON receipt = id
                        WHERE log = ? AND height >= ? GROUP BY issuer) ORDER BY id
                    """, arguments: [reference, Int64(clamping: dot.sequence)])
            return try rows.map { row in
                KeptReceipt(
                    receipt: try Receipt(decoding: row.bytes("bytes")),
                    received: UInt64(clamping: try row.cell("received", as: Int64.self)))
            }
        }
    }

    /// Keeps a receipt with those of its rows that agree with the ledger, and thins older ones.
    func keep(_ receipt: Receipt, rows: [Receipt.Row], received: UInt64) throws {
        try write { database in
            let references = try references(database)
            let issuer = Data(receipt.issuer.bytes.array)
            try database.execute(
                sql: "INSERT INTO receipts (issuer, at, received, bytes) VALUES (?, ?, ?, ?)",
                arguments: [
                    issuer, Int64(clamping: receipt.time), Int64(clamping: received),
                    Data(receipt.encoded),
                ])
            let id = database.lastInsertedRowID
            for row in rows {
                guard let reference = references[row.log] else { continue }
                try database.execute(
                    sql: "INSERT INTO receipt_rows (log, height, receipt) VALUES (?, ?, ?)",
                    arguments: [reference, Int64(clamping: row.height), id])
            }
            try Self.thin(issuer, now: received, in: database)
        }
    }

    /// Of each hour, and later of each day, the last receipt stays: it covers what the others did.
    private static func thin(_ issuer: Data, now: UInt64, in database: Database) throws {
        let boundary = Int64(clamping: now - min(now, hoursKept))
        try database.execute(
            sql: """
                DELETE FROM receipts WHERE issuer = ? AND (EXISTS (
                    SELECT 1 FROM receipts AS later
                    WHERE later.issuer = receipts.issuer AND later.id > receipts.id
                    AND CASE WHEN receipts.received >= ?
                        THEN later.received / \(hour) = receipts.received / \(hour)
                        ELSE later.received / \(day) = receipts.received / \(day) END)
                OR id IN (SELECT id FROM receipts WHERE issuer = ?
                    ORDER BY id DESC LIMIT -1 OFFSET \(receiptsMax)));
                """, arguments: [issuer, boundary, issuer])
        try database.execute(
            sql: "DELETE FROM receipt_rows WHERE receipt NOT IN (SELECT id FROM receipts)")
    }

    /// Hash of an entry here; nil where it is not.
    func hash(at height: UInt64, of log: LogID) throws -> Bytes32? {
        try run(of: log, holding: height)?.hash(at: height)
    }

    /// The run in which an entry lies.
    func run(of log: LogID, holding sequence: UInt64) throws -> VerifiedRun? {
        try read { database in
            guard let reference = try references(database)[log] else { return nil }
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT id, first, envelope FROM runs WHERE id >= ? AND id < ?
                    ORDER BY id LIMIT 1
                    """,
                arguments: [
                    reference << 32 + Int64(clamping: sequence), (reference + 1) << 32,
                ])
            return try row.map { try RunVerifier.read(RunEnvelope.open(seal.envelope(in: $0))) }
        }
    }

    /// A proof that the issuer of a receipt has an entry; nil where its runs do not lead there.
    package func proof(
        of dot: Dot, by receipt: Receipt, chain: CertificateChain
    ) throws -> ReceiptProof? {
        guard let row = receipt.rows.first(where: { $0.log == dot.log }) else { return nil }
        var runs: [VerifiedRun] = []
        var next = dot.sequence
        while next <= row.height, let run = try run(of: dot.log, holding: next) {
            runs.append(run)
            next = run.run.last + 1
        }
        return ReceiptProof(sequence: dot.sequence, runs: runs, chain: chain, receipt: receipt)
    }
}
