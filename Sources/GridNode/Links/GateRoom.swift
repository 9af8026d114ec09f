// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How much may lie unpacked before the engine's queue, of all links together: a village that comes
/// back after weeks is taken in large commits, and a thousand of them take no more memory than one.
final class GateRoom: Sendable {
    /// Some room; it is given back when nobody holds the pass any more.
    final class Pass: Sendable {
        private let room: GateRoom
        private let bytes: Int

        fileprivate init(room: GateRoom, bytes: Int) {
            self.room = room
            self.bytes = bytes
        }

        deinit { room.leave(bytes) }
    }

    private struct State {
        var free: Int
        var nextTicket: UInt64 = 0
        /// In the order in which they came.
        var waiting: [(ticket: UInt64, bytes: Int, go: CheckedContinuation<Bool, Never>)] = []
        /// Those who gave up before they began to wait.
        var cancelled: Set<UInt64> = []

        /// Whether so much may enter, which then has entered. What is larger than the whole room
        /// enters alone.
        mutating func takes(_ bytes: Int, of total: Int) -> Bool {
            guard free >= bytes || free == total else { return false }
            free -= bytes
            return true
        }
    }

    private let bytesMax: Int
    private let state: Mutex<State>

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
        state = Mutex(State(free: bytesMax))
    }

    /// Less than 0 while something is in that is larger than the room.
    var free: Int { state.withLock { $0.free } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Waits until so many bytes have room. Throws `CancellationError`.
    func enter(bytes: Int) async throws -> Pass {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let mayEnter = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return false }
                    if state.waiting.isEmpty, state.takes(bytes, of: bytesMax) { return true }
                    state.waiting.append((ticket, bytes, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            cancel(ticket)
        }
        // It may have been cancelled at the very moment it entered.
        state.withLock { _ = $0.cancelled.remove(ticket) }
        guard mayEnter else { throw CancellationError() }
        return Pass(room: self, bytes: bytes)
    }

    private func cancel(_ ticket: UInt64) {
        let waiting = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let place = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                state.cancelled.insert(ticket)
                return nil
            }
            return state.waiting.remove(at: place).go
        }
        waiting?.resume(returning: false)
    }

    private func leave(_ bytes: Int) {
        let admitted = state.withLock { state in
            state.free += bytes
            var admitted: [CheckedContinuation<Bool, Never>] = []
            while let next = state.waiting.first, state.takes(next.bytes, of: bytesMax) {
                admitted.append(state.waiting.removeFirst().go)
            }
            return admitted
        }
        for next in admitted { next.resume(returning: true) }
    }
}
