// SPDX-License-Identifier: Apache-2.0

import GridCore

/// The ordinary table of a collection: typed columns for what people ask, one column for what
/// merging needs, which is sealed. Column names of the system begin with an underscore, so that no catalogue field
/// can ever meet them.
final class TableSchema: Sendable {
    /// How a column holds the values of its field.
    enum Storage: Sendable {
        case integer, boolean, real, text
        /// A set or timeline as JSON; empty ones as NULL.
        case list
    }

    struct Column: Sendable {
        let field: FieldDefinition
        /// The part of the field that is shown.
        let key: FieldKey
        let storage: Storage
        /// Whether the column is empty, because its values lie in the sealed merge state alone.
        let isSealed: Bool
        /// The column with the marks by which a sealed value is found (`FolderSeal.mark`); nil
        /// where it is found by nothing.
        let findColumn: String?
    }

    let collection: CollectionDefinition
    /// Of the fields that are stored, ascending by number.
    let columns: [Column]
    /// Whether a record can be incomplete.
    let hasRequirements: Bool
    /// How the timelines of its records are folded; nil where nothing is.
    let folding: RecordFolding?
    let insert: String
    let update: String
    /// The merge state of a row, then the columns that hold texts for it.
    let selectState: String
    /// The key of a named record's row, by id and area.
    let selectNamed: String
    /// The keys and areas of the rows that bear an id.
    let selectKeys: String
    /// What `Store.state` needs of a row.
    let stateColumns: String
    /// By field number: the place of the field's text in `selectState`; 0 where there is none.
    private let textPlaces: [Int32]
    /// Those that have a column to be found by.
    let found: [Column]
    private let placesByName: [String: Int]

    /// Columns that each write sets, besides those of the fields.
    private static let changingColumns = [
        "_archived", "_incomplete", "_conflicts", "_created_at", "_updated_at", "_merge",
    ]

    /// Columns of what a record's timelines amount to, in the order in which they are bound; the
    /// derived fields of the catalogue follow. Times are milliseconds since 1970.
    private static let foldColumns = [
        "_state TEXT NOT NULL", "_voids INTEGER NOT NULL", "_sessions INTEGER NOT NULL",
        "_open INTEGER NOT NULL", "_warn_at INTEGER", "_due_at INTEGER",
    ]

    init(_ collection: CollectionDefinition) {
        self.collection = collection
        let folding = RecordFolding(collection)
        self.folding = folding
        let stored = collection.fields.filter { $0.kind != .derived }
        let columns = stored.map {
            let (storage, isSealed) = (Self.storage(of: $0), Masking.masks($0))
            let isFound = isSealed && storage == .text && Masking.allowsLookup(by: $0)
            return Column(
                field: $0, key: $0.shownKey, storage: storage, isSealed: isSealed,
                findColumn: isFound ? "_find_\($0.name)" : nil)
        }
        self.columns = columns
        let found = columns.filter { $0.findColumn != nil }
        self.found = found
        let marks = found.compactMap(\.findColumn).map { "\"\($0)\"" }
        hasRequirements = stored.contains { $0.requirement != .optional }
        placesByName = Dictionary(
            uniqueKeysWithValues: stored.enumerated().map { ($1.name, $0) })
        let folded = folding == nil ? [] : Self.foldColumns.map { String($0.prefix { $0 != " " }) }
        let changing =
            Self.changingColumns + stored.map { "\"\($0.name)\"" } + marks + folded
            + (folding?.derived ?? []).map { "\"\($0.name)\"" }
        let all = ["_key"] + changing + ["id", "_area"]
        insert = """
            INSERT INTO "\(collection.name)" (\(all.joined(separator: ", ")))
            VALUES (\(all.indices.map { "?\($0 + 1)" }.joined(separator: ", ")))
            """
        let settings = changing.enumerated().map { "\($1) = ?\($0 + 2)" }
        update = """
            UPDATE "\(collection.name)" SET \(settings.joined(separator: ", ")) WHERE _key = ?1
            """
        let texts = columns.filter {
            $0.storage == .text && $0.key.family == .assigned && !$0.isSealed
        }
        var places = [Int32](repeating: 0, count: Int(stored.last?.number ?? 0) + 1)
        for (place, column) in texts.enumerated() {
            places[Int(column.field.number)] = Int32(place) + 1
        }
        textPlaces = places
        let merge = (["_merge"] + texts.map { "\"\($0.field.name)\"" }).joined(separator: ", ")
        selectState = "SELECT \(merge) FROM \"\(collection.name)\" WHERE _key = ?"
        stateColumns =
            (["_key, id, _area, \(merge)"] + folded
            + (folding?.derived ?? []).map { "\"\($0.name)\"" }).joined(separator: ", ")
        selectKeys = """
            SELECT _key, _area FROM "\(collection.name)" WHERE id = ? ORDER BY _area, _key
            """
        selectNamed = """
            SELECT _key FROM "\(collection.name)" WHERE id = ? AND _key < 0 AND _area = ?
            """
    }

    func column(named name: String) -> Column? { placesByName[name].map { columns[$0] } }

    /// The place in `selectState` of the column that holds the shown text of a field; nil where
    /// there is none.
    func textPlace(of field: UInt32) -> Int32? {
        guard field < textPlaces.count, textPlaces[Int(field)] > 0 else { return nil }
        return textPlaces[Int(field)]
    }

    /// `CREATE TABLE` and its index, with the people's names of the fields as comments.
    var definition: String {
        let fields = columns.map {
            "    \"\($0.field.name)\" \(Self.type(of: $0.storage)), -- \($0.field.label)"
                + ($0.isSealed ? ", sealed in _merge\n" : "\n")
        }
        let marks = found.compactMap(\.findColumn)
        let markColumns = marks.map { "    \"\($0)\" BLOB, -- keyed hash\n" }
        let markIndices = marks.map {
            "\nCREATE INDEX \"\(collection.name)_by\($0)\" ON \"\(collection.name)\" (\"\($0)\");"
        }
        let folded =
            folding == nil
            ? []
            : Self.foldColumns.map { "    \($0), -- folded\n" }
                + (folding?.derived ?? []).map { "    \"\($0.name)\" TEXT, -- \($0.label)\n" }
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
            \(fields.joined())\(markColumns.joined())\(folded.joined())    _merge BLOB NOT NULL -- sealed
            ) STRICT;
            CREATE INDEX "\(collection.name)_by_id" ON "\(collection.name)" (id);
            CREATE INDEX "\(collection.name)_by_area" ON "\(collection.name)" (_area);\(markIndices.joined())
            """
    }

    private static func type(of storage: Storage) -> String {
        switch storage {
        case .integer, .boolean: "INTEGER"
        case .real: "REAL"
        case .text, .list: "TEXT"
        }
    }

    private static func storage(of field: FieldDefinition) -> Storage {
        switch (field.kind, field.type) {
        case (.counter, _), (.register, .integer), (.fixed, .integer): .integer
        case (.register, .boolean), (.fixed, .boolean): .boolean
        case (.register, .decimal), (.fixed, .decimal): .real
        case (.set, _), (.timeline, _): .list
        case (.register, _), (.fixed, _), (.derived, _): .text
        }
    }

    /// Whether the field's column holds floating-point numbers.
    static func isReal(_ field: FieldDefinition) -> Bool { storage(of: field) == .real }
}

/// Where a record's row holds the texts that its merge state leaves out.
protocol TextColumns {
    /// The text in the column of a field.
    func text(of field: UInt32) throws -> String
}
