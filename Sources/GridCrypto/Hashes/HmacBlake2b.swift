// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// HMAC (RFC 2104) and two-output HKDF (RFC 5869 as in Noise section 4.3) over BLAKE2b with
/// HASHLEN 64 and BLOCKLEN 128. For the short inputs of a handshake, not for bulk.
enum HmacBlake2b {
    static let hashLength = 64
    private static let blockLength = 128

    /// Two keys of 64 bytes each from a chaining key and input of any length, also none.
    static func derive(
        chainingKey: SecretBytes, input: UnsafeRawBufferPointer
    ) -> (SecretBytes, SecretBytes) {
        let extracted = authenticate(key: chainingKey, message: input)
        let first = withUnsafeBytes(of: UInt8(1)) { authenticate(key: extracted, message: $0) }
        let second = withWipedMemory(hashLength + 1) { message in
            first.withBytes { message.copyMemory(from: $0) }
            message[hashLength] = 2
            return authenticate(key: extracted, message: UnsafeRawBufferPointer(message))
        }
        return (first, second)
    }

    /// The HMAC of a message under a key of at most 128 bytes.
    static func authenticate(key: SecretBytes, message: UnsafeRawBufferPointer) -> SecretBytes {
        precondition(key.count <= blockLength, "HMAC key longer than a block")
        return withWipedMemory(blockLength + max(message.count, hashLength)) { block in
            fill(block, key: key, padding: 0x36)
            UnsafeMutableRawBufferPointer(rebasing: block[blockLength...]).copyMemory(from: message)
            let input = UnsafeRawBufferPointer(rebasing: block[..<(blockLength + message.count)])
            let inner = SecretBytes(count: hashLength) {
                Blake2b.hash(input, into: $0, personal: .none)
            }
            fill(block, key: key, padding: 0x5C)
            inner.withBytes {
                UnsafeMutableRawBufferPointer(rebasing: block[blockLength...]).copyMemory(from: $0)
            }
            let outer = UnsafeRawBufferPointer(rebasing: block[..<(blockLength + hashLength)])
            return SecretBytes(count: hashLength) {
                Blake2b.hash(outer, into: $0, personal: .none)
            }
        }
    }

    private static func fill(
        _ block: UnsafeMutableRawBufferPointer, key: SecretBytes, padding: UInt8
    ) {
        key.withBytes { key in
            for index in 0..<blockLength {
                block[index] = (index < key.count ? key[index] : 0) ^ padding
            }
        }
    }

    private static func withWipedMemory<Result>(
        _ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { memory in
            defer { sodium_memzero(memory.baseAddress, memory.count) }
            return body(memory)
        }
    }
}
