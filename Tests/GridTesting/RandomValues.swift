// SPDX-License-Identifier: Apache-2.0

package import GridCore

extension SplitMix64 {
    /// A value of any kind. Small ranges, so that equal and nearly equal values meet.
    package mutating func value(depth: Int = 0) -> FieldValue {
        switch below(depth < 2 ? 13 : 11) {
        case 0: return .text(text())
        case 1: return .integer(integer())
        case 2: return .boolean(below(2) == 0)
        case 3:
            let decimal = DecimalNumber(mantissa: integer(), scale: UInt8(below(10)))
            return decimal.map { .decimal($0) } ?? .integer(0)
        case 4: return .date(Int32(below(3)))
        case 5: return .time(integer())
        case 6: return .area(area())
        case 7: return .reference(RecordID(high: next() & 1, low: UInt16(below(3))))
        case 8: return .bytes((0..<below(3)).map { _ in UInt8(below(3)) })
        case 9:
            let point = GeoPoint(latitude: Int32(below(2)), longitude: -Int32(below(2)))
            return point.map { .point($0) } ?? .integer(0)
        case 10:
            return .attachment(
                AttachmentReference(
                    hash: [UInt8](repeating: UInt8(below(2)), count: 32), size: next() & 1,
                    mediaType: pick(["image/jpeg", "image/png"])))
        case 11: return .list((0..<below(3)).map { _ in value(depth: depth + 1) })
        default:
            var parts: [String: FieldValue] = [:]
            for _ in 0..<below(3) { parts[pick(["a", "b", "ab"])] = value(depth: depth + 1) }
            return .map(of: parts)
        }
    }

    private mutating func text() -> String {
        pick(["", "a", "ab", "谷脚镇", "e\u{301}", "\u{E9}", "\u{1F600}", "\u{FFFD}"])
    }

    private mutating func integer() -> Int64 {
        pick([0, 1, -1, 10, 64, -65, .max, .min])
    }

    private mutating func area() -> AreaCode {
        let texts = ["522730", "522730103", "522730103201", "5227301032010070103"]
        guard let area = try? AreaCode(parsing: pick(texts)) else {
            preconditionFailure("these are area codes")
        }
        return area
    }
}
