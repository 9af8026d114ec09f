// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One connection through an emulated link: the caller's half and the half to the node called.
struct EmulatedCall {
    /// Segments that are under way, or have arrived and were not taken yet.
    private struct Segments {
        /// While the receiver takes nothing, no more than this is taken from the sender, in bytes.
        static let bytesMax = 1_048_576

        var rows: [(arrival: UInt64, bytes: ArraySlice<UInt8>)] = []
        var bytes = 0
        var isComplete = false

        mutating func add(_ segment: [UInt8], arrival: UInt64) {
            rows.append((arrival, segment[...]))
            bytes += segment.count
        }

        mutating func drop(_ count: Int) {
            bytes -= count
            rows[0].bytes = rows[0].bytes.dropFirst(count)
            if rows[0].bytes.isEmpty { rows.removeFirst() }
        }
    }

    private let caller: LoopbackSocket
    private var called: LoopbackSocket?
    /// When TCP's own handshake is over, a round trip after the call; nothing passes before.
    private let opensAt: UInt64
    private var up = Segments()
    private var down = Segments()
    private(set) var hasEnded = false

    init(_ caller: LoopbackSocket, opensAt: UInt64) {
        self.caller = caller
        self.opensAt = opensAt
    }

    /// Calls on when it is time to.
    mutating func begin(to port: UInt16, now: UInt64) throws {
        if called == nil, now >= opensAt { called = try .calling(port) }
    }

    /// Takes what the wires have room for, and gives what has arrived.
    mutating func carry(fromCaller: inout Wire, toCaller: inout Wire, now: UInt64) {
        guard let called else { return }
        Self.take(from: caller, &up, &fromCaller, now)
        Self.take(from: called, &down, &toCaller, now)
        let isWhole =
            Self.give(to: called, &up, &fromCaller, now)
            && Self.give(to: caller, &down, &toCaller, now)
        let isOver = [up, down].contains { $0.isComplete && $0.rows.isEmpty }
        hasEnded = !isWhole || isOver
    }

    /// What to wait for on its sockets; adds the times at which there is something to do.
    func interests(
        fromCaller: Wire, toCaller: Wire, now: UInt64, due: inout [UInt64]
    ) -> [pollfd] {
        guard let called else {
            due.append(opensAt)
            return []
        }
        var events: [Int32: Int32] = [:]
        for (source, sink, segments, wire) in [
            (caller, called, up, fromCaller), (called, caller, down, toCaller),
        ] {
            if !segments.isComplete, segments.bytes < Segments.bytesMax {
                if wire.takesAt > now {
                    due.append(wire.takesAt)
                } else {
                    events[source.descriptor, default: 0] |= Int32(POLLIN)
                }
            }
            if let next = segments.rows.first {
                if next.arrival > now {
                    due.append(next.arrival)
                } else {
                    events[sink.descriptor, default: 0] |= Int32(POLLOUT)
                }
            }
        }
        return events.map { pollfd(fd: $0, events: Int16($1), revents: 0) }
    }

    /// Ends both halves at once.
    func reset() {
        caller.reset()
        called?.reset()
    }

    private static func take(
        from source: LoopbackSocket, _ segments: inout Segments, _ wire: inout Wire, _ now: UInt64
    ) {
        while !segments.isComplete, segments.bytes < Segments.bytesMax, wire.takesAt <= now {
            switch source.read() {
            case .bytes(let bytes):
                segments.add(bytes, arrival: wire.send(bytes.count, now: now))
            case .nothing: return
            case .ended: segments.isComplete = true
            }
        }
    }

    /// - Returns: whether the connection still stands.
    private static func give(
        to sink: LoopbackSocket, _ segments: inout Segments, _ wire: inout Wire, _ now: UInt64
    ) -> Bool {
        while let next = segments.rows.first, next.arrival <= now {
            guard let count = sink.write(next.bytes) else { return false }
            if count == 0 { return true }
            segments.drop(count)
            wire.noteArrived(count)
        }
        return true
    }
}
