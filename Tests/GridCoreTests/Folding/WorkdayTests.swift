// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct WorkdayTests {
    private static func time(_ text: String) throws -> Int64 {
        try #require(ChinaTime.milliseconds(parsing: text))
    }

    private static func day(_ text: String) throws -> Int32 {
        try #require(CivilDate(parsing: text)).days
    }

    @Test func nationalDayIsOffAndTheWeekendBeforeItIsWorked() throws {
        let calendar = WorkdayCalendar.china
        #expect(!calendar.isWorkday(try Self.day("2026-10-01")))
        #expect(calendar.isWorkday(try Self.day("2026-09-30")))
        #expect(calendar.isWorkday(try Self.day("2025-09-28")))
        #expect(!calendar.isWorkday(try Self.day("2025-09-27")))
        #expect(calendar.years.sorted() == Array(2018...2026))
    }

    @Test func aYearWithoutAListIsMondayToFridayAndSaysSo() throws {
        let calendar = WorkdayCalendar.china
        let day = try Self.day("2031-10-01")
        #expect(!calendar.covers(day))
        #expect(calendar.isWorkday(day))
        #expect(!calendar.isWorkday(try Self.day("2031-10-04")))
        #expect(calendar.covers(try Self.day("2026-12-31")))
    }

    @Test func countingAgreesWithWalking() throws {
        let calendar = WorkdayCalendar.china
        let first = try Self.day("2017-11-20")
        var walked = 0
        for day in (first + 1)...(first + 4000) {
            if calendar.isWorkday(day) { walked += 1 }
            #expect(calendar.workdays(after: first, through: day) == walked)
        }
        #expect(calendar.workdays(after: first, through: first - 9) == 0)
        #expect(calendar.workdays(after: -719_162, through: 2_932_896) > 2_500_000)
    }

    @Test func aTermEndsAtMidnightAfterItsLastWorkingDay() throws {
        let calendar = WorkdayCalendar.china
        let start = try Self.time("2026-09-30 15:00")
        // 1 to 7 October are off, 10 October is a working Saturday.
        #expect(calendar.end(ofTerm: 1, from: start) == (try Self.time("2026-10-09 00:00")))
        #expect(calendar.end(ofTerm: 0, from: start) == (try Self.time("2026-10-01 00:00")))
        #expect(calendar.end(ofTerm: -5, from: start) == (try Self.time("2026-10-01 00:00")))
        #expect(calendar.end(ofTerm: .max, from: .max) > 0)
    }

    @Test func lightsTurnAtTheirTimes() {
        let day: Int64 = 86_400_000
        for (now, light) in [
            (Int64(0), Light.normal), (4 * day, .near), (5 * day, .yellow), (10 * day - 1, .yellow),
            (10 * day, .red),
        ] {
            #expect(Light(warn: 5 * day, due: 10 * day, now: now) == light)
        }
    }

    private static func clock(_ acts: [Act], urgency: String = "normal") throws -> MatterClock {
        MatterClock(
            StateMachine.matters.fold(acts), registeredAt: try time("2026-11-02 09:00"),
            urgency: urgency, source: nil)
    }

    @Test func whatIsNotAcceptedIsDueFiveWorkingDaysOn() throws {
        let clock = try Self.clock([])
        #expect(clock.dueAt == (try Self.time("2026-11-10 00:00")))
        #expect(clock.warnAt == (try Self.time("2026-11-05 00:00")))
        #expect(clock.acceptedAt == nil)
    }

    @Test func whatIsAcceptedIsDueByItsUrgencyOrByWhatTheActSays() throws {
        let start = try Self.time("2026-11-02 10:00")
        let acts = TestActs.acts("triage", "accept", start: start)
        #expect(try Self.clock(acts).dueAt == (try Self.time("2026-11-17 00:00")))
        #expect(
            try Self.clock(acts, urgency: "emergency").dueAt == (try Self.time("2026-11-04 00:00")))
        let named = TestActs.acts("triage", "accept until=2026-12-01", start: start)
        #expect(try Self.clock(named).dueAt == (try Self.time("2026-12-01 00:00")))
    }

    @Test func suspensionAndExtensionMoveTheLimit() throws {
        let start = try Self.time("2026-11-02 10:00")
        let acts = TestActs.acts("triage", "accept", "handle", start: start)
        let pause = TestActs.act(
            "suspend", at: try Self.time("2026-11-03 10:00"), sequence: 10)
        #expect(try Self.clock(acts + [pause]).dueAt == nil)
        let resume = TestActs.act("resume", at: try Self.time("2026-11-06 10:00"), sequence: 11)
        #expect(
            try Self.clock(acts + [pause, resume]).dueAt == (try Self.time("2026-11-20 00:00")))
        let longer = TestActs.acts(
            "triage", "accept", "handle", "request_extension", "extend", start: start)
        #expect(try Self.clock(longer).dueAt == (try Self.time("2026-11-24 00:00")))
    }
}
