// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// A prepared statement whose cells are bound and read without GRDB's values in between: rows of
/// records are what a commit spends its time on.
///
/// Cells are numbered from 1 where they are bound and from 0 where they are read, as in SQLite.
struct RowStatement {
    // Raw pointers into it are used: it must outlive them.
    private let statement: Statement
    private let pointer: SQLiteStatement

    init(_ database: Database, sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        pointer = statement.sqliteStatement
    }

    func bind(_ integer: Int64, at place: Int32) { sqlite3_bind_int64(pointer, place, integer) }

    func bind(real: Double, at place: Int32) { sqlite3_bind_double(pointer, place, real) }

    func bindNull(at place: Int32) { sqlite3_bind_null(pointer, place) }

    func bind(_ text: String, at place: Int32) throws {
        var text = text
        let code = text.withUTF8 { bytes in
            // An empty text has no address, and none would be NULL.
            bytes.withMemoryRebound(to: CChar.self) {
                $0.isEmpty
                    ? sqlite3_bind_text(pointer, place, "", 0, Self.copied)
                    : sqlite3_bind_text(
                        pointer, place, $0.baseAddress, Int32(clamping: $0.count), Self.copied)
            }
        }
        guard code == SQLITE_OK else { throw failure() }
    }

    func bind(_ bytes: [UInt8], at place: Int32) throws {
        let code = bytes.withUnsafeBytes {
            $0.isEmpty
                ? sqlite3_bind_zeroblob(pointer, place, 0)
                : sqlite3_bind_blob(
                    pointer, place, $0.baseAddress, Int32(clamping: $0.count), Self.copied)
        }
        guard code == SQLITE_OK else { throw failure() }
    }

    /// Carries the statement out, which gives no rows.
    /// - Returns: how many rows it has changed.
    @discardableResult
    func run() throws -> Int {
        defer { reset() }
        guard sqlite3_step(pointer) == SQLITE_DONE else { throw failure() }
        return Int(sqlite3_changes(sqlite3_db_handle(pointer)))
    }

    /// Reads the one row that the statement gives, or none.
    func row<Result>(_ read: () throws -> Result) throws -> Result? {
        defer { reset() }
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return try read()
        case SQLITE_DONE: return nil
        default: throw failure()
        }
    }

    /// Reads all rows that the statement gives.
    func rows<Result>(_ read: () throws -> Result) throws -> [Result] {
        defer { reset() }
        var found: [Result] = []
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: found.append(try read())
            case SQLITE_DONE: return found
            default: throw failure()
            }
        }
    }

    /// A cell of the row at hand; 0 where it holds no number.
    func integer(at column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

    /// A cell of the row at hand.
    func text(at column: Int32) throws -> String {
        guard sqlite3_column_type(pointer, column) == SQLITE_TEXT,
            let start = sqlite3_column_text(pointer, column)
        else { throw StoreFailure.damaged(what: "a text in a record's row is missing") }
        let count = Int(sqlite3_column_bytes(pointer, column))
        let bytes = UnsafeBufferPointer(start: start, count: count)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw StoreFailure.damaged(what: "a text in a record's row is not UTF-8")
        }
        return text
    }

    /// A cell of the row at hand.
    func bytes(at column: Int32) throws -> [UInt8] {
        guard sqlite3_column_type(pointer, column) == SQLITE_BLOB else {
            throw StoreFailure.damaged(what: "a record's row has no merge state")
        }
        let count = Int(sqlite3_column_bytes(pointer, column))
        return Array(
            UnsafeRawBufferPointer(start: sqlite3_column_blob(pointer, column), count: count))
    }

    private func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    private func failure() -> DatabaseError {
        let connection = sqlite3_db_handle(pointer)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: sqlite3_errmsg(connection).map { String(cString: $0) })
    }

    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
