// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Reads the canonical bytes of Protocol/notation.md. The bytes may be anything at all: every
/// length is checked before it is used, and every value has one form.
package struct ByteReader: Sendable {
    package let bytes: [UInt8]
    /// Position of the next byte.
    package private(set) var offset: Int
    /// One past the last byte this reader may read.
    package let end: Int

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    /// Reads a part of the bytes. The range must lie within them.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= bytes.count,
            "range \(range) outside \(bytes.count) bytes")
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    package var remaining: Int { end - offset }

    package func finish() throws(DecodingViolation) {
        guard offset == end else { throw .trailingBytes }
    }

    package mutating func byte() throws(DecodingViolation) -> UInt8 {
        guard offset < end else { throw .truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    package mutating func unsigned() throws(DecodingViolation) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            if shift == 63, byte > 1 { throw .integerTooLarge }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                if byte == 0, shift > 0 { throw .integerNotShortest }
                return value
            }
            shift += 7
        }
    }

    package mutating func unsigned(max: UInt64) throws(DecodingViolation) -> UInt64 {
        let value = try unsigned()
        guard value <= max else { throw .integerTooLarge }
        return value
    }

    /// A count or length of at most `max`.
    package mutating func count(max: Int) throws(DecodingViolation) -> Int {
        let value = try unsigned()
        guard value <= UInt64(max) else { throw .lengthTooLarge }
        return Int(value)
    }

    package mutating func signed() throws(DecodingViolation) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    package mutating func flag() throws(DecodingViolation) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        default: throw .flagNotBinary
        }
    }

    /// The range of the next `count` bytes, which are skipped.
    package mutating func skip(_ count: Int) throws(DecodingViolation) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { offset += count }
        return offset..<offset + count
    }

    package mutating func raw(_ count: Int) throws(DecodingViolation) -> [UInt8] {
        Array(bytes[try skip(count)])
    }

    package mutating func block(max: Int) throws(DecodingViolation) -> [UInt8] {
        try raw(count(max: max))
    }

    package mutating func text(max: Int) throws(DecodingViolation) -> String {
        let range = try skip(count(max: max))
        let slice = bytes[range]
        guard let text = String(validating: slice, as: UTF8.self) else { throw .textNotUTF8 }
        guard !slice.contains(0) else { throw .textHoldsNul }
        return text
    }

    /// Skips a text, when it is one.
    package mutating func skipText(max: Int) throws(DecodingViolation) {
        let range = try skip(count(max: max))
        let (isText, holdsNul) = bytes.withUnsafeBufferPointer { all in
            let part = UnsafeBufferPointer(rebasing: all[range])
            return ((try? UTF8Span(validating: part.span)) != nil, part.contains(0))
        }
        guard isText else { throw .textNotUTF8 }
        guard !holdsNul else { throw .textHoldsNul }
    }

    package mutating func bytes32() throws(DecodingViolation) -> Bytes32 {
        let range = try skip(32)
        return bytes.withUnsafeBytes { source in
            Bytes32 { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range])) }
        }
    }

    package mutating func fixed64() throws(DecodingViolation) -> UInt64 {
        let range = try skip(8)
        return bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
    }

    package mutating func area() throws(DecodingViolation) -> AreaCode {
        guard let level = AreaLevel(rawValue: try byte()) else { throw .areaNotValid }
        let number = try unsigned()
        do {
            return try AreaCode(level: level, number: number)
        } catch {
            throw .areaNotValid
        }
    }

    /// An area that logs may have: a county, township or village.
    package mutating func homeArea() throws(DecodingViolation) -> AreaCode {
        let area = try area()
        guard area.level <= .village else { throw .areaNotHome }
        return area
    }

    package mutating func domain() throws(DecodingViolation) -> Domain {
        let area = try homeArea()
        guard let lane = Lane(rawValue: try byte()) else { throw .unknownTag }
        return Domain(area: area, lane: lane)
    }

    package mutating func replica() throws(DecodingViolation) -> ReplicaID {
        ReplicaID(high: try fixed64(), low: try fixed64())
    }

    package mutating func log() throws(DecodingViolation) -> LogID {
        let domain = try domain()
        return LogID(replica: try replica(), domain: domain)
    }

    /// A place in a log, 1...`ProtocolLimits.sequenceMax`.
    package mutating func sequence() throws(DecodingViolation) -> UInt64 {
        let value = try unsigned()
        guard value >= 1, value <= ProtocolLimits.sequenceMax else { throw .sequenceOutOfRange }
        return value
    }

    package mutating func recordID() throws(DecodingViolation) -> RecordID {
        let high = try fixed64()
        let low = UInt16(try byte()) << 8 | UInt16(try byte())
        return RecordID(high: high, low: low)
    }
}
