// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// An authority's word that a village or grid has another code from a day on, or has gone into
/// another (Protocol/area-changes.md). Nothing that was written under the old code is rewritten.
package struct AreaChange: Hashable, Sendable {
    package let step: AreaMap.Step
    /// The first day of the new code, in days since 1970-01-01: reports go by it, rights do not.
    package let day: UInt64
    /// One more than that of any change that its issuer knew. Of two that contradict each other the
    /// one with the lesser order counts.
    package let order: UInt64
    /// For people; may be empty.
    package let note: String
    /// Milliseconds since 1970. Nothing is judged by it.
    package let issuedAt: UInt64
    package let issuer: PublicKey
    /// 64 bytes, the issuer's.
    package let signature: [UInt8]

    /// Issues a change. Precondition: the step is sound, the note within its limit.
    package init(
        _ step: AreaMap.Step, day: UInt64, order: UInt64, note: String = "", issuedAt: UInt64,
        issuedBy author: Author
    ) {
        precondition(step.isSound, "\(step.from) cannot become \(step.to)")
        self.step = step
        self.day = day
        self.order = order
        self.note = note
        self.issuedAt = issuedAt
        issuer = author.key
        signature = author.sign(
            .areaChange,
            over: Hashing.digest(
                Self.claim(step, day, order, note, issuedAt, author.key), personal: .areaChange))
    }

    package var hasValidSignature: Bool {
        Signing.isValid(
            signature, of: .areaChange,
            over: Hashing.digest(
                Self.claim(step, day, order, note, issuedAt, issuer), personal: .areaChange),
            by: issuer)
    }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .areaChange) }

    package var reference: CertificateReference { Self.reference(digest) }

    static func reference(_ digest: Bytes32) -> CertificateReference {
        CertificateReference(high: digest.words.0, low: digest.words.1)
    }

    /// The record under which it stands in lane 0: its digest's first 80 bits.
    package var recordID: RecordID {
        let digest = digest
        return RecordID(
            high: digest.words.0, low: UInt16(truncatingIfNeeded: digest.words.1 >> 48))
    }

    package var encoded: [UInt8] {
        Self.claim(step, day, order, note, issuedAt, issuer) + signature
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.certificateBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        guard let kind = AreaMap.Kind(rawValue: try reader.byte()) else { throw .unknownTag }
        step = AreaMap.Step(from: try reader.area(), to: try reader.area(), kind: kind)
        guard step.isSound else { throw .contradiction }
        day = try reader.unsigned()
        order = try reader.unsigned()
        note = try reader.text(max: ProtocolLimits.certificateNameBytesMax)
        issuedAt = try reader.unsigned()
        issuer = PublicKey(try reader.bytes32())
        signature = try reader.raw(64)
        try reader.finish()
    }

    private static func claim(
        _ step: AreaMap.Step, _ day: UInt64, _ order: UInt64, _ note: String,
        _ issuedAt: UInt64, _ issuer: PublicKey
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 256)
        writer.byte(1)
        writer.byte(step.kind.rawValue)
        writer.area(step.from)
        writer.area(step.to)
        writer.unsigned(day)
        writer.unsigned(order)
        writer.text(note)
        writer.unsigned(issuedAt)
        writer.raw(issuer.bytes)
        return writer.bytes
    }
}
