// SPDX-License-Identifier: Apache-2.0

/// One assigned value with its origin.
package struct Sibling: Hashable, Sendable {
    /// Nil where the field was cleared.
    package let value: FieldValue?
    package let dot: Dot
    package let timestamp: HybridTimestamp
    /// Written by someone not entitled to: kept and shown as void, never displayed as the value.
    package let isVoid: Bool
    /// There was a value, and it was destroyed by somebody's order. Its place is kept: it takes the
    /// place of what it had seen, and is taken by what has seen it.
    package let isRedacted: Bool

    package init(
        value: FieldValue?, dot: Dot, timestamp: HybridTimestamp, isVoid: Bool = false,
        isRedacted: Bool = false
    ) {
        self.value = value
        self.dot = dot
        self.timestamp = timestamp
        self.isVoid = isVoid
        self.isRedacted = isRedacted
    }

    /// Whether it is among what people choose from.
    package var isStanding: Bool { !isVoid && !isRedacted }

    /// The order in which values are preferred for display; total, because dots are unique.
    package static func isDisplayedAfter(_ left: Sibling, _ right: Sibling) -> Bool {
        (left.timestamp, left.dot) < (right.timestamp, right.dot)
    }
}
