// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// ChaCha20-Poly1305 (RFC 8439) with the nonce of Noise section 12.3: four zero bytes, then the
/// counter in little-endian order.
enum ChaChaPoly {
    static let keyLength = 32

    /// Writes ciphertext and tag; `sealed` has exactly 16 bytes more than the plaintext and may
    /// start at the same address.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        key: SecretBytes, nonce: UInt64, into sealed: UnsafeMutableRawBufferPointer
    ) {
        precondition(sealed.count == plaintext.count + NoiseLimits.tagBytes, "room for the tag")
        withUnsafeBytes(of: (UInt32(0), nonce.littleEndian.halves)) { nonce in
            key.withBytes { key in
                _ = crypto_aead_chacha20poly1305_ietf_encrypt(
                    sealed.octets, nil, plaintext.octetsIfAny, UInt64(plaintext.count),
                    associatedData.octetsIfAny, UInt64(associatedData.count), nil,
                    nonce.octets, key.octets)
            }
        }
    }

    /// Writes the plaintext, 16 bytes shorter than `sealed` and perhaps at the same address, and
    /// tells whether the tag was right; if not, nothing in `plaintext` may be used.
    static func open(
        _ sealed: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        key: SecretBytes, nonce: UInt64, into plaintext: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(sealed.count == plaintext.count + NoiseLimits.tagBytes, "room for the tag")
        return withUnsafeBytes(of: (UInt32(0), nonce.littleEndian.halves)) { nonce in
            key.withBytes { key in
                crypto_aead_chacha20poly1305_ietf_decrypt(
                    plaintext.octetsIfAny, nil, nil, sealed.octets, UInt64(sealed.count),
                    associatedData.octetsIfAny, UInt64(associatedData.count),
                    nonce.octets, key.octets) == 0
            }
        }
    }
}

extension UInt64 {
    /// The two halves in memory order, so that a 12-byte nonce has no padding inside.
    fileprivate var halves: (UInt32, UInt32) {
        withUnsafeBytes(of: self) { $0.load(as: (UInt32, UInt32).self) }
    }
}
