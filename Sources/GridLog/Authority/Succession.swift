// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// The last word of a key: which other takes its place, and where its logs end
/// (Protocol/rotation.md, "Succession"). It ends nothing by itself; the office that has certified the
/// new key makes a cut-off of it.
package struct Succession: Hashable, Sendable {
    package let replaced: PublicKey
    package let key: PublicKey
    /// Ascending by log.
    package let rows: [CutOff.Row]
    /// 64 bytes, the replaced key's.
    package let signature: [UInt8]

    /// Precondition: two keys, rows within their limit.
    package init(of replaced: Author, by key: PublicKey, rows: [CutOff.Row]) {
        precondition(replaced.key != key, "a key takes its own place")
        self.replaced = replaced.key
        self.key = key
        self.rows = rows.sorted { $0.log < $1.log }
        signature = replaced.sign(
            .succession,
            over: Hashing.digest(
                Self.claim(replaced.key, key, self.rows), personal: .succession))
    }

    package var hasValidSignature: Bool {
        Signing.isValid(
            signature, of: .succession,
            over: Hashing.digest(Self.claim(replaced, key, rows), personal: .succession),
            by: replaced)
    }

    /// The record under which it stands: its digest's first 80 bits.
    package var recordID: RecordID {
        RecordID(startOf: Hashing.digest(encoded, personal: .succession))
    }

    package var encoded: [UInt8] { Self.claim(replaced, key, rows) + signature }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.cutOffBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        replaced = PublicKey(try reader.bytes32())
        key = PublicKey(try reader.bytes32())
        guard key != replaced else { throw .contradiction }
        rows = try reader.cutOffRows()
        signature = try reader.raw(64)
        try reader.finish()
    }

    private static func claim(
        _ replaced: PublicKey, _ key: PublicKey, _ rows: [CutOff.Row]
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 128 + 64 * rows.count)
        writer.byte(1)
        writer.raw(replaced.bytes)
        writer.raw(key.bytes)
        writer.cutOffRows(rows)
        return writer.bytes
    }
}
