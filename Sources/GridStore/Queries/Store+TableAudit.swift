// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
package import GridLog
package import GridSync

/// What the last audit with a peer has come to.
package struct TableAudit: Hashable, Sendable {
    package let peer: PublicKey
    package let area: AreaCode
    /// Milliseconds since 1970.
    package let at: UInt64
    /// Nil where both had the same.
    package let finding: AuditFinding?

    package init(peer: PublicKey, area: AreaCode, at: UInt64, finding: AuditFinding?) {
        self.peer = peer
        self.area = area
        self.at = at
        self.finding = finding
    }
}

/// Audits between nodes (Protocol/table-audit.md).
extension Store {
    /// Every record of an area, read from the tables as they are on disk now; nil where they are to
    /// be built anew.
    ///
    /// - Parameter limit: where there are more, one more is read and no other.
    /// - Throws: what reading throws. A row that holds no record any more is a leaf without a digest.
    package func auditLeaves(
        of area: AreaCode, upTo limit: Int = ProtocolLimits.auditRecordsMax
    ) throws -> [AuditLeaf]? {
        try read { database in
            guard
                try Self.meta("catalogue", in: database) == Array(catalogue.fingerprint.utf8)
            else { return nil }
            let references = try references(database)
            var leaves: [AuditLeaf] = []
            for table in tables.values.sorted(by: { $0.collection.number < $1.collection.number }) {
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT \(table.stateColumns) FROM "\(table.collection.name)"
                        WHERE _area = ?
                        """, arguments: [area.description])
                while leaves.count <= limit, let row = try rows.next() {
                    let (lane, number) = (table.collection.lane, table.collection.number)
                    let leaf = try Self.leaf(row, lane, number) {
                        try self.state(row, of: table, references: references)
                    }
                    if let leaf { leaves.append(leaf) }
                }
            }
            let others = try Row.fetchCursor(
                database,
                sql: """
                    SELECT collection, _key, id, _area, _lane, _merge FROM other_records
                    WHERE _area = ?
                    """, arguments: [area.description])
            while leaves.count <= limit, let row = try others.next() {
                let leaf = try Self.leaf(row, row.lane(), row.cell("collection")) {
                    try self.otherState(row, references: references)
                }
                if let leaf { leaves.append(leaf) }
            }
            return leaves
        }
    }

    /// - Returns: nil for a row that does not even say which record it is of.
    private static func leaf(
        _ row: Row, _ lane: Lane, _ collection: UInt32, state: () throws -> RecordState
    ) throws -> AuditLeaf? {
        do {
            let state = try state()
            return AuditLeaf(
                AuditLeaf.Name(
                    lane: lane, collection: collection, id: RecordNaming.id(of: state.address)),
                digest: try digest(of: state))
        } catch StoreFailure.damaged {
        } catch is DecodingViolation {}
        guard let id = RecordID(parsing: try row.cell("id", as: String.self)) else { return nil }
        return AuditLeaf(
            AuditLeaf.Name(lane: lane, collection: collection, id: id), digest: .zero)
    }

    /// The last audits with all peers.
    package func tableAudits() throws -> [TableAudit] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT value FROM meta WHERE name >= ? AND name < ? ORDER BY name",
                arguments: [Self.auditPrefix, Self.auditPrefix + "~"])
            var audits: [TableAudit] = []
            // What another program has written is made anew by the next audit.
            while let row = try rows.next() {
                if let audit = try? TableAudit(decoding: row.bytes("value")) {
                    audits.append(audit)
                }
            }
            return audits
        }
    }

    /// Keeps an audit in place of the one before with this peer.
    func keep(_ audit: TableAudit) throws {
        try write {
            try Self.setMeta(
                "\(Self.auditPrefix)\(audit.peer)/\(audit.area)", audit.encoded, in: $0)
        }
    }

    private static var auditPrefix: String { "table_audit/" }
}

extension TableAudit {
    fileprivate var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 64)
        writer.raw(peer.bytes)
        writer.area(area)
        writer.unsigned(at)
        writer.flag(finding != nil)
        guard let finding else { return writer.bytes }
        writer.count(finding.here)
        writer.unsigned(finding.there)
        writer.flag(finding.isWhole)
        writer.count(finding.records.count)
        for record in finding.records {
            writer.byte(record.name.lane.rawValue)
            writer.unsigned(record.name.collection)
            writer.recordID(record.name.id)
            writer.text(record.kind.rawValue)
        }
        return writer.bytes
    }

    fileprivate init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        var reader = ByteReader(bytes)
        peer = PublicKey(try reader.bytes32())
        area = try reader.homeArea()
        at = try reader.unsigned()
        finding = try reader.flag() ? try Self.finding(&reader) : nil
        try reader.finish()
    }

    private static func finding(
        _ reader: inout ByteReader
    ) throws(DecodingViolation) -> AuditFinding {
        let (here, there) = (try reader.count(max: .max), try reader.unsigned())
        let isWhole = try reader.flag()
        var records: [AuditFinding.Record] = []
        for _ in 0..<(try reader.count(max: ProtocolLimits.auditRecordsFoundMax)) {
            guard let lane = Lane(rawValue: try reader.byte()) else { throw .unknownTag }
            let collection = try reader.unsigned(max: ProtocolLimits.catalogueNumberMax)
            let id = try reader.recordID()
            let word = try reader.text(max: 20)
            guard let kind = AuditFinding.Record.Kind(rawValue: word) else { throw .unknownTag }
            records.append(
                AuditFinding.Record(
                    name: AuditLeaf.Name(lane: lane, collection: UInt32(collection), id: id),
                    kind: kind))
        }
        return AuditFinding(here: here, there: there, records: records, isWhole: isWhole)
    }
}

extension Catalogue {
    /// Of how fields merge. Fields that merge as registers do not enter it, so that programs whose
    /// catalogues differ only in those have equal ones.
    package var mergeDigest: UInt64 {
        var writer = ByteWriter(reserving: 512)
        for collection in collections.sorted(by: { $0.number < $1.number }) {
            for field in collection.fields.sorted(by: { $0.number < $1.number }) {
                switch assignmentRule(collection: collection.number, field: field.number) {
                case .register: continue
                case .fixed:
                    writer.unsigned(collection.number)
                    writer.unsigned(field.number)
                    writer.byte(0)
                case .owned(let level):
                    writer.unsigned(collection.number)
                    writer.unsigned(field.number)
                    writer.byte(level.rawValue)
                }
            }
        }
        return Hashing.digest(writer.bytes, personal: .auditStanding).words.0
    }
}
