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

    package static func < (left: ReplicaID, right: ReplicaID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension ReplicaID: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}
