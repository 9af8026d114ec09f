// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GridNode

/// When a link wakes by itself.
struct AlarmTests {
    @Test func onlyWhatIsNearerAsksForAnotherSleep() {
        var alarm = Alarm()
        let asked = [60, 60, 70, 30, 30].map { alarm.set(to: $0) }
        #expect(asked == [true, false, false, true, false])
    }

    @Test func aSleepThatWasOvertakenWakesNobody() {
        var alarm = Alarm()
        _ = alarm.set(to: 60)
        _ = alarm.set(to: 30)
        let first = alarm.rings(of: 30)
        _ = alarm.set(to: 90)
        let late = alarm.rings(of: 60)
        let next = alarm.rings(of: 90)
        #expect([first, late, next] == [true, false, true])
    }

    /// A link that waits for its budget looks every 30 s, and its session every 60 s.
    @Test func aDayOfWaitingHasNoMoreThanThreeSleepsAtOnce() {
        var alarm = Alarm()
        var sleeps: [UInt64] = []
        var (rings, most) = (0, 0)
        func order(_ time: UInt64) { if alarm.set(to: time) { sleeps.append(time) } }
        order(60)
        order(30)
        while let time = sleeps.min(), time <= 86_400, rings <= 10_000 {
            sleeps.remove(at: sleeps.firstIndex(of: time) ?? 0)
            rings += 1
            most = max(most, sleeps.count)
            guard alarm.rings(of: time) else { continue }
            order((time / 60 + 1) * 60)
            order(time + 30)
        }
        #expect(most <= 3)
        #expect(rings <= 2 * 86_400 / 30)
    }
}
