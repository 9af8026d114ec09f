// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// Parts of a day, as people write them into settings.
struct DailyHoursTests {
    @Test func whatIsWrittenIsShownAgain() throws {
        for text in ["23:00-07:00", "12:30-13:00", "00:00-24:00", "22:15-24:00", "00:00-00:01"] {
            #expect(DailyHours(parsing: text)?.description == text)
        }
        #expect(DailyHours(parsing: "22:00-00:00")?.description == "22:00-24:00")
    }

    @Test(arguments: [
        "", "23:00", "23:00-", "7:00-8:00", "23:00-25:00", "23:60-24:00", "24:00-01:00",
        "24:01-02:00", "08:00-08:00", "00:00-00:00", "08:00-09:00 ", "08:00~09:00", "-1:00-02:00",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(DailyHours(parsing: text) == nil)
    }

    /// Two parts that meet at both ends make a whole day.
    @Test func everyMinuteIsInOneOfTwoHalves() throws {
        for from in stride(from: 0, to: 1_440, by: 97) {
            for until in stride(from: 1, to: 1_440, by: 89) where from != until {
                let first = try #require(DailyHours(parsing: Self.text(from, until)))
                let second = try #require(DailyHours(parsing: Self.text(until, from)))
                for minute in 0..<1_440 {
                    #expect(first.contains(minute: minute) != second.contains(minute: minute))
                }
                #expect(first.contains(minute: from))
            }
        }
    }

    private static func text(_ from: Int, _ until: Int) -> String {
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return [from, until].map { padded($0 / 60) + ":" + padded($0 % 60) }.joined(separator: "-")
    }
}
