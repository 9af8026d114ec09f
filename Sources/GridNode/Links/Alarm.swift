// SPDX-License-Identifier: Apache-2.0

/// When a link wakes by itself, by the steady clock. A sleep cannot be called off, but one that a
/// nearer time has overtaken wakes nobody: else each of them would order the next two, and their
/// number would double with every round of a link that is up for days.
struct Alarm {
    private var time: UInt64 = .max

    /// - Returns: whether somebody has to sleep until then; not where it is woken before.
    mutating func set(to time: UInt64) -> Bool {
        guard time < self.time else { return false }
        self.time = time
        return true
    }

    /// A sleep is over.
    /// - Returns: whether it is the one that was waited for.
    mutating func rings(of time: UInt64) -> Bool {
        guard time == self.time else { return false }
        self.time = .max
        return true
    }
}
