// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// Secret bytes in guarded memory: locked if the system lets us, between guard pages, read-only
/// once filled, wiped and freed with the last reference.
final class SecretBytes: Sendable {
    let count: Int
    /// Kept as a number because a pointer is not `Sendable`; the memory behind it never changes.
    private let address: UInt

    /// Makes `count` bytes, 1 or more, and lets `fill` write them.
    init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        precondition(Sodium.isReady, "libsodium cannot start")
        guard let memory = sodium_malloc(count) else {
            preconditionFailure("no guarded memory for \(count) bytes")
        }
        fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
        sodium_mprotect_readonly(memory)
        self.count = count
        address = UInt(bitPattern: memory)
    }

    convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    deinit { sodium_free(UnsafeMutableRawPointer(bitPattern: address)) }

    /// Lends the bytes for the time of the call; they must not be kept.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withExtendedLifetime(self) {
            body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count))
        }
    }
}
