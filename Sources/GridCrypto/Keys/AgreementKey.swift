// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// An X25519 key pair (RFC 7748). The secret half stays in guarded memory and is wiped with the
/// last reference.
package final class AgreementKey: Sendable {
    /// Length of either half, and of a shared secret, in bytes.
    package static let length = 32

    /// 32 bytes.
    package let publicKey: [UInt8]
    private let secret: SecretBytes

    init(secret: SecretBytes) {
        precondition(secret.count == Self.length, "X25519 secret of \(secret.count) bytes")
        var publicKey = [UInt8](repeating: 0, count: Self.length)
        secret.withBytes { secret in
            _ = crypto_scalarmult_curve25519_base(&publicKey, secret.octets)
        }
        self.publicKey = publicKey
        self.secret = secret
    }

    /// Takes a secret of 32 bytes; another length is a bug of the caller.
    package convenience init(secret: [UInt8]) {
        self.init(secret: secret.withUnsafeBytes { SecretBytes(copying: $0) })
    }

    /// Makes a fresh random pair.
    package static func generate() -> AgreementKey {
        AgreementKey(secret: SecretBytes(count: length) { Random.fill($0) })
    }

    /// What both sides compute; nil when the peer's key is not 32 bytes or of small order, so that
    /// the result would be zero whatever our secret is.
    func sharedSecret(with publicKey: [UInt8]) -> SecretBytes? {
        guard publicKey.count == Self.length else { return nil }
        var status: Int32 = -1
        let shared = SecretBytes(count: Self.length) { shared in
            secret.withBytes { secret in
                status = crypto_scalarmult_curve25519(shared.octets, secret.octets, publicKey)
            }
        }
        return status == 0 ? shared : nil
    }

    /// What both sides compute, 32 bytes, to be wiped by the caller; nil when the peer's key is not
    /// 32 bytes or of small order.
    package func sharedSecret(with publicKey: [UInt8]) -> [UInt8]? {
        let shared: SecretBytes? = sharedSecret(with: publicKey)
        return shared?.withBytes { Array($0) }
    }
}
