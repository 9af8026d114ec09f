// SPDX-License-Identifier: Apache-2.0

/// The name of one entry: the log it stands in and its place there.
///
/// Dots order by log, then by sequence. The order is lexical, not causal.
package struct Dot: Hashable, Comparable, Sendable {
    package let log: LogID
    /// Place in the log, counted from 1 without gaps.
    package let sequence: UInt64

    package init(log: LogID, sequence: UInt64) {
        self.log = log
        self.sequence = sequence
    }

    package static func < (left: Dot, right: Dot) -> Bool {
        left.log == right.log ? left.sequence < right.sequence : left.log < right.log
    }
}
