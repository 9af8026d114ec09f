// SPDX-License-Identifier: Apache-2.0

/// Milliseconds since 1970-01-01T00:00Z in the upper 48 bits, a counter in the lower 16
/// (Kulkarni et al., "Logical Physical Clocks", 2014).
///
/// It breaks the tie of which concurrent value is displayed. It never decides what is valid,
/// what is kept, or what came first.
package struct HybridTimestamp: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package init(milliseconds: UInt64, counter: UInt16) {
        rawValue = milliseconds << 16 | UInt64(counter)
    }

    /// Milliseconds since 1970, 0 ..< 2^48.
    package var milliseconds: UInt64 { rawValue >> 16 }

    package static func < (left: HybridTimestamp, right: HybridTimestamp) -> Bool {
        left.rawValue < right.rawValue
    }
}
