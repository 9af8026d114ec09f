// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// A weak link between a node that calls and one that listens: a TCP relay with a thread of its
/// own, which passes on no byte before it would have arrived (Benchmarks/README.md, "Weak links").
final class LinkEmulator: Sendable {
    /// What has passed so far.
    struct Course: Sendable {
        var toCaller = Wire.Load()
        var fromCaller = Wire.Load()
        /// Calls that were put through.
        var sessions = 0
        /// Times at which the link went away.
        var cuts = 0
        /// Nanoseconds in which it was away.
        var closed: UInt64 = 0
    }

    private struct State {
        var course = Course()
        var isOver = false
        var failure: BenchFailure?
    }

    /// Where the node that calls finds it.
    let port: UInt16
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "onegrid.bench.link")

    /// Begins to take calls for a port.
    init(_ profile: LinkProfile, to target: UInt16) throws {
        let listener = try LoopbackSocket.listening(on: 0)
        port = listener.port
        queue.async { [self] in
            var road = EmulatedRoad(profile, listener: listener, target: target)
            do {
                while !isOver { publish(try road.work()) }
            } catch {
                state.withLock { $0.failure = BenchFailure("\(error)") }
            }
            road.end()
        }
    }

    /// Throws what has gone wrong with it.
    func course() throws -> Course {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.course
        }
    }

    /// Ends the link, and waits until it has.
    func end() {
        state.withLock { $0.isOver = true }
        queue.sync {}
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    private func publish(_ course: Course) { state.withLock { $0.course = course } }
}
