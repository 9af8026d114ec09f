// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore

/// Why a query was not run to its end.
package enum QueryRefusal: Error, Hashable, Sendable {
    /// Only statements that read are allowed.
    case notReading
    /// It joins by `USING` or `NATURAL`, and masks do not reach what such a join compares.
    case unmaskableJoin
    /// What SQLite says of the statement.
    case wrong(String)
    /// It ran longer than this.
    case tooSlow(seconds: Int)
    /// The answer is larger than this.
    case tooLarge(bytes: Int)
}

/// The answer to a query.
package struct QueryAnswer: Sendable {
    package let columns: [String]
    package let rows: [[JSONValue]]
    /// Whether rows beyond the limit were left out.
    package let isCut: Bool
    /// Columns that the statement names and that read as NULL, `TABLE.COLUMN`, ascending.
    package let masked: [String]
}

/// What a query may cost.
package struct QueryLimits: Sendable {
    package var rowsMax = 10_000
    /// Text and blobs of the whole answer, in bytes; one value may not be larger either.
    package var bytesMax = 16_777_216
    package var secondsMax = 10

    package init() {}
}

extension Store {
    /// Runs one reading statement on a read-only connection of its own, so that a slow one keeps
    /// nobody else waiting.
    ///
    /// - Parameter isPlain: whether sensitive columns are read as they are; else as NULL.
    package func query(
        _ sql: String, isPlain: Bool = false, limits: QueryLimits = QueryLimits()
    ) throws -> QueryAnswer {
        let word = sql.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.uppercased()
        guard ["SELECT", "WITH", "VALUES", "EXPLAIN"].contains(word) else {
            throw QueryRefusal.notReading
        }
        let mask = isPlain ? nil : QueryMask(catalogue)
        if mask != nil, QueryMask.mayPass(sql) { throw QueryRefusal.unmaskableJoin }
        return try mapping {
            let connection = try DatabaseOpening.reader(at: folder.databasePath)
            return try connection.read { database in
                let view = isPlain ? try UnsealedView.prepare(database, self) : nil
                let watch = QueryWatch(database, limits: limits)
                defer { watch.end(database) }
                mask?.begin(database)
                defer { mask?.end(database) }
                do {
                    let (rows, columns, isCut) = try Self.answer(
                        sql, from: database, limits: limits)
                    return QueryAnswer(
                        columns: columns, rows: rows, isCut: isCut, masked: mask?.met ?? [])
                } catch let error as DatabaseError {
                    throw view?.failure ?? Self.refusal(error, limits: limits)
                }
            }
        }
    }

    private static func answer(
        _ sql: String, from database: Database, limits: QueryLimits
    ) throws -> (rows: [[JSONValue]], columns: [String], isCut: Bool) {
        let statement = try database.makeStatement(sql: sql)
        guard statement.isReadonly else { throw QueryRefusal.notReading }
        var rows: [[JSONValue]] = []
        var bytes = 0
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
            if rows.count == limits.rowsMax {
                return (rows, statement.columnNames, true)
            }
            let values = row.databaseValues
            bytes += values.reduce(0) { $0 + size($1) }
            guard bytes <= limits.bytesMax else {
                throw QueryRefusal.tooLarge(bytes: limits.bytesMax)
            }
            rows.append(values.map(json))
        }
        return (rows, statement.columnNames, false)
    }

    /// What a failed query means: a damaged database is the store's matter, the rest the asker's.
    private static func refusal(_ error: DatabaseError, limits: QueryLimits) -> any Error {
        switch error.resultCode {
        case .SQLITE_INTERRUPT: QueryRefusal.tooSlow(seconds: limits.secondsMax)
        case .SQLITE_TOOBIG: QueryRefusal.tooLarge(bytes: limits.bytesMax)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_IOERR: error
        default: QueryRefusal.wrong(error.message ?? "\(error.resultCode)")
        }
    }

    private static func size(_ value: DatabaseValue) -> Int {
        switch value.storage {
        case .null, .int64, .double: 8
        case .string(let text): text.utf8.count
        case .blob(let bytes): bytes.count
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
