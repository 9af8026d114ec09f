// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
package import GridLog
import GridSync

/// What a folder knows about its own node.
package struct NodeRecord: Sendable {
    /// Given at `init` or `request`; after enrolment the certificate's name counts.
    package var name: String
    package var area: AreaCode
    package var nonce: ReplicaNonce
    /// Root first; nil until enrolled.
    package var chain: VerifiedChain?
    /// The node key of the parent node, by which it is called; nil for a root.
    package var parentKey: PublicKey?
    package var parentName: String?

    package init(
        name: String, area: AreaCode, nonce: ReplicaNonce, chain: VerifiedChain? = nil,
        parentKey: PublicKey? = nil, parentName: String? = nil
    ) {
        self.name = name
        self.area = area
        self.nonce = nonce
        self.chain = chain
        self.parentKey = parentKey
        self.parentName = parentName
    }
}

extension Store {
    /// The node of this folder; nil when the folder is new.
    package func node() throws -> NodeRecord? {
        try read { database in
            guard let name = try Self.meta("name", in: database),
                let area = try Self.meta("area", in: database),
                let nonce = try Self.meta("nonce", in: database)
            else { return nil }
            var reader = ByteReader(nonce)
            var record = NodeRecord(
                name: String(decoding: name, as: UTF8.self),
                area: try AreaCode(parsing: String(decoding: area, as: UTF8.self)),
                nonce: ReplicaNonce(high: try reader.fixed64(), low: try reader.fixed64()))
            if let bytes = try Self.meta("chain", in: database) {
                let chain = try CertificateChain(decoding: bytes)
                guard let root = chain.certificates.first?.subject else { return record }
                record.chain = try VerifiedChain.verify(chain, root: root)
            }
            record.parentKey = try Self.meta("parent_key", in: database)
                .flatMap { Bytes32($0) }.map { PublicKey($0) }
            record.parentName = try Self.meta("parent_name", in: database)
                .map { String(decoding: $0, as: UTF8.self) }
            return record
        }
    }

    /// Writes down who this folder's node is. The chain's certificates are learnt with it.
    package func setNode(_ node: NodeRecord) throws {
        try write { try Self.setNode(node, in: $0) }
    }

    static func setNode(_ node: NodeRecord, in database: Database) throws {
        try setMeta("name", Array(node.name.utf8), in: database)
        try setMeta("area", Array(node.area.description.utf8), in: database)
        var writer = ByteWriter()
        writer.fixed64(node.nonce.high)
        writer.fixed64(node.nonce.low)
        if try meta("nonce", in: database) != writer.bytes {
            try setMeta("nonce", writer.bytes, in: database)
            try beginFeed(in: database)
        }
        if let chain = node.chain {
            let encoded = CertificateChain(chain.certificates).encoded
            try setMeta("chain", encoded, in: database)
            for certificate in chain.certificates {
                try insert(certificate, waiting: false, in: database)
            }
        }
        if let key = node.parentKey {
            try setMeta("parent_key", key.bytes.array, in: database)
        }
        if let name = node.parentName {
            try setMeta("parent_name", Array(name.utf8), in: database)
        }
    }

    /// Keeps a certificate; one that waits is to be written into lane 0 by the daemon.
    package func add(_ certificate: Certificate, waiting: Bool) throws {
        try write { try Self.insert(certificate, waiting: waiting, in: $0) }
    }

    /// All certificates kept, and those still to be written into lane 0.
    package func certificates() throws -> (all: [Certificate], waiting: [Certificate]) {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT bytes, waiting FROM certificates ORDER BY digest")
            // One that cannot be read gives nobody any right; `verify` finds it.
            let all = try rows.compactMap { row -> (Certificate, isWaiting: Bool)? in
                let isWaiting = try row.cell("waiting", as: Int.self) == 1
                return (try? Certificate(decoding: row.bytes("bytes"))).map { ($0, isWaiting) }
            }
            return (all.map(\.0), all.filter(\.isWaiting).map(\.0))
        }
    }

    /// The bytes of all certificates that stand in lane 0, as they were written.
    package func certificateRecords() throws -> [[UInt8]] {
        try authorityRecords(
            SystemCollection.certificates, field: SystemCollection.certificateBytesField)
    }

    /// The bytes of all cut-offs that stand in lane 0, as they were written.
    package func cutOffRecords() throws -> [[UInt8]] {
        try authorityRecords(SystemCollection.cutOffs, field: SystemCollection.cutOffBytesField)
    }

    /// The bytes of all changes of area codes that stand in lane 0, as they were written.
    package func areaChangeRecords() throws -> [[UInt8]] {
        try authorityRecords(
            SystemCollection.areaChanges, field: SystemCollection.areaChangeBytesField)
    }

    /// The bytes of all branch proofs that stand in lane 0, as they were written.
    package func branchProofRecords() throws -> [[UInt8]] {
        try authorityRecords(SystemCollection.forks, field: SystemCollection.forkBytesField)
    }

    private func authorityRecords(_ collection: UInt32, field: UInt32) throws -> [[UInt8]] {
        try read { database in
            let references = try references(database)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM other_records WHERE collection = ? AND _lane = ? ORDER BY id
                    """, arguments: [collection, Lane.authority.rawValue])
            let key = FieldKey(field: field, family: .assigned)
            return try rows.flatMap { row -> [[UInt8]] in
                let state = try self.otherState(row, references: references)
                guard case .register(let register) = state[key] else { return [] }
                return register.siblings.compactMap {
                    if case .bytes(let bytes) = $0.value { bytes } else { nil }
                }
            }
        }
    }

    package func markPublished(_ certificates: [Certificate]) throws {
        try write { database in
            for certificate in certificates {
                try database.execute(
                    sql: "UPDATE certificates SET waiting = 0 WHERE digest = ?",
                    arguments: [Data(certificate.digest.array)])
            }
        }
    }

    static func meta(_ name: String, in database: Database) throws -> [UInt8]? {
        try Data.fetchOne(
            database, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name]
        ).map { Array($0) }
    }

    static func setMeta(_ name: String, _ value: [UInt8], in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO meta (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, arguments: [name, Data(value)])
    }

    /// One that is known already waits after all, if it is to and does not stand in lane 0 yet.
    static func insert(
        _ certificate: Certificate, waiting: Bool, in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO certificates (digest, bytes, waiting) VALUES (?, ?, ?)
                ON CONFLICT (digest) DO UPDATE SET waiting = 1
                WHERE excluded.waiting = 1 AND NOT EXISTS (
                    SELECT 1 FROM other_records WHERE collection = ? AND id = ?)
                """,
            arguments: [
                Data(certificate.digest.array), Data(certificate.encoded), waiting ? 1 : 0,
                SystemCollection.certificates, certificate.recordID.description,
            ])
    }
}
