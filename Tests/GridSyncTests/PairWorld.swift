// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync

/// A clock that jumps from one event to the next, for nodes and the links between them. The same
/// calls give the same history.
final class PairWorld {
    /// Something keeps happening that should have come to rest.
    struct NeverSettles: Error {}

    /// How long things take, in milliseconds.
    struct Pace {
        var latency: UInt64 = 600
        /// Of each direction of a link; nil where only the latency counts.
        var bytesPerSecond: UInt64?
        var reading: UInt64 = 3
        var gate: UInt64 = 20
        /// From a commit until a session hears of it.
        var ringing: UInt64 = 1
        /// From a commit until a session hears its verdicts.
        var judging: UInt64 = 2
        /// From the second greeting until a session begins.
        var starting: UInt64 = 0
    }

    private struct Appointment {
        let time: UInt64
        let isIdle: Bool
        let act: () throws -> Void
    }

    private static let stepsMax = 100_000

    var pace: Pace
    private(set) var links: [PairLink] = []
    private(set) var now: UInt64 = 1_000_000
    /// Ascending by time; of one time, in the order of the calls.
    private var agenda: [Appointment] = []
    private var busyCount = 0

    init(_ pace: Pace = Pace()) { self.pace = pace }

    /// Lets something happen later. What is idle is not waited for by `settle`.
    func after(_ delay: UInt64, idly isIdle: Bool = false, _ act: @escaping () throws -> Void) {
        let time = now + delay
        var low = 0
        var high = agenda.count
        while low < high {
            let middle = (low + high) / 2
            if agenda[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        agenda.insert(Appointment(time: time, isIdle: isIdle, act: act), at: low)
        if !isIdle { busyCount += 1 }
    }

    /// Lets everything happen that is under way, until only signs of life are left.
    func settle() throws {
        var steps = 0
        while busyCount > 0 {
            guard steps < Self.stepsMax else { throw NeverSettles() }
            steps += 1
            try step()
        }
    }

    /// Lets the time pass, with all that happens in it.
    func pass(_ duration: UInt64) throws {
        let end = now + duration
        while let next = agenda.first, next.time <= end { try step() }
        now = end
    }

    private func step() throws {
        let next = agenda.removeFirst()
        if !next.isIdle { busyCount -= 1 }
        now = next.time
        try next.act()
    }

    /// Links two nodes; the first calls the second.
    @discardableResult
    func link(
        _ caller: Node, _ called: Node,
        manners: (caller: LinkEnd.Manner, called: LinkEnd.Manner) = (.frontier, .frontier)
    ) -> PairLink {
        let link = PairLink(self, caller, called, manners)
        links.append(link)
        after(0) { link.caller.greet(nil) }
        return link
    }
}
