// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog

/// What a compaction of the ledger goes by.
package struct CompactionSizes: Sendable {
    /// So many fresh runs become one.
    package var freshMax = 256
    /// A run of fewer bytes, unpacked, is fresh.
    package var freshBytesMax = 8_192
    /// Runs of so many bytes in all, unpacked, become one for good. Packed they are some 40 KiB.
    package var fullBytesMin = 196_608

    package init() {}
}

/// Joins the small runs of the ledger into large ones, each under the signature of its last.
///
/// Single writes make runs of one entry; some thousand of them take a third of the room as one, and
/// go to a peer as they lie. Only runs of one log are joined that arrived one right after the other
/// in their domain: what stands between two runs of a log may depend on the first of them, and the
/// second on it. Each entry is moved twice: with some other fresh ones, and into a run of its full
/// size.
struct RunCompaction {
    /// Fewer runs than this are left as they are when nothing can follow them.
    private static let worthwhile = 4
    /// So many runs are looked at in a pass.
    private static let passRuns = 1_024
    /// So many runs may wait for a pass while others are being written.
    static let backlogMax: Int64 = 4_096

    /// Neighbours that may still be followed by others.
    private struct Group {
        let reference: Int64
        /// Arrival of the first of them.
        let arrival: Int64
        /// Ids of runs.
        let first: Int64
        var last: Int64
        var bytes = 0
        var runs = 0
        /// Of those at the end that have not been joined yet.
        var freshFirst: Int64?
        var freshRuns = 0
    }

    let sizes: CompactionSizes
    /// What has been looked at; nil until the first pass.
    private var position: Int64?
    private var groups: [Domain: Group] = [:]
    /// Numbers of the logs that a pass has made smaller.
    private var shrunk: Set<Int64> = []

    init(_ sizes: CompactionSizes) { self.sizes = sizes }

    /// Looks at the next runs in their order of arrival, within a transaction of its own. Should
    /// that fail, this value has to be thrown away.
    ///
    /// - Returns: whether there are more to look at.
    mutating func pass(
        _ database: Database, references: LogReferences, seal: FolderSeal
    ) throws -> Bool {
        let start = try position ?? Self.storedPosition(in: database)
        var reached = start
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT id, arrival, substr(envelope, 1, \(FolderSeal.runHeadBytes)) AS front
                    FROM runs WHERE arrival > ? ORDER BY arrival LIMIT ?
                    """),
            arguments: [start, Self.passRuns])
        shrunk = []
        for row in rows {
            let id: Int64 = try row.cell("id")
            reached = try row.cell("arrival")
            let bytes = FolderSeal.unpackedSize(try row.bytes("front"))
            let domain = try references.identity(id >> 32).domain
            try take(id, arrival: reached, bytes: bytes, in: domain, from: database, seal)
        }
        for reference in shrunk.sorted() { try Self.measure(reference, in: database) }
        position = reached
        let settled = groups.values.map { $0.arrival - 1 }.min() ?? reached
        if try Self.storedPosition(in: database) != settled {
            try Store.setMeta("compacted", Array("\(settled)".utf8), in: database)
        }
        return rows.count == Self.passRuns
    }

    /// How many runs have arrived since the last pass.
    func backlog(_ database: Database) throws -> Int64 {
        let last = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT max(arrival) FROM runs"))
        return try (last ?? 0) - (position ?? Self.storedPosition(in: database))
    }

    private mutating func take(
        _ id: Int64, arrival: Int64, bytes: Int, in domain: Domain, from database: Database,
        _ seal: FolderSeal
    ) throws {
        if let group = groups[domain],
            group.reference != id >> 32 || group.bytes + bytes > ProtocolLimits.runBytesMax
        {
            try close(group, in: database, seal)
            groups[domain] = nil
        }
        guard bytes < sizes.fullBytesMin else { return }
        var group =
            groups[domain]
            ?? Group(reference: id >> 32, arrival: arrival, first: id, last: id)
        group.last = id
        group.bytes += bytes
        group.runs += 1
        if bytes < sizes.freshBytesMax {
            group.freshFirst = group.freshFirst ?? id
            group.freshRuns += 1
        } else {
            group.freshFirst = nil
            group.freshRuns = 0
        }
        if group.bytes >= sizes.fullBytesMin {
            groups[domain] = nil
            return try close(group, in: database, seal)
        }
        if group.freshRuns >= sizes.freshMax, let first = group.freshFirst {
            try join(first...id, in: database, seal)
            group.runs -= group.freshRuns - 1
            group.freshFirst = nil
            group.freshRuns = 0
        }
        groups[domain] = group
    }

    /// Joins a group that nothing can follow.
    private mutating func close(
        _ group: Group, in database: Database, _ seal: FolderSeal
    ) throws {
        guard group.runs >= Self.worthwhile || group.bytes >= sizes.fullBytesMin else { return }
        try join(group.first...group.last, in: database, seal)
    }

    /// Puts runs in place of smaller ones. The last id and arrival stay: who has read up to one of
    /// the runs before goes on with the whole, and cuts off what it has.
    private mutating func join(
        _ ids: ClosedRange<Int64>, in database: Database, _ seal: FolderSeal
    ) throws {
        shrunk.insert(ids.lowerBound >> 32)
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, first, envelope FROM runs WHERE id BETWEEN ? AND ? ORDER BY id",
            arguments: [ids.lowerBound, ids.upperBound])
        var waiting: [Run] = []
        var bytes = 0
        var made: [(run: Run, id: Int64)] = []
        var last = ids.lowerBound
        func finish() {
            if waiting.count > 1, let run = Run.joined(waiting) { made.append((run, last)) }
            waiting = []
            bytes = 0
        }
        while let row = try rows.next() {
            guard let run = try? RunEnvelope.open(seal.envelope(in: row)) else {
                // A damaged run stays where it is, to be found and named by `verify`.
                finish()
                continue
            }
            if let before = waiting.last,
                !before.canBeJoined(with: run)
                    || bytes + run.encodedSize > ProtocolLimits.runBytesMax
            {
                finish()
            }
            waiting.append(run)
            bytes += run.encodedSize
            last = try row.cell("id")
        }
        finish()
        for (run, id) in made {
            let first = id & ~0xFFFF_FFFF | Int64(run.first)
            try database.cachedStatement(sql: "DELETE FROM runs WHERE id >= ? AND id < ?")
                .execute(arguments: [first, id])
            try database.cachedStatement(
                sql: "UPDATE runs SET first = ?, envelope = ? WHERE id = ?"
            ).execute(arguments: [
                Int64(run.first),
                Data(
                    seal.sealed(
                        run: RunEnvelope.seal(run), id: id, first: Int64(run.first))), id,
            ])
        }
    }

    /// Counts the bytes of a log again.
    private static func measure(_ reference: Int64, in database: Database) throws {
        try database.execute(
            literal: """
                UPDATE runs SET total = sums.total FROM (
                    SELECT id, sum(length(envelope) - \(FolderSeal.runAddedBytes)) OVER (ORDER BY id) AS total FROM runs
                    WHERE id >= \(reference << 32) AND id < \((reference + 1) << 32)) AS sums
                WHERE runs.id = sums.id AND runs.total <> sums.total;
                UPDATE logs SET bytes = coalesce((
                    SELECT max(total) FROM runs
                    WHERE id >= \(reference << 32) AND id < \((reference + 1) << 32)), 0)
                WHERE ref = \(reference);
                """)
    }

    private static func storedPosition(in database: Database) throws -> Int64 {
        try Store.meta("compacted", in: database)
            .flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
    }
}
