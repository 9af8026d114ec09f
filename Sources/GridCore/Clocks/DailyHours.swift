// SPDX-License-Identifier: Apache-2.0

/// A part of every day in China, from one minute to another; it may go beyond midnight.
package struct DailyHours: Hashable, Sendable, CustomStringConvertible {
    /// Minutes after midnight, 0...1439.
    package let from: Int
    /// The first minute that is outside, 1...1440.
    package let until: Int

    /// Reads `23:00-07:00`; `24:00` ends a day. Nil for anything else, and for two equal times.
    package init?(parsing text: some StringProtocol) {
        var scanner = DigitScanner(Array(text.utf8)[...])
        guard let from = Self.minute(&scanner), from < 1_440, scanner.take("-"),
            let until = Self.minute(&scanner), scanner.isAtEnd, until > 0 || from > 0,
            from != until
        else { return nil }
        self.from = from
        self.until = until == 0 ? 1_440 : until
    }

    package func contains(minute: Int) -> Bool {
        from < until
            ? from..<until ~= minute
            : minute >= from || minute < until
    }

    package var description: String { "\(Self.text(from))-\(Self.text(until))" }

    private static func minute(_ scanner: inout DigitScanner) -> Int? {
        guard let hour = scanner.number(digits: 2...2), scanner.take(":"),
            let minute = scanner.number(digits: 2...2), minute < 60, hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    private static func text(_ minute: Int) -> String {
        DigitScanner.padded(Int64(minute / 60), to: 2) + ":"
            + DigitScanner.padded(Int64(minute % 60), to: 2)
    }
}
