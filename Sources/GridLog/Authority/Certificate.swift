// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// What a certificate lets its key do, within its area.
package struct Rights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Author entries.
    package static let write = Rights(rawValue: 1)
    /// Issue certificates for the area or parts of it.
    package static let certify = Rights(rawValue: 2)
    /// Order the values of entries to be destroyed.
    package static let redact = Rights(rawValue: 4)
    /// Receive entries.
    package static let read = Rights(rawValue: 8)

    package static let all: Rights = [.write, .certify, .redact, .read]
}

/// A parent area's word that a key speaks for an area (Protocol/certificates.md).
package struct Certificate: Hashable, Sendable {
    package let subject: PublicKey
    /// For people, not unique: 谷脚镇, 茶香村.
    package let name: String
    /// The office that the key is held by, not the person; may be empty.
    package let post: String
    /// Whoever holds the post, for people; may be empty.
    package let holder: String
    package let area: AreaCode
    package let rights: Rights
    /// Milliseconds since 1970. Dates flag, they never stop a node from writing.
    package let validFrom: UInt64
    /// Milliseconds since 1970; 0 for no end.
    package let validUntil: UInt64
    package let issuer: PublicKey
    /// 64 bytes, the issuer's.
    package let signature: [UInt8]

    /// Issues a certificate. Precondition: texts within their limits.
    package init(
        subject: PublicKey, name: String, post: String = "", holder: String = "", area: AreaCode,
        rights: Rights, validFrom: UInt64, validUntil: UInt64 = 0, issuedBy author: Author
    ) {
        self.subject = subject
        self.name = name
        self.post = post
        self.holder = holder
        self.area = area
        self.rights = rights
        self.validFrom = validFrom
        self.validUntil = validUntil
        issuer = author.key
        let claim = Self.claim(
            subject, name, post, holder, area, rights, validFrom, validUntil, author.key)
        signature = author.sign(
            .certificate, over: Hashing.digest(claim, personal: .certificate))
    }

    /// Whether it certifies itself: only a root does.
    package var isSelfIssued: Bool { subject == issuer }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .certificate) }

    /// Its short name between nodes that know it.
    package var reference: CertificateReference { CertificateReference(startOf: digest) }

    /// The record under which the certificate stands in lane 0: its digest's first 80 bits.
    package var recordID: RecordID {
        RecordID(
            high: digest.words.0, low: UInt16(truncatingIfNeeded: digest.words.1 >> 48))
    }

    package var hasValidSignature: Bool {
        let claim = Self.claim(
            subject, name, post, holder, area, rights, validFrom, validUntil, issuer)
        return Signing.isValid(
            signature, of: .certificate, over: Hashing.digest(claim, personal: .certificate),
            by: issuer)
    }

    package var encoded: [UInt8] {
        Self.claim(subject, name, post, holder, area, rights, validFrom, validUntil, issuer)
            + signature
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.certificateBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        let version = try reader.byte()
        guard version == 1 || version == 2 else { throw .unknownVersion }
        subject = PublicKey(try reader.bytes32())
        name = try reader.text(max: ProtocolLimits.certificateNameBytesMax)
        post = try reader.text(max: ProtocolLimits.certificateNameBytesMax)
        holder =
            version == 1 ? "" : try reader.text(max: ProtocolLimits.certificateNameBytesMax)
        // One form for each certificate.
        guard version == 1 || !holder.isEmpty else { throw .empty }
        area = try reader.homeArea()
        let rights = try reader.byte()
        guard rights & ~Rights.all.rawValue == 0 else { throw .unknownTag }
        self.rights = Rights(rawValue: rights)
        validFrom = try reader.unsigned()
        validUntil = try reader.unsigned()
        issuer = PublicKey(try reader.bytes32())
        signature = try reader.raw(64)
        try reader.finish()
    }

    private static func claim(
        _ subject: PublicKey, _ name: String, _ post: String, _ holder: String,
        _ area: AreaCode, _ rights: Rights, _ validFrom: UInt64, _ validUntil: UInt64,
        _ issuer: PublicKey
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 160)
        writer.byte(holder.isEmpty ? 1 : 2)
        writer.raw(subject.bytes)
        writer.text(name)
        writer.text(post)
        if !holder.isEmpty { writer.text(holder) }
        writer.area(area)
        writer.byte(rights.rawValue)
        writer.unsigned(validFrom)
        writer.unsigned(validUntil)
        writer.raw(issuer.bytes)
        return writer.bytes
    }
}

/// The first 16 bytes of a certificate's digest: what a node says instead of its chain to a peer
/// that has it (Protocol/messages.md, "Greeting"). It proves nothing; the link's key does. Cut-offs
/// have one as well.
package struct CertificateReference: Hashable, Comparable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first 128 bits of a digest.
    init(startOf digest: Bytes32) { self.init(high: digest.words.0, low: digest.words.1) }

    package static func < (left: CertificateReference, right: CertificateReference) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
