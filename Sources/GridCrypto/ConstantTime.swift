// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// Comparison whose duration tells nothing about the contents.
package enum ConstantTime {
    /// Whether both have equal bytes. The lengths are not secret.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                right.isEmpty || sodium_memcmp(left.octets, right.octets, right.count) == 0
            }
        }
    }
}
