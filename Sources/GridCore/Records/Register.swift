// SPDX-License-Identifier: Apache-2.0

/// The values that no later entry had seen; more than one distinct value is a conflict, and all
/// of them are kept. (Multi-value register: Shapiro et al., "A comprehensive study of Convergent
/// and Commutative Replicated Data Types", 2011, §3.2.2.)
package struct Register: Hashable, Sendable {
    /// Ascending by dot.
    package private(set) var siblings: [Sibling]

    package init(siblings: [Sibling] = []) { self.siblings = siblings }

    /// Adds a value and removes those the writer had seen. A void write removes only void values:
    /// whoever may not write may not erase either.
    package mutating func apply(_ sibling: Sibling, seen context: VersionVector) {
        siblings.removeAll { context.covers($0.dot) && ($0.isVoid || !sibling.isVoid) }
        siblings.insertSorted(sibling) { $0.dot < $1.dot }
    }

    /// The values that count, the displayed one last.
    package var standing: [Sibling] {
        siblings.filter { !$0.isVoid }.sorted(by: Sibling.isDisplayedAfter)
    }

    /// The greatest by (timestamp, dot) among the values that count.
    package var displayed: Sibling? {
        siblings.lazy.filter { !$0.isVoid }.max(by: Sibling.isDisplayedAfter)
    }

    /// Whether people must choose: more than one distinct value counts.
    package var isConflicting: Bool {
        guard siblings.count > 1 else { return false }
        let standing = siblings.lazy.filter { !$0.isVoid }
        guard let first = standing.first else { return false }
        return standing.contains { $0.value != first.value }
    }

    /// Joins two states of one register: a value survives unless a side that knew its entry has
    /// dropped it.
    package mutating func merge(
        _ other: Register, context: VersionVector, otherContext: VersionVector
    ) {
        siblings = DottedMerge.merge(
            siblings, other.siblings, contexts: (context, otherContext), dot: \.dot)
    }
}
