// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore

/// Finds records by what their fields show, such as households by their number: the one place that
/// knows how a value stands in its column, or by which mark a sealed one is found
/// (Protocol/at-rest.md).
package struct RecordLookup: Sendable {
    package let collection: CollectionDefinition
    /// Of a collection that are made for looking up: each makes every write slower, and whoever asks
    /// names the fields. Those made first go.
    private static let indicesMax = 8

    /// In their order; not empty.
    package let fields: [FieldDefinition]

    /// Nil where the values of a field cannot be looked up: sets, timelines, and sealed fields
    /// without marks.
    package init?(_ collection: CollectionDefinition, by fields: [FieldDefinition]) {
        guard !fields.isEmpty, fields.allSatisfy({ Self.isColumn($0) }) else { return nil }
        self.collection = collection
        self.fields = fields
    }

    private static func isColumn(_ field: FieldDefinition) -> Bool {
        guard Masking.allowsLookup(by: field) else { return false }
        switch field.kind {
        case .register, .fixed: return field.type.element == nil
        case .set, .timeline, .counter, .derived: return false
        }
    }

    /// Whether a sealed value is looked up, which the audit trail is to have.
    package var isSensitive: Bool { fields.contains { Masking.masks($0) } }

    /// The ids of records that lie in an area and show all of these values, archived ones last. At most
    /// so many as it takes to know that they are several.
    func ids(
        showing values: [FieldValue], in area: AreaSelection, table: TableSchema,
        among tables: [UInt32: TableSchema], seal: FolderSeal, from database: Database
    ) throws -> [RecordID] {
        let columns = columns(in: table)
        let conditions = columns.map { "\"\($0.name)\" = ?" }.joined(separator: " AND ")
        let arguments = zip(columns, values).map { column, value in
            guard let sealed = column.sealed else { return Self.cell(value, of: column.field) }
            let mark = seal.mark(of: value.plainText, in: sealed, of: collection.number)
            return Data(mark).databaseValue
        }
        let found = try String.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT id FROM "\(collection.name)"
                    WHERE \(conditions) AND \(area.condition(on: table, among: tables))
                    ORDER BY _archived, _key LIMIT 2
                    """),
            arguments: StatementArguments(arguments))
        return try found.map { text in
            guard let id = RecordID(parsing: text) else {
                throw StoreFailure.damaged(what: "record id \(text)")
            }
            return id
        }
    }

    /// Makes looking up quick where it is not yet.
    func prepare(in table: TableSchema, _ database: Database) throws {
        let names = columns(in: table).map(\.name)
        let columns = names.map { "\"\($0)\"" }.joined(separator: ", ")
        let made = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?
                AND sql LIKE '%, \\_area)' ESCAPE '\\' ORDER BY rowid DESC
                """, arguments: [collection.name])
        for name in made.dropFirst(Self.indicesMax - 1) {
            try database.execute(sql: "DROP INDEX \"\(name)\"")
        }
        try database.execute(
            sql: """
                CREATE INDEX IF NOT EXISTS "\(index(in: table))"
                ON "\(collection.name)" (\(columns), _area)
                """)
    }

    /// Whether that is still to be done. Tables that are built anew have lost it.
    func isSlow(in table: TableSchema, _ database: Database) throws -> Bool {
        let names = columns(in: table)
        // Marks have an index of their own.
        guard names.count > 1 || names.contains(where: { $0.sealed == nil }) else { return false }
        let found = try Int.fetchOne(
            database.cachedStatement(
                sql: "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?"),
            arguments: [index(in: table)])
        return found == nil
    }

    private func index(in table: TableSchema) -> String {
        "\(collection.name)_by_\(columns(in: table).map(\.name).joined(separator: "_and_"))"
    }

    private func columns(
        in table: TableSchema
    ) -> [(field: FieldDefinition, name: String, sealed: TableSchema.Column?)] {
        fields.map { field in
            guard let column = table.column(named: field.name), let mark = column.findColumn else {
                return (field, field.name, nil)
            }
            return (field, mark, column)
        }
    }

    /// The value as `RecordRow` puts it into the field's column.
    private static func cell(_ value: FieldValue, of field: FieldDefinition) -> DatabaseValue {
        switch value {
        case .integer(let integer) where field.type == .integer: integer.databaseValue
        case .boolean(let boolean) where field.type == .boolean: (boolean ? 1 : 0).databaseValue
        case .decimal where field.type == .decimal:
            Double(value.plainText)?.databaseValue ?? .null
        case .text, .integer, .boolean, .decimal, .date, .time, .area, .reference, .bytes, .point,
            .attachment, .list, .map:
            value.plainText.databaseValue
        }
    }
}

extension Store {
    /// Prepares for many look-ups. The tables show the same before and after; nothing is written
    /// where that was done before.
    package func prepare(_ lookups: [RecordLookup]) throws {
        let waiting = try read { try slow(lookups, $0) }
        guard !waiting.isEmpty else { return }
        try write { database in
            for (lookup, table) in waiting { try lookup.prepare(in: table, database) }
        }
    }

    private func slow(
        _ lookups: [RecordLookup], _ database: Database
    ) throws -> [(RecordLookup, TableSchema)] {
        try lookups.compactMap { lookup in
            guard let table = tables[lookup.collection.number],
                try lookup.isSlow(in: table, database)
            else { return nil }
            return (lookup, table)
        }
    }
}
