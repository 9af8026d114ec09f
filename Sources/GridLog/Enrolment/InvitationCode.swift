// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// What a parent gives a node that is to join: where to call, whom, and the secret that lets it in
/// once (Protocol/enrolment.md, "The code").
package struct InvitationCode: Hashable, Sendable {
    /// Where the inviting node takes calls.
    package struct Address: Hashable, Sendable {
        package let host: String
        /// 1...65,535.
        package let port: UInt16

        /// Nil when the host is empty or too long, or holds anything but letters, digits and `.-_:%`;
        /// or the port is 0.
        package init?(host: String, port: UInt16) {
            let range = 1...ProtocolLimits.invitationHostBytesMax
            guard range.contains(host.utf8.count), port > 0,
                host.utf8.allSatisfy({ Self.isHostByte($0) })
            else { return nil }
            self.host = host
            self.port = port
        }

        private static func isHostByte(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x25, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
    }

    /// Why a text is no code.
    package enum Violation: Error, Hashable, Sendable {
        case text(CodeText.Violation)
        /// All rows fit, and the whole does not: rows are missing, or of another code.
        case checksum
        case malformed(DecodingViolation)
    }

    /// Bytes of the secret.
    package static let secretBytes = 16
    private static let checksumBytes = 4

    /// The root that the new node pins.
    package let root: PublicKey
    /// The key of the node that is to be called.
    package let called: PublicKey
    /// 16 bytes that nobody can guess.
    package let secret: [UInt8]
    /// Minutes since 1970: until when the inviting node takes the code.
    package let expires: UInt64
    /// In the order in which they are tried, 1...`ProtocolLimits.invitationAddressesMax`.
    package let addresses: [Address]

    /// Precondition: a secret of 16 bytes, and as many addresses as are allowed.
    package init(
        root: PublicKey, called: PublicKey, secret: [UInt8], expires: UInt64,
        addresses: [Address]
    ) {
        precondition(secret.count == Self.secretBytes, "a secret of \(secret.count) bytes")
        precondition(
            (1...ProtocolLimits.invitationAddressesMax).contains(addresses.count),
            "\(addresses.count) addresses")
        self.root = root
        self.called = called
        self.secret = secret
        self.expires = expires
        self.addresses = addresses
    }

    /// What of the secret is kept, and by what the code is found again.
    package static func digest(ofSecret secret: [UInt8]) -> Bytes32 {
        Hashing.digest(secret, personal: .secret)
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 160)
        writer.byte(1)
        writer.raw(root.bytes)
        writer.byte(called == root ? 0 : 1)
        if called != root { writer.raw(called.bytes) }
        writer.raw(secret)
        writer.unsigned(expires)
        writer.count(addresses.count)
        for address in addresses {
            writer.text(address.host)
            writer.unsigned(address.port)
        }
        writer.raw(Self.checksum(of: writer.bytes[...]))
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(Violation) {
        guard bytes.count <= ProtocolLimits.invitationBytesMax else {
            throw .malformed(.lengthTooLarge)
        }
        let content = bytes.dropLast(Self.checksumBytes)
        guard Self.checksum(of: content) == Array(bytes.suffix(Self.checksumBytes)) else {
            throw .checksum
        }
        do throws(DecodingViolation) {
            try self.init(content: Array(content))
        } catch {
            throw .malformed(error)
        }
    }

    private init(content: [UInt8]) throws(DecodingViolation) {
        var reader = ByteReader(content)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        root = PublicKey(try reader.bytes32())
        switch try reader.byte() {
        case 0: called = root
        case 1:
            called = PublicKey(try reader.bytes32())
            // One code has one form.
            guard called != root else { throw .contradiction }
        default: throw .unknownTag
        }
        secret = try reader.raw(Self.secretBytes)
        expires = try reader.unsigned()
        let count = try reader.count(max: ProtocolLimits.invitationAddressesMax)
        guard count > 0 else { throw .empty }
        var addresses: [Address] = []
        for _ in 0..<count {
            let host = try reader.text(max: ProtocolLimits.invitationHostBytesMax)
            let port = try reader.unsigned(max: 65_535)
            guard let address = Address(host: host, port: UInt16(port)) else { throw .empty }
            addresses.append(address)
        }
        self.addresses = addresses
        try reader.finish()
    }

    /// Rows of text for people.
    package var rows: [String] { CodeText.rows(of: encoded) }

    /// One word, as a QR code carries it.
    package var compactText: String { CodeText.compact(encoded) }

    /// Reads what people typed, or what a QR code holds.
    package init(parsing text: String) throws(Violation) {
        let bytes: [UInt8]
        do throws(CodeText.Violation) {
            bytes = try CodeText.bytes(of: text)
        } catch {
            throw .text(error)
        }
        try self.init(decoding: bytes)
    }

    private static func checksum(of content: ArraySlice<UInt8>) -> [UInt8] {
        Array(Hashing.digest(Array(content), personal: .code).array.prefix(checksumBytes))
    }
}

extension InvitationCode.Address: CustomStringConvertible {
    /// `HOST:PORT`, an IPv6 host in brackets.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Reads `HOST:PORT`, an IPv6 host in brackets; nil for anything else.
    package init?(parsing text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self.init(host: String(host), port: port)
    }
}
