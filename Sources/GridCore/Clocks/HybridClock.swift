// SPDX-License-Identifier: Apache-2.0

/// Gives each local write a timestamp greater than all given or seen before, near the wall time.
package struct HybridClock: Hashable, Sendable {
    /// How far a remote timestamp may push this clock ahead of its own wall time: 24 h, so that
    /// one node with a wrong clock cannot carry the whole county into the future.
    package static let skewMillisecondsMax: UInt64 = 24 * 3600 * 1000
    private static let millisecondsMax: UInt64 = (1 << 48) - 1

    package private(set) var last: HybridTimestamp

    package init(last: HybridTimestamp = HybridTimestamp(rawValue: 0)) { self.last = last }

    /// The next timestamp. `now` is wall time in milliseconds since 1970; a clock that stands
    /// still or goes back costs counter steps, never order.
    package mutating func stamp(now: UInt64) -> HybridTimestamp {
        let wall = HybridTimestamp(milliseconds: min(now, Self.millisecondsMax), counter: 0)
        last = max(wall, HybridTimestamp(rawValue: last.rawValue &+ 1))
        return last
    }

    /// Takes note of a timestamp from elsewhere, unless it runs more than 24 h ahead of `now`.
    /// - Returns: whether it was within bounds.
    @discardableResult
    package mutating func observe(_ remote: HybridTimestamp, now: UInt64) -> Bool {
        guard remote.milliseconds <= now &+ Self.skewMillisecondsMax else { return false }
        last = max(last, remote)
        return true
    }
}
