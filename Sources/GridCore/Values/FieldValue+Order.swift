// SPDX-License-Identifier: Apache-2.0

extension FieldValue {
    package static func == (left: FieldValue, right: FieldValue) -> Bool {
        left.compare(right) == 0
    }

    /// A total order over all values, for sets: by kind, then by value; texts by UTF-8 bytes.
    package func precedes(_ other: FieldValue) -> Bool { compare(other) < 0 }

    /// Negative, zero or positive, as this value stands before, at or after the other.
    private func compare(_ other: FieldValue) -> Int {
        guard kindRank == other.kindRank else { return Self.compare(kindRank, other.kindRank) }
        return switch (self, other) {
        case (.text(let left), .text(let right)): Self.compare(left.utf8, right.utf8)
        case (.integer(let left), .integer(let right)): Self.compare(left, right)
        case (.boolean(let left), .boolean(let right)):
            Self.compare(left ? 1 : 0, right ? 1 : 0)
        case (.decimal(let left), .decimal(let right)):
            Self.first(
                Self.compare(left.mantissa, right.mantissa), Self.compare(left.scale, right.scale))
        case (.date(let left), .date(let right)): Self.compare(left, right)
        case (.time(let left), .time(let right)): Self.compare(left, right)
        case (.area(let left), .area(let right)): Self.compare(left, right)
        case (.reference(let left), .reference(let right)): Self.compare(left, right)
        case (.bytes(let left), .bytes(let right)): Self.compare(left, right)
        case (.point(let left), .point(let right)):
            Self.first(
                Self.compare(left.latitude, right.latitude),
                Self.compare(left.longitude, right.longitude))
        case (.attachment(let left), .attachment(let right)):
            Self.first(
                Self.first(
                    Self.compare(left.hash, right.hash), Self.compare(left.size, right.size)),
                Self.compare(left.mediaType.utf8, right.mediaType.utf8))
        case (.list(let left), .list(let right)):
            Self.compare(left, right) { $0.compare($1) }
        case (.map(let left), .map(let right)):
            Self.compare(left, right) {
                Self.first(
                    Self.compare($0.name.utf8, $1.name.utf8), $0.value.compare($1.value))
            }
        default: 0
        }
    }

    private var kindRank: Int {
        switch self {
        case .text: 0
        case .integer: 1
        case .boolean: 2
        case .decimal: 3
        case .date: 4
        case .time: 5
        case .area: 6
        case .reference: 7
        case .bytes: 8
        case .point: 9
        case .attachment: 10
        case .list: 11
        case .map: 12
        }
    }

    private static func first(_ left: Int, _ right: @autoclosure () -> Int) -> Int {
        left != 0 ? left : right()
    }

    private static func compare<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : (left == right ? 0 : 1)
    }

    private static func compare<Bytes: Collection<UInt8>>(_ left: Bytes, _ right: Bytes) -> Int {
        if left.elementsEqual(right) { return 0 }
        return left.lexicographicallyPrecedes(right) ? -1 : 1
    }

    private static func compare<Element>(
        _ left: [Element], _ right: [Element], by compare: (Element, Element) -> Int
    ) -> Int {
        for (leftElement, rightElement) in zip(left, right) {
            let order = compare(leftElement, rightElement)
            if order != 0 { return order }
        }
        return Self.compare(left.count, right.count)
    }
}
