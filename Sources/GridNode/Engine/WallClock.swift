// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The two clocks of the machine: the one door to them.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00Z. May be wrong by years and may jump.
    package static var now: UInt64 { read(CLOCK_REALTIME) }

    /// Milliseconds of a clock that only goes forward and stands in no relation to the date.
    package static var steady: UInt64 { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(clamping: time.tv_sec) * 1000 + UInt64(clamping: time.tv_nsec / 1_000_000)
    }
}
