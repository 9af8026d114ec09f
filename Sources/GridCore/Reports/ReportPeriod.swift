// SPDX-License-Identifier: Apache-2.0

/// The days that a report speaks of.
package struct ReportPeriod: Hashable, Sendable {
    /// As it was asked for: `2026`, `2026-10`, `2026-Q3`, `2026-H1`, `2021-01-01..`.
    package let text: String
    /// In days since 1970-01-01.
    package let first: Int32
    /// The day after the last; nil for a period that goes on.
    package let end: Int32?

    /// Nil for anything but a year, a month, a quarter, a half-year, or a day with two dots.
    package init?(parsing text: String) {
        self.text = text
        if text.hasSuffix(".."), let date = CivilDate(parsing: text.dropLast(2)) {
            first = date.days
            end = nil
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let word = parts.first, word.utf8.count == 4, let year = Int(word) else { return nil }
        let (month, months): (Int, Int)
        switch parts.count {
        case 1: (month, months) = (1, 12)
        case 2:
            let part = parts[1]
            if part.first == "Q", let number = Int(part.dropFirst()), (1...4).contains(number) {
                (month, months) = (number * 3 - 2, 3)
            } else if part.first == "H", let number = Int(part.dropFirst()),
                (1...2).contains(number)
            {
                (month, months) = (number * 6 - 5, 6)
            } else if part.utf8.count == 2, let number = Int(part) {
                (month, months) = (number, 1)
            } else {
                return nil
            }
        default: return nil
        }
        let after = month + months - 1
        guard let start = CivilDate(year: year, month: month, day: 1),
            let end = CivilDate(year: year + after / 12, month: after % 12 + 1, day: 1)
        else { return nil }
        first = start.days
        self.end = end.days
    }

    /// The year that it begins in.
    package var year: Int64 { CivilDate(days: first).map { Int64($0.year) } ?? 0 }

    /// The first day, as columns hold dates and times begin.
    package var firstText: String { CivilDate(days: first)?.description ?? "" }
    /// The day after the last, so that all texts of the period are below it.
    package var endText: String { end.flatMap { CivilDate(days: $0)?.description } ?? "9999-99" }

    package func contains(_ day: Int32) -> Bool { day >= first && end.map { day < $0 } ?? true }
}
