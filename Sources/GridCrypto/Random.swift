// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// Unpredictable bytes from the system, through libsodium.
package enum Random {
    /// `count` fresh random bytes; count is 0 or more.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { fill($0) }
        return bytes
    }

    /// Fills the whole buffer with fresh random bytes.
    package static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        precondition(Sodium.isReady, "libsodium cannot start")
        guard let address = buffer.baseAddress else { return }
        randombytes_buf(address, buffer.count)
    }
}
