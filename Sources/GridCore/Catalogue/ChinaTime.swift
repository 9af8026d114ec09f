// SPDX-License-Identifier: Apache-2.0

/// Instants as people in China say them: UTC+08:00 all year, in the whole country.
package enum ChinaTime {
    static let dayMilliseconds: Int64 = 86_400_000
    private static let offsetMilliseconds: Int64 = 8 * 3_600_000

    /// The civil day on which an instant falls, in days since 1970-01-01. Instants outside the
    /// years 1...9999 fall on the first or last day of that range.
    package static func day(of milliseconds: Int64) -> Int32 {
        let (day, _) = parts(of: milliseconds)
        return Int32(min(max(day, -719_162), 2_932_896))
    }

    /// The minute of its civil day on which an instant falls, 0...1439.
    package static func minute(of milliseconds: Int64) -> Int {
        Int(parts(of: milliseconds).rest / 60_000)
    }

    /// The instant at which a minute of a civil day begins.
    ///
    /// - Parameter day: days since 1970-01-01.
    package static func milliseconds(day: Int32, minute: Int) -> Int64 {
        Int64(day) * dayMilliseconds + Int64(minute) * 60_000 - offsetMilliseconds
    }

    /// `2018-01-01T02:39:14+08:00`, with milliseconds when there are any; nil outside the years
    /// 1...9999.
    package static func text(of milliseconds: Int64) -> String? {
        let (day, rest) = parts(of: milliseconds)
        guard let day = Int32(exactly: day), let date = CivilDate(days: day) else { return nil }
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60]
            .map { DigitScanner.padded($0, to: 2) }.joined(separator: ":")
        let fraction = rest % 1000 == 0 ? "" : "." + DigitScanner.padded(rest % 1000, to: 3)
        return "\(date)T\(clock)\(fraction)+08:00"
    }

    /// Reads a civil date, then a space or T, then hours and minutes, seconds and up to 9 digits
    /// of fraction if given, then `Z`, `+08:00` or another offset; no offset means +08:00. A date
    /// alone is its midnight. Nil for anything else.
    package static func milliseconds(parsing text: some StringProtocol) -> Int64? {
        let text = String(text)
        guard let gap = text.utf8.firstIndex(where: { $0 == 0x54 || $0 == 0x20 || $0 == 0x74 })
        else {
            return CivilDate(parsing: text).map {
                Int64($0.days) * dayMilliseconds - offsetMilliseconds
            }
        }
        guard let date = CivilDate(parsing: text[..<gap]) else { return nil }
        let clock = TextFolding.trimmed(String(text[text.utf8.index(after: gap)...]))
        var scanner = DigitScanner(Array(clock.utf8)[...])
        guard let time = timeOfDay(&scanner), let offset = offset(&scanner), scanner.isAtEnd else {
            return nil
        }
        return Int64(date.days) * dayMilliseconds + time - offset
    }

    private static func timeOfDay(_ scanner: inout DigitScanner) -> Int64? {
        guard let hour = scanner.number(digits: 1...2), hour < 24, scanner.take(":"),
            let minute = scanner.number(digits: 2...2), minute < 60
        else { return nil }
        var milliseconds = Int64(hour * 60 + minute) * 60_000
        guard scanner.take(":") else { return milliseconds }
        guard let second = scanner.number(digits: 2...2), second < 60 else { return nil }
        milliseconds += Int64(second) * 1000
        if scanner.take(".") {
            guard let fraction = scanner.fraction(digits: 3) else { return nil }
            milliseconds += Int64(fraction)
        }
        return milliseconds
    }

    private static func offset(_ scanner: inout DigitScanner) -> Int64? {
        if scanner.isAtEnd { return offsetMilliseconds }
        if scanner.take("Z") || scanner.take("z") { return 0 }
        let isEast = scanner.take("+")
        guard isEast || scanner.take("-"), let hours = scanner.number(digits: 2...2), hours < 15
        else { return nil }
        _ = scanner.take(":")
        let minutes = scanner.isAtEnd ? 0 : scanner.number(digits: 2...2)
        guard let minutes, minutes < 60 else { return nil }
        return (isEast ? 1 : -1) * Int64(hours * 60 + minutes) * 60_000
    }

    /// The civil day in China and the milliseconds since its midnight.
    private static func parts(of milliseconds: Int64) -> (day: Int64, rest: Int64) {
        let local = milliseconds.addingReportingOverflow(offsetMilliseconds)
        let shifted = local.overflow ? Int64.max : local.partialValue
        let (day, rest) = shifted.quotientAndRemainder(dividingBy: dayMilliseconds)
        return rest < 0 ? (day - 1, rest + dayMilliseconds) : (day, rest)
    }
}
