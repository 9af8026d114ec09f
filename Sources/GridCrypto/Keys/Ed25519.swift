// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// Checking Ed25519 signatures (RFC 8032) as libsodium does, the only verifier of the house.
///
/// libsodium is stricter than the RFC asks: small-order keys and nonce points, encodings that are
/// not canonical and scalars not reduced are refused. `SelfTest` holds it to that at every start.
package enum Ed25519 {
    /// Length of a seed, in bytes.
    package static let seedLength = 32
    /// Length of a public key, in bytes.
    package static let publicKeyLength = 32
    /// Length of a signature, in bytes.
    package static let signatureLength = 64

    /// Whether the signature is the key's over exactly this message. Wrong lengths are a no.
    ///
    /// It does not refuse a key of mixed order (an honest key plus a small-order point); ask
    /// `isValidPublicKey` once when a key is first met.
    package static func verify(
        signature: UnsafeRawBufferPointer, message: UnsafeRawBufferPointer,
        publicKey: UnsafeRawBufferPointer
    ) -> Bool {
        guard signature.count == signatureLength, publicKey.count == publicKeyLength,
            let signature = signature.octetsIfAny, let publicKey = publicKey.octetsIfAny
        else { return false }
        return crypto_sign_verify_detached(
            signature, message.octetsIfAny, UInt64(message.count), publicKey) == 0
    }

    /// Whether the signature is the key's over exactly this message. Wrong lengths are a no.
    package static func verify(signature: [UInt8], message: [UInt8], publicKey: [UInt8]) -> Bool {
        signature.withUnsafeBytes { signature in
            message.withUnsafeBytes { message in
                publicKey.withUnsafeBytes {
                    verify(signature: signature, message: message, publicKey: $0)
                }
            }
        }
    }

    /// Whether the bytes are a key an honest signer can have: 32 bytes, canonical, on the curve, in
    /// the prime-order subgroup and not the identity.
    package static func isValidPublicKey(_ publicKey: [UInt8]) -> Bool {
        publicKey.count == publicKeyLength && crypto_core_ed25519_is_valid_point(publicKey) == 1
    }

    /// The X25519 form of a public key, which `SigningKey.agreementKey` has the secret of; nil when
    /// the key is not valid.
    package static func agreementPublicKey(of publicKey: [UInt8]) -> [UInt8]? {
        guard isValidPublicKey(publicKey) else { return nil }
        var converted = [UInt8](repeating: 0, count: AgreementKey.length)
        guard crypto_sign_ed25519_pk_to_curve25519(&converted, publicKey) == 0 else { return nil }
        return converted
    }
}
