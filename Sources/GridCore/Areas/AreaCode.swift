// SPDX-License-Identifier: Apache-2.0

/// The code of a piece of the county: 6, 9, 12, 15, 17 or 19 decimal digits, parent by prefix.
///
/// Codes order as their digits do, a parent before its children. A code names a place in the
/// hierarchy, never a record: codes change when villages are merged or renumbered.
package struct AreaCode: Hashable, Comparable, Sendable {
    package let level: AreaLevel
    /// The digits read as one number, below 10 to the power of the level's digits.
    package let number: UInt64

    /// Parses 6, 9, 12, 15, 17 or 19 ASCII digits; a 12-digit form padded with zeros, as the NBS
    /// writes upper levels (`522730103000`), is read as the level it stands for. Anything else is
    /// refused, never repaired.
    package init(parsing text: some StringProtocol) throws(AreaCodeError) {
        let utf8 = text.utf8
        guard let level = AreaLevel(rawValue: UInt8(clamping: utf8.count)) else {
            throw .wrongLength(utf8.count)
        }
        var number: UInt64 = 0
        for byte in utf8 {
            guard byte >= 0x30, byte <= 0x39 else { throw .notDigits }
            number = number &* 10 &+ UInt64(byte &- 0x30)
        }
        if level == .village, number.isMultiple(of: 1_000_000) {
            try self.init(level: .county, number: number / 1_000_000)
        } else if level == .village, number.isMultiple(of: 1000) {
            try self.init(level: .township, number: number / 1000)
        } else {
            try self.init(level: level, number: number)
        }
    }

    /// Makes a code from its level and number; a number that has more digits than the level, no
    /// county part, or an empty township, village or grid part is refused.
    package init(level: AreaLevel, number: UInt64) throws(AreaCodeError) {
        guard number < Self.powersOfTen[level.digits] else { throw .wrongLength(20) }
        self.level = level
        self.number = number
        for part in [AreaLevel.county, .township, .village, .grid] where part <= level {
            let width: UInt64 = part == .county ? 1_000_000 : 1000
            let prefix = number / Self.powersOfTen[level.digits - part.digits]
            guard !prefix.isMultiple(of: width) else { throw .emptyPart(part) }
        }
    }

    private init(prefixOf code: AreaCode, at level: AreaLevel) {
        self.level = level
        number = code.number / Self.powersOfTen[code.level.digits - level.digits]
    }

    /// The area of the given level that this one lies in, itself included; nil below its own level.
    package func ancestor(at level: AreaLevel) -> AreaCode? {
        level <= self.level ? AreaCode(prefixOf: self, at: level) : nil
    }

    /// The area whose logs carry a record with this code: the code itself down to the village,
    /// above that the village a grid, group or unit lies in.
    package var home: AreaCode { ancestor(at: .village) ?? self }

    /// Whether `other` is this area or lies in it, at level boundaries only.
    package func contains(_ other: AreaCode) -> Bool { other.ancestor(at: level) == self }

    package static func < (left: AreaCode, right: AreaCode) -> Bool {
        let scaledLeft = left.number &* powersOfTen[19 - left.level.digits]
        let scaledRight = right.number &* powersOfTen[19 - right.level.digits]
        return (scaledLeft, left.level) < (scaledRight, right.level)
    }

    private static let powersOfTen: [UInt64] = (0...19).reduce(into: []) { powers, _ in
        powers.append(powers.last.map { $0 &* 10 } ?? 1)
    }
}

extension AreaCode: CustomStringConvertible {
    /// All digits of the level, unpadded.
    package var description: String {
        let text = String(number)
        return String(repeating: "0", count: level.digits - text.utf8.count) + text
    }
}

/// Why a text or number is not an area code.
package enum AreaCodeError: Error, Hashable, Sendable {
    /// Not 6, 9, 12, 15, 17 or 19 digits; carries the number of bytes found.
    case wrongLength(Int)
    case notDigits
    /// The part that makes it a code of this level is all zeros.
    case emptyPart(AreaLevel)
}
