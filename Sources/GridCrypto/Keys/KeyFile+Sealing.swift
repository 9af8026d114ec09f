// SPDX-License-Identifier: Apache-2.0

internal import CSodium

extension KeyFile {
    private static let sealedHeader = "onegrid-ed25519-sealed-1\n"
    static let sealedCount = sealedHeader.utf8.count + 2 * SealedSeed.count + 1

    /// What a key is sealed with.
    package struct Seal: Sendable {
        /// Half a second and 256 MiB for each guess, on a machine of 2026.
        package static let usual = PasswordHash.Strength(passes: 3, kibibytes: 262_144)

        let passphrase: Passphrase
        let strength: PasswordHash.Strength

        /// A strength other than the usual one is for tests.
        package init(
            _ passphrase: Passphrase, strength: PasswordHash.Strength = Seal.usual
        ) {
            self.passphrase = passphrase
            self.strength = strength
        }
    }

    /// What lies in a key file.
    package struct Content: Sendable {
        enum Form {
            case plain(SigningKey)
            case sealed(SealedSeed)
        }

        let form: Form
        private let path: String

        init(_ form: Form, path: String) {
            self.form = form
            self.path = path
        }

        /// Whether a passphrase is needed to use the key.
        package var isSealed: Bool { if case .sealed = form { true } else { false } }

        /// 32 bytes; of a sealed key without proof until it is opened.
        package var publicKey: [UInt8] {
            switch form {
            case .plain(let key): key.publicKey
            case .sealed(let seed): seed.publicKey
            }
        }

        /// The key; a plain one needs no passphrase, and `passphrase` is not called for it.
        package func open(
            _ passphrase: () throws -> Passphrase
        ) throws -> SigningKey {
            switch form {
            case .plain(let key): return key
            case .sealed(let seed):
                switch seed.open(try passphrase()) {
                case .key(let key): return key
                case .wrongPassphrase:
                    throw KeyFileFailure(path: path, reason: .wrongPassphrase)
                case .noMemory: throw KeyFileFailure(path: path, reason: .noMemory)
                }
            }
        }
    }

    static func text(
        of key: SigningKey, sealedBy seal: Seal?, path: String
    ) throws(KeyFileFailure) -> SecretBytes {
        guard let seal else { return text(of: key) }
        guard
            let sealed = SealedSeed(key, under: seal.passphrase, strength: seal.strength)
        else { throw KeyFileFailure(path: path, reason: .noMemory) }
        var digits = [CChar](repeating: 0, count: 2 * SealedSeed.count + 1)
        _ = sodium_bin2hex(&digits, digits.count, sealed.bytes, sealed.bytes.count)
        let text =
            Array(sealedHeader.utf8) + digits.dropLast().map { UInt8(bitPattern: $0) } + [0x0A]
        return text.withUnsafeBytes { SecretBytes(copying: $0) }
    }

    static func sealed(in text: SecretBytes) -> SealedSeed? {
        text.withBytes { text -> SealedSeed? in
            guard text.starts(with: sealedHeader.utf8), text.last == UInt8(ascii: "\n") else {
                return nil
            }
            let digits = text.dropFirst(sealedHeader.utf8.count).dropLast().map {
                CChar(bitPattern: $0)
            }
            var bytes = [UInt8](repeating: 0, count: SealedSeed.count)
            var decoded = 0
            _ = sodium_hex2bin(&bytes, bytes.count, digits, digits.count, nil, &decoded, nil)
            return decoded == bytes.count ? SealedSeed(bytes) : nil
        }
    }
}
