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

    /// Adds elements, ascending, each once.
    package mutating func add(_ elements: [FieldValue], dot: Dot, seen context: VersionVector) {
        change(elements) { dots in
            dots.removeAll { context.covers($0) }
            dots.insertSorted(dot, by: <)
        }
    }

    /// Removes elements, ascending, each once, as far as the remover had seen them.
    package mutating func remove(_ elements: [FieldValue], seen context: VersionVector) {
        change(elements) { dots in dots.removeAll { context.covers($0) } }
    }

    /// Changes the dots of some elements. What stands after them is moved once, not once for each: a
    /// large set that one entry adds to from the front must not cost the square of its size.
    private mutating func change(_ elements: [FieldValue], _ body: (inout [Dot]) -> Void) {
        guard let first = elements.first else { return }
        let start = firstIndex(notBelow: first)
        var end = start
        var changed: [Member] = []
        for element in elements {
            while end < members.count, members[end].element.precedes(element) {
                changed.append(members[end])
                end += 1
            }
            var dots: [Dot] = []
            if end < members.count, members[end].element == element {
                dots = members[end].dots
                end += 1
            }
            body(&dots)
            if !dots.isEmpty { changed.append(Member(element: element, dots: dots)) }
        }
        members.replaceSubrange(start..<end, with: changed)
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
