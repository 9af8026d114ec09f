// SPDX-License-Identifier: Apache-2.0

/// The lasting name of a record: 80 bits of a hash, of the change that created it or of its
/// natural key (Protocol/entries.md, "Record identity"). Equal on all replicas, made offline.
package struct RecordID: Hashable, Comparable, Sendable {
    package static let byteCount = 10

    package let high: UInt64
    package let low: UInt16

    package init(high: UInt64, low: UInt16) {
        self.high = high
        self.low = low
    }

    package static func < (left: RecordID, right: RecordID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension RecordID: CustomStringConvertible {
    private static let alphabet: [UInt8] = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 16 letters and digits of Crockford's base 32 in lower case.
    package var description: String {
        var high = high
        var low = UInt64(low)
        var output = [UInt8](repeating: 0, count: 16)
        for index in stride(from: 15, through: 0, by: -1) {
            output[index] = Self.alphabet[Int(low & 31)]
            low = (low >> 5) | (high & 31) << 11
            high >>= 5
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Reads 16 characters of Crockford's base 32 in either case; nil for anything else.
    package init?(parsing text: some StringProtocol) {
        guard text.utf8.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in text.utf8 {
            let letter = byte >= 0x41 && byte <= 0x5A ? byte &+ 32 : byte
            guard let value = Self.alphabet.firstIndex(of: letter) else { return nil }
            high = high << 5 | (low >> 11) & 31
            low = (low << 5 | UInt64(value)) & 0xFFFF
        }
        self.init(high: high, low: UInt16(truncatingIfNeeded: low))
    }
}
