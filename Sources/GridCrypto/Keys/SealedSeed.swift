// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// The seed of a `SigningKey` under a passphrase, as 128 bytes.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | passes of Argon2id, most significant byte first, 1...16 |
/// | 4 | 4 | its memory in KiB, the same, 8,192...1,048,576 |
/// | 8 | 16 | its salt |
/// | 24 | 24 | nonce of XChaCha20-Poly1305 |
/// | 48 | 32 | the public key, which anyone may read |
/// | 80 | 48 | the seed, encrypted; what stands before it is authenticated with it |
struct SealedSeed: Sendable {
    static let count = 128
    private static let boxStart = 80
    private static let passes: ClosedRange<UInt32> = 1...16
    /// A file that asks for more is not opened: it would take the machine's memory.
    private static let kibibytes: ClosedRange<UInt32> = 8_192...1_048_576
    /// What is authenticated besides the bytes themselves.
    private static let context = Array("onegrid-ed25519-sealed-1".utf8)

    let bytes: [UInt8]

    /// Nil unless the bytes have the length, and ask for work within the bounds.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
        guard Self.passes.contains(strength.passes),
            Self.kibibytes.contains(strength.kibibytes)
        else { return nil }
    }

    /// Seals a key; nil when there is no memory for the work. A strength out of bounds is a bug.
    init?(_ key: SigningKey, under passphrase: Passphrase, strength: PasswordHash.Strength) {
        precondition(
            Self.passes.contains(strength.passes)
                && Self.kibibytes.contains(strength.kibibytes), "strength out of bounds")
        var bytes = Self.number(strength.passes) + Self.number(strength.kibibytes)
        bytes += Random.bytes(PasswordHash.saltLength + 24) + key.publicKey
        bytes += [UInt8](repeating: 0, count: Self.count - Self.boxStart)
        let boxStart = Self.boxStart
        self.init(bytes)
        guard let secret = secretKey(passphrase) else { return nil }
        let (associated, nonce) = (associated, nonce)
        bytes.withUnsafeMutableBytes { bytes in
            let box = UnsafeMutableRawBufferPointer(rebasing: bytes[boxStart...])
            key.withSeed { seed in
                secret.withBytes { secret in
                    _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
                        box.octets, nil, seed.octets, UInt64(seed.count), associated,
                        UInt64(associated.count), nil, nonce, secret.octets)
                }
            }
        }
        self.init(bytes)
    }

    var publicKey: [UInt8] { Array(bytes[48..<Self.boxStart]) }

    var strength: PasswordHash.Strength {
        PasswordHash.Strength(
            passes: bytes[0..<4].reduce(0) { $0 << 8 | UInt32($1) },
            kibibytes: bytes[4..<8].reduce(0) { $0 << 8 | UInt32($1) })
    }

    enum Opening {
        case key(SigningKey)
        case wrongPassphrase
        case noMemory
    }

    func open(_ passphrase: Passphrase) -> Opening {
        guard let secret = secretKey(passphrase) else { return .noMemory }
        let (box, associated) = (Array(bytes[Self.boxStart...]), associated)
        var status: Int32 = -1
        let seed = SecretBytes(count: Ed25519.seedLength) { seed in
            secret.withBytes { secret in
                status = crypto_aead_xchacha20poly1305_ietf_decrypt(
                    seed.octets, nil, nil, box, UInt64(box.count), associated,
                    UInt64(associated.count), nonce, secret.octets)
            }
        }
        guard status == 0 else { return .wrongPassphrase }
        let key = SigningKey(seed: seed)
        return key.publicKey == publicKey ? .key(key) : .wrongPassphrase
    }

    private var nonce: [UInt8] { Array(bytes[24..<48]) }
    private var associated: [UInt8] { Self.context + bytes[..<Self.boxStart] }

    private func secretKey(_ passphrase: Passphrase) -> SecretBytes? {
        passphrase.secret.withBytes {
            PasswordHash.derive($0, salt: Array(bytes[8..<24]), count: 32, strength: strength)
        }
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
