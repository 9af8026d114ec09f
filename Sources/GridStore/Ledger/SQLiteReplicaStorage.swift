// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridSync

/// What a batch reads and writes within one transaction: ledger, tables and heights together.
///
/// The runs of a log lie in the ledger end to end: what is there already is cut off the front of a
/// run that reaches further back, so that no entry is stored or sent twice.
final class SQLiteReplicaStorage: ReplicaStorage {
    /// Where a log ends in the ledger.
    private struct LogEnd {
        /// Sequence of the last entry stored.
        var last: UInt64
        /// Size of its envelopes up to there, in bytes.
        var bytes: Int64
    }

    private let database: Database
    private let tables: [UInt32: TableSchema]
    let seal: FolderSeal
    private(set) var references: LogReferences
    /// The ends of the logs this transaction has appended to, by log number.
    private var ends: [Int64: LogEnd] = [:]
    /// Runs that begin after an entry that only a later run of the batch brings.
    private var early: [Int64: [VerifiedRun]] = [:]
    private var nextArrival: Int64?
    /// Nil where records are only built again.
    private let feed: FeedWriting?
    /// The transaction has written something beside the batch.
    var keepsMore = false
    /// By collection number.
    private var statements: [UInt32: TableStatements] = [:]

    init(
        _ database: Database, tables: [UInt32: TableSchema], references: LogReferences,
        seal: FolderSeal, feed: FeedWriting? = nil
    ) {
        self.database = database
        self.tables = tables
        self.seal = seal
        self.references = references
        self.feed = feed
    }

    func record(_ key: RecordKey) throws -> RecordState? {
        guard let row = try rowKey(key) else { return nil }
        if let table = table(of: key) {
            let statement = try statements(for: table).select
            statement.bind(row.rawValue, at: 1)
            return try statement.row {
                try RecordStateReader.state(
                    try seal.merge(in: try statement.bytes(at: 0), of: key, row: row),
                    collection: key.collection, address: key.address,
                    domain: key.domain, numbers: references,
                    beside: SelectedTexts(statement: statement, table: table))
            }
        }
        let bytes = try Data.fetchOne(
            database.cachedStatement(
                sql: "SELECT _merge FROM other_records WHERE collection = ? AND _key = ?"),
            arguments: [key.collection, row.rawValue])
        guard let bytes else { return nil }
        return try RecordStateReader.state(
            try seal.merge(in: Array(bytes), of: key, row: row), collection: key.collection,
            address: key.address, domain: key.domain, numbers: references,
            beside: NoTextColumns())
    }

    /// The records of a table that bear an id, by area, then row. A hash gives each record its own,
    /// but whoever may write in one area may give any id to a record there.
    func keys(of id: RecordID, in table: TableSchema) throws -> [RecordKey] {
        let find = try statements(for: table).find
        try find.bind(id.description, at: 1)
        return try find.rows {
            let row = RowKey(rawValue: find.integer(at: 0))
            let address: RecordAddress
            if row.isNamed {
                address = .named(id)
            } else {
                let log = try references.identity(row.log).log
                address = .created(dot: Dot(log: log, sequence: row.sequence), index: row.index)
            }
            return RecordKey(
                domain: Domain(
                    area: try AreaCode(parsing: find.text(at: 1)), lane: table.collection.lane),
                collection: table.collection.number, address: address)
        }
    }

