// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Opens SQLite the only way that is safe with Debian's 3.40.1 and GRDB (ARCHITECTURE.md, "The
/// store").
enum DatabaseOpening {
    /// A pool whose one writer is durable at every commit.
    static func pool(at path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "grid"
        configuration.maximumReaderCount = 3
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA secure_delete = ON;
                    """)
            // Only the writer checkpoints: a reader doing so meets SQLite's WAL-reset race.
            if database.configuration.readonly {
                try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            }
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // GRDB has set NORMAL for WAL after the preparation above.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try require(database, "synchronous", is: "2")
            try require(database, "journal_mode", is: "wal")
            try require(database, "trusted_schema", is: "0")
        }
        return pool
    }

    private static func require(
        _ database: Database, _ name: String, is wanted: String
    ) throws {
        let value = try DatabaseValue.fetchOne(database, sql: "PRAGMA \(name)").flatMap {
            String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0).map(String.init)
        }
        guard value == wanted else {
            throw StoreFailure.settingRefused(name: name, value: value ?? "NULL")
        }
    }
}
