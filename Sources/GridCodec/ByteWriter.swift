// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Writes the canonical bytes of Protocol/notation.md. What is written is trusted: limits are
/// held by those who make values, and checked by the reader.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    package mutating func unsigned(_ value: UInt32) { unsigned(UInt64(value)) }

    package mutating func unsigned(_ value: UInt16) { unsigned(UInt64(value)) }

    /// Unsigned LEB128, 1 to 10 bytes.
    package mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A count or length; LEB128.
    package mutating func count(_ value: Int) { unsigned(UInt64(value)) }

    /// Zig-zag, then LEB128.
    package mutating func signed(_ value: Int64) {
        unsigned(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// The bytes as they are, without a length.
    package mutating func raw(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    package mutating func raw(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

    package mutating func raw(_ more: Bytes32) { more.withBytes { bytes.append(contentsOf: $0) } }

    /// Length, then the bytes.
    package mutating func block(_ more: [UInt8]) {
        count(more.count)
        bytes.append(contentsOf: more)
    }

    package mutating func text(_ text: String) {
        var text = text
        text.withUTF8 {
            count($0.count)
            bytes.append(contentsOf: $0)
        }
    }

    package mutating func flag(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Eight bytes, most significant first.
    package mutating func fixed64(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    package mutating func area(_ area: AreaCode) {
        bytes.append(area.level.rawValue)
        unsigned(area.number)
    }

    package mutating func replica(_ replica: ReplicaID) {
        fixed64(replica.high)
        fixed64(replica.low)
    }

    package mutating func log(_ log: LogID) {
        area(log.domain.area)
        bytes.append(log.domain.lane.rawValue)
        replica(log.replica)
    }

    package mutating func recordID(_ id: RecordID) {
        fixed64(id.high)
        bytes.append(UInt8(id.low >> 8))
        bytes.append(UInt8(id.low & 0xFF))
    }
}
