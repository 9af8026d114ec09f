// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog

extension Store {
    /// Older ones that are over are forgotten when there are more.
    static let incidentsMax = 500

    /// Keeps an incident.
    /// - Returns: the same with its number.
    package func record(_ incident: Incident) throws -> Incident {
        try write { try Self.insert(incident, in: $0) }
    }

    /// Writes down who this folder's node is by now and why, in one transaction.
    func setNode(_ node: NodeRecord, because incident: Incident) throws -> Incident {
        try write { database in
            try Self.setNode(node, in: database)
            return try Self.insert(incident, in: database)
        }
    }

    /// Keeps when incidents were over, and how much is known of their logs.
    func update(_ incidents: [Incident]) throws {
        guard !incidents.isEmpty else { return }
        try write { database in
            for incident in incidents {
                try database.execute(
                    sql: "UPDATE incidents SET ended_at = ? WHERE id = ?",
                    arguments: [incident.endedAt.map { Int64(clamping: $0) }, incident.id])
                try Self.insertParts(of: incident, in: database)
            }
        }
    }

    /// Notes that a peer came back as another replica than the one that had said it had these
    /// heights. Of one peer there is one such incident at a time.
    static func insert(
        returned peer: PublicKey, at time: UInt64, having heights: [Incident.Part],
        as replica: ReplicaID, in database: Database
    ) throws {
        let open = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM incidents WHERE code = ? AND peer = ? AND ended_at IS NULL",
            arguments: [Incident.Code.peerRestored.rawValue, Data(peer.bytes.array)])
        var incident = Incident(
            .peerRestored, at: time, peer: peer, replica: replica, parts: heights)
        guard let open else {
            _ = try insert(incident, in: database)
            return
        }
        incident.id = open
        try insertParts(of: incident, in: database)
    }

    /// When this folder first became a replica, in milliseconds since 1970: `now`, where it has
    /// written nothing; 0 where that was before folders kept it.
    func birth(now: UInt64, isNew: Bool) throws -> UInt64 {
        if let kept = try read({ try Self.meta("born", in: $0) }) {
            var reader = ByteReader(kept)
            return try reader.unsigned()
        }
        var writer = ByteWriter()
        writer.unsigned(isNew ? now : 0)
        try write { try Self.setMeta("born", writer.bytes, in: $0) }
        return isNew ? now : 0
    }

    /// Newest first.
    package func incidents(limit: Int = incidentsMax) throws -> [Incident] {
        try read { database in
            var parts: [Int64: [Incident.Part]] = [:]
            let logs = try Row.fetchCursor(database, sql: "SELECT * FROM incident_logs")
            while let row = try logs.next() {
                parts[try row.cell("incident"), default: []].append(try Self.part(row))
            }
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM incidents ORDER BY id DESC LIMIT ?",
                arguments: [limit])
            return try rows.compactMap { try Self.incident($0, parts: parts) }
        }
    }

    private static func insert(_ incident: Incident, in database: Database) throws -> Incident {
        try database.execute(
            sql: "INSERT INTO incidents (code, at, ended_at, peer, replica) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                incident.code.rawValue, Int64(clamping: incident.at),
                incident.endedAt.map { Int64(clamping: $0) },
                incident.peer.map { Data($0.bytes.array) },
                incident.replica.map { Data(bytes(of: $0)) },
            ])
        var kept = incident
        kept.id = database.lastInsertedRowID
        try insertParts(of: kept, in: database)
        try database.execute(
            sql: """
                DELETE FROM incidents WHERE ended_at IS NOT NULL AND id <= ?;
                DELETE FROM incident_logs WHERE incident NOT IN (SELECT id FROM incidents);
                """, arguments: [kept.id - Int64(incidentsMax)])
        return kept
    }

    private static func insertParts(of incident: Incident, in database: Database) throws {
        for part in incident.parts {
            try database.execute(
                sql: """
                    INSERT INTO incident_logs (incident, replica, area, lane, held, known)
                    VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (incident, replica, area, lane)
                    DO UPDATE SET held = excluded.held, known = excluded.known
                    """,
                arguments: [
                    incident.id, Data(bytes(of: part.log.replica)),
                    part.log.domain.area.description, part.log.domain.lane.rawValue,
                    Int64(clamping: part.held), Int64(clamping: part.known),
                ])
        }
    }

    /// Nil for one of a newer program.
    private static func incident(
        _ row: Row, parts: [Int64: [Incident.Part]]
    ) throws -> Incident? {
        guard let code = Incident.Code(rawValue: try row.cell("code")) else { return nil }
        let id = try row.cell("id", as: Int64.self)
        let replica = try row.decode(Data?.self, forColumn: "replica")
        let peer = try row.decode(Data?.self, forColumn: "peer")
        var incident = Incident(
            code, at: UInt64(clamping: try row.cell("at", as: Int64.self)),
            peer: peer.flatMap { Bytes32(Array($0)) }.map { PublicKey($0) },
            replica: try replica.map { bytes in
                var reader = ByteReader(Array(bytes))
                return try reader.replica()
            }, parts: parts[id] ?? [])
        incident.id = id
        incident.endedAt = try row.decode(Int64?.self, forColumn: "ended_at")
            .map { UInt64(clamping: $0) }
        return incident
    }

    private static func part(_ row: Row) throws -> Incident.Part {
        var reader = ByteReader(try row.bytes("replica"))
        let lane = try row.cell("lane", as: UInt8.self)
        guard let lane = Lane(rawValue: lane) else {
            throw StoreFailure.damaged(what: "lane \(lane) in table incident_logs")
        }
        return Incident.Part(
            log: LogID(
                replica: try reader.replica(),
                domain: Domain(
                    area: try AreaCode(parsing: try row.cell("area", as: String.self)),
                    lane: lane)),
            held: UInt64(clamping: try row.cell("held", as: Int64.self)),
            known: UInt64(clamping: try row.cell("known", as: Int64.self)))
    }

    private static func bytes(of replica: ReplicaID) -> [UInt8] {
        var writer = ByteWriter(reserving: 16)
        writer.replica(replica)
        return writer.bytes
    }
}
