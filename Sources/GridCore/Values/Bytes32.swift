// SPDX-License-Identifier: Apache-2.0

/// 32 bytes kept inline: a hash or a public key. Orders and compares as the bytes do.
package struct Bytes32: Hashable, Comparable, Sendable {
    /// The bytes in big-endian words, so that word order is byte order.
    package let words: (UInt64, UInt64, UInt64, UInt64)

    package static let zero = Bytes32(words: (0, 0, 0, 0))

    package init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// Nil unless there are exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// Runs `fill` on 32 zeroed bytes and takes what it leaves there.
    package init(filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
        var raw: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &raw, fill)
        words = (raw.0.bigEndian, raw.1.bigEndian, raw.2.bigEndian, raw.3.bigEndian)
    }

    /// Calls `body` with the 32 bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let raw = (
            words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
        )
        return withUnsafeBytes(of: raw, body)
    }

    package var array: [UInt8] { withBytes { Array($0) } }

    package static func == (left: Bytes32, right: Bytes32) -> Bool { left.words == right.words }

    package static func < (left: Bytes32, right: Bytes32) -> Bool { left.words < right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension Bytes32: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.text(array) }
}
