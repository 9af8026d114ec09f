// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
package import GridLog
package import GridSync

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
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM peers ORDER BY area, key").map {
                try Self.peer($0)
            }
        }
    }

    /// Writes down a meeting. A peer that comes as another replica has another folder: what it
    /// once said it had is forgotten.
    package func met(_ peer: PeerRecord) throws {
        try pool.write { database in
            let key = Data(peer.key.bytes.array)
            var writer = ByteWriter(reserving: 16)
            writer.replica(peer.replica)
            let replica = Data(writer.bytes)
            let known = try Data.fetchOne(
                database, sql: "SELECT replica FROM peers WHERE key = ?", arguments: [key])
            if let known, known != replica {
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

    package func left(_ key: PublicKey, at time: UInt64, reason: String) throws {
        try pool.write { database in
            try database.execute(
                sql: "UPDATE peers SET last_contact = ?, last_reason = ? WHERE key = ?",
                arguments: [Int64(clamping: time), reason, Data(key.bytes.array)])
        }
    }

    /// Raises what a peer is known to have durably.
    package func recordHeld(_ rows: [SyncMessage.AckRow], by key: PublicKey) throws {
        try pool.write { database in
            let references = try LogReferences(database)
            for row in rows {
                guard let reference = references[row.log] else { continue }
                try database.cachedStatement(
                    sql: """
                        INSERT INTO peer_heights (peer, log, height) VALUES (?, ?, ?)
                        ON CONFLICT (peer, log) DO UPDATE SET height = excluded.height
                        """
                ).execute(arguments: [Data(key.bytes.array), reference, Int64(row.height)])
            }
        }
    }

    /// What each peer has said it has durably.
    package func heldByPeers() throws -> [PublicKey: VersionVector] {
        try pool.read { database in
            let references = try LogReferences(database)
            var held: [PublicKey: VersionVector] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT peer, log, height FROM peer_heights")
            while let row = try rows.next() {
                guard let key = Bytes32(Array(row["peer"] as Data)) else { continue }
                held[PublicKey(key), default: VersionVector()].raise(
                    try references.identity(row["log"]).log,
                    to: UInt64(row["height"] as Int64))
            }
            return held
        }
    }

    private static func peer(_ row: Row) throws -> PeerRecord {
        var reader = ByteReader(Array(row["replica"] as Data))
        guard let key = Bytes32(Array(row["key"] as Data)) else {
            throw StoreFailure.damaged(what: "table peers")
        }
        return PeerRecord(
            key: PublicKey(key), name: row["name"],
            area: try AreaCode(parsing: row["area"] as String), replica: try reader.replica(),
            software: row["software"], lastContact: UInt64(clamping: row["last_contact"] as Int64),
            lastReason: row["last_reason"], clockSkew: row["clock_skew"])
    }
}
