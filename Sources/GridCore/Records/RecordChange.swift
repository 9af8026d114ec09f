// SPDX-License-Identifier: Apache-2.0

/// What one entry does to one record: the delta that travels.
package struct RecordChange: Hashable, Sendable {
    /// Collection number of the catalogue.
    package let collection: UInt32
    package let address: RecordAddress
    /// Whether the record is archived, for what the author had seen of it.
    package let archives: Bool
    /// Ascending by field, then operation; each pair once.
    package let writes: [FieldWrite]
    /// The parts of fields of which values were destroyed, ascending.
    package let withheld: [FieldKey]

    package init(
        collection: UInt32, address: RecordAddress, archives: Bool, writes: [FieldWrite],
        withheld: [FieldKey] = []
    ) {
        self.collection = collection
        self.address = address
        self.archives = archives
        self.writes = writes
        self.withheld = withheld
    }
}

/// One operation on one field.
package struct FieldWrite: Hashable, Sendable {
    package let field: UInt32
    package let operation: FieldOperation

    package init(field: UInt32, operation: FieldOperation) {
        self.field = field
        self.operation = operation
    }
}

/// How a field is written. The operation says which part of a field's state it touches; the
/// catalogue says how assigned values merge.
package enum FieldOperation: Hashable, Sendable {
    case assign(FieldValue)
    case clear
    /// Elements to put into a set, ascending, each once, at least one.
    case add([FieldValue])
    /// Elements to take out, as far as the author had seen them.
    case remove([FieldValue])
    /// Items for a timeline, at least one.
    case append([FieldValue])
    case increment(Int64)
}

/// Who wrote, when, and in what right: common to all writes of one entry.
package struct WriteStamp: Hashable, Sendable {
    package let dot: Dot
    package let timestamp: HybridTimestamp
    /// The level of the area the writer is certified for.
    package let level: AreaLevel

    package init(dot: Dot, timestamp: HybridTimestamp, level: AreaLevel) {
        self.dot = dot
        self.timestamp = timestamp
        self.level = level
    }
}
