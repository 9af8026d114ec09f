// SPDX-License-Identifier: Apache-2.0

/// What a person types to open a sealed key; wiped with the last reference, and never shown.
package final class Passphrase: Sendable {
    let secret: SecretBytes

    /// Takes 1 byte or more; none is a bug of the caller, who still owns and wipes the bytes.
    package init(_ bytes: [UInt8]) {
        secret = bytes.withUnsafeBytes { SecretBytes(copying: $0) }
    }

    /// Whether two are the same.
    package func matches(_ other: Passphrase) -> Bool {
        secret.withBytes { mine in
            other.secret.withBytes { ConstantTime.equal(Array(mine), Array($0)) }
        }
    }
}
