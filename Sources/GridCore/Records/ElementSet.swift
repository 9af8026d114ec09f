// SPDX-License-Identifier: Apache-2.0

/// A set in which adding wins over a concurrent removal (OR-set without tombstones: Bieniusa et
/// al., "An optimized conflict-free replicated set", 2012).
package struct ElementSet: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let element: FieldValue
        /// The additions that no removal had seen, ascending; never empty.
        package var dots: [Dot]

        package init(element: FieldValue, dots: [Dot]) {
            self.element = element
            self.dots = dots
        }
    }

    /// Ascending by element.
    package private(set) var members: [Member]

    package init(members: [Member] = []) { self.members = members }

    package var elements: [FieldValue] { members.map(\.element) }

    package mutating func add(_ element: FieldValue, dot: Dot, seen context: VersionVector) {
        let index = firstIndex(notBelow: element)
        if index < members.count, members[index].element == element {
            members[index].dots.removeAll { context.covers($0) }
            members[index].dots.insertSorted(dot, by: <)
        } else {
            members.insert(Member(element: element, dots: [dot]), at: index)
        }
    }

    package mutating func remove(_ element: FieldValue, seen context: VersionVector) {
        let index = firstIndex(notBelow: element)
        guard index < members.count, members[index].element == element else { return }
        members[index].dots.removeAll { context.covers($0) }
        if members[index].dots.isEmpty { members.remove(at: index) }
    }

    package mutating func merge(
        _ other: ElementSet, context: VersionVector, otherContext: VersionVector
    ) {
        var result: [Member] = []
        var left = members[...]
        var right = other.members[...]
        while let element = Self.least(left.first, right.first) {
            let ours = left.first?.element == element ? left.removeFirst().dots : []
            let theirs = right.first?.element == element ? right.removeFirst().dots : []
            let dots = DottedMerge.merge(
                ours, theirs, contexts: (context, otherContext), dot: { $0 })
            if !dots.isEmpty { result.append(Member(element: element, dots: dots)) }
        }
        members = result
    }

    private func firstIndex(notBelow element: FieldValue) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].element.precedes(element) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func least(_ left: Member?, _ right: Member?) -> FieldValue? {
        guard let left, let right else { return (left ?? right)?.element }
        return right.element.precedes(left.element) ? right.element : left.element
    }
}
