// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore

/// A part of the feed, read at one moment.
package struct FeedPage: Sendable {
    package let items: [FeedItem]
    /// Where to go on: behind the last change that was looked at, wanted or not.
    package let next: FeedPosition
    /// Nothing more has happened so far.
    package let isAtEnd: Bool
}

extension Store {
    /// How many changes or records one page looks at; bounds what a reader costs at once.
    package static let feedRowsMax = 500

    /// Behind the last change so far, or some changes before, as far as they are kept.
    package func feedEnd(before count: Int = 0) throws -> FeedPosition {
        try read { database in
            let end = try Self.feedEnd(database)
            guard count > 0, end.sequence > 0 else { return end }
            let wanted = Int64(end.sequence) - Int64(min(count, Self.feedRowsMax))
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT sequence, mark FROM feed WHERE sequence >= ?
                    ORDER BY sequence LIMIT 1
                    """, arguments: [wanted])
            guard let row else { return end }
            let found = try Self.position(row, epoch: end.epoch)
            // Before the first change there is no row.
            return wanted < 1 && found.sequence == 1
                ? FeedPosition(epoch: end.epoch, sequence: 0, mark: 0) : found
        }
    }

    /// What comes after a position, at most `limit` changes or records of a snapshot.
    ///
    /// - Throws: `FeedBreak` where the feed does not go on from there.
    package func feed(
        after position: FeedPosition, where filter: FeedFilter = FeedFilter(),
        limit: Int = Store.feedRowsMax
    ) throws -> FeedPage {
        let limit = min(max(limit, 1), Self.feedRowsMax)
        return try read { database in
            try Self.check(position, in: database)
            if let place = position.snapshot {
                return try snapshot(
                    after: place, of: position, where: filter, limit: limit, in: database)
            }
            return try changes(after: position, where: filter, limit: limit, in: database)
        }
    }

    private func changes(
        after position: FeedPosition, where filter: FeedFilter, limit: Int,
        in database: Database
    ) throws -> FeedPage {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT sequence, mark, collection, record, operation FROM feed
                WHERE sequence > ? ORDER BY sequence LIMIT ?
                """, arguments: [Int64(position.sequence), limit])
        let references = try references(database)
        let selection = filter.area.map { AreaSelection($0, by: filter.areas) }
        selection?.prepare(database)
        var (items, next): ([FeedItem], FeedPosition) = ([], position)
        var conditions: [UInt32: String] = [:]
        for row in rows {
            next = try Self.position(row, epoch: position.epoch)
            let number: UInt32 = try row.cell("collection")
            guard filter.wants(number), let table = tables[number],
                let operation = FeedItem.Operation(rawValue: try row.cell("operation"))
            else { continue }
            let record: Int64 = try row.cell("record")
            let condition =
                conditions[number]
                ?? selection.map { " AND " + $0.condition(on: table, among: tables) } ?? ""
            conditions[number] = condition
            let found = try self.rows(
                database, of: table, sql: "WHERE _key = ?\(condition)", arguments: [record],
                references: references)
            for (_, display) in found {
                items.append(FeedItem(position: next, operation: operation, record: display))
            }
        }
        return FeedPage(items: items, next: next, isAtEnd: rows.count < limit)
    }

    /// The records that are there, by collection, then row; those archived are left out, and those
    /// made since the snapshot began: the changes behind it give them.
    private func snapshot(
        after place: FeedPosition.Place, of position: FeedPosition, where filter: FeedFilter,
        limit: Int, in database: Database
    ) throws -> FeedPage {
        let references = try references(database)
        let selection = filter.area.map { AreaSelection($0, by: filter.areas) }
        selection?.prepare(database)
        var items: [FeedItem] = []
        let wanted = tables.values.filter {
            $0.collection.number >= place.collection && filter.wants($0.collection.number)
        }.sorted { $0.collection.number < $1.collection.number }
        for table in wanted {
            let number = table.collection.number
            let first = number == place.collection ? place.row : nil
            var condition = """
                WHERE _archived = 0 AND _key NOT IN
                (SELECT record FROM feed WHERE sequence > ? AND collection = ? AND operation = ?)
                """
            var arguments: StatementArguments = [
                Int64(position.sequence), number, FeedItem.Operation.created.rawValue,
            ]
            if let first {
                condition += " AND _key > ?"
                arguments += [first]
            }
            if let selection {
                condition += " AND " + selection.condition(on: table, among: tables)
            }
            let found = try self.rows(
                database, of: table,
                sql: "\(condition) ORDER BY _key LIMIT \(limit - items.count)",
                arguments: arguments, references: references)
            items += found.map { key, display in
                FeedItem(
                    position: position.at(FeedPosition.Place(collection: number, row: key)),
                    operation: .present, record: display)
            }
            if items.count >= limit, let last = items.last {
                return FeedPage(items: items, next: last.position, isAtEnd: false)
            }
        }
        return FeedPage(items: items, next: position.at(nil), isAtEnd: false)
    }

    private static func feedEnd(_ database: Database) throws -> FeedPosition {
        let epoch = try epoch(database)
        let row = try Row.fetchOne(
            database, sql: "SELECT sequence, mark FROM feed ORDER BY sequence DESC LIMIT 1")
        return try row.map { try position($0, epoch: epoch) }
            ?? FeedPosition(epoch: epoch, sequence: 0, mark: 0)
    }

    private static func epoch(_ database: Database) throws -> UInt64 {
        guard let bytes = try meta("feed_epoch", in: database) else {
            throw StoreFailure.damaged(what: "table meta has no feed_epoch")
        }
        var reader = ByteReader(bytes)
        return try reader.fixed64()
    }

    private static func position(_ row: Row, epoch: UInt64) throws -> FeedPosition {
        FeedPosition(
            epoch: epoch, sequence: UInt64(clamping: try row.cell("sequence") as Int64),
            mark: UInt32(truncatingIfNeeded: try row.cell("mark") as Int64))
    }

    /// Whether all that came after a position is there.
    private static func check(_ position: FeedPosition, in database: Database) throws {
        guard try epoch(database) == position.epoch else { throw FeedBreak.otherEpoch }
        guard position.sequence > 0 else {
            guard position.mark == 0 else { throw FeedBreak.otherEpoch }
            let oldest = try Int64.fetchOne(database, sql: "SELECT min(sequence) FROM feed")
            guard oldest ?? 1 == 1 else { throw FeedBreak.expired }
            return
        }
        let mark = try Int64.fetchOne(
            database, sql: "SELECT mark FROM feed WHERE sequence = ?",
            arguments: [Int64(position.sequence)])
        if let mark {
            guard mark == Int64(position.mark) else { throw FeedBreak.otherEpoch }
            return
        }
        let end = try feedEnd(database)
        throw position.sequence > end.sequence ? FeedBreak.otherEpoch : FeedBreak.expired
    }
}

extension FeedFilter {
    fileprivate func wants(_ collection: UInt32) -> Bool {
        collections.map { $0.contains(collection) } ?? true
    }
}
