// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

/// How dots are written in a record's state: by local log number in the store's own column, in
/// full where the bytes must be equal on all replicas.
struct DotCoding {
    let write: @Sendable (inout ByteWriter, LogID) throws -> Void
    let read: @Sendable (inout ByteReader) throws -> LogID

    /// Full names, for digests.
    static let portable = DotCoding(
        write: { $0.log($1) },
        read: { try $0.log() })
}

/// The bytes of a record's merge state (the store's own; not part of the protocol).
struct RecordStateWriter {
    private var writer = ByteWriter(reserving: 256)
    private let coding: DotCoding

    private init(_ coding: DotCoding) { self.coding = coding }

    static func bytes(of state: RecordState, coding: DotCoding) throws -> [UInt8] {
        var writer = RecordStateWriter(coding)
        try writer.state(state)
        return writer.writer.bytes
    }

    private mutating func state(_ state: RecordState) throws {
        try dots(state.existence)
        for mark in [state.first, state.last] {
            guard let mark else { throw StoreFailure.damaged(what: "a record without a write") }
            writer.fixed64(mark.timestamp.rawValue)
            try dot(mark.dot)
        }
        writer.count(state.fields.count)
        for field in state.fields {
            writer.unsigned(UInt64(field.key.field) << 2 | UInt64(field.key.family.rawValue))
            switch field.state {
            case .register(let register):
                writer.byte(0)
                try siblings(register.siblings)
            case .fixed(let fixed):
                writer.byte(1)
                try siblings(fixed.siblings)
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
                    writer.fixed64(item.timestamp.rawValue)
                    try dot(item.dot)
                    writer.unsigned(item.index)
                    writer.value(item.value)
                }
            case .counter(let counter):
                writer.byte(4)
                writer.count(counter.shares.count)
                for share in counter.shares {
                    try coding.write(&writer, share.log)
                    writer.signed(share.sum)
                }
            }
        }
    }

    private mutating func siblings(_ siblings: [Sibling]) throws {
        writer.count(siblings.count)
        for sibling in siblings {
            writer.byte((sibling.value == nil ? 0 : 1) | (sibling.isVoid ? 2 : 0))
            writer.fixed64(sibling.timestamp.rawValue)
            try dot(sibling.dot)
            if let value = sibling.value { writer.value(value) }
        }
    }

    private mutating func dots(_ dots: [Dot]) throws {
        writer.count(dots.count)
        for dot in dots { try self.dot(dot) }
    }

    private mutating func dot(_ dot: Dot) throws {
        try coding.write(&writer, dot.log)
        writer.unsigned(dot.sequence)
    }
}

/// Reads what `RecordStateWriter` wrote; anything else is damage.
struct RecordStateReader {
    private var reader: ByteReader
    private let coding: DotCoding

    static func state(
        _ bytes: [UInt8], collection: UInt32, address: RecordAddress, domain: Domain,
        coding: DotCoding
    ) throws -> RecordState {
        var reader = RecordStateReader(reader: ByteReader(bytes), coding: coding)
        return try reader.state(collection: collection, address: address, domain: domain)
    }

    private mutating func state(
        collection: UInt32, address: RecordAddress, domain: Domain
    ) throws -> RecordState {
        let existence = try dots()
        let first = try mark()
        let last = try mark()
        var fields: [RecordState.Field] = []
        for _ in 0..<(try count()) {
            let packed = try reader.unsigned()
            guard let family = FieldKey.Family(rawValue: UInt8(packed & 3)) else {
                throw DecodingViolation.unknownTag
            }
            let key = FieldKey(field: UInt32(truncatingIfNeeded: packed >> 2), family: family)
            let state = try fieldState()
            guard state.family == family else { throw DecodingViolation.unknownTag }
            fields.append(RecordState.Field(key: key, state: state))
        }
        try reader.finish()
        return RecordState(
            collection: collection, address: address, domain: domain, existence: existence,
            first: first, last: last, fields: fields)
    }

    private mutating func fieldState() throws -> FieldState {
        switch try reader.byte() {
        case 0: return .register(Register(siblings: try siblings()))
        case 1: return .fixed(FixedField(siblings: try siblings()))
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
                let timestamp = HybridTimestamp(rawValue: try reader.fixed64())
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
                let log = try coding.read(&reader)
                shares.append(Counter.Share(log: log, sum: try reader.signed()))
            }
            return .counter(Counter(shares: shares))
        default: throw DecodingViolation.unknownTag
        }
    }

    private mutating func siblings() throws -> [Sibling] {
        var siblings: [Sibling] = []
        for _ in 0..<(try count()) {
            let flags = try reader.byte()
            let timestamp = HybridTimestamp(rawValue: try reader.fixed64())
            let dot = try dot()
            let value = flags & 1 == 1 ? try reader.value() : nil
            siblings.append(
                Sibling(value: value, dot: dot, timestamp: timestamp, isVoid: flags & 2 != 0))
        }
        return siblings
    }

    private mutating func dots() throws -> [Dot] {
        var dots: [Dot] = []
        for _ in 0..<(try count()) { dots.append(try dot()) }
        return dots
    }

    private mutating func mark() throws -> RecordState.Mark {
        RecordState.Mark(
            timestamp: HybridTimestamp(rawValue: try reader.fixed64()), dot: try dot())
    }

    private mutating func dot() throws -> Dot {
        let log = try coding.read(&reader)
        return Dot(log: log, sequence: try reader.sequence())
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
