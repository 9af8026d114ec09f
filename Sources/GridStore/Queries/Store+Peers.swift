// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
package import GridLog

/// Another node, as it was last met.
package struct PeerRecord: Hashable, Sendable {
    package let key: PublicKey
    package let name: String
    package let area: AreaCode
    package let replica: ReplicaID
    package let software: String
    /// Milliseconds since 1970.
    package var lastContact: UInt64
    /// The code of why the last link ended, empty while one lives.
    package var lastReason: String
    /// The peer's clock less ours, in milliseconds, when it last greeted.
    package let clockSkew: Int64

    package init(
        key: PublicKey, name: String, area: AreaCode, replica: ReplicaID, software: String,
        lastContact: UInt64, lastReason: String = "", clockSkew: Int64
    ) {
        self.key = key
        self.name = name
        self.area = area
        self.replica = replica
        self.software = software
        self.lastContact = lastContact
        self.lastReason = lastReason
        self.clockSkew = clockSkew
    }
}

extension Store {
    package func peers() throws -> [PeerRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM peers ORDER BY area, key").map {
                try Self.peer($0)
            }
        }
    }

    /// Whether a node was ever met under this key.
    package func hasMet(_ key: PublicKey) throws -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM peers WHERE key = ?)",
                arguments: [Data(key.bytes.array)]) ?? false
        }
    }

    /// Writes down a meeting, and the certificates by which the peer showed who it is. A peer that
    /// comes as another replica has another folder: what it once said it had is forgotten.
    ///
    /// - Parameter heights: what it said it has when it greeted, as far as it named that.
    package func met(
        _ peer: PeerRecord, learning certificates: [Certificate] = [],
        having heights: VersionVector = VersionVector()
    ) throws {
        try write { database in
            for certificate in certificates {
                try Self.insert(certificate, waiting: false, in: database)
            }
            let key = Data(peer.key.bytes.array)
            var writer = ByteWriter(reserving: 16)
            writer.replica(peer.replica)
            let replica = Data(writer.bytes)
            let known = try Data.fetchOne(
                database, sql: "SELECT replica FROM peers WHERE key = ?", arguments: [key])
            if let known, known != replica {
                try noteReturn(of: peer, from: known, having: heights, in: database)
                try database.execute(
                    sql: "DELETE FROM peer_heights WHERE peer = ?", arguments: [key])
            }
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO peers
                        (key, name, area, replica, software, last_contact, last_reason, clock_skew)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    key, peer.name, peer.area.description, replica, peer.software,
                    Int64(clamping: peer.lastContact), peer.lastReason, peer.clockSkew,
                ])
        }
    }

    /// Notes what a peer had said it had as another replica, if it had any.
    private func noteReturn(
        of peer: PeerRecord, from replica: Data, having heights: VersionVector,
        in database: Database
    ) throws {
        let references = try references(database)
        let rows = try Row.fetchAll(
            database, sql: "SELECT log, height FROM peer_heights WHERE peer = ? AND height > 0",
            arguments: [Data(peer.key.bytes.array)])
        guard !rows.isEmpty else { return }
        var reader = ByteReader(Array(replica))
        try Self.insert(
            returned: peer.key, at: peer.lastContact,
            having: try rows.map { row in
                let log = try references.identity(row.cell("log")).log
                return Incident.Part(
                    log: log, held: heights[log],
                    known: UInt64(clamping: try row.cell("height", as: Int64.self)))
            }, as: try reader.replica(), in: database)
    }

    package func left(_ key: PublicKey, at time: UInt64, reason: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE peers SET last_contact = ?, last_reason = ? WHERE key = ?",
                arguments: [Int64(clamping: time), reason, Data(key.bytes.array)])
        }
    }

    /// Sets what a peer has durably by its own word, lower than before too: it may have lost some.
    /// Bundles that have arrived by it are not on the road any more.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func recordHeld(
        _ news: [PublicKey: [LogID: UInt64]], now: UInt64 = 0
    ) throws {
        try write { database in
            let references = try references(database)
            for (key, heights) in news {
                for (log, height) in heights {
                    guard let reference = references[log] else { continue }
                    try database.cachedStatement(
                        sql: """
                            INSERT INTO peer_heights (peer, log, height) VALUES (?, ?, ?)
                            ON CONFLICT (peer, log) DO UPDATE SET height = excluded.height
                            """
                    ).execute(arguments: [Data(key.bytes.array), reference, Int64(height)])
                }
                try Self.settleBundles(of: key, at: now, in: database)
            }
        }
    }

    /// What each peer has said it has durably.
    package func heldByPeers() throws -> [PublicKey: VersionVector] {
        try read { database in
            let references = try references(database)
            var held: [PublicKey: VersionVector] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT peer, log, height FROM peer_heights")
            while let row = try rows.next() {
                held[try Self.key(row, "peer"), default: VersionVector()].raise(
                    try references.identity(row.cell("log")).log,
                    to: UInt64(clamping: try row.cell("height", as: Int64.self)))
            }
            return held
        }
    }

    private static func peer(_ row: Row) throws -> PeerRecord {
        var reader = ByteReader(try row.bytes("replica"))
        return PeerRecord(
            key: try key(row, "key"), name: try row.cell("name"),
            area: try AreaCode(parsing: try row.cell("area", as: String.self)),
            replica: try reader.replica(), software: try row.cell("software"),
            lastContact: UInt64(clamping: try row.cell("last_contact", as: Int64.self)),
            lastReason: try row.cell("last_reason"), clockSkew: try row.cell("clock_skew"))
    }

    static func key(_ row: Row, _ column: String) throws -> PublicKey {
        guard let key = Bytes32(try row.bytes(column)) else {
            throw StoreFailure.damaged(what: "a key in table peers or peer_heights")
        }
        return PublicKey(key)
    }
}
