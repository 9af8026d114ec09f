// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridStore
import Testing

@testable import GridNode
@testable import GridTransport

/// What counts towards a budget, and when what is routine waits.
struct LinkMeterTests {
    private let key = Author(SigningKey(seed: [UInt8](repeating: 1, count: 32))).key
    private let other = Author(SigningKey(seed: [UInt8](repeating: 2, count: 32))).key

    private func instant(_ text: String) throws -> UInt64 {
        UInt64(try #require(ChinaTime.milliseconds(parsing: text)))
    }

    private func traffic(_ sent: Int, _ received: Int) -> LinkTraffic {
        var traffic = LinkTraffic()
        traffic.addSent(sent)
        traffic.addReceived(received)
        return traffic
    }

    @Test func withoutABudgetNothingWaits() throws {
        let meter = LinkMeter()
        var session = LinkMeter.Session(with: key)
        let now = try instant("2026-11-29 10:00")
        #expect(meter.count(traffic(1 << 40, 1 << 40), of: &session, now: now) == .routine)
        #expect(meter.usage(now: now).byPeer[key]?.counted == 1 << 41)
    }

    @Test func bothDirectionsOfALinkCountOnceEach() throws {
        let meter = LinkMeter(budget: LinkBudget(sessionBytes: 100))
        var session = LinkMeter.Session(with: key)
        let now = try instant("2026-11-29 10:00")
        #expect(meter.count(traffic(40, 40), of: &session, now: now) == .routine)
        #expect(meter.count(traffic(40, 40), of: &session, now: now) == .routine)
        #expect(meter.count(traffic(50, 50), of: &session, now: now) == .urgent)
        // The next link begins anew, the day goes on.
        var next = LinkMeter.Session(with: key)
        #expect(meter.count(traffic(10, 0), of: &next, now: now) == .routine)
        #expect(meter.usage(now: now).byPeer[key] == LinkUsage(sent: 60, received: 50))
    }

    @Test func aLinkThatHasNotBegunIsHeldToWhatOthersHaveSpent() throws {
        let meter = LinkMeter(budget: LinkBudget(sessionBytes: 90, dayBytes: 100))
        var session = LinkMeter.Session(with: key)
        let next = LinkMeter.Session(with: other)
        let now = try instant("2026-11-29 10:00")
        #expect(meter.count(traffic(95, 0), of: &session, now: now) == .urgent)
        #expect(meter.lane(of: next, now: now) == .routine)
        #expect(meter.count(traffic(100, 0), of: &session, now: now) == .urgent)
        #expect(meter.lane(of: next, now: now) == .urgent)
        #expect(meter.usage(now: now).byPeer[other] == nil)
        #expect(meter.lane(of: next, now: try instant("2026-11-30 00:00")) == .routine)
    }

    @Test func allLinksOfADayCountTogetherUntilMidnight() throws {
        let meter = LinkMeter(budget: LinkBudget(dayBytes: 100))
        var sessions = [LinkMeter.Session(with: key), LinkMeter.Session(with: other)]
        let (late, early) = (try instant("2026-11-29 23:59:59"), try instant("2026-11-30 00:00"))
        #expect(meter.count(traffic(60, 0), of: &sessions[0], now: late) == .routine)
        #expect(meter.count(traffic(40, 0), of: &sessions[1], now: late) == .urgent)
        #expect(meter.count(traffic(60, 0), of: &sessions[0], now: late) == .urgent)
        #expect(meter.count(traffic(60, 0), of: &sessions[0], now: early) == .routine)
        // What was not written down before midnight is written to its own day.
        let yesterday = try #require(meter.takeUnwritten(over: 0))
        #expect(yesterday.usage[key]?.sent == 60 && yesterday.usage[other]?.sent == 40)
        #expect(meter.takeUnwritten(over: 0) == nil)
    }

    @Test func cheapHoursCostNothing() throws {
        let hours = try #require(DailyHours(parsing: "23:00-07:00"))
        let meter = LinkMeter(budget: LinkBudget(dayBytes: 100, cheapHours: [hours]))
        var session = LinkMeter.Session(with: key)
        let (night, day) = (try instant("2026-11-29 06:59"), try instant("2026-11-29 07:00"))
        #expect(meter.count(traffic(5_000, 0), of: &session, now: night) == .routine)
        #expect(meter.count(traffic(5_099, 0), of: &session, now: day) == .routine)
        #expect(meter.count(traffic(5_100, 0), of: &session, now: day) == .urgent)
        let evening = try instant("2026-11-29 23:00")
        #expect(meter.count(traffic(9_000, 0), of: &session, now: evening) == .routine)
        let usage = meter.usage(now: evening).byPeer[key]
        #expect(usage == LinkUsage(sent: 9_000, received: 0, free: 8_900))
        #expect(meter.budget.resumes(after: day) == evening)
        let midnight = try instant("2026-11-30 00:00")
        #expect(meter.budget.resumes(after: evening) == midnight)
    }

    @Test func whatWasWrittenDownIsHandedOutOnce() throws {
        let meter = LinkMeter()
        var session = LinkMeter.Session(with: key)
        let now = try instant("2026-11-29 10:00")
        _ = meter.count(traffic(60, 5), of: &session, now: now)
        #expect(meter.takeUnwritten(over: 66) == nil)
        let first = try #require(meter.takeUnwritten(over: 65))
        #expect(first.usage == [key: LinkUsage(sent: 60, received: 5)])
        #expect(meter.takeUnwritten(over: 0) == nil)
        // A full disk: it is handed out again, with what has come meanwhile.
        _ = meter.count(traffic(70, 5), of: &session, now: now)
        meter.putBack(first.usage, of: first.day)
        #expect(
            try #require(meter.takeUnwritten(over: 0)).usage
                == [key: LinkUsage(sent: 70, received: 5)])
        #expect(meter.usage(now: now).byPeer[key]?.sent == 70)
    }

