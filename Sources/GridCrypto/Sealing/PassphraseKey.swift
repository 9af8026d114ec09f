// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// Argon2id (RFC 9106) as libsodium has it: a key of a passphrase.
package enum PassphraseKey {
    package static let saltLength = 16

    /// What one guess costs.
    package struct Cost: Hashable, Sendable {
        /// Passes over the memory.
        package let passes: UInt32
        package let memoryKibibytes: UInt32

        /// Nil where the numbers are below what libsodium takes, or so high that a stranger's file
        /// could keep this machine busy: 1...20 passes, 8 KiB...1 GiB.
        package init?(passes: UInt32, memoryKibibytes: UInt32) {
            guard (1...20).contains(passes), (8...1_048_576).contains(memoryKibibytes) else {
                return nil
            }
            self.passes = passes
            self.memoryKibibytes = memoryKibibytes
        }

        private init(sound passes: UInt32, _ memoryKibibytes: UInt32) {
            self.passes = passes
            self.memoryKibibytes = memoryKibibytes
        }

        /// 3 passes over 256 MiB, libsodium's moderate choice: most of a second.
        package static let moderate = Cost(sound: 3, 262_144)
        /// For tests, where nobody guesses.
        package static let least = Cost(sound: 1, 8)
    }

    /// 32 bytes; nil where the machine has not so much memory.
    ///
    /// - Precondition: the salt has `saltLength` bytes, and the passphrase is not empty.
    static func derive(passphrase: [UInt8], salt: [UInt8], cost: Cost) -> SecretBytes? {
        precondition(salt.count == saltLength, "a salt of \(salt.count) bytes")
        var status: Int32 = -1
        let key = SecretBytes(count: 32) { key in
            passphrase.withUnsafeBytes { passphrase in
                let characters = UnsafeRawPointer(passphrase.octets)
                    .assumingMemoryBound(to: CChar.self)
                status = crypto_pwhash(
                    key.octets, UInt64(key.count), characters, UInt64(passphrase.count), salt,
                    UInt64(cost.passes), Int(cost.memoryKibibytes) * 1024,
                    crypto_pwhash_ALG_ARGON2ID13)
            }
        }
        return status == 0 ? key : nil
    }
}
