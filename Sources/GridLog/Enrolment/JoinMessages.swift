// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// What a node without a certificate says to the one that has invited it (Protocol/enrolment.md).
package struct JoinRequest: Hashable, Sendable {
    /// Its Ed25519 key; the link's key is the X25519 form of it, or the request is turned away.
    package let key: PublicKey
    /// The code's.
    package let secret: [UInt8]
    /// What it calls itself; empty: as it was invited. For people.
    package let name: String
    /// For people.
    package let software: String

    /// Precondition: a secret of 16 bytes, texts within their limits.
    package init(key: PublicKey, secret: [UInt8], name: String, software: String) {
        precondition(secret.count == InvitationCode.secretBytes)
        self.key = key
        self.secret = secret
        self.name = name
        self.software = software
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 128)
        writer.byte(1)
        writer.raw(key.bytes)
        writer.raw(secret)
        writer.text(name)
        writer.text(software)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.joinRequestBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        key = PublicKey(try reader.bytes32())
        secret = try reader.raw(InvitationCode.secretBytes)
        name = try reader.text(max: ProtocolLimits.certificateNameBytesMax)
        software = try reader.text(max: ProtocolLimits.messageTextBytesMax)
        try reader.finish()
    }
}

/// What it is answered.
package enum JoinAnswer: Hashable, Sendable {
    /// The code is unknown, expired, withdrawn, or used by another key: it is not said which.
    case notTaken
    /// People have to decide: under which name and for which area, and who is asked.
    case waiting(name: String, area: AreaCode, office: String)
    /// The certificate, with all above it; by whom.
    case approved(CertificateChain, office: String)
    /// People have decided against it; why, in words.
    case rejected(reason: String)

    private enum Tag: UInt8 {
        case notTaken = 0
        case waiting = 1
        case approved = 2
        case rejected = 3
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.byte(1)
        switch self {
        case .notTaken: writer.byte(Tag.notTaken.rawValue)
        case .waiting(let name, let area, let office):
            writer.byte(Tag.waiting.rawValue)
            writer.text(name)
            writer.area(area)
            writer.text(office)
        case .approved(let chain, let office):
            writer.byte(Tag.approved.rawValue)
            writer.text(office)
            writer.raw(chain.encoded)
        case .rejected(let reason):
            writer.byte(Tag.rejected.rawValue)
            writer.text(reason)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.joinAnswerBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        guard let tag = Tag(rawValue: try reader.byte()) else { throw .unknownTag }
        switch tag {
        case .notTaken: self = .notTaken
        case .waiting:
            let name = try reader.text(max: ProtocolLimits.certificateNameBytesMax)
            let area = try reader.homeArea()
            self = .waiting(
                name: name, area: area,
                office: try reader.text(max: ProtocolLimits.certificateNameBytesMax))
        case .approved:
            let office = try reader.text(max: ProtocolLimits.certificateNameBytesMax)
            self = .approved(try CertificateChain(from: &reader), office: office)
        case .rejected:
            self = .rejected(
                reason: try reader.text(max: ProtocolLimits.messageTextBytesMax))
        }
        try reader.finish()
    }
}
