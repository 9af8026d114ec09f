// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct HybridClockTests {
    private let day: UInt64 = 24 * 3600 * 1000
    private let noon: UInt64 = 1_790_000_000_000

    @Test func aStandingClockCountsUp() {
        var clock = HybridClock()
        #expect(clock.stamp(now: noon) == HybridTimestamp(milliseconds: noon, counter: 0))
        #expect(clock.stamp(now: noon) == HybridTimestamp(milliseconds: noon, counter: 1))
        #expect(clock.stamp(now: noon + 1) == HybridTimestamp(milliseconds: noon + 1, counter: 0))
    }

    @Test func aClockSetBackNeverGivesAnEarlierStamp() {
        var clock = HybridClock()
        var last = clock.stamp(now: noon)
        for back in [1, 1000, day, 3650 * day, noon] {
            let stamp = clock.stamp(now: noon - back)
            #expect(stamp > last)
            last = stamp
        }
        #expect(last.milliseconds == noon)
    }

    @Test func aFullCounterRunsIntoTheNextMillisecond() {
        var clock = HybridClock(last: HybridTimestamp(milliseconds: noon, counter: .max))
        #expect(clock.stamp(now: noon) == HybridTimestamp(milliseconds: noon + 1, counter: 0))
    }

    @Test func aRemoteStampOfExactlyADayAheadIsFollowed() {
        var clock = HybridClock()
        let remote = HybridTimestamp(milliseconds: noon + day, counter: 9)
        let isWithin = clock.observe(remote, now: noon)
        #expect(isWithin)
        #expect(clock.stamp(now: noon) > remote)
    }

    @Test func aRemoteStampOfMoreThanADayAheadChangesNothing() {
        var clock = HybridClock()
        let remote = HybridTimestamp(milliseconds: noon + day + 1, counter: 0)
        let isWithin = clock.observe(remote, now: noon)
        #expect(!isWithin)
        #expect(clock == HybridClock())
    }

    @Test func anEarlierRemoteStampIsWithinBoundsAndChangesNothing() {
        var clock = HybridClock(last: HybridTimestamp(milliseconds: noon, counter: 0))
        let before = clock
        let remote = HybridTimestamp(milliseconds: noon - day, counter: 5)
        let isWithin = clock.observe(remote, now: noon)
        #expect(isWithin)
        #expect(clock == before)
    }

    @Test func wallTimeBeyondTheStampsRangeStaysInIt() {
        var clock = HybridClock()
        let stamp = clock.stamp(now: .max)
        #expect(stamp.milliseconds == (1 << 48) - 1)
    }
}
