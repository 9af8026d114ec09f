// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The sockets of an emulated link, and what is under way between them. One thread owns it.
struct EmulatedRoad {
    /// How long it sleeps at most, in milliseconds, so that it notices its end.
    private static let sleepMax: UInt64 = 20

    private let profile: LinkProfile
    private let target: UInt16
    private let port: UInt16
    private var listener: LoopbackSocket?
    private var calls: [EmulatedCall] = []
    private var toCaller: Wire
    private var fromCaller: Wire
    private var course = LinkEmulator.Course()
    /// When the link goes away next, and when it comes back; with the first call its day begins.
    private var closesAt: UInt64?
    private var opensAt: UInt64?

    init(_ profile: LinkProfile, listener: LoopbackSocket, target: UInt16) {
        self.profile = profile
        self.listener = listener
        self.target = target
        port = listener.port
        toCaller = Wire(profile, seed: 1)
        fromCaller = Wire(profile, seed: 2)
    }

    /// Does what is due, then sleeps until something is or a socket wakes it.
    mutating func work() throws -> LinkEmulator.Course {
        try turnWindow(Clock.now)
        acceptCalls(Clock.now)
        let now = Clock.now
        for index in calls.indices { try calls[index].begin(to: target, now: now) }
        for index in calls.indices {
            calls[index].carry(fromCaller: &fromCaller, toCaller: &toCaller, now: now)
        }
        for call in calls where call.hasEnded { call.reset() }
        calls.removeAll(where: \.hasEnded)
        sleep()
        course.fromCaller = fromCaller.load
        course.toCaller = toCaller.load
        return course
    }

    mutating func end() {
        listener?.end()
        listener = nil
        resetCalls()
    }

    private mutating func turnWindow(_ now: UInt64) throws {
        guard let window = profile.window else { return }
        if let closing = closesAt, now >= closing {
            course.cuts += 1
            closesAt = nil
            opensAt = now + window.closedSeconds * 1_000_000_000
            end()
        } else if let opening = opensAt, now >= opening {
            course.closed += window.closedSeconds * 1_000_000_000
            opensAt = nil
            closesAt = now + window.openSeconds * 1_000_000_000
            listener = try LoopbackSocket.listening(on: port)
        }
    }

    private mutating func acceptCalls(_ now: UInt64) {
        while let caller = listener?.accept() {
            course.sessions += 1
            calls.append(EmulatedCall(caller, opensAt: now + profile.roundTrip))
            if let window = profile.window, closesAt == nil {
                closesAt = now + window.openSeconds * 1_000_000_000
            }
        }
    }

    private mutating func resetCalls() {
        for call in calls { call.reset() }
        calls = []
        toCaller.cut()
        fromCaller.cut()
    }

    private func sleep() {
        let now = Clock.now
        var due = [closesAt, opensAt].compactMap { $0 }
        var interests = calls.flatMap {
            $0.interests(fromCaller: fromCaller, toCaller: toCaller, now: now, due: &due)
        }
        if let listener {
            interests.append(pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
        }
        let nearest = due.map { $0 > now ? ($0 - now).dividedUp(by: 1_000_000) : 0 }.min()
        let milliseconds = min(nearest ?? Self.sleepMax, Self.sleepMax)
        poll(&interests, nfds_t(interests.count), Int32(milliseconds))
    }
}

extension UInt64 {
    fileprivate func dividedUp(by divisor: UInt64) -> UInt64 { (self + divisor - 1) / divisor }
}
