// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
package import GridLog

/// What passed the links with one peer on a day, in bytes.
package struct LinkUsage: Hashable, Sendable {
    package var sent: UInt64
    package var received: UInt64
    /// How much of both passed at hours that are not counted.
    package var free: UInt64

    package init(sent: UInt64 = 0, received: UInt64 = 0, free: UInt64 = 0) {
        self.sent = sent
        self.received = received
        self.free = free
    }

    /// What a budget counts.
    package var counted: UInt64 { sent &+ received &- min(free, sent &+ received) }

    package static func += (left: inout LinkUsage, right: LinkUsage) {
        left.sent &+= right.sent
        left.received &+= right.received
        left.free &+= right.free
    }
}

/// The tables of what passes links. Never edited after release.
enum LinkUsageMigration {
    static let sql = """
        -- Bytes by day and peer. `day` is that of China, in days since 1970-01-01; `free` is what of
        -- `sent` and `received` passed at hours that are not counted.
        CREATE TABLE link_usage (
            day      INTEGER NOT NULL,
            peer     BLOB NOT NULL,
            sent     INTEGER NOT NULL,
            received INTEGER NOT NULL,
            free     INTEGER NOT NULL,
            PRIMARY KEY (day, peer)
        ) STRICT, WITHOUT ROWID;
        """
}

extension Store {
    /// How long what passed is remembered, in days: a year and a month.
    private static let usageDaysMax: Int32 = 400

    /// What passed on a day, by peer.
    ///
    /// - Parameter day: in China, in days since 1970-01-01.
    package func linkUsage(on day: Int32) throws -> [PublicKey: LinkUsage] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT peer, sent, received, free FROM link_usage WHERE day = ?",
                arguments: [day])
            return try Dictionary(
                rows.map { row in
                    (
                        try Self.key(row, "peer"),
                        LinkUsage(
                            sent: UInt64(clamping: try row.cell("sent", as: Int64.self)),
                            received: UInt64(clamping: try row.cell("received", as: Int64.self)),
                            free: UInt64(clamping: try row.cell("free", as: Int64.self)))
                    )
                }, uniquingKeysWith: { $1 })
        }
    }

    /// Adds what has passed to a day, and forgets what is older than a year and a month.
    package func add(_ usage: [PublicKey: LinkUsage], on day: Int32) throws {
        try write { database in
            for (key, usage) in usage {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO link_usage (day, peer, sent, received, free)
                        VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (day, peer) DO UPDATE SET sent = sent + excluded.sent,
                            received = received + excluded.received, free = free + excluded.free
                        """
                ).execute(arguments: [
                    day, Data(key.bytes.array), Int64(clamping: usage.sent),
                    Int64(clamping: usage.received), Int64(clamping: usage.free),
                ])
            }
            try database.execute(
                sql: "DELETE FROM link_usage WHERE day < ?", arguments: [day &- Self.usageDaysMax])
        }
    }
}

extension FolderReplica {
    /// Writes down what has passed links on a day.
    /// - Returns: whether there was room.
    package func add(_ usage: [PublicKey: LinkUsage], on day: Int32) -> Bool {
        usage.isEmpty || writeDown { try store.add(usage, on: day) }
    }
}
