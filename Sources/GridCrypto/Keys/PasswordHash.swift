// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// Argon2id (RFC 9106) as libsodium has it: a hash that costs memory and time on purpose, so that
/// guessing does.
package enum PasswordHash {
    /// The only length of a salt, in bytes.
    package static let saltLength = 16

    /// What one guess costs.
    package struct Strength: Hashable, Sendable {
        /// Passes over the memory, 1 or more.
        package let passes: UInt32
        package let kibibytes: UInt32

        package init(passes: UInt32, kibibytes: UInt32) {
            self.passes = passes
            self.kibibytes = kibibytes
        }
    }

    /// `count` bytes (16 or more) of the secret; nil when there is no memory for it.
    ///
    /// The secret has 1 byte or more, the salt has exactly 16 bytes, and at least 8 KiB and one pass are asked for; else it is a bug
    /// of the caller.
    package static func hash(
        _ secret: [UInt8], salt: [UInt8], count: Int, strength: Strength
    ) -> [UInt8]? {
        let bytes = secret.withUnsafeBytes { secret in
            derive(secret, salt: salt, count: count, strength: strength)
        }
        return bytes?.withBytes { Array($0) }
    }

    static func derive(
        _ secret: UnsafeRawBufferPointer, salt: [UInt8], count: Int, strength: Strength
    ) -> SecretBytes? {
        precondition(salt.count == saltLength, "Argon2id salt of \(salt.count) bytes")
        precondition(count >= 16 && strength.passes >= 1 && strength.kibibytes >= 8)
        var status: Int32 = -1
        let derived = SecretBytes(count: count) { output in
            status = crypto_pwhash(
                output.octets, UInt64(count),
                UnsafeRawPointer(secret.octets).assumingMemoryBound(to: CChar.self),
                UInt64(secret.count),
                salt, UInt64(strength.passes), Int(strength.kibibytes) << 10,
                crypto_pwhash_ALG_ARGON2ID13)
        }
        return status == 0 ? derived : nil
    }
}
