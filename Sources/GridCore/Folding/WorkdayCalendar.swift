// SPDX-License-Identifier: Apache-2.0

/// Which days are worked in mainland China: Monday to Friday, less public holidays, and the weekends
/// that make up for them.
///
/// Holidays are published for one year at a time. Years without a list count as Monday to Friday,
/// and `covers` says so.
package struct WorkdayCalendar: Sendable {
    /// Years with a list.
    package let years: Set<Int32>
    /// Holidays that fall on Monday to Friday, in days since 1970-01-01, ascending.
    private let off: [Int32]
    /// Weekends that are worked, ascending.
    private let on: [Int32]

    /// Longest term in working days.
    package static let termMax = 999

    /// Reads lines of a year, its holidays as month and day, a bar, and its working weekends.
    ///
    /// - Precondition: the text is in that form; it is the program's own.
    package init(parsing text: String) {
        var years: Set<Int32> = []
        var off: [Int32] = []
        var on: [Int32] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard let year = words.first.flatMap({ Int($0) }) else { continue }
            years.insert(Int32(year))
            var isWorked = false
            for word in words.dropFirst() {
                if word == "|" { isWorked = true; continue }
                guard let number = Int(word),
                    let date = CivilDate(year: year, month: number / 100, day: number % 100)
                else { preconditionFailure("the calendar's table holds \(word) in \(year)") }
                let isWeekday = Self.isWeekday(date.days)
                if isWorked, !isWeekday { on.append(date.days) }
                if !isWorked, isWeekday { off.append(date.days) }
            }
        }
        self.years = years
        self.off = off.sorted()
        self.on = on.sorted()
    }

    /// The calendar of the program's edition.
    package static let china = WorkdayCalendar(parsing: chinaNotation)

    /// Whether the holidays of a day's year are known.
    package func covers(_ day: Int32) -> Bool {
        CivilDate(days: day).map { years.contains($0.year) } ?? false
    }

    package func isWorkday(_ day: Int32) -> Bool {
        Self.isWeekday(day) ? !Self.holds(off, day) : Self.holds(on, day)
    }

    /// How many days after `first` and up to `last` are worked; 0 where `last` is not later.
    package func workdays(after first: Int32, through last: Int32) -> Int {
        guard last > first else { return 0 }
        return Self.weekdays(through: last) - Self.weekdays(through: first)
            - (Self.count(off, through: last) - Self.count(off, through: first))
            + (Self.count(on, through: last) - Self.count(on, through: first))
    }

    /// The end, at midnight in China, of the so-manieth working day after the day of `start`. A term
    /// of none ends with the day of `start`.
    ///
    /// - Parameters:
    ///   - days: 0...`termMax`; more counts as that.
    ///   - start: milliseconds since 1970-01-01T00:00Z.
    package func end(ofTerm days: Int, from start: Int64) -> Int64 {
        var day = ChinaTime.day(of: start)
        var left = min(max(days, 0), Self.termMax)
        while left > 0, day < 2_932_896 {
            day += 1
            if isWorkday(day) { left -= 1 }
        }
        return ChinaTime.midnight(endingDay: day)
    }

    private static func isWeekday(_ day: Int32) -> Bool {
        let shifted = (Int(day) + 3) % 7
        return (shifted < 0 ? shifted + 7 : shifted) < 5
    }

    /// Mondays to Fridays up to a day, counted from a Monday before all days there are.
    private static func weekdays(through day: Int32) -> Int {
        // Day -3 is a Monday, and so is any whole number of weeks before it.
        let days = Int(day) + 3 + 7 * 200_000 + 1
        return days / 7 * 5 + min(days % 7, 5)
    }

    private static func count(_ days: [Int32], through day: Int32) -> Int {
        var low = 0
        var high = days.count
        while low < high {
            let middle = (low + high) / 2
            if days[middle] <= day { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func holds(_ days: [Int32], _ day: Int32) -> Bool {
        let count = count(days, through: day)
        return count > 0 && days[count - 1] == day
    }
}

extension ChinaTime {
    /// The midnight in China with which a day ends, in milliseconds since 1970-01-01T00:00Z.
    package static func midnight(endingDay day: Int32) -> Int64 {
        (Int64(day) + 1) * dayMilliseconds - 8 * 3_600_000
    }
}
