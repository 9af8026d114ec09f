// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Glibc

/// Holds one connection's statements to a time and a size. SQLite asks it between the steps of a
/// statement, so that one without rows, such as a count of a product of tables, ends as well.
struct QueryWatch {
    /// Steps of SQLite's virtual machine between two looks at the clock, some microseconds.
    private static let stepsBetweenLooks: Int32 = 10_000

    private let deadline: UnsafeMutablePointer<UInt64>

    init(_ database: Database, limits: QueryLimits) {
        deadline = UnsafeMutablePointer.allocate(capacity: 1)
        deadline.initialize(to: Self.now + UInt64(limits.secondsMax) * 1_000_000_000)
        sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, Int32(limits.bytesMax))
        sqlite3_progress_handler(
            database.sqliteConnection, Self.stepsBetweenLooks,
            { context in
                guard let context else { return 0 }
                return QueryWatch.now > context.load(as: UInt64.self) ? 1 : 0
            }, deadline)
    }

    func end(_ database: Database) {
        sqlite3_progress_handler(database.sqliteConnection, 0, nil, nil)
        deadline.deinitialize(count: 1)
        deadline.deallocate()
    }

    /// Nanoseconds of a clock that only goes forward.
    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