    /// A machine whose clock has no battery starts decades ago, and learns the time from the network.
    @Test func aClockThatIsSetRightBringsBackWhatTheDayHasCost() throws {
        let county = try TestCounty()
        defer { county.remove() }
        let store = try Store(try county.makeVillage("522730103210", name: "茶香村"))
        let now = try instant("2026-11-29 10:00")
        let day = ChinaTime.day(of: Int64(now))
        try store.add([key: LinkUsage(sent: 90, received: 5)], on: day)
        let meter = LinkMeter(budget: LinkBudget(dayBytes: 100))
        try meter.resume(from: store, now: 0)
        var session = LinkMeter.Session(with: key)
        #expect(meter.count(traffic(6, 0), of: &session, now: now) == .routine)
        try meter.resume(from: store, now: now)
        #expect(meter.lane(of: session, now: now) == .urgent)
        #expect(meter.usage(now: now).byPeer == [key: LinkUsage(sent: 96, received: 5)])
        // What is written down meanwhile counts once.
        let (written, usage) = try #require(meter.takeUnwritten(over: 0))
        try store.add(usage, on: written)
        try meter.resume(from: store, now: now)
        #expect(meter.usage(now: now).byPeer == [key: LinkUsage(sent: 96, received: 5)])
    }

    /// A clock that jumps back and forth loses no more than what was not written down of one day.
    @Test func aClockThatJumpsDoesNotTrap() throws {
        let meter = LinkMeter(budget: LinkBudget(dayBytes: 1))
        var session = LinkMeter.Session(with: key)
        for (sent, now) in [(1, UInt64.max), (2, 0), (3, 1 << 62), (4, 0)] {
            _ = meter.count(traffic(sent, 0), of: &session, now: now)
            _ = meter.budget.resumes(after: now)
        }
        #expect(meter.takeUnwritten(over: 0) != nil)
    }
}
