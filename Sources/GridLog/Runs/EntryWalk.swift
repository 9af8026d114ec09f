// SPDX-License-Identifier: Apache-2.0

import GridCodec

/// What carries the bytes of entries from rows to columns, or back. It reads where they are,
/// writes where they shall be, and says what it read.
protocol EntryCarrier {
    /// One byte that lies in a stream.
    mutating func byte(_ stream: Int) throws(DecodingViolation) -> UInt8
    /// Bytes that lie in a stream.
    mutating func bytes(_ count: UInt64, _ stream: Int) throws(DecodingViolation)
    /// The first of the three streams of what is written to a field of a collection.
    mutating func column(collection: UInt64, write: UInt64) throws(DecodingViolation) -> Int
    /// The length of the values, which lies in no stream: the values themselves tell it.
    mutating func valuesLength() throws(DecodingViolation)
    mutating func beginValues()
    mutating func endValues() throws(DecodingViolation)
}

extension EntryCarrier {
    /// A LEB128 number that lies whole in a stream.
    @inline(__always)
    mutating func number(_ stream: Int) throws(DecodingViolation) -> UInt64 {
        let first = try byte(stream)
        return first < 0x80 ? UInt64(first) : try rest(of: first, stream)
    }

    /// A LEB128 number whose first byte lies in a stream, and what follows in the next one.
    @inline(__always)
    mutating func headed(_ stream: Int) throws(DecodingViolation) -> UInt64 {
        let first = try byte(stream)
        return first < 0x80 ? UInt64(first) : try rest(of: first, stream + 1)
    }

    private mutating func rest(
        of first: UInt8, _ stream: Int
    ) throws(DecodingViolation) -> UInt64 {
        var number = LongNumber(first)
        while !(try number.append(try byte(stream))) {}
        return number.value
    }
}

/// Leads a carrier through entries, byte by byte (Protocol/runs.md, "Columns").
///
/// Only as much is looked at as tells where the next byte belongs; the joined rows are then read
/// and checked like any others. What is counted lies in the bytes, so that no loop goes on after
/// their end.
struct EntryWalk<Carrier: EntryCarrier> {
    private(set) var carrier: Carrier
    /// The writes of one entry: the first stream of the column, and the operation. Those after the
    /// count are of earlier entries.
    private var writes: [(column: Int, operation: UInt64)] = []
    private var writeCount = 0

    init(_ carrier: Carrier) { self.carrier = carrier }

    mutating func entries(_ count: Int) throws(DecodingViolation) {
        for _ in 0..<count { try entry() }
    }

    private mutating func entry() throws(DecodingViolation) {
        _ = try carrier.number(RunColumns.times)
        for _ in 0..<(try carrier.number(RunColumns.contexts)) {
            let reference = try carrier.number(RunColumns.contexts)
            if reference == 0 { try carrier.bytes(16, RunColumns.contexts) }
            _ = try carrier.number(RunColumns.contexts)
        }
        try carrier.valuesLength()
        writeCount = 0
        for _ in 0..<(try carrier.number(RunColumns.shapes)) { try record() }
        carrier.beginValues()
        for index in 0..<writeCount {
            let write = writes[index]
            try operands(write.operation, of: write.column)
        }
        try carrier.endValues()
    }

    private mutating func record() throws(DecodingViolation) {
        let collection = try carrier.number(RunColumns.shapes)
        switch try carrier.byte(RunColumns.shapes) & ~4 {
        case 0: break
        case 1:
            _ = try carrier.number(RunColumns.logs)
            _ = try carrier.headed(RunColumns.sequences)
            _ = try carrier.number(RunColumns.indices)
        case 2: try carrier.bytes(10, RunColumns.names)
        default: throw .unknownTag
        }
        for _ in 0..<(try carrier.number(RunColumns.shapes)) {
            let write = try carrier.number(RunColumns.shapes)
            let column = try carrier.column(collection: collection, write: write)
            if writeCount == writes.count { writes.append((0, 0)) }
            writes[writeCount] = (column, write & 7)
            writeCount &+= 1
        }
    }

    private mutating func operands(
        _ operation: UInt64, of column: Int
    ) throws(DecodingViolation) {
        switch OperationCode(rawValue: operation) {
        case .assign: try value(column, depth: 0)
        case .clear: break
        case .add, .remove, .append:
            for _ in 0..<(try carrier.headed(column + 1)) { try value(column, depth: 0) }
        case .increment: _ = try carrier.headed(column + 1)
        case nil: throw .unknownTag
        }
    }

    private mutating func value(_ column: Int, depth: Int) throws(DecodingViolation) {
        guard let tag = ValueTag(rawValue: try carrier.byte(column)) else { throw .unknownTag }
        let (heads, rests) = (column + 1, column + 2)
        switch tag {
        case .text, .bytes: try carrier.bytes(try carrier.headed(heads), rests)
        case .integer, .date, .time: _ = try carrier.headed(heads)
        case .no, .yes: break
        case .decimal:
            _ = try carrier.headed(heads)
            _ = try carrier.byte(rests)
        case .area:
            _ = try carrier.byte(rests)
            _ = try carrier.headed(heads)
        case .reference: try carrier.bytes(10, rests)
        case .point:
            _ = try carrier.headed(heads)
            _ = try carrier.headed(heads)
        case .attachment:
            try carrier.bytes(32, rests)
            _ = try carrier.headed(heads)
            try carrier.bytes(try carrier.headed(heads), rests)
        case .list, .map:
            guard depth < ProtocolLimits.valueDepthMax else { throw .nestedTooDeep }
            for _ in 0..<(try carrier.headed(heads)) {
                if tag == .map { try carrier.bytes(try carrier.headed(heads), rests) }
                try value(column, depth: depth + 1)
            }
        }
    }
}
