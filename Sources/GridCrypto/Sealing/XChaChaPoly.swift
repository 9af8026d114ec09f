// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// XChaCha20-Poly1305 with additional data, as libsodium has it (its IETF form).
enum XChaChaPoly {
    static let nonceBytes = 24
    static let tagBytes = 16

    /// The box: ciphertext and tag.
    static func seal(
        _ plain: [UInt8], beside additional: [UInt8], nonce: [UInt8], key: SecretBytes
    ) -> [UInt8] {
        precondition(nonce.count == nonceBytes, "nonce of \(nonce.count) bytes")
        return [UInt8](unsafeUninitializedCapacity: plain.count + tagBytes) { box, count in
            guard let start = box.baseAddress else { return }
            key.withBytes { key in
                _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
                    start, nil, plain, UInt64(plain.count), additional,
                    UInt64(additional.count), nil, nonce, key.octets)
            }
            count = plain.count + tagBytes
        }
    }

    /// Nil where the box, the nonce or the additional data were altered, or the key is another.
    static func open(
        _ box: [UInt8], beside additional: [UInt8], nonce: [UInt8], key: SecretBytes
    ) -> [UInt8]? {
        guard box.count >= tagBytes, nonce.count == nonceBytes else { return nil }
        var status: Int32 = -1
        let plain = [UInt8](unsafeUninitializedCapacity: box.count - tagBytes) { plain, count in
            key.withBytes { key in
                status = crypto_aead_xchacha20poly1305_ietf_decrypt(
                    plain.baseAddress, nil, nil, box, UInt64(box.count), additional,
                    UInt64(additional.count), nonce, key.octets)
            }
            count = status == 0 ? box.count - tagBytes : 0
        }
        return status == 0 ? plain : nil
    }
}
