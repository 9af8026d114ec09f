// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

/// The small local numbers of logs.
protocol LogNumbers {
    /// Nil for a log without one.
    func number(of log: LogID) -> Int64?
    func log(numbered number: Int64) throws -> LogID
}

/// How dots are written in a record's state: by local log number in the store's own column, in
/// full where the bytes must be equal on all replicas.
enum DotCoding {
    case local(any LogNumbers)
    /// Full names, for digests. They are written only.
    case portable
}

/// The bytes of a record's merge state (the store's own; not part of the protocol). A shown text
/// that has a column of its own stands there only, and timestamps are relative to the record's
/// first: a row is half as long.
struct RecordStateWriter {
    private var writer = ByteWriter(reserving: 512)
    private let coding: DotCoding
    /// The table whose columns hold texts.
    private let table: TableSchema?
    /// The log that was written last, and its number: most records know few.
    private var last: (log: LogID, reference: UInt64)?
    private var start: UInt64 = 0

    private init(_ coding: DotCoding, _ table: TableSchema?) {
        self.coding = coding
        self.table = table
    }

    /// - Parameter table: the table whose columns hold the shown texts beside these bytes; nil for
    ///   bytes that stand alone.
    static func bytes(
        of state: RecordState, coding: DotCoding, beside table: TableSchema? = nil
    ) throws -> [UInt8] {
        var writer = RecordStateWriter(coding, table)
        try writer.state(state)
        return writer.writer.bytes
    }

    private mutating func log(_ log: LogID) throws {
        // Only local numbers are remembered.
        if let last, last.log == log {
            writer.unsigned(last.reference)
            return
        }
        guard case .local(let numbers) = coding else {
            writer.log(log)
            return
        }
        guard let reference = numbers.number(of: log) else {
            throw StoreFailure.damaged(what: "log \(log) has no number")
        }
        last = (log, UInt64(reference))
        writer.unsigned(UInt64(reference))
    }

    private mutating func state(_ state: RecordState) throws {
        guard let first = state.first, let last = state.last else {
            throw StoreFailure.damaged(what: "a record without a write")
        }
        start = first.timestamp.rawValue
        writer.fixed64(start)
        try dot(first.dot)
        timestamp(last.timestamp)
        try dot(last.dot)
        try dots(state.existence)
        writer.count(state.fields.count)
        for field in state.fields {
            writer.unsigned(UInt64(field.key.field) << 2 | UInt64(field.key.family.rawValue))
            switch field.state {
            case .register(let register):
                writer.byte(0)
                if let only = register.only {
                    writer.count(1)
                    try sibling(only, isShown: only.isStanding, of: field.key.field)
                } else {
                    try siblings(
                        register.siblings, shown: register.displayed, of: field.key.field)
                }
            case .fixed(let fixed):
                writer.byte(1)
                try siblings(fixed.siblings, shown: fixed.displayed, of: field.key.field)
            case .set(let set):
                writer.byte(2)
                writer.count(set.members.count)
                for member in set.members {
                    writer.value(member.element)
                    try dots(member.dots)
                }
            case .timeline(let timeline):
                writer.byte(3)
                writer.count(timeline.items.count)
                for item in timeline.items {
                    timestamp(item.timestamp)
                    try dot(item.dot)
                    writer.unsigned(item.index)
                    writer.value(item.value)
                }
            case .counter(let counter):
                writer.byte(4)
                writer.count(counter.shares.count)
                for share in counter.shares {
                    try log(share.log)
                    writer.signed(share.sum)
                }
            }
        }
    }

    private mutating func siblings(
        _ siblings: [Sibling], shown: Sibling?, of field: UInt32
    ) throws {
        writer.count(siblings.count)
        for sibling in siblings {
            try self.sibling(sibling, isShown: sibling.dot == shown?.dot, of: field)
        }
    }

    private mutating func sibling(
        _ sibling: Sibling, isShown: Bool, of field: UInt32
    ) throws {
        var flags: UInt8 = sibling.isVoid ? SiblingFlag.void : 0
        if sibling.isRedacted { flags |= SiblingFlag.redacted }
        var isBeside = false
        switch sibling.value {
        case nil: break
        case .text where isShown && table?.textPlace(of: field) != nil:
            flags |= SiblingFlag.value | SiblingFlag.column
            isBeside = true
        case .some: flags |= SiblingFlag.value
        }
        writer.byte(flags)
        timestamp(sibling.timestamp)
        try dot(sibling.dot)
        if !isBeside, let value = sibling.value { writer.value(value) }
    }

    /// Milliseconds since the record's first write, then the counter.
    private mutating func timestamp(_ timestamp: HybridTimestamp) {
        let change = Int64(bitPattern: timestamp.rawValue >> 16 &- start >> 16)
        writer.signed(change)
        writer.unsigned(timestamp.rawValue & 0xFFFF)
    }

    private mutating func dots(_ dots: [Dot]) throws {
        writer.count(dots.count)
        for dot in dots { try self.dot(dot) }
    }

    private mutating func dot(_ dot: Dot) throws {
        try log(dot.log)
        writer.unsigned(dot.sequence)
    }
}

private enum SiblingFlag {
    static let value: UInt8 = 1
    static let void: UInt8 = 2
    /// The value is the text in the field's column.
    static let column: UInt8 = 4
    /// The value was destroyed.
    static let redacted: UInt8 = 8
}

