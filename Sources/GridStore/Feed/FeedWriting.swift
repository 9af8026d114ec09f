// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore

/// Writes one transaction's rows of the change feed.
///
/// A row names the record and what was done to it; what the record holds stands in its table. So a
/// change costs some 30 bytes, however large the record, and the newest `rowsKept` rows are kept.
final class FeedWriting {
    /// Changes that are kept: at a county some four months, at a village more than a decade.
    static let rowsKept: Int64 = 1_000_000

    private struct End {
        var sequence: Int64
        var mark: UInt32
    }

    private let database: Database
    private let rowsKept: Int64
    private var end: End?

    init(_ database: Database, rowsKept: Int64 = FeedWriting.rowsKept) {
        self.database = database
        self.rowsKept = rowsKept
    }

    /// Appends a change of a record that has a row in its collection's table.
    func append(_ operation: FeedItem.Operation, of state: RecordState, row: RowKey) throws {
        var end = try self.end ?? begin()
        end.sequence += 1
        end.mark = Self.mark(
            after: end.mark, UInt64(state.collection), UInt64(bitPattern: row.rawValue),
            state.last?.timestamp.rawValue ?? 0, UInt64(bitPattern: operation.rawValue))
        self.end = end
        let insert = try RowStatement(
            database,
            sql: """
                INSERT INTO feed (sequence, mark, collection, record, operation)
                VALUES (?, ?, ?, ?, ?)
                """)
        insert.bind(end.sequence, at: 1)
        insert.bind(Int64(end.mark), at: 2)
        insert.bind(Int64(state.collection), at: 3)
        insert.bind(row.rawValue, at: 4)
        insert.bind(operation.rawValue, at: 5)
        try insert.run()
    }

    /// Finds where the feed ends, and lets go of what is too old.
    private func begin() throws -> End {
        let last = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT sequence, mark FROM feed ORDER BY sequence DESC LIMIT 1"))
        guard let last else { return End(sequence: 0, mark: 0) }
        let sequence: Int64 = try last.cell("sequence")
        try database.cachedStatement(sql: "DELETE FROM feed WHERE sequence <= ?")
            .execute(arguments: [sequence - rowsKept])
        return End(
            sequence: sequence, mark: UInt32(truncatingIfNeeded: try last.cell("mark") as Int64))
    }

    /// FNV-1a over the mark before and what is new, folded to 32 bits. It tells apart what happened
    /// twice by accident, not what somebody forges: readers trust their own node.
    private static func mark(after mark: UInt32, _ numbers: UInt64...) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for number in [UInt64(mark)] + numbers {
            var rest = number
            for _ in 0..<8 {
                hash = (hash ^ (rest & 0xFF)) &* 0x100_0000_01b3
                rest >>= 8
            }
        }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}

extension Store {
    /// Begins the feed anew: nothing that was said of it before holds.
    static func beginFeed(in database: Database) throws {
        try database.execute(sql: "DELETE FROM feed")
        let epoch = try Data.fetchOne(database, sql: "SELECT randomblob(8)") ?? Data(count: 8)
        try setMeta("feed_epoch", Array(epoch), in: database)
    }
}
