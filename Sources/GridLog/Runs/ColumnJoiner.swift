// SPDX-License-Identifier: Apache-2.0

import GridCodec

/// Carries columns, which may be any bytes at all, to rows.
struct ColumnJoiner: EntryCarrier {
    private let columns: UnsafeRawBufferPointer
    /// What is left of each stream.
    private let streams: UnsafeMutableBufferPointer<Range<Int>>
    private let rows: UnsafeMutableRawBufferPointer
    private var next = 0
    private var numbers = ColumnNumbers()
    private var lengthPlace = 0
    private var valuesStart = 0

    /// The streams lie within the columns, and are at least those of heads.
    init(
        _ columns: UnsafeRawBufferPointer, streams: UnsafeMutableBufferPointer<Range<Int>>,
        to rows: UnsafeMutableRawBufferPointer
    ) {
        self.columns = columns
        self.streams = streams
        self.rows = rows
    }

    /// Nothing is left, neither of the streams nor of the room.
    func finish() throws(DecodingViolation) {
        guard RunColumns.headStreams + 3 * numbers.count == streams.count,
            streams.allSatisfy(\.isEmpty)
        else { throw .trailingBytes }
        guard next == rows.count else { throw .compressionBroken }
    }

    @inline(__always)
    mutating func byte(_ stream: Int) throws(DecodingViolation) -> UInt8 {
        let left = streams[stream]
        guard left.lowerBound < left.upperBound else { throw .truncated }
        guard next < rows.count else { throw .compressionBroken }
        let byte = columns[left.lowerBound]
        streams[stream] = Range(uncheckedBounds: (left.lowerBound &+ 1, left.upperBound))
        rows[next] = byte
        next &+= 1
        return byte
    }

    @inline(__always)
    mutating func bytes(_ count: UInt64, _ stream: Int) throws(DecodingViolation) {
        let left = streams[stream]
        guard count <= UInt64(left.upperBound &- left.lowerBound) else { throw .truncated }
        guard count <= UInt64(rows.count &- next) else { throw .compressionBroken }
        let count = Int(count)
        let end = left.lowerBound &+ count
        rows[next..<next &+ count].copyMemory(columns[left.lowerBound..<end])
        streams[stream] = Range(uncheckedBounds: (end, left.upperBound))
        next &+= count
    }

    mutating func column(collection: UInt64, write: UInt64) throws(DecodingViolation) -> Int {
        let stream = try numbers.stream(collection: collection, write: write)
        guard stream < streams.count else { throw .truncated }
        return stream
    }

    /// Leaves one byte for the length, which most lengths are content with.
    mutating func valuesLength() throws(DecodingViolation) {
        guard next < rows.count else { throw .compressionBroken }
        lengthPlace = next
        next &+= 1
    }

    mutating func beginValues() { valuesStart = next }

    mutating func endValues() throws(DecodingViolation) {
        let length = next &- valuesStart
        if length < 0x80 {
            rows[lengthPlace] = UInt8(truncatingIfNeeded: length)
            return
        }
        // Up to 65,536 bytes have a length of three; runs have no values longer than four.
        let more = length < 1 << 14 ? 1 : length < 1 << 21 ? 2 : 3
        guard more <= rows.count &- next else { throw .compressionBroken }
        let moved = lengthPlace &+ 1
        UnsafeMutableRawBufferPointer(rebasing: rows[(moved &+ more)..<(next &+ more)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: rows[moved..<next]))
        next &+= more
        var rest = length
        for place in lengthPlace..<lengthPlace &+ more {
            rows[place] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
        }
        rows[lengthPlace &+ more] = UInt8(truncatingIfNeeded: rest)
    }
}

extension Slice<UnsafeMutableRawBufferPointer> {
    /// The bytes of a slice of the same length.
    @inline(__always)
    func copyMemory(_ from: Slice<UnsafeRawBufferPointer>) {
        UnsafeMutableRawBufferPointer(rebasing: self)
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: from))
    }
}
