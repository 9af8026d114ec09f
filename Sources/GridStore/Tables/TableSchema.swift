// SPDX-License-Identifier: Apache-2.0

import GridCore

/// The ordinary table of a collection: typed columns for what people ask, one column for what
/// merging needs. Column names of the system begin with an underscore, so that no catalogue field
/// can ever meet them.
struct TableSchema: Sendable {
    let collection: CollectionDefinition
    /// Fields with a column, in column order.
    let stored: [FieldDefinition]
    /// `INSERT … ON CONFLICT DO UPDATE` of a whole row.
    let upsert: String
    let selectMerge: String
    /// The key of a named record's row, by id and area.
    let selectNamed: String

    /// Columns before the fields, in the order of `upsert`'s arguments.
    static let systemColumns = [
        "_key", "id", "_area", "_archived", "_incomplete", "_conflicts", "_created_at",
        "_updated_at",
    ]

    init(_ collection: CollectionDefinition) {
        self.collection = collection
        stored = collection.fields.filter { $0.kind != .derived }
        let columns = Self.systemColumns + stored.map(\.name) + ["_merge"]
        let quoted = columns.map { "\"\($0)\"" }
        let updates = quoted.dropFirst().map { "\($0) = excluded.\($0)" }
        upsert = """
            INSERT INTO "\(collection.name)" (\(quoted.joined(separator: ", ")))
            VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
            ON CONFLICT (_key) DO UPDATE SET \(updates.joined(separator: ", "))
            """
        selectMerge = "SELECT _merge FROM \"\(collection.name)\" WHERE _key = ?"
        selectNamed = """
            SELECT _key FROM "\(collection.name)" WHERE id = ? AND _key < 0 AND _area = ?
            """
    }

    /// `CREATE TABLE` and its index, with the people's names of the fields as comments.
    var definition: String {
        let fields = stored.map { "    \"\($0.name)\" \(Self.type(of: $0)), -- \($0.label)\n" }
        return """
            CREATE TABLE "\(collection.name)" ( -- \(collection.label)
                _key INTEGER PRIMARY KEY, -- local; other nodes have other keys
                id TEXT NOT NULL,
                _area TEXT NOT NULL,
                _archived INTEGER NOT NULL,
                _incomplete INTEGER NOT NULL, -- number of required fields that are missing
                _conflicts INTEGER NOT NULL, -- number of fields in conflict
                _created_at INTEGER NOT NULL, -- milliseconds since 1970
                _updated_at INTEGER NOT NULL,
            \(fields.joined())    _merge BLOB NOT NULL
            ) STRICT;
            CREATE INDEX "\(collection.name)_by_id" ON "\(collection.name)" (id);
            CREATE INDEX "\(collection.name)_by_area" ON "\(collection.name)" (_area, _key);
            """
    }

    private static func type(of field: FieldDefinition) -> String {
        switch (field.kind, field.type) {
        case (.counter, _), (.register, .integer), (.fixed, .integer), (.register, .boolean),
            (.fixed, .boolean):
            "INTEGER"
        case (.register, .decimal), (.fixed, .decimal): "REAL"
        default: "TEXT"
        }
    }

    /// Whether the field's column holds floating-point numbers.
    static func isReal(_ field: FieldDefinition) -> Bool { type(of: field) == "REAL" }
}
