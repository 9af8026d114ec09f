// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore

/// Finds records by what their fields show, such as households by their number: the one place that
/// knows how a value stands in its column.
package struct RecordLookup: Sendable {
    package let collection: CollectionDefinition
    /// In their order; not empty.
    package let fields: [FieldDefinition]

    /// Nil where the values of a field cannot be looked up: sets and timelines.
    package init?(_ collection: CollectionDefinition, by fields: [FieldDefinition]) {
        guard !fields.isEmpty, fields.allSatisfy({ Self.isColumn($0) }) else { return nil }
        self.collection = collection
        self.fields = fields
    }

    private static func isColumn(_ field: FieldDefinition) -> Bool {
        switch field.kind {
        case .register, .fixed: field.type.element == nil
        case .set, .timeline, .counter, .derived: false
        }
    }

    /// The ids of records whose home is the area or lies in it and that show all of these values,
    /// archived ones last. At most so many as it takes to know that they are several.
    func ids(
        showing values: [FieldValue], in area: AreaCode, from database: Database
    ) throws -> [RecordID] {
        let conditions = fields.map { "\"\($0.name)\" = ?" }.joined(separator: " AND ")
        var arguments = zip(fields, values).map { Self.cell($1, of: $0) }
        arguments.append(area.description.databaseValue)
        let found = try String.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT id FROM "\(collection.name)"
                    WHERE \(conditions) AND substr(_area, 1, \(area.level.digits)) = ?
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
    func prepare(_ database: Database) throws {
        let names = fields.map(\.name)
        let columns = names.map { "\"\($0)\"" }.joined(separator: ", ")
        try database.execute(
            sql: """
                CREATE INDEX IF NOT EXISTS "\(collection.name)_by_\(names.joined(separator: "_and_"))"
                ON "\(collection.name)" (\(columns), _area)
                """)
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
    /// The ids of records that show some values, archived ones last; two of them are enough.
    package func ids(
        by lookup: RecordLookup, showing values: [FieldValue], in area: AreaCode
    ) throws -> [RecordID] {
        try read { try lookup.ids(showing: values, in: area, from: $0) }
    }

    /// Prepares for many look-ups. The tables show the same before and after.
    package func prepare(_ lookups: [RecordLookup]) throws {
        try write { database in
            for lookup in lookups { try lookup.prepare(database) }
        }
    }
}

extension StoreTransaction {
    /// The same as of the last commit.
    package func ids(
        by lookup: RecordLookup, showing values: [FieldValue], in area: AreaCode
    ) throws -> [RecordID] {
        try lookup.ids(showing: values, in: area, from: database)
    }
}
