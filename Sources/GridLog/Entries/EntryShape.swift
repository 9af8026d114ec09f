// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// How an entry names a record: relative to the table of logs that its own log has built up.
package enum RecordReference: Hashable, Sendable {
    /// A record that this entry creates, its index among this entry's creations.
    case new(UInt16)
    /// A record created by an entry of the log at this place of the table (0: its own log).
    case existing(log: UInt32, sequence: UInt64, index: UInt16)
    case named(RecordID)
}

/// One record's part of an entry: what it touches and, unless redacted, what it writes.
package struct ShapedChange: Hashable, Sendable {
    package let collection: UInt32
    package let reference: RecordReference
    package let archives: Bool
    package let writes: [FieldWrite]
    /// The parts of fields of which values were destroyed, ascending.
    package let withheld: [FieldKey]

    package init(
        collection: UInt32, reference: RecordReference, archives: Bool, writes: [FieldWrite],
        withheld: [FieldKey] = []
    ) {
        self.collection = collection
        self.reference = reference
        self.archives = archives
        self.writes = writes
        self.withheld = withheld
    }
}

/// The number of an operation in a shape (Protocol/entries.md, "Shape").
enum OperationCode: UInt64 {
    case assign = 0
    case clear = 1
    case add = 2
    case remove = 3
    case append = 4
    case increment = 5

    /// The part of its field that such an operation touches.
    var family: FieldKey.Family {
        switch self {
        case .assign, .clear: .assigned
        case .add, .remove: .elements
        case .append: .items
        case .increment: .sum
        }
    }
}

extension FieldOperation {
    var code: OperationCode {
        switch self {
        case .assign: .assign
        case .clear: .clear
        case .add: .add
        case .remove: .remove
        case .append: .append
        case .increment: .increment
        }
    }
}

extension ByteWriter {
    /// The shape of an entry: which records and fields, without what is written.
    mutating func shape(_ changes: [ShapedChange]) {
        count(changes.count)
        for change in changes {
            unsigned(change.collection)
            let archive: UInt8 = change.archives ? 4 : 0
            switch change.reference {
            case .new: byte(0 | archive)
            case .existing(let log, let sequence, let index):
                byte(1 | archive)
                unsigned(log)
                unsigned(sequence)
                unsigned(index)
            case .named(let id):
                byte(2 | archive)
                recordID(id)
            }
            count(change.writes.count)
            for write in change.writes {
                unsigned(UInt64(write.field) << 3 | write.operation.code.rawValue)
            }
        }
    }

    /// The values of an entry, in the order of its shape.
    mutating func values(_ changes: [ShapedChange]) {
        for change in changes {
            for write in change.writes { operands(write.operation) }
        }
    }

    mutating func operands(_ operation: FieldOperation) {
        switch operation {
        case .assign(let value): self.value(value)
        case .clear: break
        case .add(let values), .remove(let values), .append(let values):
            count(values.count)
            for value in values { self.value(value) }
        case .increment(let amount): signed(amount)
        }
    }
}

/// A shape read from bytes, waiting for its values.
struct BareShape: Sendable {
    struct Item: Sendable {
        let collection: UInt32
        let reference: RecordReference
        let archives: Bool
        let writes: Range<Int>
    }

    var items: [Item] = []
    /// The (field, operation) pairs of all items, one after the other.
    var writes: [(field: UInt32, code: OperationCode)] = []

    init() {}

    /// The shape of changes whose values are all there.
    init(of changes: [ShapedChange]) {
        for change in changes {
            let start = writes.count
            writes += change.writes.map { ($0.field, $0.operation.code) }
            items.append(
                Item(
                    collection: change.collection, reference: change.reference,
                    archives: change.archives, writes: start..<writes.count))
        }
    }

    mutating func clear() {
        items.removeAll(keepingCapacity: true)
        writes.removeAll(keepingCapacity: true)
    }
}

