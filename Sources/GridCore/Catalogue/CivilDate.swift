// SPDX-License-Identifier: Apache-2.0

/// A day of the proleptic Gregorian calendar, years 1...9999.
///
/// Arithmetic as in Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
/// (`days_from_civil`, `civil_from_days`).
package struct CivilDate: Hashable, Comparable, Sendable {
    package let year: Int32
    /// 1...12.
    package let month: Int32
    /// 1...31.
    package let day: Int32

    /// Nil for a day that does not exist.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysInMonth(month, of: year)
        else { return nil }
        self.year = Int32(year)
        self.month = Int32(month)
        self.day = Int32(day)
    }

    /// The day so many days after 1970-01-01; nil outside the years 1...9999.
    package init?(days: Int32) {
        guard (-719_162...2_932_896).contains(days) else { return nil }
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    package var days: Int32 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2:
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CivilDate: CustomStringConvertible {
    /// `2026-10-07`.
    package var description: String {
        String(unsafeUninitializedCapacity: 10) { buffer in
            func put(_ number: Int32, at place: Int) {
                buffer[place] = 0x30 + UInt8(number / 10 % 10)
                buffer[place + 1] = 0x30 + UInt8(number % 10)
            }
            put(year / 100, at: 0)
            put(year, at: 2)
            buffer[4] = 0x2D
            put(month, at: 5)
            buffer[7] = 0x2D
            put(day, at: 8)
            return 10
        }
    }
}

extension CivilDate {
    /// Reads a date as people write it: `2026-10-07`, `2026/10/7`, `2026.10.7`, `20261007`,
    /// `2026年10月7日`. Nil for anything else and for days that do not exist.
    package init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        var scanner = DigitScanner(bytes[...])
        if bytes.count == 8, let number = scanner.number(digits: 8...8), scanner.isAtEnd {
            self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100)
            return
        }
        scanner = DigitScanner(bytes[...])
        guard let year = scanner.number(digits: 4...4), let first = scanner.separator(),
            let month = scanner.number(digits: 1...2), let second = scanner.separator(),
            let day = scanner.number(digits: 1...2)
        else { return nil }
        switch (first, second) {
        case ("年", "月"):
            guard scanner.take("日") || scanner.take("号") || scanner.isAtEnd else { return nil }
        case ("-", "-"), ("/", "/"), (".", "."): break
        default: return nil
        }
        guard scanner.isAtEnd else { return nil }
        self.init(year: year, month: month, day: day)
    }
}
