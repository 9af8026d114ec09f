// SPDX-License-Identifier: Apache-2.0

/// The join of two sets of dotted things under their version vectors (Almeida, Shoker, Baquero,
/// "Delta State Replicated Data Types", 2018, §7.2, "causal CRDTs").
package enum DottedMerge {
    /// What both hold, and what one holds and the other had not yet seen. Both inputs ascend by
    /// dot, and so does the result.
    package static func merge<Element>(
        _ left: [Element], _ right: [Element],
        contexts: (left: VersionVector, right: VersionVector),
        dot: (Element) -> Dot
    ) -> [Element] {
        var result: [Element] = []
        var leftIndex = 0
        var rightIndex = 0
        while leftIndex < left.count || rightIndex < right.count {
            if rightIndex == right.count
                || leftIndex < left.count && dot(left[leftIndex]) < dot(right[rightIndex])
            {
                let element = left[leftIndex]
                if !contexts.right.covers(dot(element)) { result.append(element) }
                leftIndex += 1
            } else if leftIndex == left.count || dot(right[rightIndex]) < dot(left[leftIndex]) {
                let element = right[rightIndex]
                if !contexts.left.covers(dot(element)) { result.append(element) }
                rightIndex += 1
            } else {
                result.append(left[leftIndex])
                leftIndex += 1
                rightIndex += 1
            }
        }
        return result
    }
}

extension Array {
    /// Inserts before the first element that does not precede the new one.
    mutating func insertSorted(_ element: Element, by precedes: (Element, Element) -> Bool) {
        var index = count
        while index > 0, !precedes(self[index - 1], element) { index -= 1 }
        insert(element, at: index)
    }
}
