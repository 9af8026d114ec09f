// SPDX-License-Identifier: Apache-2.0

/// A fact set once: the first value by (timestamp, dot) holds; what others assign later is kept,
/// and shown as a conflict when it differs. Nothing is ever removed.
package struct FixedField: Hashable, Sendable {
    /// Ascending by dot.
    package private(set) var siblings: [Sibling]

    package init(siblings: [Sibling] = []) { self.siblings = siblings }

    package mutating func apply(_ sibling: Sibling) {
        siblings.insertSorted(sibling) { $0.dot < $1.dot }
    }

    package var displayed: Sibling? {
        siblings.lazy.filter(\.isStanding).min(by: Sibling.isDisplayedAfter)
    }

    /// Whether what was set was destroyed, and nothing stands in its place.
    package var isRedacted: Bool {
        displayed == nil && siblings.contains { $0.isRedacted && !$0.isVoid }
    }

    package var isConflicting: Bool {
        guard siblings.count > 1 else { return false }
        let standing = siblings.lazy.filter(\.isStanding)
        guard let first = standing.first else { return false }
        return standing.contains { $0.value != first.value }
    }

    package mutating func merge(_ other: FixedField) {
        let nothing = VersionVector()
        siblings = DottedMerge.merge(
            siblings, other.siblings, contexts: (nothing, nothing), dot: \.dot)
    }
}
