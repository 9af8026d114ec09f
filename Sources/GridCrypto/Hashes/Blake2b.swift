// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// BLAKE2b (RFC 7693) with key, salt and personalisation.
package enum Blake2b {
    /// Digest lengths that can be asked for, in bytes.
    package static let outputLengths = 16...64
    /// Longest key, in bytes.
    package static let keyLengthMax = 64
    /// The only length of a salt, in bytes.
    package static let saltLength = 16

    /// Fills all of `output` (16...64 bytes; its length enters the hash) without allocating.
    ///
    /// The key has 0...64 bytes, the salt exactly 16; nil is the same as all zeros for the salt
    /// and as empty for the key. Other lengths are a bug of the caller.
    package static func hash(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        key: UnsafeRawBufferPointer? = nil, salt: UnsafeRawBufferPointer? = nil,
        personal: Personalization
    ) {
        checkLengths(output: output.count, key: key, salt: salt)
        let status = personal.withBytes { personal in
            crypto_generichash_blake2b_salt_personal(
                output.octets, output.count, input.octetsIfAny, UInt64(input.count),
                key?.octetsIfAny, key?.count ?? 0, salt?.octets, personal.octets)
        }
        precondition(status == 0, "BLAKE2b refused lengths that were checked")
    }

    /// The digest of `input` as an array of `length` bytes, 16...64. See `hash(_:into:)`.
    package static func hash(
        _ input: [UInt8], length: Int = 32, key: [UInt8] = [], salt: [UInt8]? = nil,
        personal: Personalization
    ) -> [UInt8] {
        var stream = Blake2bStream(length: length, key: key, salt: salt, personal: personal)
        stream.update(input)
        return stream.finish()
    }

    static func checkLengths(
        output: Int, key: UnsafeRawBufferPointer?, salt: UnsafeRawBufferPointer?
    ) {
        precondition(outputLengths.contains(output), "BLAKE2b output of \(output) bytes")
        precondition((key?.count ?? 0) <= keyLengthMax, "BLAKE2b key longer than 64 bytes")
        precondition((salt?.count ?? saltLength) == saltLength, "BLAKE2b salt is not 16 bytes")
    }
}
