// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore
package import GridLog

/// What a bundle says of its sender, before anything it carries (Protocol/bundles.md, "Header").
package struct BundleHeader: Hashable, Sendable {
    /// The root that both sides must have in common.
    package let root: PublicKey
    /// The sender's certificates, unverified.
    package let chain: CertificateChain
    package let nonce: ReplicaNonce
    /// The area whose scope the sender carries.
    package let area: AreaCode
    /// Whom it is for.
    package let recipient: PublicKey
    /// When it was made by the sender's clock, in milliseconds since 1970.
    package let time: UInt64
    /// Name and version of the program that made it, for people.
    package let software: String

    package init(
        root: PublicKey, chain: CertificateChain, nonce: ReplicaNonce, area: AreaCode,
        recipient: PublicKey, time: UInt64, software: String
    ) {
        self.root = root
        self.chain = chain
        self.nonce = nonce
        self.area = area
        self.recipient = recipient
        self.time = time
        self.software = software
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 1_024)
        writer.byte(1)
        writer.raw(root.bytes)
        writer.block(chain.encoded)
        writer.fixed64(nonce.high)
        writer.fixed64(nonce.low)
        writer.area(area)
        writer.raw(recipient.bytes)
        writer.unsigned(time)
        writer.text(software)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.bundleHeaderBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        root = PublicKey(try reader.bytes32())
        chain = try CertificateChain(
            decoding: try reader.block(max: ProtocolLimits.bundleHeaderBytesMax))
        nonce = ReplicaNonce(high: try reader.fixed64(), low: try reader.fixed64())
        area = try reader.homeArea()
        recipient = PublicKey(try reader.bytes32())
        time = try reader.unsigned()
        software = try reader.text(max: ProtocolLimits.messageTextBytesMax)
        try reader.finish()
    }
}
