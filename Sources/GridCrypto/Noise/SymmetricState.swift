// SPDX-License-Identifier: Apache-2.0

/// The hash, chaining key and cipher of a handshake under way; Noise section 5.2.
struct SymmetricState: Sendable {
    /// Hash of everything both sides have seen so far, 64 bytes.
    private(set) var hash: [UInt8]
    private var chainingKey: SecretBytes
    /// Nil until the first key was agreed; until then payloads go in clear.
    private var cipher: CipherState?

    init(protocolName: String) {
        var name = Array(protocolName.utf8)
        precondition(name.count <= HmacBlake2b.hashLength, "protocol name longer than a hash")
        name += [UInt8](repeating: 0, count: HmacBlake2b.hashLength - name.count)
        hash = name
        chainingKey = name.withUnsafeBytes { SecretBytes(copying: $0) }
    }

    mutating func mixKey(_ input: SecretBytes) {
        let (chainingKey, derived) = input.withBytes {
            HmacBlake2b.derive(chainingKey: self.chainingKey, input: $0)
        }
        self.chainingKey = chainingKey
        cipher = CipherState(key: Self.cipherKey(derived), messagesPerKey: nil)
    }

    mutating func mixHash(_ bytes: [UInt8]) {
        var stream = Blake2bStream(length: HmacBlake2b.hashLength, personal: .none)
        stream.update(hash)
        stream.update(bytes)
        hash = stream.finish()
    }

    mutating func encryptAndHash(_ plaintext: [UInt8]) throws(NoiseViolation) -> [UInt8] {
        let sealed = try cipher?.encrypt(plaintext, associatedData: hash) ?? plaintext
        mixHash(sealed)
        return sealed
    }

    mutating func decryptAndHash(_ sealed: [UInt8]) throws(NoiseViolation) -> [UInt8] {
        let plaintext = try cipher?.decrypt(sealed, associatedData: hash) ?? sealed
        mixHash(sealed)
        return plaintext
    }

    /// What a tag adds to the next piece, in bytes: nothing while there is no key.
    var tagBytes: Int { cipher == nil ? 0 : NoiseLimits.tagBytes }

    /// The initiator's sending direction and the responder's.
    func split() -> (CipherState, CipherState) {
        let (first, second) = HmacBlake2b.derive(
            chainingKey: chainingKey, input: UnsafeRawBufferPointer(start: nil, count: 0))
        return (
            CipherState(
                key: Self.cipherKey(first), messagesPerKey: NoiseLimits.messagesPerKey),
            CipherState(
                key: Self.cipherKey(second), messagesPerKey: NoiseLimits.messagesPerKey)
        )
    }

    private static func cipherKey(_ derived: SecretBytes) -> SecretBytes {
        derived.withBytes {
            SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0[..<ChaChaPoly.keyLength]))
        }
    }
}