extension ByteReader {
    /// Reads a shape; what stood in `shape` before gives its memory.
    mutating func shape(into shape: inout BareShape) throws(DecodingViolation) {
        let count = try count(max: ProtocolLimits.entryRecordsMax)
        guard count > 0 else { throw .empty }
        shape.clear()
        var creations: UInt16 = 0
        for _ in 0..<count {
            let collection = UInt32(try unsigned(max: ProtocolLimits.catalogueNumberMax))
            let tag = try byte()
            let reference: RecordReference
            switch tag & ~4 {
            case 0:
                reference = .new(creations)
                creations += 1
            case 1:
                let log = UInt32(try unsigned(max: UInt64(ProtocolLimits.contextLogsMax)))
                let sequence = try sequence()
                let index = try unsigned(max: UInt64(ProtocolLimits.entryRecordsMax - 1))
                reference = .existing(log: log, sequence: sequence, index: UInt16(index))
            case 2: reference = .named(try recordID())
            default: throw .unknownTag
            }
            let isTwice = shape.items.contains {
                $0.reference == reference && $0.collection == collection
            }
            guard !isTwice else { throw .recordTwice }
            let start = shape.writes.count
            try writes(into: &shape)
            shape.items.append(
                BareShape.Item(
                    collection: collection, reference: reference, archives: tag & 4 != 0,
                    writes: start..<shape.writes.count))
        }
    }

    /// Reads a shape and the values that belong to it, from a reader of their own.
    mutating func changes(
        with values: inout ByteReader
    ) throws(DecodingViolation) -> [ShapedChange] {
        var shape = BareShape()
        try self.shape(into: &shape)
        return try values.values(of: shape)
    }

    /// Skips the values that belong to a shape, when they are what `values(of:)` can read.
    mutating func skipValues(of shape: BareShape) throws(DecodingViolation) {
        guard shape.writes.allSatisfy({ $0.code == .assign || $0.code == .clear }) else {
            _ = try values(of: shape)
            return
        }
        for write in shape.writes where write.code == .assign { try skipValue() }
    }

    private mutating func writes(into shape: inout BareShape) throws(DecodingViolation) {
        let count = try count(max: ProtocolLimits.recordWritesMax)
        var last: UInt64?
        for _ in 0..<count {
            let packed = try unsigned(max: ProtocolLimits.catalogueNumberMax << 3 | 7)
            if let last {
                guard packed > last else { throw .notAscending }
                let isSameField = packed >> 3 == last >> 3
                if isSameField, last & 7 == 0, packed & 7 == 1 { throw .contradiction }
            }
            last = packed
            guard let code = OperationCode(rawValue: packed & 7) else { throw .unknownTag }
            shape.writes.append((UInt32(packed >> 3), code))
        }
    }

    /// Reads the values that belong to a shape.
    mutating func values(of shape: BareShape) throws(DecodingViolation) -> [ShapedChange] {
        var changes: [ShapedChange] = []
        changes.reserveCapacity(shape.items.count)
        for item in shape.items {
            var writes: [FieldWrite] = []
            writes.reserveCapacity(item.writes.count)
            for index in item.writes {
                let (field, code) = shape.writes[index]
                let write = FieldWrite(field: field, operation: try operation(code))
                if case .remove(let removed) = write.operation, let last = writes.last,
                    last.field == field, case .add(let added) = last.operation
                {
                    guard !Self.share(added, removed) else { throw .contradiction }
                }
                writes.append(write)
            }
            changes.append(
                ShapedChange(
                    collection: item.collection, reference: item.reference,
                    archives: item.archives, writes: writes))
        }
        return changes
    }

    /// Whether two ascending lists have an element in common.
    private static func share(_ left: [FieldValue], _ right: [FieldValue]) -> Bool {
        var left = left[...]
        var right = right[...]
        while let first = left.first, let second = right.first {
            if first == second { return true }
            if first.precedes(second) { left.removeFirst() } else { right.removeFirst() }
        }
        return false
    }

    mutating func operation(
        _ code: OperationCode
    ) throws(DecodingViolation) -> FieldOperation {
        switch code {
        case .assign: .assign(try value())
        case .clear: .clear
        case .add: .add(try elements())
        case .remove: .remove(try elements())
        case .append: .append(try items())
        case .increment: .increment(try signed())
        }
    }

    private mutating func items() throws(DecodingViolation) -> [FieldValue] {
        let count = try count(max: ProtocolLimits.operationValuesMax)
        guard count > 0 else { throw .empty }
        var values: [FieldValue] = []
        for _ in 0..<count { values.append(try value()) }
        return values
    }

    private mutating func elements() throws(DecodingViolation) -> [FieldValue] {
        let values = try items()
        for (left, right) in zip(values, values.dropFirst()) {
            guard left.precedes(right) else { throw .notAscending }
        }
        return values
    }
}
