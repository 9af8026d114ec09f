// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// The tags of Protocol/values.md.
package enum ValueTag: UInt8 {
    case text = 0
    case integer = 1
    case no = 2
    case yes = 3
    case decimal = 4
    case date = 5
    case time = 6
    case area = 7
    case reference = 8
    case bytes = 9
    case point = 10
    case attachment = 11
    case list = 12
    case map = 13
}

/// Days since 1970-01-01 of 0001-01-01 and 9999-12-31.
private let dateRange: ClosedRange<Int64> = -719_162...2_932_896

extension ByteWriter {
    package mutating func value(_ value: FieldValue) {
        switch value {
        case .text(let text):
            tag(.text)
            self.text(text)
        case .integer(let integer):
            tag(.integer)
            signed(integer)
        case .boolean(let boolean): tag(boolean ? .yes : .no)
        case .decimal(let decimal):
            tag(.decimal)
            signed(decimal.mantissa)
            byte(decimal.scale)
        case .date(let days):
            tag(.date)
            signed(Int64(days))
        case .time(let milliseconds):
            tag(.time)
            signed(milliseconds)
        case .area(let area):
            tag(.area)
            self.area(area)
        case .reference(let id):
            tag(.reference)
            recordID(id)
        case .bytes(let bytes):
            tag(.bytes)
            block(bytes)
        case .point(let point):
            tag(.point)
            signed(Int64(point.latitude))
            signed(Int64(point.longitude))
        case .attachment(let attachment):
            tag(.attachment)
            raw(attachment.hash)
            unsigned(attachment.size)
            text(attachment.mediaType)
        case .list(let values):
            tag(.list)
            count(values.count)
            for value in values { self.value(value) }
        case .map(let parts):
            tag(.map)
            count(parts.count)
            for part in parts {
                text(part.name)
                self.value(part.value)
            }
        }
    }

    private mutating func tag(_ tag: ValueTag) { byte(tag.rawValue) }
}

extension ByteReader {
    /// Reads one value; lists and maps stand at most `ProtocolLimits.valueDepthMax` deep.
    package mutating func value() throws(DecodingViolation) -> FieldValue {
        try value(depth: 0)
    }

    /// Skips one value, when it is one that `value()` can read.
    package mutating func skipValue() throws(DecodingViolation) {
        guard offset < end, let tag = ValueTag(rawValue: bytes[offset]) else {
            _ = try value()
            return
        }
        switch tag {
        case .text:
            _ = try byte()
            try skipText(max: ProtocolLimits.entryBytesMax)
        case .integer, .time:
            _ = try byte()
            _ = try signed()
        case .no, .yes: _ = try byte()
        case .decimal, .date, .area, .reference, .bytes, .point, .attachment, .list, .map:
            _ = try value()
        }
    }

    private mutating func value(depth: Int) throws(DecodingViolation) -> FieldValue {
        guard let tag = ValueTag(rawValue: try byte()) else { throw .unknownTag }
        switch tag {
        case .text: return .text(try text(max: ProtocolLimits.entryBytesMax))
        case .integer: return .integer(try signed())
        case .no: return .boolean(false)
        case .yes: return .boolean(true)
        case .decimal: return .decimal(try decimal())
        case .date:
            let days = try signed()
            guard dateRange.contains(days) else { throw .dateOutOfRange }
            return .date(Int32(days))
        case .time: return .time(try signed())
        case .area: return .area(try area())
        case .reference: return .reference(try recordID())
        case .bytes: return .bytes(try block(max: ProtocolLimits.entryBytesMax))
        case .point: return .point(try point())
        case .attachment:
            let hash = try raw(32)
            let size = try unsigned()
            let mediaType = try text(max: ProtocolLimits.messageTextBytesMax)
            return .attachment(AttachmentReference(hash: hash, size: size, mediaType: mediaType))
        case .list:
            guard depth < ProtocolLimits.valueDepthMax else { throw .nestedTooDeep }
            let count = try count(max: ProtocolLimits.operationValuesMax)
            var values: [FieldValue] = []
            for _ in 0..<count { values.append(try value(depth: depth + 1)) }
            return .list(values)
        case .map: return try map(depth: depth)
        }
    }

    private mutating func decimal() throws(DecodingViolation) -> DecimalNumber {
        let mantissa = try signed()
        let scale = try byte()
        guard let decimal = DecimalNumber(mantissa: mantissa, scale: scale),
            decimal.scale == scale
        else { throw .decimalNotNormal }
        return decimal
    }

    private mutating func point() throws(DecodingViolation) -> GeoPoint {
        guard let latitude = Int32(exactly: try signed()),
            let longitude = Int32(exactly: try signed()),
            let point = GeoPoint(latitude: latitude, longitude: longitude)
        else { throw .pointOutOfRange }
        return point
    }

    private mutating func map(depth: Int) throws(DecodingViolation) -> FieldValue {
        guard depth < ProtocolLimits.valueDepthMax else { throw .nestedTooDeep }
        let count = try count(max: ProtocolLimits.operationValuesMax)
        var parts: [FieldValue.MapPart] = []
        for _ in 0..<count {
            let name = try text(max: ProtocolLimits.messageTextBytesMax)
            if let last = parts.last {
                guard last.name.utf8.lexicographicallyPrecedes(name.utf8) else {
                    throw .notAscending
                }
            }
            parts.append(FieldValue.MapPart(name: name, value: try value(depth: depth + 1)))
        }
        return .map(parts)
    }
}
