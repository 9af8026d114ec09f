// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// What links may cost: in bytes, of both directions, as a bill counts them. Lanes 0 and 1 may exceed it.
package struct LinkBudget: Hashable, Sendable {
    /// For one link, from its beginning to its end; nil for any.
    package var sessionBytes: UInt64?
    /// For all links together, from midnight to midnight in China; nil for any.
    package var dayBytes: UInt64?
    /// When bytes cost nothing: they are not counted then, and nothing waits.
    package var cheapHours: [DailyHours]

    package init(
        sessionBytes: UInt64? = nil, dayBytes: UInt64? = nil, cheapHours: [DailyHours] = []
    ) {
        self.sessionBytes = sessionBytes
        self.dayBytes = dayBytes
        self.cheapHours = cheapHours
    }

    /// Whether there is anything to hold to.
    package var isLimited: Bool { sessionBytes != nil || dayBytes != nil }

    func isCheap(at time: UInt64) -> Bool {
        guard !cheapHours.isEmpty else { return false }
        let minute = ChinaTime.minute(of: Int64(clamping: time))
        return cheapHours.contains { $0.contains(minute: minute) }
    }

    /// When what waits may go on: at midnight, or when cheap hours begin.
    func resumes(after time: UInt64) -> UInt64 {
        let now = Int64(clamping: time)
        let day = ChinaTime.day(of: now)
        let begins = cheapHours.map { hours in
            let today = ChinaTime.milliseconds(day: day, minute: hours.from)
            return today > now ? today : ChinaTime.milliseconds(day: day + 1, minute: hours.from)
        }
        let midnight = ChinaTime.milliseconds(day: day + 1, minute: 0)
        return UInt64(clamping: begins.reduce(midnight) { min($0, $1) })
    }
}
