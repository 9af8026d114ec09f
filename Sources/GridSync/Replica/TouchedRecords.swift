// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// A record that a batch has touched.
package struct TouchedRecord: Sendable {
    package var state: RecordState
    /// Whether the batch has changed it, and not only looked at it.
    package var isChanged = false
    /// Whether the storage has a row of it.
    package let isStored: Bool
    /// Whether values stood side by side in the state that the storage has: only such a record can
    /// have shown a conflict.
    package let hadSiblings: Bool

    package init(new state: RecordState) {
        self.state = state
        isStored = false
        hadSiblings = false
    }

    package init(stored state: RecordState) {
        self.state = state
        isStored = true
        hadSiblings = state.hasSiblings
    }
}

/// The records of one batch, each loaded once and changed where it lies.
struct TouchedRecords: Sendable {
    private var places: [RecordKey: Int] = [:]
    private(set) var keys: [RecordKey] = []
    /// In the order in which they were touched first.
    private(set) var all: [TouchedRecord] = []

    func place(of key: RecordKey) -> Int? { places[key] }

    mutating func insert(_ record: TouchedRecord, for key: RecordKey) -> Int {
        places[key] = all.count
        keys.append(key)
        all.append(record)
        return all.count - 1
    }

    subscript(place: Int) -> TouchedRecord {
        get { all[place] }
        _modify { yield &all[place] }
    }
}
