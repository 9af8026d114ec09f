// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
package import GridLog

/// One part of a bundle that was made for a peer.
package struct BundlePart: Hashable, Sendable {
    /// Consecutive entries of one log.
    package struct Range: Hashable, Sendable {
        package let log: LogID
        package let first: UInt64
        package let last: UInt64

        package init(log: LogID, first: UInt64, last: UInt64) {
            self.log = log
            self.first = first
            self.last = last
        }
    }

    package let id: UInt64
    package let part: Int
    package let peer: PublicKey
    /// Milliseconds since 1970.
    package let madeAt: UInt64
    package let entries: UInt64
    /// Of the file.
    package let bytes: UInt64
    /// Another part goes on from here.
    package let hasMore: Bool
    /// What has not been acknowledged yet, ascending by log.
    package let ranges: [Range]

    package init(
        id: UInt64, part: Int, peer: PublicKey, madeAt: UInt64, entries: UInt64, bytes: UInt64,
        hasMore: Bool, ranges: [Range]
    ) {
        self.id = id
        self.part = part
        self.peer = peer
        self.madeAt = madeAt
        self.entries = entries
        self.bytes = bytes
        self.hasMore = hasMore
        self.ranges = ranges
    }
}

extension Store {
    /// Keeps a part that was made. It is on the road only when it is known to be where it was wanted.
    package func add(_ part: BundlePart) throws {
        try write { database in
            let references = try references(database)
            let id = Int64(bitPattern: part.id)
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO bundles (id, part, peer, made_at, entries, bytes, more)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, part.part, Data(part.peer.bytes.array), Int64(clamping: part.madeAt),
                    Int64(clamping: part.entries), Int64(clamping: part.bytes), part.hasMore,
                ])
            // It may have been made before, with more in it, and not been carried.
            try database.execute(
                sql: "DELETE FROM bundle_ranges WHERE id = ? AND part = ?",
                arguments: [id, part.part])
            for range in part.ranges {
                guard let log = references[range.log] else { continue }
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO bundle_ranges (id, part, log, first, last)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        id, part.part, log, Int64(clamping: range.first),
                        Int64(clamping: range.last),
                    ])
            }
        }
    }

    /// Takes note that a part lies where it was wanted: it is on the road.
    ///
    /// - Returns: the part; nil for one that was never made here.
    package func carried(id: UInt64, part: Int, at time: UInt64) throws -> BundlePart? {
        try write { database in
            let key = Int64(bitPattern: id)
            try database.execute(
                sql: """
                    UPDATE bundles SET carried_at = coalesce(carried_at, ?)
                    WHERE id = ? AND part = ?
                    """, arguments: [Int64(clamping: time), key, part])
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM bundles WHERE id = ? AND part = ?",
                arguments: [key, part])
            guard let row else { return nil }
            let made = try self.part(row, in: database)
            try Self.settleBundles(of: made.peer, at: time, in: database)
            return made
        }
    }

    /// What is on the road: carried, and not acknowledged as a whole; the oldest first.
    package func bundlesOnTheRoad() throws -> [BundlePart] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM bundles WHERE carried_at IS NOT NULL AND arrived_at IS NULL
                    ORDER BY made_at, id, part
                    """
            ).map { try part($0, in: database) }
        }
    }

    /// The last part that went to a peer; nil where none did.
    package func lastBundle(to peer: PublicKey) throws -> BundlePart? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM bundles WHERE peer = ? AND carried_at IS NOT NULL
                    ORDER BY made_at DESC, part DESC LIMIT 1
                    """, arguments: [Data(peer.bytes.array)]
            ).map { try part($0, in: database) }
        }
    }

    /// Forgets parts that were made and never carried.
    package func forgetUncarriedBundles() throws {
        try write { database in
            try database.execute(
                sql: """
                    DELETE FROM bundle_ranges WHERE (id, part) IN (
                        SELECT id, part FROM bundles WHERE carried_at IS NULL);
                    DELETE FROM bundles WHERE carried_at IS NULL;
                    """)
        }
    }

    /// Takes off the road what a peer has acknowledged by now.
    static func settleBundles(
        of peer: PublicKey, at time: UInt64, in database: Database
    ) throws {
        let key = Data(peer.bytes.array)
        let isAnyOpen = try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM bundles
                    WHERE peer = ? AND carried_at IS NOT NULL AND arrived_at IS NULL)
                    """), arguments: [key])
        guard isAnyOpen == true else { return }
        try database.execute(
            sql: """
                DELETE FROM bundle_ranges WHERE (id, part) IN (
                    SELECT id, part FROM bundles WHERE peer = ? AND arrived_at IS NULL)
                AND last <= (SELECT height FROM peer_heights
                    WHERE peer_heights.peer = ? AND peer_heights.log = bundle_ranges.log)
                """, arguments: [key, key])
        try database.execute(
            sql: """
                UPDATE bundles SET arrived_at = ?
                WHERE peer = ? AND carried_at IS NOT NULL AND arrived_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM bundle_ranges
                    WHERE bundle_ranges.id = bundles.id AND bundle_ranges.part = bundles.part)
                """, arguments: [Int64(clamping: time), key])
    }

    private func part(_ row: Row, in database: Database) throws -> BundlePart {
        let references = try references(database)
        let (id, part) = (try row.cell("id", as: Int64.self), try row.cell("part", as: Int.self))
        let ranges = try Row.fetchAll(
            database, sql: "SELECT log, first, last FROM bundle_ranges WHERE id = ? AND part = ?",
            arguments: [id, part]
        ).map { range in
            BundlePart.Range(
                log: try references.identity(range.cell("log")).log,
                first: UInt64(clamping: try range.cell("first", as: Int64.self)),
                last: UInt64(clamping: try range.cell("last", as: Int64.self)))
        }
        return BundlePart(
            id: UInt64(bitPattern: id), part: part, peer: try Self.key(row, "peer"),
            madeAt: UInt64(clamping: try row.cell("made_at", as: Int64.self)),
            entries: UInt64(clamping: try row.cell("entries", as: Int64.self)),
            bytes: UInt64(clamping: try row.cell("bytes", as: Int64.self)),
            hasMore: try row.cell("more", as: Int.self) == 1,
            ranges: ranges.sorted { $0.log < $1.log })
    }
}
