// SPDX-License-Identifier: Apache-2.0

/// Reads digits and the marks between them.
struct DigitScanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// As many digits as come, if their count is allowed.
    mutating func number(digits allowed: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(allowed.upperBound).prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard allowed.contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// One to nine digits after a point, as so many whole digits; what is finer is cut off.
    mutating func fraction(digits: Int) -> Int? {
        let found = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard (1...9).contains(found.count) else { return nil }
        rest = rest.dropFirst(found.count)
        return (0..<digits).reduce(0) { sum, place in
            sum * 10 + (place < found.count ? Int(found[found.startIndex + place] - 0x30) : 0)
        }
    }

    mutating func separator() -> String? {
        for mark in ["-", "/", ".", "年", "月"] where take(mark) { return mark }
        return nil
    }

    mutating func take(_ mark: String) -> Bool {
        guard rest.starts(with: mark.utf8) else { return false }
        rest = rest.dropFirst(mark.utf8.count)
        return true
    }

    /// A number that is not negative, with zeros before it.
    static func padded(_ number: some BinaryInteger, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
