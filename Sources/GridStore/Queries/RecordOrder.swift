// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore

/// In what order a list of records is given. Rows with equal values come in the order of their
/// rows, and those without a value last.
package struct RecordOrder: Sendable {
    package enum Key: Sendable {
        /// As the rows lie: roughly as they came to be.
        case row
        case createdAt, updatedAt
        case field(FieldDefinition)
    }

    package let key: Key
    package let isDescending: Bool

    package static let row = RecordOrder(.row)

    package init(_ key: Key, isDescending: Bool = false) {
        self.key = key
        self.isDescending = isDescending
    }

    /// Nil where the row alone counts.
    private var column: String? {
        switch key {
        case .row: nil
        case .createdAt: "_created_at"
        case .updatedAt: "_updated_at"
        case .field(let field): "\"\(field.name)\""
        }
    }

    private var name: String { (isDescending ? "-" : "") + (column ?? "") }

    /// `ORDER BY`.
    var clause: String {
        guard let column else { return "ORDER BY _key" }
        return "ORDER BY \(column) IS NULL, \(column)\(isDescending ? " DESC" : ""), _key"
    }

    /// What holds of all rows that come after one.
    func condition(after cursor: RecordCursor) -> (sql: String, arguments: [DatabaseValue]) {
        let key = cursor.row.databaseValue
        guard let column else { return ("_key > ?", [key]) }
        guard let value = cursor.databaseValue else {
            return ("\(column) IS NULL AND _key > ?", [key])
        }
        let sign = isDescending ? "<" : ">"
        return (
            "(\(column) \(sign) ? OR (\(column) = ? AND _key > ?) OR \(column) IS NULL)",
            [value, value, key]
        )
    }

    /// The place of a row in this order.
    func cursor(
        of row: Int64, in table: TableSchema, _ database: Database
    ) throws -> RecordCursor {
        var value = DatabaseValue.null
        if let column {
            value =
                try DatabaseValue.fetchOne(
                    database,
                    sql: "SELECT \(column) FROM \"\(table.collection.name)\" WHERE _key = ?",
                    arguments: [row]) ?? .null
        }
        return RecordCursor(order: name, value: value, row: row)
    }

    /// Reads what `RecordCursor.text` has given in the same order; nil for anything else.
    package func cursor(parsing text: String) -> RecordCursor? {
        RecordCursor(parsing: text).flatMap { $0.order == name ? $0 : nil }
    }
}

/// A place in a list: the value by which it is ordered, and the row. It holds whatever is written in
/// between.
package struct RecordCursor: Hashable, Sendable {
    let order: String
    private let value: JSONValue
    let row: Int64

    init(order: String, value: DatabaseValue, row: Int64) {
        self.order = order
        self.row = row
        self.value =
            switch value.storage {
            case .null, .blob: .null
            case .int64(let integer): .integer(integer)
            case .double(let number): .number(number)
            case .string(let text): .text(text)
            }
    }

    /// Text that nobody needs to look into.
    package var text: String {
        let parts = JSONValue.list([.text(order), value, .integer(row)])
        return Hexadecimal.text(Array(parts.description.utf8))
    }

    fileprivate init?(parsing text: String) {
        guard let bytes = Hexadecimal.bytes(text),
            let parts = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)),
            case .list(let items) = parts, items.count == 3, case .text(let order) = items[0],
            case .integer(let row) = items[2]
        else { return nil }
        self.order = order
        value = items[1]
        self.row = row
    }

    fileprivate var databaseValue: DatabaseValue? {
        switch value {
        case .null, .boolean, .list, .object: nil
        case .integer(let integer): integer.databaseValue
        case .number(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }
}
