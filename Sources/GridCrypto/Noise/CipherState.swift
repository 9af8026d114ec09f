// SPDX-License-Identifier: Apache-2.0

/// One direction of an encrypted channel: a key and the counter of its messages; Noise section 5.1.
///
/// A transport direction takes a new key by itself after each `NoiseLimits.messagesPerKey`
/// messages; both sides count alike. Copies share no counter: never encrypt with two copies.
package struct CipherState: Sendable {
    /// Number of the next message. The last value is reserved for `rekey`.
    package private(set) var nonce: UInt64
    private var key: SecretBytes
    private let messagesPerKey: UInt64?

    init(key: SecretBytes, messagesPerKey: UInt64?, nonce: UInt64 = 0) {
        precondition(key.count == ChaChaPoly.keyLength, "cipher key of \(key.count) bytes")
        self.key = key
        self.nonce = nonce
        self.messagesPerKey = messagesPerKey
    }

    /// A transport direction under a key of 32 bytes that starts at a given message; for tests and
    /// published vectors. Links get theirs from `NoiseHandshake.split`.
    package init(
        key: [UInt8], nonce: UInt64 = 0, messagesPerKey: UInt64 = NoiseLimits.messagesPerKey
    ) {
        self.init(
            key: key.withUnsafeBytes { SecretBytes(copying: $0) }, messagesPerKey: messagesPerKey,
            nonce: nonce)
    }

    /// Encrypts one message of at most `NoiseLimits.plaintextBytesMax` bytes into exactly 16 bytes
    /// more, which may start at the same address.
    package mutating func encrypt(
        _ plaintext: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        into sealed: UnsafeMutableRawBufferPointer
    ) throws(NoiseViolation) {
        try checkUse(sealedCount: plaintext.count + NoiseLimits.tagBytes)
        ChaChaPoly.seal(
            plaintext, associatedData: associatedData, key: key, nonce: nonce, into: sealed)
        advance()
    }

    /// Decrypts one message into exactly 16 bytes less, which may start at the same address. On a
    /// violation the counter stays, and what is in `plaintext` must not be used.
    package mutating func decrypt(
        _ sealed: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer
    ) throws(NoiseViolation) {
        try checkUse(sealedCount: sealed.count)
        let isGenuine = ChaChaPoly.open(
            sealed, associatedData: associatedData, key: key, nonce: nonce, into: plaintext)
        guard isGenuine else { throw .authenticationFailed }
        advance()
    }

    /// Encrypts one message of at most `NoiseLimits.plaintextBytesMax` bytes.
    package mutating func encrypt(
        _ plaintext: [UInt8], associatedData: [UInt8] = []
    ) throws(NoiseViolation) -> [UInt8] {
        try checkUse(sealedCount: plaintext.count + NoiseLimits.tagBytes)
        var sealed = [UInt8](repeating: 0, count: plaintext.count + NoiseLimits.tagBytes)
        sealed.withUnsafeMutableBytes { sealed in
            plaintext.withUnsafeBytes { plaintext in
                associatedData.withUnsafeBytes {
                    ChaChaPoly.seal(
                        plaintext, associatedData: $0, key: key, nonce: nonce, into: sealed)
                }
            }
        }
        advance()
        return sealed
    }

    /// Decrypts one message, which may be anything at all. On a violation the counter stays.
    package mutating func decrypt(
        _ sealed: [UInt8], associatedData: [UInt8] = []
    ) throws(NoiseViolation) -> [UInt8] {
        try checkUse(sealedCount: sealed.count)
        var plaintext = [UInt8](repeating: 0, count: sealed.count - NoiseLimits.tagBytes)
        let isGenuine = plaintext.withUnsafeMutableBytes { plaintext in
            sealed.withUnsafeBytes { sealed in
                associatedData.withUnsafeBytes {
                    ChaChaPoly.open(
                        sealed, associatedData: $0, key: key, nonce: nonce, into: plaintext)
                }
            }
        }
        guard isGenuine else { throw .authenticationFailed }
        advance()
        return plaintext
    }

    /// Replaces the key by a one-way function of it; section 4.2 and 11.3. The counter stays.
    package mutating func rekey() {
        let zeros = [UInt8](repeating: 0, count: ChaChaPoly.keyLength)
        let sealed = SecretBytes(count: ChaChaPoly.keyLength + NoiseLimits.tagBytes) { sealed in
            zeros.withUnsafeBytes {
                ChaChaPoly.seal(
                    $0, associatedData: UnsafeRawBufferPointer(start: nil, count: 0), key: key,
                    nonce: .max, into: sealed)
            }
        }
        key = sealed.withBytes {
            SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0[..<ChaChaPoly.keyLength]))
        }
    }

    private func checkUse(sealedCount: Int) throws(NoiseViolation) {
        guard sealedCount >= NoiseLimits.tagBytes else { throw .messageTooShort(sealedCount) }
        guard sealedCount <= NoiseLimits.messageBytesMax else { throw .messageTooLong(sealedCount) }
        guard nonce < .max else { throw .noncesExhausted }
    }

    private mutating func advance() {
        nonce += 1
        if let messagesPerKey, nonce.isMultiple(of: messagesPerKey) { rekey() }
    }
}