    func append(_ run: VerifiedRun) throws {
        let reference = try reference(of: run.run.identity)
        let end = try ends[reference] ?? storedEnd(reference)
        ends[reference] = end
        guard run.run.last > end.last else { return }
        guard run.run.first <= end.last + 1 else {
            early[reference, default: []].append(run)
            return
        }
        let envelope = envelope(of: run, after: end.last)
        let total = end.bytes + Int64(envelope.count)
        let id = reference << 32 | Int64(run.run.last)
        let first = Int64(max(run.run.first, end.last + 1))
        try database.cachedStatement(
            sql: "INSERT INTO runs (id, first, arrival, total, envelope) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            id, first, try takeArrival(), total,
            Data(seal.sealed(run: envelope, id: id, first: first)),
        ])
        ends[reference] = LogEnd(last: run.run.last, bytes: total)
        for waiting in early.removeValue(forKey: reference) ?? [] { try append(waiting) }
    }

    /// The bytes that the ledger keeps of a run: those it came in, where it is kept whole and they
    /// are as small as our own would be.
    private func envelope(of run: VerifiedRun, after height: UInt64) -> [UInt8] {
        if run.run.first > height, let envelope = run.envelope, RunEnvelope.isPacked(envelope) {
            return envelope
        }
        return RunEnvelope.seal(run.rest(after: height))
    }

    func save(_ record: TouchedRecord) throws {
        let state = record.state
        let key = RecordKey(
            domain: state.domain, collection: state.collection, address: state.address)
        guard let table = table(of: key) else {
            try saveOther(state, key: key)
            return
        }
        let row =
            try rowKey(key)
            ?? newNamedKey(key, least: "SELECT min(_key) FROM \"\(table.collection.name)\"")
        let statements = try statements(for: table)
        let statement = record.isStored ? statements.update : statements.insert
        let shown = RecordRow(state: state, table: table)
        let conflicts = shown.conflicts
        let merge = try RecordStateWriter.bytes(
            of: state, coding: .local(references), beside: table)
        try shown.bind(
            to: statement, key: row, merge: seal.sealed(merge: merge, of: key, row: row),
            seal: seal, conflicts: conflicts.count, isNew: !record.isStored)
        guard try statement.run() == 1 else {
            throw StoreFailure.damaged(
                what: "\(table.collection.name) has lost row \(row.rawValue)")
        }
        if record.hadSiblings || !conflicts.isEmpty {
            try save(conflicts, of: table.collection.number, row: row)
        }
        let changed: FeedItem.Operation = state.isArchived ? .archived : .changed
        try feed?.append(record.isStored ? changed : .created, of: state, row: row)
    }

    /// - Precondition: all runs of the batch have been appended.
    func save(_ log: LogState) throws {
        let reference = try reference(of: log.identity)
        let end = ends[reference]
        if let end, end.last != log.height {
            throw StoreFailure.damaged(
                what: "log \(log.identity.log) ends at \(end.last) in the ledger, not \(log.height)"
            )
        }
        var writer = ByteWriter(reserving: 128)
        writer.logState(log)
        try database.cachedStatement(
            sql: "UPDATE logs SET height = ?, bytes = coalesce(?, bytes), state = ? WHERE ref = ?"
        ).execute(arguments: [Int64(log.height), end?.bytes, Data(writer.bytes), reference])
    }

    /// Records outside of their collection's table are not noted: nobody sees them there.
    func note(_ update: ParallelUpdate) throws {
        guard table(of: update.record) != nil, let row = try rowKey(update.record) else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO parallel_updates (collection, record, earlier, later)
                VALUES (?, ?, ?, ?)
                """
        ).execute(arguments: [
            update.record.collection, row.rawValue, Self.text(update.earlier),
            Self.text(update.later),
        ])
    }

    /// The table that shows a record; nil for collections unknown here and for records that
    /// someone wrote into a lane that is not their collection's. Those are kept beside the tables.
    private func table(of key: RecordKey) -> TableSchema? {
        guard let table = tables[key.collection], table.collection.lane == key.domain.lane else {
            return nil
        }
        return table
    }

    /// The row that a record has or would have; nil for a named record without one.
    func rowKey(_ key: RecordKey) throws -> RowKey? {
        switch key.address {
        case .created(let dot, let index):
            guard let log = references[dot.log] else { return nil }
            return RowKey(log: log, sequence: dot.sequence, index: index)
        case .named(let id):
            if let table = table(of: key) {
                return try Int64.fetchOne(
                    database.cachedStatement(sql: table.selectNamed),
                    arguments: [id.description, key.domain.area.description]
                ).map(RowKey.init(rawValue:))
            }
            return try Int64.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT _key FROM other_records
                        WHERE collection = ? AND id = ? AND _key < 0 AND _area = ? AND _lane = ?
                        """),
                arguments: [
                    key.collection, id.description, key.domain.area.description,
                    key.domain.lane.rawValue,
                ]
            ).map(RowKey.init(rawValue:))
        }
    }

    private func newNamedKey(
        _ key: RecordKey, least: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> RowKey {
        guard case .named = key.address else {
            throw StoreFailure.damaged(what: "the log that created \(key.address) has no number")
        }
        let least = try Int64.fetchOne(
            database.cachedStatement(sql: least), arguments: arguments)
        return RowKey(rawValue: min(least ?? 0, 0) - 1)
    }

    private func saveOther(_ record: RecordState, key: RecordKey) throws {
        let merge = try RecordStateWriter.bytes(of: record, coding: .local(references))
        let row =
            try rowKey(key)
            ?? newNamedKey(
                key, least: "SELECT min(_key) FROM other_records WHERE collection = ?",
                [record.collection])
        try database.cachedStatement(
            sql: """
                INSERT INTO other_records (collection, _key, id, _area, _lane, _merge)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (collection, _key) DO UPDATE SET _merge = excluded._merge
                """
        ).execute(arguments: [
            record.collection, row.rawValue, RecordNaming.id(of: record.address).description,
            record.domain.area.description, record.domain.lane.rawValue,
            Data(seal.sealed(merge: merge, of: key, row: row)),
        ])
    }

    private func save(_ conflicts: [UInt32], of collection: UInt32, row: RowKey) throws {
        try database.cachedStatement(
            sql: "DELETE FROM conflicts WHERE collection = ? AND record = ?"
        ).execute(arguments: [collection, row.rawValue])
        for field in conflicts {
            try database.cachedStatement(
                sql: "INSERT INTO conflicts (collection, record, field) VALUES (?, ?, ?)"
            ).execute(arguments: [collection, row.rawValue, field])
        }
    }

    private func statements(for table: TableSchema) throws -> TableStatements {
        if let statements = statements[table.collection.number] { return statements }
        let made = TableStatements(
            find: try RowStatement(database, sql: table.selectKeys),
            select: try RowStatement(database, sql: table.selectState),
            insert: try RowStatement(database, sql: table.insert),
            update: try RowStatement(database, sql: table.update))
        statements[table.collection.number] = made
        return made
    }

    private func reference(of identity: LogIdentity) throws -> Int64 {
        if let reference = references[identity.log] { return reference }
        try database.cachedStatement(
            sql: "INSERT INTO logs (replica, area, lane, key, nonce) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            Data(Self.bytes(identity.log.replica)), identity.domain.area.description,
            identity.domain.lane.rawValue, Data(identity.key.bytes.array),
            Data(Self.bytes(identity.nonce)),
        ])
        let reference = database.lastInsertedRowID
        guard reference <= LogReferences.referenceMax else {
            throw StoreFailure.damaged(what: "more than \(LogReferences.referenceMax) logs")
        }
        references.insert(identity, reference: reference)
        return reference
    }

    /// Gives a log a number, so that records which its entries created can be spoken of.
    func note(_ identity: LogIdentity) throws { _ = try reference(of: identity) }

    func note(_ redaction: Redaction) throws { try Store.keep(redaction, in: database, seal) }

    func keptReaderKeys(at place: SealedPlace) throws -> [ContentKey] {
        try Store.keptReaderKeys(at: place, in: database, seal)
    }

    /// Keeps a run of a forked log beside the ledger, and what proves itself in it. What is too much
    /// is left out.
    func setAside(_ aside: RunAside) throws {
        let run = aside.run
        let reference = try reference(of: run.run.identity)
        if aside.isHeard {
            try Store.keepAuthority(in: run, isSaidOnceMore: false, in: database)
            try Store.keepRestatements(in: run, in: database, seal)
        }
        let bytes = try Int.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT coalesce(sum(length(envelope)), 0) FROM set_aside
                    WHERE log = ? AND (last <> ? OR head <> ?)
                    """),
            arguments: [
                reference, Int64(run.run.last), Data(run.hashes.last?.array ?? []),
            ])
        let envelope = run.envelope ?? RunEnvelope.seal(run.run)
        guard (bytes ?? 0) + envelope.count <= ProtocolLimits.setAsideBytesMax else { return }
        try Store.setAside(run, envelope, log: reference, in: database, seal)
    }

    private func storedEnd(_ reference: Int64) throws -> LogEnd {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT id, total FROM runs WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 1
                    """), arguments: [reference << 32, (reference + 1) << 32])
        guard let row else { return LogEnd(last: 0, bytes: 0) }
        return LogEnd(
            last: UInt64(try row.cell("id", as: Int64.self) & 0xFFFF_FFFF),
            bytes: try row.cell("total"))
    }

    private func takeArrival() throws -> Int64 {
        let arrival =
            try nextArrival
            ?? (Int64.fetchOne(
                database.cachedStatement(
                    // What is put back has the number that it had.
                    sql: """
                        SELECT max(coalesce((SELECT max(arrival) FROM runs), 0),
                            coalesce((SELECT max(arrival) FROM quarantined), 0))
                        """)) ?? 0) + 1
        nextArrival = arrival + 1
        return arrival
    }

    private static func text(_ dot: Dot) -> String { "\(dot.log)#\(dot.sequence)" }

    private static func bytes(_ replica: ReplicaID) -> [UInt8] {
        var writer = ByteWriter(reserving: 16)
        writer.replica(replica)
        return writer.bytes
    }

    private static func bytes(_ nonce: ReplicaNonce) -> [UInt8] {
        var writer = ByteWriter(reserving: 16)
        writer.fixed64(nonce.high)
        writer.fixed64(nonce.low)
        return writer.bytes
    }
}

/// What a transaction does to the rows of one table.
private struct TableStatements {
    let find: RowStatement
    let select: RowStatement
    let insert: RowStatement
    let update: RowStatement
}

/// The texts of the row that `TableSchema.selectState` has found.
private struct SelectedTexts: TextColumns {
    let statement: RowStatement
    let table: TableSchema

    func text(of field: UInt32) throws -> String {
        guard let place = table.textPlace(of: field) else { throw DecodingViolation.unknownTag }
        return try statement.text(at: place)
    }
}
