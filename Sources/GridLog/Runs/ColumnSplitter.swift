// SPDX-License-Identifier: Apache-2.0

import GridCodec

/// Carries rows to columns. It goes twice: first to measure the streams, then to fill them.
struct ColumnSplitter: EntryCarrier {
    private let rows: UnsafeRawBufferPointer
    private var next = 0
    /// Nil while measuring.
    private let columns: UnsafeMutableRawBufferPointer?
    private var numbers = ColumnNumbers()
    private var stated: UInt64 = 0
    private var valuesStart = 0
    /// While measuring, how long each stream is; then, where the next byte of each belongs.
    private let places: UnsafeMutableBufferPointer<Int>

    /// Measures. There is room for `RunColumns.streamsMax` places.
    init(measuring rows: UnsafeRawBufferPointer, in places: UnsafeMutableBufferPointer<Int>) {
        self.rows = rows
        self.places = places
        columns = nil
        for stream in 0..<RunColumns.headStreams { places[stream] = 0 }
    }

    /// Copies what was measured; the places say where each stream begins.
    init(_ measured: ColumnSplitter, to columns: UnsafeMutableRawBufferPointer) {
        rows = measured.rows
        places = measured.places
        numbers = measured.numbers
        self.columns = columns
    }

    var isAtEnd: Bool { next == rows.count }
    /// Of every stream met so far.
    var lengths: [Int] { Array(places[..<(RunColumns.headStreams + 3 * numbers.count)]) }

    @inline(__always)
    mutating func byte(_ stream: Int) throws(DecodingViolation) -> UInt8 {
        guard next < rows.count else { throw .truncated }
        let byte = rows[next]
        next &+= 1
        if let columns { columns[places[stream]] = byte }
        places[stream] &+= 1
        return byte
    }

    @inline(__always)
    mutating func bytes(_ count: UInt64, _ stream: Int) throws(DecodingViolation) {
        guard count <= UInt64(rows.count &- next) else { throw .truncated }
        let count = Int(count)
        if let columns {
            let start = places[stream]
            columns[start..<start &+ count].copyMemory(rows[next..<next &+ count])
        }
        next &+= count
        places[stream] &+= count
    }

    mutating func column(collection: UInt64, write: UInt64) throws(DecodingViolation) -> Int {
        let known = numbers.count
        let stream = try numbers.stream(collection: collection, write: write)
        if numbers.count > known {
            for kind in stream..<stream + 3 { places[kind] = 0 }
        }
        return stream
    }

    mutating func valuesLength() throws(DecodingViolation) {
        guard next < rows.count else { throw .truncated }
        var number = LongNumber(rows[next])
        next &+= 1
        var isWhole = number.value < 0x80 && rows[next &- 1] < 0x80
        while !isWhole {
            guard next < rows.count else { throw .truncated }
            isWhole = try number.append(rows[next])
            next &+= 1
        }
        stated = number.value
    }

    mutating func beginValues() { valuesStart = next }

    mutating func endValues() throws(DecodingViolation) {
        guard UInt64(next &- valuesStart) == stated else { throw .valuesLengthWrong }
    }
}

/// A LEB128 number of more than one byte, growing.
struct LongNumber {
    private(set) var value: UInt64
    private var shift: UInt64 = 7

    init(_ first: UInt8) { value = UInt64(first & 0x7F) }

    /// Whether the byte was the last.
    mutating func append(_ byte: UInt8) throws(DecodingViolation) -> Bool {
        if shift == 63, byte > 1 { throw .integerTooLarge }
        value |= UInt64(byte & 0x7F) << shift
        shift += 7
        if byte == 0 { throw .integerNotShortest }
        return byte < 0x80
    }
}
