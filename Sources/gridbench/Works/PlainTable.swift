// SPDX-License-Identifier: Apache-2.0

import GRDBSQLite
import GridCore

/// The workload's records in a table of plain SQLite, as a program without any sync would keep
/// them: one connection, write-ahead log, `synchronous = FULL`, each statement a transaction.
final class PlainTable {
    private static let fields =
        Catalogue.household.collection(named: "household")?.fields.filter { $0.kind == .register }
        .map(\.name) ?? []

    private let connection: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    init(_ path: String) throws {
        var connection: OpaquePointer?
        guard sqlite3_open(path, &connection) == SQLITE_OK, let connection else {
            throw BenchFailure("SQLite cannot open \(path)")
        }
        self.connection = connection
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        let columns = Self.fields.map { "\"\($0)\" ANY" }.joined(separator: ", ")
        try execute("CREATE TABLE household (code TEXT PRIMARY KEY, \(columns)) STRICT")
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(connection)
    }

    /// Puts records in at once; not to be timed.
    func fill(_ operations: [Operation]) throws {
        try execute("BEGIN")
        let marks = Self.fields.map { _ in ", ?" }.joined()
        for operation in operations {
            let values = Self.fields.map { operation.values[$0] ?? .null }
            try run(
                "INSERT INTO household VALUES (?\(marks))", [.text(operation.code)] + values)
        }
        try execute("COMMIT")
    }

    /// Writes one operation, durable on return.
    func update(_ operation: Operation) throws {
        let fields = operation.values.keys.sorted()
        let assignments = fields.map { "\"\($0)\" = ?" }.joined(separator: ", ")
        try run(
            "UPDATE household SET \(assignments) WHERE code = ?",
            fields.map { operation.values[$0] ?? .null } + [.text(operation.code)])
    }

    private func execute(_ sql: String) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
    }

    private func run(_ sql: String, _ values: [JSONValue]) throws {
        let statement = try statement(sql)
        defer { sqlite3_reset(statement) }
        for (index, value) in values.enumerated() {
            try bind(value, to: statement, at: Int32(index + 1))
        }
        guard sqlite3_step(statement) == SQLITE_DONE else { throw failure }
    }

    private func statement(_ sql: String) throws -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK,
            let statement
        else { throw failure }
        statements[sql] = statement
        return statement
    }

    private func bind(
        _ value: JSONValue, to statement: OpaquePointer, at index: Int32
    ) throws {
        let code =
            switch value {
            case .text(let text):
                sqlite3_bind_text(statement, index, text, -1, Self.copied)
            case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
            case .null, .boolean, .number, .list, .object: sqlite3_bind_null(statement, index)
            }
        guard code == SQLITE_OK else { throw failure }
    }

    /// SQLITE_TRANSIENT: the text is gone when the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private var failure: BenchFailure {
        BenchFailure("SQLite: \(String(cString: sqlite3_errmsg(connection)))")
    }
}
