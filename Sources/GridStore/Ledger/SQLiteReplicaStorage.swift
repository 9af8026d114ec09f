// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync

/// What a batch reads and writes within one transaction: ledger, tables and heights together.
final class SQLiteReplicaStorage: ReplicaStorage {
    private let database: Database
    private let tables: [UInt32: TableSchema]
    private(set) var references: LogReferences
    /// Bytes of envelopes by log number, of the logs this transaction has appended to.
    private var totals: [Int64: Int64] = [:]
    private var nextArrival: Int64?

    init(_ database: Database, tables: [UInt32: TableSchema], references: LogReferences) {
        self.database = database
        self.tables = tables
        self.references = references
    }

    func record(_ key: RecordKey) throws -> RecordState? {
        guard let row = try rowKey(key) else { return nil }
        let bytes: Data?
        if let table = tables[key.collection] {
            bytes = try Data.fetchOne(
                database.cachedStatement(sql: table.selectMerge), arguments: [row.rawValue])
        } else {
            bytes = try Data.fetchOne(
                database.cachedStatement(
                    sql: "SELECT _merge FROM other_records WHERE collection = ? AND _key = ?"),
                arguments: [key.collection, row.rawValue])
        }
        guard let bytes else { return nil }
        return try RecordStateReader.state(
            Array(bytes), collection: key.collection, address: key.address, domain: key.domain,
            coding: .local(references))
    }

    func append(_ run: VerifiedRun) throws {
        let reference = try reference(of: run.run.identity)
        let envelope = RunEnvelope.seal(run.run.encoded)
        let arrival = try takeArrival()
        let total = try (totals[reference] ?? storedTotal(reference)) + Int64(envelope.count)
        totals[reference] = total
        // A run that reaches further back than the one stored under its last sequence replaces it.
        try database.cachedStatement(
            sql: """
                INSERT INTO runs (id, first, arrival, total, envelope) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET first = excluded.first, envelope = excluded.envelope
                WHERE excluded.first < first
                """
        ).execute(arguments: [
            reference << 32 | Int64(run.run.last), Int64(run.run.first), arrival, total,
            Data(envelope),
        ])
    }

    func save(_ record: RecordState) throws {
        let key = RecordKey(
            domain: record.domain, collection: record.collection, address: record.address)
        let bytes = Data(
            try RecordStateWriter.bytes(of: record, coding: .local(references)))
        guard let table = tables[record.collection] else {
            try saveOther(record, key: key, bytes: bytes)
            return
        }
        let display = RecordDisplay(record, of: table.collection)
        let row = try rowKey(key) ?? newNamedKey(in: "\"\(table.collection.name)\"")
        let arguments: [DatabaseValue] =
            [row.rawValue.databaseValue] + display.columns + [bytes.databaseValue]
        try database.cachedStatement(sql: table.upsert)
            .execute(arguments: StatementArguments(arguments))
        try saveConflicts(display, row: row)
    }

    func save(_ log: LogState) throws {
        let reference = try reference(of: log.identity)
        var writer = ByteWriter(reserving: 128)
        writer.logState(log)
        let total = try totals[reference] ?? storedTotal(reference)
        try database.cachedStatement(
            sql: "UPDATE logs SET height = ?, bytes = ?, state = ? WHERE ref = ?"
        ).execute(arguments: [Int64(log.height), total, Data(writer.bytes), reference])
    }

    func note(_ update: ParallelUpdate) throws {
        guard let row = try rowKey(update.record) else { return }
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

    /// The row that a record has or would have; nil for a named record without one.
    func rowKey(_ key: RecordKey) throws -> RowKey? {
        switch key.address {
        case .created(let dot, let index):
            guard let log = references[dot.log] else { return nil }
            return RowKey(log: log, sequence: dot.sequence, index: index)
        case .named(let id):
            if let table = tables[key.collection] {
                return try Int64.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT _key FROM "\(table.collection.name)"
                            WHERE id = ? AND _key < 0 AND _area = ?
                            """),
                    arguments: [id.description, key.domain.area.description]
                ).map(RowKey.init(rawValue:))
            }
            return try Int64.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT _key FROM other_records
                        WHERE collection = ? AND id = ? AND _key < 0 AND _area = ?
                        """),
                arguments: [key.collection, id.description, key.domain.area.description]
            ).map(RowKey.init(rawValue:))
        }
    }

    private func newNamedKey(in table: String) throws -> RowKey {
        let least = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT min(_key) FROM \(table)"))
        return RowKey(rawValue: min(least ?? 0, 0) - 1)
    }

    private func saveOther(_ record: RecordState, key: RecordKey, bytes: Data) throws {
        let row = try rowKey(key) ?? newNamedKey(in: "other_records")
        try database.cachedStatement(
            sql: """
                INSERT INTO other_records (collection, _key, id, _area, _merge)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (collection, _key) DO UPDATE SET _merge = excluded._merge
                """
        ).execute(arguments: [
            record.collection, row.rawValue, RecordNaming.id(of: record.address).description,
            record.domain.area.description, bytes,
        ])
    }

    private func saveConflicts(_ display: RecordDisplay, row: RowKey) throws {
        let collection = display.collection.number
        try database.cachedStatement(
            sql: "DELETE FROM conflicts WHERE collection = ? AND record = ?"
        ).execute(arguments: [collection, row.rawValue])
        for field in display.conflicts {
            try database.cachedStatement(
                sql: "INSERT INTO conflicts (collection, record, field) VALUES (?, ?, ?)"
            ).execute(arguments: [collection, row.rawValue, field.definition.number])
        }
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

    private func storedTotal(_ reference: Int64) throws -> Int64 {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT bytes FROM logs WHERE ref = ?"),
            arguments: [reference]) ?? 0
    }

    private func takeArrival() throws -> Int64 {
        let arrival =
            try nextArrival
            ?? (Int64.fetchOne(
                database.cachedStatement(sql: "SELECT max(arrival) FROM runs")) ?? 0) + 1
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
