// SPDX-License-Identifier: Apache-2.0

package import GridCrypto

/// For whom a backup is sealed.
package enum BackupRecipient: Sendable {
    /// Not empty.
    case passphrase([UInt8], cost: PassphraseKey.Cost)
    /// An Ed25519 key, 32 bytes.
    case key([UInt8])
}

/// By what a backup is opened.
package enum BackupSecret: Sendable {
    case passphrase([UInt8])
    case key(SigningKey)
}

/// The first bytes of a backup, from which its key is made again (Protocol/backups.md, "Prelude").
struct BackupPrelude {
    static let mark = Array("onegrid-backup-1\n".utf8)
    /// Bytes after the mark, of either form.
    static let passphraseBytes = 1 + PassphraseKey.saltLength + 8
    static let keyBytes = 1 + 64

    let bytes: [UInt8]
    let key: SealingKey

    init(for recipient: BackupRecipient) throws(BackupFailure) {
        switch recipient {
        case .passphrase(let passphrase, let cost):
            let salt = Random.bytes(PassphraseKey.saltLength)
            bytes =
                Self.mark + [0] + salt + Self.bytes(of: cost.passes)
                + Self.bytes(of: cost.memoryKibibytes)
            guard let key = SealingKey(passphrase: passphrase, salt: salt, cost: cost) else {
                throw .noMemory
            }
            self.key = key
        case .key(let recipient):
            guard recipient.count == 32, let (key, token) = SealingKey.make(for: recipient) else {
                throw .badRecipient
            }
            bytes = Self.mark + [1] + recipient + token
            self.key = key
        }
    }

    /// Whether a passphrase opens a file that begins so; nil where it is no backup.
    static func takesPassphrase(_ bytes: some Collection<UInt8>) -> Bool? {
        guard bytes.count > mark.count, bytes.starts(with: mark) else { return nil }
        switch bytes.dropFirst(mark.count).first {
        case 0: return true
        case 1: return false
        default: return nil
        }
    }

    /// - Parameter bytes: the whole prelude, its mark looked at.
    init(
        reading bytes: [UInt8], with secret: BackupSecret, path: String
    ) throws(BackupFailure) {
        self.bytes = bytes
        let fields = Array(bytes.dropFirst(Self.mark.count + 1))
        switch (bytes[Self.mark.count], secret) {
        case (0, .passphrase(let passphrase)):
            let salt = Array(fields.prefix(PassphraseKey.saltLength))
            let numbers = fields.dropFirst(PassphraseKey.saltLength)
            guard
                let cost = PassphraseKey.Cost(
                    passes: Self.number(numbers.prefix(4)),
                    memoryKibibytes: Self.number(numbers.dropFirst(4)))
            else { throw .notABackup(path: path) }
            guard let key = SealingKey(passphrase: passphrase, salt: salt, cost: cost) else {
                throw .noMemory
            }
            self.key = key
        case (0, .key): throw .otherSecret(sealedTo: nil)
        case (_, .passphrase):
            throw .otherSecret(sealedTo: Self.hexadecimal(fields.prefix(32)))
        case (_, .key(let owner)):
            guard Array(fields.prefix(32)) == owner.publicKey else {
                throw .otherSecret(sealedTo: Self.hexadecimal(fields.prefix(32)))
            }
            guard let key = SealingKey(openedBy: owner, token: Array(fields.dropFirst(32))) else {
                throw .cannotBeOpened(path: path)
            }
            self.key = key
        }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func bytes(of number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func number(_ bytes: some Collection<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
