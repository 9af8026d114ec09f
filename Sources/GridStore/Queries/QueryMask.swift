// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import GridCore

/// Has one connection's statements read NULL where a column is sensitive (`Masking`), or holds
/// whole records as the ledger and the merge states do. All of these lie sealed, and columns of
/// sensitive fields are empty in any case: the mask is what says so to whoever asked.
///
/// SQLite asks for each column that a statement names, under whatever other name, when it is
/// compiled. It does not ask for those that `USING` and `NATURAL` compare, and gives them out in an
/// outer join (seen in 3.40.1): statements with these words are refused while columns are masked.
final class QueryMask {
    /// By table.
    private var columns: [String: Set<String>] = [
        "runs": ["envelope"], "quarantined": ["envelope"], "set_aside": ["envelope"],
        "other_records": ["_merge"],
        // The file's own pages, where a library has this table.
        "sqlite_dbpage": ["data"],
    ]
    private var found: Set<String> = []

    init(_ catalogue: Catalogue) {
        for collection in catalogue.collections {
            columns[collection.name] = Set(
                collection.fields.filter { Masking.masks($0) }
                    .flatMap { [$0.name, "_find_\($0.name)"] } + ["_merge"])
        }
    }

    /// What was read as NULL, `TABLE.COLUMN`, ascending.
    var met: [String] { found.sorted() }

    /// Whether a statement could get around the mask.
    static func mayPass(_ sql: String) -> Bool {
        sql.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            .contains { ["USING", "NATURAL"].contains($0.uppercased()) }
    }

    func begin(_ database: Database) {
        sqlite3_set_authorizer(
            database.sqliteConnection,
            { context, action, table, column, _, _ in
                guard action == SQLITE_READ, let context, let table, let column else {
                    return SQLITE_OK
                }
                let mask = Unmanaged<QueryMask>.fromOpaque(context).takeUnretainedValue()
                return mask.hides(String(cString: column), of: String(cString: table))
                    ? SQLITE_IGNORE : SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    func end(_ database: Database) {
        sqlite3_set_authorizer(database.sqliteConnection, nil, nil)
    }

    private func hides(_ column: String, of table: String) -> Bool {
        guard columns[table.lowercased()]?.contains(column.lowercased()) == true else {
            return false
        }
        // Merge states are no column that people mean by `*`.
        if !column.hasPrefix("_") { found.insert("\(table).\(column)") }
        return true
    }
}
