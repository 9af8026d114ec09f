// SPDX-License-Identifier: Apache-2.0

import GRDBSQLite

/// The envelopes of a folder's ledger as they lie there, read beside the store: what it reads and
/// joins in one call can then be timed in parts.
enum StoredEnvelopes {
    /// Those of all logs, by log, then sequence.
    static func all(in database: String) throws -> [(last: UInt64, envelope: [UInt8])] {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_open_v2(database, &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
            sqlite3_prepare_v2(
                connection, "SELECT id, envelope FROM runs ORDER BY id", -1, &statement, nil)
                == SQLITE_OK
        else { throw BenchFailure("SQLite cannot read the runs of \(database)") }
        var found: [(last: UInt64, envelope: [UInt8])] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            let bytes = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(statement, 1),
                count: Int(sqlite3_column_bytes(statement, 1)))
            found.append((UInt64(sqlite3_column_int64(statement, 0) & 0xFFFF_FFFF), Array(bytes)))
        }
        return found
    }
}
