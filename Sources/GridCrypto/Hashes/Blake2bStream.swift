// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// A BLAKE2b hash whose input comes in pieces; equal to `Blake2b.hash` of the pieces joined.
///
/// It cannot be copied because its state is wiped memory of its own.
package struct Blake2bStream: ~Copyable {
    private let state: UnsafeMutableRawPointer
    private let length: Int

    /// Starts a digest of `length` bytes, 16...64, under the rules of `Blake2b.hash`.
    package init(
        length: Int = 32, key: [UInt8] = [], salt: [UInt8]? = nil, personal: Personalization
    ) {
        key.withUnsafeBytes { Blake2b.checkLengths(output: length, key: $0, salt: nil) }
        precondition((salt?.count ?? 16) == 16, "BLAKE2b salt is not 16 bytes")
        self.length = length
        // libsodium wants the state on a 64-byte boundary, more than Swift aligns by itself.
        state = UnsafeMutableRawPointer.allocate(
            byteCount: crypto_generichash_blake2b_statebytes(), alignment: 64
        )
        let status = personal.withBytes { personal in
            crypto_generichash_blake2b_init_salt_personal(
                OpaquePointer(state), key, key.count, length, salt, personal.octets)
        }
        precondition(status == 0, "BLAKE2b refused lengths that were checked")
    }

    deinit {
        sodium_memzero(state, crypto_generichash_blake2b_statebytes())
        state.deallocate()
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.octetsIfAny else { return }
        crypto_generichash_blake2b_update(OpaquePointer(state), start, UInt64(bytes.count))
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all input; the stream ends with it.
    package consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: length)
        crypto_generichash_blake2b_final(OpaquePointer(state), &digest, length)
        return digest
    }
}
