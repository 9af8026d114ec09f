// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// An entry by its place and its hash: a redaction means this one and no other of its place.
package struct NamedEntry: Hashable, Comparable, Sendable {
    package let dot: Dot
    package let hash: Bytes32

    package init(dot: Dot, hash: Bytes32) {
        self.dot = dot
        self.hash = hash
    }

    package static func < (left: NamedEntry, right: NamedEntry) -> Bool {
        (left.dot, left.hash) < (right.dot, right.hash)
    }
}

/// An authority's order that what some fields of a record held be destroyed on every replica
/// (Protocol/redaction.md). It holds no value itself.
package struct Redaction: Hashable, Sendable {
    /// An entry whose values are dropped.
    package struct Row: Hashable, Sendable {
        package let entry: NamedEntry
        /// The digest of the restatement that says what of the values stays; nil when nothing does.
        package let restatement: Bytes32?

        package init(entry: NamedEntry, restatement: Bytes32?) {
            self.entry = entry
            self.restatement = restatement
        }
    }

    /// The collection of the record, by its number.
    package let collection: UInt32
    package let record: RecordID
    /// The numbers of the fields, ascending, at least one.
    package let fields: [UInt32]
    /// For people; may be empty.
    package let reason: String
    /// Milliseconds since 1970. It flags; nothing is judged by it.
    package let issuedAt: UInt64
    /// Ascending by dot, at least one.
    package let rows: [Row]
    package let issuer: PublicKey
    /// 64 bytes, the issuer's.
    package let signature: [UInt8]

    /// Orders a redaction. Precondition: fields, reason and rows within their limits.
    package init(
        collection: UInt32, record: RecordID, fields: [UInt32], reason: String, issuedAt: UInt64,
        rows: [Row], issuedBy author: Author
    ) {
        self.collection = collection
        self.record = record
        self.fields = fields.sorted()
        self.reason = reason
        self.issuedAt = issuedAt
        self.rows = rows.sorted { $0.entry < $1.entry }
        issuer = author.key
        let claim = Self.claim(
            collection, record, self.fields, reason, issuedAt, self.rows, author.key)
        signature = author.sign(.redaction, over: Hashing.digest(claim, personal: .redaction))
    }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .redaction) }

    /// The record under which it stands in lane 0: its digest's first 80 bits.
    package var recordID: RecordID { RecordID(startOf: digest) }

    package var hasValidSignature: Bool {
        let claim = Self.claim(collection, record, fields, reason, issuedAt, rows, issuer)
        return Signing.isValid(
            signature, of: .redaction, over: Hashing.digest(claim, personal: .redaction),
            by: issuer)
    }

    package var encoded: [UInt8] {
        Self.claim(collection, record, fields, reason, issuedAt, rows, issuer) + signature
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.redactionBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        collection = UInt32(try reader.unsigned(max: ProtocolLimits.catalogueNumberMax))
        record = try reader.recordID()
        let fieldCount = try reader.count(max: ProtocolLimits.recordWritesMax)
        guard fieldCount > 0 else { throw .empty }
        var fields: [UInt32] = []
        for _ in 0..<fieldCount {
            let field = UInt32(try reader.unsigned(max: ProtocolLimits.catalogueNumberMax))
            if let last = fields.last, last >= field { throw .notAscending }
            fields.append(field)
        }
        self.fields = fields
        reason = try reader.text(max: ProtocolLimits.redactionReasonBytesMax)
        issuedAt = try reader.unsigned()
        let rowCount = try reader.count(max: ProtocolLimits.redactionRowsMax)
        guard rowCount > 0 else { throw .empty }
        var rows: [Row] = []
        for _ in 0..<rowCount {
            let row = try reader.redactionRow()
            if let last = rows.last, last.entry.dot >= row.entry.dot { throw .notAscending }
            rows.append(row)
        }
        self.rows = rows
        issuer = PublicKey(try reader.bytes32())
        signature = try reader.raw(64)
        try reader.finish()
    }

    private static func claim(
        _ collection: UInt32, _ record: RecordID, _ fields: [UInt32], _ reason: String,
        _ issuedAt: UInt64, _ rows: [Row], _ issuer: PublicKey
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 256 + 112 * rows.count)
        writer.byte(1)
        writer.unsigned(collection)
        writer.recordID(record)
        writer.count(fields.count)
        for field in fields { writer.unsigned(field) }
        writer.text(reason)
        writer.unsigned(issuedAt)
        writer.count(rows.count)
        for row in rows {
            writer.log(row.entry.dot.log)
            writer.unsigned(row.entry.dot.sequence)
            writer.raw(row.entry.hash)
            writer.byte(row.restatement == nil ? 0 : 1)
            if let digest = row.restatement { writer.raw(digest) }
        }
        writer.raw(issuer.bytes)
        return writer.bytes
    }
}

extension ByteReader {
    fileprivate mutating func redactionRow() throws(DecodingViolation) -> Redaction.Row {
        let dot = Dot(log: try log(), sequence: try sequence())
        let entry = NamedEntry(dot: dot, hash: try bytes32())
        switch try byte() {
        case 0: return Redaction.Row(entry: entry, restatement: nil)
        case 1: return Redaction.Row(entry: entry, restatement: try bytes32())
        default: throw .flagNotBinary
        }
    }
}
