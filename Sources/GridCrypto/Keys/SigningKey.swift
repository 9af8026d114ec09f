// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// An Ed25519 key pair (RFC 8032). The secret half stays in guarded memory and is wiped with the
/// last reference.
package final class SigningKey: Sendable {
    /// 32 bytes.
    package let publicKey: [UInt8]
    /// Seed and public key, 64 bytes, as libsodium wants them.
    private let secret: SecretBytes

    /// Derives the pair of a seed of 32 bytes; another length is a bug of the caller, who still
    /// owns and wipes the seed.
    package convenience init(seed: UnsafeRawBufferPointer) {
        self.init(seed: SecretBytes(copying: seed))
    }

    /// Derives the pair of a seed of 32 bytes; another length is a bug of the caller.
    package convenience init(seed: [UInt8]) {
        self.init(seed: seed.withUnsafeBytes { SecretBytes(copying: $0) })
    }

    /// Makes a fresh random pair.
    package static func generate() -> SigningKey {
        SigningKey(seed: SecretBytes(count: Ed25519.seedLength) { Random.fill($0) })
    }

    convenience init(seed: SecretBytes) {
        precondition(seed.count == Ed25519.seedLength, "seed of \(seed.count) bytes")
        var publicKey = [UInt8](repeating: 0, count: Ed25519.publicKeyLength)
        let secret = SecretBytes(count: 64) { secret in
            seed.withBytes { seed in
                _ = crypto_sign_seed_keypair(&publicKey, secret.octets, seed.octets)
            }
        }
        self.init(publicKey: publicKey, secret: secret)
    }

    private init(publicKey: [UInt8], secret: SecretBytes) {
        self.publicKey = publicKey
        self.secret = secret
    }

    /// Writes the signature of the message into exactly 64 bytes. The same message gives the same
    /// signature.
    package func sign(
        _ message: UnsafeRawBufferPointer, into signature: UnsafeMutableRawBufferPointer
    ) {
        precondition(signature.count == Ed25519.signatureLength, "room for a signature is 64 bytes")
        secret.withBytes { secret in
            _ = crypto_sign_detached(
                signature.octets, nil, message.octetsIfAny, UInt64(message.count), secret.octets)
        }
    }

    /// The signature of the message, 64 bytes.
    package func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureLength)
        signature.withUnsafeMutableBytes { signature in
            message.withUnsafeBytes { sign($0, into: signature) }
        }
        return signature
    }

    /// The X25519 form of this key, for Noise; its public half is
    /// `Ed25519.agreementPublicKey(of: publicKey)`.
    package var agreementKey: AgreementKey {
        AgreementKey(
            secret: SecretBytes(count: AgreementKey.length) { agreement in
                secret.withBytes { secret in
                    _ = crypto_sign_ed25519_sk_to_curve25519(agreement.octets, secret.octets)
                }
            })
    }

    /// Lends the 32-byte seed for the time of the call; it must not be kept.
    func withSeed<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        secret.withBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<Ed25519.seedLength])) }
    }
}
