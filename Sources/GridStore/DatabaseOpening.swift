// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Opens SQLite the only way that is safe with Debian's 3.40.1 and GRDB (ARCHITECTURE.md, "The
/// store").
enum DatabaseOpening {
    /// The write-ahead log is cut back to this when it begins anew, in bytes: a long read or a
    /// rebuild lets it grow, and the disk is not ours alone.
    private static let logBytesMax = 67_108_864
    /// After a commit that leaves so many pages in the write-ahead log it is folded in: pages that
    /// are written again and again, as in a catch-up, are then copied once. 16 MiB.
    private static let logPagesMax = 4_096
    /// Tools that look into the file hold short locks. Whoever holds one longer writes to it.
    private static let busySecondsMax = 5.0

    /// A pool whose one writer is durable at every commit.
    static func pool(at path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "grid"
        configuration.maximumReaderCount = 3
        configuration.busyMode = .timeout(busySecondsMax)
        configuration.prepareDatabase { try prepare($0) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // GRDB has set NORMAL for WAL after the preparation.
            try set("synchronous", to: 2, in: database)
            try set("wal_autocheckpoint", to: logPagesMax, in: database)
            try set("journal_size_limit", to: logBytesMax, in: database)
            try require("journal_mode", is: "wal", in: database)
        }
        return pool
    }

    /// A read-only connection apart from the pool, for what may take long.
    static func reader(at path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "grid.query"
        configuration.readonly = true
        configuration.busyMode = .timeout(busySecondsMax)
        configuration.prepareDatabase { try prepare($0) }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func prepare(_ database: Database) throws {
        try set("trusted_schema", to: 0, in: database)
        try set("cell_size_check", to: 1, in: database)
        try set("secure_delete", to: 1, in: database)
        // Only the writer checkpoints: a reader doing so meets SQLite's WAL-reset race.
        if database.configuration.readonly {
            try set("wal_autocheckpoint", to: 0, in: database)
        }
    }

    private static func set(_ name: String, to value: Int, in database: Database) throws {
        try database.execute(sql: "PRAGMA \(name) = \(value)")
        try require(name, is: String(value), in: database)
    }

    private static func require(
        _ name: String, is wanted: String, in database: Database
    ) throws {
        let value = try DatabaseValue.fetchOne(database, sql: "PRAGMA \(name)").flatMap {
            String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0).map(String.init)
        }
        guard value == wanted else {
            throw StoreFailure.settingRefused(name: name, value: value ?? "NULL")
        }
    }
}
