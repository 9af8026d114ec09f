// SPDX-License-Identifier: Apache-2.0

/// The values that no later entry had seen; more than one distinct value is a conflict, and all
/// of them are kept. (Multi-value register: Shapiro et al., "A comprehensive study of Convergent
/// and Commutative Replicated Data Types", 2011, §3.2.2.)
package struct Register: Hashable, Sendable {
    /// Nearly every register holds one value: it costs no memory of its own.
    private enum Content: Hashable, Sendable {
        case one(Sibling)
        /// None, or more than one, ascending by dot.
        case several([Sibling])
    }

    private var content: Content

    /// - Parameter siblings: ascending by dot.
    package init(siblings: [Sibling] = []) {
        content = siblings.count == 1 ? .one(siblings[0]) : .several(siblings)
    }

    package init(_ sibling: Sibling) { content = .one(sibling) }

    /// Ascending by dot.
    package var siblings: [Sibling] {
        switch content {
        case .one(let sibling): [sibling]
        case .several(let siblings): siblings
        }
    }

    /// The one value, where there is just one.
    package var only: Sibling? {
        if case .one(let sibling) = content { sibling } else { nil }
    }

    package var isEmpty: Bool {
        if case .several(let siblings) = content { siblings.isEmpty } else { false }
    }

    /// Whether values stand side by side.
    package var isDivided: Bool {
        if case .several(let siblings) = content { !siblings.isEmpty } else { false }
    }

    package func contains(where isWanted: (Sibling) -> Bool) -> Bool {
        switch content {
        case .one(let sibling): isWanted(sibling)
        case .several(let siblings): siblings.contains(where: isWanted)
        }
    }

    /// Adds a value and removes those the writer had seen. A void write removes only void values:
    /// whoever may not write may not erase either.
    package mutating func apply(_ sibling: Sibling, seen context: VersionVector) {
        func isSeen(_ old: Sibling) -> Bool {
            context.covers(old.dot) && (old.isVoid || !sibling.isVoid)
        }
        if case .one(let old) = content, isSeen(old) {
            content = .one(sibling)
            return
        }
        var siblings = siblings
        siblings.removeAll(where: isSeen)
        siblings.insertSorted(sibling) { $0.dot < $1.dot }
        self = Register(siblings: siblings)
    }

    /// The values that count, the displayed one last.
    package var standing: [Sibling] {
        siblings.filter(\.isStanding).sorted(by: Sibling.isDisplayedAfter)
    }

    /// The greatest by (timestamp, dot) among the values that count.
    package var displayed: Sibling? {
        switch content {
        case .one(let sibling): sibling.isStanding ? sibling : nil
        case .several(let siblings):
            siblings.lazy.filter(\.isStanding).max(by: Sibling.isDisplayedAfter)
        }
    }

    /// Whether the last that counts was destroyed, and nothing stands in its place.
    package var isRedacted: Bool {
        displayed == nil && contains { $0.isRedacted && !$0.isVoid }
    }

    /// Whether people must choose: more than one distinct value counts.
    package var isConflicting: Bool {
        guard case .several(let siblings) = content else { return false }
        let standing = siblings.lazy.filter(\.isStanding)
        guard let first = standing.first else { return false }
        return standing.contains { $0.value != first.value }
    }

    /// Joins two states of one register: a value survives unless a side that knew its entry has
    /// dropped it.
    package mutating func merge(
        _ other: Register, context: VersionVector, otherContext: VersionVector
    ) {
        self = Register(
            siblings: DottedMerge.merge(
                siblings, other.siblings, contexts: (context, otherContext), dot: \.dot))
    }
}
