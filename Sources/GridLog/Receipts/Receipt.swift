// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// A node's signed word that it durably holds the logs of an area up to these heights
/// (Protocol/receipts.md). The heads bind every entry below them.
package struct Receipt: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package let log: LogID
        package let height: UInt64
        /// Hash of the entry at that height.
        package let head: Bytes32

        package init(log: LogID, height: UInt64, head: Bytes32) {
            self.log = log
            self.height = height
            self.head = head
        }
    }

    /// Who holds it.
    package let issuer: PublicKey
    /// For whom it was made.
    package let subject: ReplicaID
    /// The area whose logs it speaks of.
    package let area: AreaCode
    /// By the issuer's clock, in milliseconds since 1970.
    package let time: UInt64
    /// Ascending by log.
    package let rows: [Row]
    /// 64 bytes, the issuer's.
    package let signature: [UInt8]

    /// Makes one. Precondition: rows of the area, ascending, at most `receiptRowsMax`.
    package init(
        for subject: ReplicaID, area: AreaCode, time: UInt64, rows: [Row],
        issuedBy author: Author
    ) {
        precondition(rows.count <= ProtocolLimits.receiptRowsMax, "\(rows.count) rows")
        self.issuer = author.key
        self.subject = subject
        self.area = area
        self.time = time
        self.rows = rows
        let claim = Self.claim(author.key, subject, area, time, rows)
        signature = author.sign(.receipt, over: Hashing.digest(claim, personal: .receipt))
    }

    package var hasValidSignature: Bool {
        let claim = Self.claim(issuer, subject, area, time, rows)
        return Signing.isValid(
            signature, of: .receipt, over: Hashing.digest(claim, personal: .receipt), by: issuer)
    }

    package var encoded: [UInt8] { Self.claim(issuer, subject, area, time, rows) + signature }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .receipt) }

    /// What people call it by: the first 40 bits of its digest, as `7F3K-9Q2M`.
    package var number: String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let digits = (0..<8).map { place in
            alphabet[Int(digest.words.0 >> (59 - 5 * UInt64(place)) & 31)]
        }
        return String(digits[..<4]) + "-" + String(digits[4...])
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.receiptBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        issuer = PublicKey(try reader.bytes32())
        subject = try reader.replica()
        area = try reader.homeArea()
        time = try reader.unsigned()
        let count = try reader.count(max: ProtocolLimits.receiptRowsMax)
        var rows: [Row] = []
        for _ in 0..<count {
            let row = Row(
                log: try reader.log(), height: try reader.sequence(), head: try reader.bytes32())
            if let last = rows.last, last.log >= row.log { throw .notAscending }
            rows.append(row)
        }
        self.rows = rows
        signature = try reader.raw(64)
        try reader.finish()
    }

    private static func claim(
        _ issuer: PublicKey, _ subject: ReplicaID, _ area: AreaCode, _ time: UInt64, _ rows: [Row]
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 128 + 72 * rows.count)
        writer.byte(1)
        writer.raw(issuer.bytes)
        writer.replica(subject)
        writer.area(area)
        writer.unsigned(time)
        writer.count(rows.count)
        for row in rows {
            writer.log(row.log)
            writer.unsigned(row.height)
            writer.raw(row.head)
        }
        return writer.bytes
    }
}
