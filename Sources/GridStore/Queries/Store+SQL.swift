// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore

/// Why a query was not run.
package enum QueryRefusal: Error, Hashable, Sendable {
    /// Only statements that read are allowed.
    case notReading
    /// What SQLite says of the statement.
    case wrong(String)
}

/// The answer to a query.
package struct QueryAnswer: Sendable {
    package let columns: [String]
    package let rows: [[JSONValue]]
    /// Whether rows beyond the limit were left out.
    package let isCut: Bool
}

extension Store {
    /// Runs one reading statement on a read-only connection.
    package func query(_ sql: String, rowLimit: Int = 10_000) throws -> QueryAnswer {
        let word = sql.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.uppercased()
        guard ["SELECT", "WITH", "VALUES", "EXPLAIN"].contains(word) else {
            throw QueryRefusal.notReading
        }
        return try pool.read { database in
            do {
                let statement = try database.makeStatement(sql: sql)
                guard statement.isReadonly else { throw QueryRefusal.notReading }
                var rows: [[JSONValue]] = []
                let cursor = try Row.fetchCursor(statement)
                while let row = try cursor.next() {
                    if rows.count == rowLimit {
                        return QueryAnswer(
                            columns: statement.columnNames, rows: rows, isCut: true)
                    }
                    rows.append(row.databaseValues.map(Self.json))
                }
                return QueryAnswer(columns: statement.columnNames, rows: rows, isCut: false)
            } catch let error as DatabaseError {
                throw QueryRefusal.wrong(error.message ?? "\(error.resultCode)")
            }
        }
    }

    private static func json(_ value: DatabaseValue) -> JSONValue {
        switch value.storage {
        case .null: .null
        case .int64(let integer): .integer(integer)
        case .double(let number): .number(number)
        case .string(let text): .text(text)
        case .blob(let bytes): .text(Hexadecimal.text(Array(bytes)))
        }
    }
}
