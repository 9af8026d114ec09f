// SPDX-License-Identifier: Apache-2.0

/// What a hash is for: the 16 bytes of BLAKE2b's personalisation (RFC 7693 calls it the parameter
/// block's last field), so that hashes of different kinds of object never collide.
package struct Personalization: Hashable, Sendable {
    /// Sixteen zeros, which is BLAKE2b without personalisation.
    package static let none = Personalization("")

    private let first: UInt64
    private let second: UInt64

    /// Takes at most 16 ASCII bytes, padded with zeros. Texts are constants of our own, so a wrong
    /// one is a bug.
    package init(_ text: StaticString) {
        precondition(text.utf8CodeUnitCount <= 16, "personalisation is longer than 16 bytes")
        precondition(text.isASCII, "personalisation is not ASCII")
        let words = text.withUTF8Buffer { bytes in
            withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { block in
                block.initializeMemory(as: UInt8.self, repeating: 0)
                block.copyBytes(from: bytes)
                return block.load(as: (UInt64, UInt64).self)
            }
        }
        (first, second) = words
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: (first, second), body)
    }
}
