// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// An entry as whoever wrote it meant it: taken from what was asked for, not from its bytes.
struct ReferenceEntry {
    let dot: Dot
    let key: PublicKey
    let timestamp: HybridTimestamp
    /// What the writer had of this domain, by the simulator's own books.
    let context: [LogID: UInt64]
    let changes: [RecordChange]

    func hasSeen(_ other: ReferenceEntry) -> Bool {
        other.dot.sequence <= (context[other.dot.log] ?? 0)
    }
}

/// What a record is by the simulator's own reckoning: sets of facts, nothing incremental.
struct ReferenceRecord: Hashable {
    struct Value: Hashable {
        let value: FieldValue?
        let dot: Dot
        let isVoid: Bool
        let isRedacted: Bool
    }

    struct Item: Hashable {
        let value: FieldValue
        let dot: Dot
        let index: Int
    }

    var existence: Set<Dot> = []
    var assigned: [UInt32: Set<Value>] = [:]
    var elements: [UInt32: [FieldValue: Set<Dot>]] = [:]
    /// In order.
    var items: [UInt32: [Item]] = [:]
    var sums: [UInt32: [LogID: Int64]] = [:]
    var conflicts: Set<UInt32> = []
}
