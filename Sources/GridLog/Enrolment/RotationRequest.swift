// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// What a node says that wants to go on under another key (Protocol/rotation.md, "Request"): both
/// keys sign it, so nobody takes another's place, and nobody is given a key that he does not have.
package struct RotationRequest: Hashable, Sendable {
    /// The new Ed25519 key; over a link, the link's key is the X25519 form of it.
    package let key: PublicKey
    /// The certified key whose place it takes.
    package let replaced: PublicKey
    /// For people.
    package let software: String
    /// 64 bytes each, over the same digest.
    private let replacedSignature: [UInt8]
    private let signature: [UInt8]

    /// The first byte: a request to join begins with another.
    package static let version: UInt8 = 2

    /// Precondition: two keys, a text within its limit.
    package init(from replaced: Author, to author: Author, software: String) {
        precondition(replaced.key != author.key, "a key takes its own place")
        key = author.key
        self.replaced = replaced.key
        self.software = software
        let digest = Hashing.digest(
            Self.claim(author.key, replaced.key, software), personal: .rotation)
        replacedSignature = replaced.sign(.rotation, over: digest)
        signature = author.sign(.rotation, over: digest)
    }

    /// BLAKE2b-256 of what both sign: the same request has the same, whoever passes it on.
    package var digest: Bytes32 {
        Hashing.digest(Self.claim(key, replaced, software), personal: .rotation)
    }

    /// Whether both keys have signed it.
    package var isGenuine: Bool {
        let digest = digest
        return Signing.isValidKey(key)
            && Signing.isValid(replacedSignature, of: .rotation, over: digest, by: replaced)
            && Signing.isValid(signature, of: .rotation, over: digest, by: key)
    }

    package var encoded: [UInt8] {
        Self.claim(key, replaced, software) + replacedSignature + signature
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.joinRequestBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.version else { throw .unknownVersion }
        key = PublicKey(try reader.bytes32())
        replaced = PublicKey(try reader.bytes32())
        guard key != replaced else { throw .contradiction }
        software = try reader.text(max: ProtocolLimits.messageTextBytesMax)
        replacedSignature = try reader.raw(64)
        signature = try reader.raw(64)
        try reader.finish()
    }

    private static func claim(
        _ key: PublicKey, _ replaced: PublicKey, _ software: String
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 96)
        writer.byte(version)
        writer.raw(key.bytes)
        writer.raw(replaced.bytes)
        writer.text(software)
        return writer.bytes
    }
}
