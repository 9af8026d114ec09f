// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct CivilDateTests {
    @Test(arguments: [
        (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2026, 10, 7, 20_733),
        (1, 1, 1, -719_162), (9999, 12, 31, 2_932_896),
    ])
    func daysAreCountedFrom1970(year: Int, month: Int, day: Int, days: Int32) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.days == days)
        #expect(CivilDate(days: days) == date)
    }

    @Test func everyDayOfTheCalendarComesBack() {
        var previous: CivilDate?
        for days in stride(from: Int32(-719_162), through: 2_932_896, by: 1) {
            guard let date = CivilDate(days: days), date.days == days else {
                Issue.record("day \(days)")
                return
            }
            if let previous, previous >= date { Issue.record("order at \(days)") }
            previous = date
        }
        #expect(CivilDate(days: -719_163) == nil)
        #expect(CivilDate(days: 2_932_897) == nil)
    }

    @Test(arguments: [(2010, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (0, 1, 1)])
    func daysThatDoNotExistAreNot(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(arguments: [
        "2026-10-07", "2026/10/7", "2026.10.7", "20261007", "2026年10月7日", "2026年10月07号",
        "2026-10-7",
    ])
    func datesAreReadAsPeopleWriteThem(text: String) throws {
        let date = try #require(CivilDate(parsing: text))
        #expect(date.description == "2026-10-07")
    }

    @Test(arguments: [
        "", "2026", "2026-10", "26-10-07", "2026-10/07", "2026-02-30", "20260230", "2026-10-07x",
        "2026101", "202610070", "2026年10-7",
    ])
    func otherTextsAreNoDates(text: String) {
        #expect(CivilDate(parsing: text) == nil)
    }
}

struct ChinaTimeTests {
    @Test(
        arguments: [
            ("2018-01-01 02:39:14", 1_514_745_554_000),
            ("2018-01-01T02:39:14+08:00", 1_514_745_554_000),
            ("2017-12-31T18:39:14Z", 1_514_745_554_000),
            ("2018-01-01T02:39:14.5", 1_514_745_554_500),
            ("2017-12-31T18:39:14.0009Z", 1_514_745_554_000), ("2018/1/1 2:39", 1_514_745_540_000),
            ("2017-12-31T13:39:14-05:00", 1_514_745_554_000), ("1970-01-01", -28_800_000),
            ("2018-01-01 02:39:14+0800", 1_514_745_554_000),
        ] as [(String, Int64)])
    func timesAreReadAsPeopleWriteThem(text: String, milliseconds: Int64) {
        #expect(ChinaTime.milliseconds(parsing: text) == milliseconds)
    }

    @Test(arguments: [
        "", "02:39", "2018-01-01T", "2018-01-01 24:00", "2018-01-01 02:60", "2018-01-01 02:39:60",
        "2018-02-30 02:39", "2018-01-01 02:39:14.", "2018-01-01 02:39:14+8", "2018-01-01 02:39 x",
    ])
    func otherTextsAreNoTimes(text: String) {
        #expect(ChinaTime.milliseconds(parsing: text) == nil)
    }

    @Test func timesAreWrittenInChinaTime() {
        #expect(ChinaTime.text(of: 1_514_745_554_000) == "2018-01-01T02:39:14+08:00")
        #expect(ChinaTime.text(of: 1_514_745_554_007) == "2018-01-01T02:39:14.007+08:00")
        #expect(ChinaTime.text(of: -28_800_001) == "1969-12-31T23:59:59.999+08:00")
        #expect(ChinaTime.text(of: .max) == nil)
        #expect(ChinaTime.text(of: .min) == nil)
    }

    @Test func theDayChangesAtMidnightInChina() {
        #expect(ChinaTime.day(of: -28_800_000) == 0)
        #expect(ChinaTime.day(of: -28_800_001) == -1)
        #expect(ChinaTime.day(of: .max) == 2_932_896)
        #expect(ChinaTime.day(of: .min) == -719_162)
    }
}
