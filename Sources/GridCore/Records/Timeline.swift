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

    package mutating func append(_ item: Item) {
        items.insertSorted(item, by: Item.precedes)
    }

    package mutating func merge(_ other: Timeline) {
        for item in other.items where !items.contains(item) { append(item) }
    }
}