/// Bytes that stand alone.
struct NoTextColumns: TextColumns {
    func text(of field: UInt32) throws -> String { throw DecodingViolation.unknownTag }
}

/// Reads what `RecordStateWriter` wrote; anything else is damage.
struct RecordStateReader<Texts: TextColumns> {
    private var reader: ByteReader
    private let numbers: any LogNumbers
    private let texts: Texts
    private var start: UInt64 = 0
    /// The log that was read last, and its number.
    private var last: (reference: Int64, log: LogID)?

    static func state(
        _ bytes: [UInt8], collection: UInt32, address: RecordAddress, domain: Domain,
        numbers: any LogNumbers, beside texts: Texts
    ) throws -> RecordState {
        var reader = RecordStateReader(
            reader: ByteReader(bytes), numbers: numbers, texts: texts)
        return try reader.state(collection: collection, address: address, domain: domain)
    }

    private mutating func state(
        collection: UInt32, address: RecordAddress, domain: Domain
    ) throws -> RecordState {
        start = try reader.fixed64()
        let first = RecordState.Mark(
            timestamp: HybridTimestamp(rawValue: start), dot: try dot())
        let last = RecordState.Mark(timestamp: try timestamp(), dot: try dot())
        let existence = try dots()
        var fields: [RecordState.Field] = []
        for _ in 0..<(try count()) {
            let packed = try reader.unsigned()
            guard let family = FieldKey.Family(rawValue: UInt8(packed & 3)) else {
                throw DecodingViolation.unknownTag
            }
            let key = FieldKey(field: UInt32(truncatingIfNeeded: packed >> 2), family: family)
            let state = try fieldState(of: key.field)
            guard state.family == family else { throw DecodingViolation.unknownTag }
            fields.append(RecordState.Field(key: key, state: state))
        }
        try reader.finish()
        return RecordState(
            collection: collection, address: address, domain: domain, existence: existence,
            first: first, last: last, fields: fields)
    }

    private mutating func fieldState(of field: UInt32) throws -> FieldState {
        switch try reader.byte() {
        case 0: return .register(try register(of: field))
        case 1: return .fixed(FixedField(siblings: try siblings(try count(), of: field)))
        case 2:
            var members: [ElementSet.Member] = []
            for _ in 0..<(try count()) {
                members.append(
                    ElementSet.Member(element: try reader.value(), dots: try dots()))
            }
            return .set(ElementSet(members: members))
        case 3:
            var items: [Timeline.Item] = []
            for _ in 0..<(try count()) {
                let timestamp = try timestamp()
                let dot = try dot()
                let index = UInt16(truncatingIfNeeded: try reader.unsigned(max: 65_535))
                items.append(
                    Timeline.Item(
                        value: try reader.value(), dot: dot, index: index, timestamp: timestamp))
            }
            return .timeline(Timeline(items: items))
        case 4:
            var shares: [Counter.Share] = []
            for _ in 0..<(try count()) {
                let log = try log()
                shares.append(Counter.Share(log: log, sum: try reader.signed()))
            }
            return .counter(Counter(shares: shares))
        default: throw DecodingViolation.unknownTag
        }
    }

    private mutating func register(of field: UInt32) throws -> Register {
        let count = try count()
        return count == 1
            ? Register(try sibling(of: field))
            : Register(siblings: try siblings(count, of: field))
    }

    private mutating func siblings(_ count: Int, of field: UInt32) throws -> [Sibling] {
        var siblings: [Sibling] = []
        for _ in 0..<count { siblings.append(try sibling(of: field)) }
        return siblings
    }

    private mutating func sibling(of field: UInt32) throws -> Sibling {
        let flags = try reader.byte()
        let timestamp = try timestamp()
        let dot = try dot()
        var value: FieldValue?
        if flags & SiblingFlag.column != 0 {
            value = .text(try texts.text(of: field))
        } else if flags & SiblingFlag.value != 0 {
            value = try reader.value()
        }
        return Sibling(
            value: value, dot: dot, timestamp: timestamp, isVoid: flags & SiblingFlag.void != 0,
            isRedacted: flags & SiblingFlag.redacted != 0)
    }

    private mutating func timestamp() throws -> HybridTimestamp {
        let milliseconds = (start >> 16) &+ UInt64(bitPattern: try reader.signed())
        return HybridTimestamp(
            rawValue: milliseconds << 16 | (try reader.unsigned(max: 0xFFFF)))
    }

    private mutating func dots() throws -> [Dot] {
        var dots: [Dot] = []
        for _ in 0..<(try count()) { dots.append(try dot()) }
        return dots
    }

    private mutating func dot() throws -> Dot {
        let log = try log()
        return Dot(log: log, sequence: try reader.sequence())
    }

    private mutating func log() throws -> LogID {
        let reference = Int64(try reader.unsigned(max: 1 << 23))
        if let last, last.reference == reference { return last.log }
        let log = try numbers.log(numbered: reference)
        last = (reference, log)
        return log
    }

    /// A count of things that take at least a byte each.
    private mutating func count() throws -> Int { try reader.count(max: reader.remaining) }
}

extension FieldState {
    /// The family of fields that a state of this kind belongs to.
    fileprivate var family: FieldKey.Family {
        switch self {
        case .register, .fixed: .assigned
        case .set: .elements
        case .timeline: .items
        case .counter: .sum
        }
    }
}
