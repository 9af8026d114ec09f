// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How far some long work has come, for whoever waits for it. The work tells the one that is current
/// for its task, if there is one; others look at it from any thread.
package final class WorkProgress: Sendable {
    package enum Unit: String, Sendable {
        case runs, bytes
    }

    package struct State: Hashable, Sendable {
        package var done: UInt64 = 0
        /// About how much there is; what is done may come to a little more.
        package var total: UInt64 = 0
        package var unit = Unit.runs
    }

    @TaskLocal package static var current: WorkProgress?

    private let counted = Mutex<State?>(nil)
    private let measured = Mutex<(@Sendable () -> UInt64)?>(nil)

    package init() {}

    /// Nil before the work knows how much there is.
    package var state: State? {
        let measure = measured.withLock { $0 }
        guard var state = counted.withLock({ $0 }) else { return nil }
        if let measure { state.done = measure() }
        return state
    }

    /// Begins a piece of work, and forgets an earlier one.
    ///
    /// - Parameter measure: says how much is done, where the work itself cannot.
    package func begin(
        of total: UInt64, _ unit: Unit, measure: (@Sendable () -> UInt64)? = nil
    ) {
        measured.withLock { $0 = measure }
        counted.withLock { $0 = State(total: total, unit: unit) }
    }

    package func advance(by amount: UInt64) {
        counted.withLock { $0?.done &+= amount }
    }
}
