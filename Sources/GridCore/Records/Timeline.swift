// SPDX-License-Identifier: Apache-2.0

/// Acts, reviews and ledger lines: a list that only grows, in one order everywhere.
package struct Timeline: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let value: FieldValue
        package let dot: Dot
        /// Place among the items that one entry appended to this field.
        package let index: UInt16
        package let timestamp: HybridTimestamp

        package init(value: FieldValue, dot: Dot, index: UInt16, timestamp: HybridTimestamp) {
            self.value = value
            self.dot = dot
            self.index = index
            self.timestamp = timestamp
        }

        package static func precedes(_ left: Item, _ right: Item) -> Bool {
            (left.timestamp, left.dot, left.index) < (right.timestamp, right.dot, right.index)
        }
    }

    /// Ascending by (timestamp, dot, index).
    package private(set) var items: [Item]

    package init(items: [Item] = []) { self.items = items }

    /// Takes in the items that one entry appends, all at one place: one who wrote with a clock that
    /// goes back must not make a long list be walked for each of them.
    package mutating func append(_ values: [FieldValue], stamp: WriteStamp) {
        let new = values.enumerated().map { index, value in
            Item(
                value: value, dot: stamp.dot, index: UInt16(clamping: index),
                timestamp: stamp.timestamp)
        }
        guard let first = new.first else { return }
        items.insert(contentsOf: new, at: firstIndex(notBelow: first))
    }

    package mutating func merge(_ other: Timeline) {
        for item in other.items {
            let index = firstIndex(notBelow: item)
            if index == items.count || items[index] != item { items.insert(item, at: index) }
        }
    }

    private func firstIndex(notBelow item: Item) -> Int {
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if Item.precedes(items[middle], item) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
