// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
package import GridLog
import GridSync

/// A redaction that counts here, and how far it has come.
package struct CarriedRedaction: Sendable {
    package let redaction: Redaction
    /// When its values were gone from this folder, in milliseconds since 1970; nil while they are
    /// not.
    package let doneAt: UInt64?
    /// Whether the audit trail says so.
    package let isNoted: Bool
}

/// Redactions, and what they take out of the ledger (Protocol/redaction.md).
extension Store {
    /// Everything that is known of redactions, whatever it is worth; without reading lane 0 where
    /// there are none.
    package func redactionBook() throws -> RedactionBook {
        try read { database in
            let isAny = try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM redactions) OR EXISTS (
                        SELECT 1 FROM other_records WHERE collection IN (?, ?))
                    """,
                arguments: [SystemCollection.redactions, SystemCollection.restatements])
            guard isAny == true else { return RedactionBook() }
            var book = try Self.keptRedactions(in: database, seal)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, first, envelope FROM runs JOIN logs ON logs.ref = runs.id >> 32
                    WHERE logs.lane = ?
                    """, arguments: [Lane.authority.rawValue])
            while let row = try rows.next() {
                // Checked on its way in; what cannot be read is found by others.
                if let run = Self.read(row, seal) { book.add(from: run) }
            }
            return book
        }
    }

    /// Acts that are known and stand in no log of lane 0 any more, because it was cut off.
    func unpublishedRedactions(
        _ book: RedactionBook
    ) throws -> (restatements: [Restatement], redactions: [Redaction]) {
        try read { database in
            func isPublished(_ collection: UInt32, _ id: RecordID) throws -> Bool {
                try Bool.fetchOne(
                    database,
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM other_records
                            WHERE collection = ? AND id = ? AND _lane = ?)
                        """, arguments: [collection, id.description, Lane.authority.rawValue])
                    == true
            }
            let restatements = try book.knownRestatements.filter { restatement, isRedacted in
                try !isRedacted
                    && !isPublished(SystemCollection.restatements, restatement.recordID)
            }
            let redactions = try book.redactions.sorted { $0.key < $1.key }.map(\.value).filter {
                try book.counts($0) && !isPublished(SystemCollection.redactions, $0.recordID)
            }
            return (restatements.map(\.restatement), redactions)
        }
    }

    /// Takes the values of redacted entries out of what is in quarantine or set aside.
    func destroyQuarantined(_ book: RedactionBook) throws {
        try write { _ = try Self.destroy(book, from: [.quarantined, .setAside], in: $0, seal) }
    }

    /// Keeps what is known of redactions beside the ledger, and forgets restatements that are
    /// redacted in turn.
    package func keep(_ book: RedactionBook) throws {
        try write { try Self.keep(book, in: $0, seal) }
    }

    static func keep(
        _ book: RedactionBook, in database: Database, _ seal: FolderSeal
    ) throws {
        for redaction in book.redactions.values { try keep(redaction, in: database) }
        for (restatement, isRedacted) in book.knownRestatements {
            let digest = Data(restatement.digest.array)
            guard !isRedacted else {
                try database.execute(
                    sql: "DELETE FROM restatements WHERE digest = ?", arguments: [digest])
                continue
            }
            try database.execute(
                sql: """
                    INSERT INTO restatements (digest, bytes, carriers) VALUES (?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET carriers = excluded.carriers
                    """,
                arguments: [
                    digest, Data(seal.sealed(restatement: restatement)),
                    Data(bytes(of: book.carriers(of: restatement))),
                ])
        }
    }

    static func keep(_ redaction: Redaction, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO redactions (digest, bytes) VALUES (?, ?)",
            arguments: [Data(redaction.digest.array), Data(redaction.encoded)])
        try forgetRows(of: redaction.record, in: database)
    }

    /// What was kept beside the ledger.
    static func keptRedactions(
        in database: Database, _ seal: FolderSeal
    ) throws -> RedactionBook {
        var book = RedactionBook()
        for bytes in try Data.fetchAll(database, sql: "SELECT bytes FROM redactions") {
            if let redaction = try? Redaction(decoding: Array(bytes)) { book.add(redaction) }
        }
        let rows = try Row.fetchAll(
            database, sql: "SELECT digest, bytes, carriers FROM restatements")
        for row in rows {
            guard let restatement = try seal.restatement(in: row) else { continue }
            book.add(restatement, in: nil)
            for carrier in try carriers(in: row.bytes("carriers")) {
                book.add(restatement, in: carrier)
            }
        }
        return book
    }

    /// The redactions that this folder has taken in, the earliest first.
    package func carriedRedactions() throws -> [CarriedRedaction] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT bytes, done_at, noted FROM redactions ORDER BY digest")
            return try rows.compactMap { row -> CarriedRedaction? in
                guard let redaction = try? Redaction(decoding: row.bytes("bytes")) else {
                    return nil
                }
                return CarriedRedaction(
                    redaction: redaction,
                    doneAt: try row.cell("done_at", as: Int64?.self).map { UInt64(clamping: $0) },
                    isNoted: try row.cell("noted", as: Int.self) == 1)
            }.sorted { $0.redaction.issuedAt < $1.redaction.issuedAt }
        }
    }

    /// Notes that values are gone from this folder, and which of that the audit trail says.
    package func mark(
        done redactions: [Redaction], noted: Bool, at now: UInt64
    ) throws {
        try write { database in
            for redaction in redactions {
                try database.execute(
                    sql: """
                        UPDATE redactions SET done_at = coalesce(done_at, ?), noted = max(noted, ?)
                        WHERE digest = ?
                        """,
                    arguments: [
                        Int64(clamping: now), noted ? 1 : 0, Data(redaction.digest.array),
                    ])
            }
        }
    }

    /// Folds the whole write-ahead log into the database and empties it, so that no older page is
    /// left in it.
    ///
    /// - Returns: false while a reader keeps it from that.
    package func emptyWriteAheadLog() throws -> Bool {
        try mapping {
            do {
                _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return false
            }
        }
    }

    /// Takes the values of redacted entries out of the ledger, and out of what lies beside it.
    ///
    /// - Returns: what could not be done, in words.
    static func destroy(
        _ book: RedactionBook, from tables: [RunTable] = RunTable.allCases,
        in database: Database, _ seal: FolderSeal
    ) throws -> [String] {
        var findings: [String] = []
        try eachRun(concernedBy: book, of: tables, in: database, seal) { place, run, sequences in
            let redacted: VerifiedRun?
            do throws(DecodingViolation) {
                redacted = try self.redacted(run, by: book, sequences)
            } catch {
                findings.append(words(for: run) + "内容太长,删不掉 / too large without its values")
                return
            }
            guard let redacted else { return }
            let sealed = seal.sealed(
                run: RunEnvelope.seal(redacted.run), id: place.id, first: place.first)
            try database.execute(
                sql: "UPDATE \(place.table.rawValue) SET envelope = ? WHERE id = ?",
                arguments: [Data(sealed), place.id])
        }
        return findings
    }

    /// What is in the ledger or beside it and should not be, in words; not every one when there
    /// are many.
    static func redactionFindings(
        _ database: Database, _ seal: FolderSeal
    ) throws -> [String] {
        guard let book = try LedgerReplay.authority(database, seal)?.redactions else { return [] }
        var findings: [String] = []
        try eachRun(concernedBy: book, of: RunTable.allCases, in: database, seal) { _, run, _ in
            let isLeft = places(in: run, by: book).contains { !run.entries[$0].isWithheld }
            guard isLeft, findings.count < 20 else { return }
            findings.append(
                words(for: run) + "有应已删除的内容 / holds what was ordered to be destroyed")
        }
        return findings
    }

    private static func words(for run: VerifiedRun) -> String {
        "日志 / log \(run.run.identity.log), 条目 / entries \(run.run.first)–\(run.run.last): "
    }

    /// Goes through the runs that redactions may concern; runs beside them may have the same seed.
    /// What cannot be read is left out: the replay finds and tells it.
    private static func eachRun(
        concernedBy book: RedactionBook, of tables: [RunTable], in database: Database,
        _ seal: FolderSeal,
        _ body: (_ place: (table: RunTable, id: Int64, first: Int64), VerifiedRun, [UInt64]) throws
            -> Void
    ) throws {
        let references = try LogReferences(database)
        let reach: UInt64 = 256
        for log in book.logs {
            let sequences = book.sequences(in: log)
            guard let reference = references[log], let least = sequences.first,
                let greatest = sequences.last
            else { continue }
            for table in tables {
                let ids = try table.ids(
                    of: reference, from: least > reach ? least - reach : 0,
                    through: greatest + reach, in: database)
                for id in ids {
                    let row = try Row.fetchOne(
                        database,
                        sql: "SELECT id, first, envelope FROM \(table.rawValue) WHERE id = ?",
                        arguments: [id])
                    guard let row, let run = read(row, seal) else { continue }
                    try body((table, id, row.cell("first")), run, sequences)
                }
            }
        }
    }

    /// A run without what is redacted of it; nil when there is nothing to do.
    private static func redacted(
        _ run: VerifiedRun, by book: RedactionBook, _ sequences: [UInt64]
    ) throws(DecodingViolation) -> VerifiedRun? {
        try run.redacted(at: places(in: run, by: book), hidingSaltsOf: sequences)
    }

    /// The places of a run's entries that have no values by anybody's order.
    private static func places(in run: VerifiedRun, by book: RedactionBook) -> Set<Int> {
        let log = run.run.identity.log
        return Set(
            run.entries.indices.filter { place in
                let entry = run.entries[place]
                let dot = Dot(log: log, sequence: entry.sequence)
                return book.treatments[NamedEntry(dot: dot, hash: run.hashes[place])] != nil
                    && entry.isRedactable(in: log.domain.lane)
            })
    }

    private static func bytes(of carriers: [NamedEntry]) -> [UInt8] {
        var writer = ByteWriter()
        writer.count(carriers.count)
        for carrier in carriers {
            writer.log(carrier.dot.log)
            writer.unsigned(carrier.dot.sequence)
            writer.raw(carrier.hash)
        }
        return writer.bytes
    }

    private static func carriers(in bytes: [UInt8]) throws -> [NamedEntry] {
        var reader = ByteReader(bytes)
        var carriers: [NamedEntry] = []
        for _ in 0..<(try reader.count(max: reader.remaining)) {
            let dot = Dot(log: try reader.log(), sequence: try reader.sequence())
            carriers.append(NamedEntry(dot: dot, hash: try reader.bytes32()))
        }
        return carriers
    }
}

/// Where a folder has runs.
enum RunTable: String, CaseIterable {
    case runs
    case quarantined
    case setAside = "set_aside"

    /// The rows of a log whose runs hold something between two heights, ascending.
    func ids(
        of reference: Int64, from first: UInt64, through last: UInt64, in database: Database
    ) throws -> [Int64] {
        guard self == .setAside else {
            return try Int64.fetchAll(
                database,
                sql: """
                    SELECT id FROM \(rawValue) WHERE id >= ? AND id < ? AND first <= ? ORDER BY id
                    """,
                arguments: [
                    reference << 32 + Int64(clamping: first), (reference + 1) << 32,
                    Int64(clamping: last),
                ])
        }
        return try Int64.fetchAll(
            database,
            sql: """
                SELECT id FROM set_aside WHERE log = ? AND last >= ? AND first <= ? ORDER BY id
                """, arguments: [reference, Int64(clamping: first), Int64(clamping: last)])
    }
}
