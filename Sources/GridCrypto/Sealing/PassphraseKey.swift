// SPDX-License-Identifier: Apache-2.0

/// Argon2id (RFC 9106) as libsodium has it: a key of a passphrase.
package enum PassphraseKey {
    package static let saltLength = PasswordHash.saltLength

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
        passphrase.withUnsafeBytes {
            PasswordHash.derive(
                $0, salt: salt, count: 32,
                strength: PasswordHash.Strength(
                    passes: cost.passes, kibibytes: cost.memoryKibibytes))
        }
    }
}
