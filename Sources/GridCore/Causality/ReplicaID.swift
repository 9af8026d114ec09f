// SPDX-License-Identifier: Apache-2.0

/// The name of one data folder's records: 16 bytes, derived from the node's key and a random
/// nonce (Protocol/entries.md, "Replica"). Never shown to people; used for order and equality.
package struct ReplicaID: Hashable, Comparable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(text), bytes.count == 16 else { return nil }
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.init(high: word(bytes[..<8]), low: word(bytes[8...]))
    }

    package static func < (left: ReplicaID, right: ReplicaID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension ReplicaID: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}
