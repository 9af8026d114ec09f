// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Two processes whose nodes link up: the first calls, the others are called.
struct Meeting {
    private static let restMicroseconds: UInt32 = 200_000
    /// How often an emulated link is looked at.
    private static let glanceMicroseconds: UInt32 = 2_000
    private static let secondsMax = 900.0

    let callers: [EnrolledFolder]
    let called: [EnrolledFolder]
    /// What the first caller, and the first that is called, are to have in the end.
    var expectedOfCaller: Expectation?
    var expectedOfCalled: Expectation?
    /// What lies between the caller and the first that is called; nil is nothing.
    var link: LinkProfile?
    /// After so many bytes to the caller the first that is called writes something urgent.
    var alertAfterBytes: UInt64?

    /// What was seen of it.
    struct Course {
        /// From the call until everything expected was there.
        var seconds = 0.0
        /// From the call until nothing was left to send on any side.
        var settledSeconds = 0.0
        /// From the call until the first entry was there, on the side that waited longer for it.
        var firstSeconds: Double?
        /// From the writing of something urgent until the caller had it.
        var urgentSeconds: Double?
        /// What the emulated link has seen.
        var link: LinkEmulator.Course?
        /// As the callers see it.
        var traffic = Traffic()
        /// Handed to sockets by both sides.
        var writes: UInt64 = 0
        var cpuSeconds = (caller: 0.0, called: 0.0)
        var peakBytes = (caller: 0, called: 0)
    }

    /// Runs both processes until all is over.
    func hold() throws -> Course {
        let (caller, answerer) = (try WorkerProcess(), try WorkerProcess())
        defer {
            caller.end()
            answerer.end()
        }
        let opened = try answerer.ask(
            .open(
                called.map {
                    Station(folder: $0.path, listens: true, peers: callers.map(\.key))
                }, expecting: nil))
        let emulator = try link.map { try Self.emulator($0, to: opened) }
        defer { emulator?.end() }
        let reached = emulator.map { ["127.0.0.1:\($0.port)"] } ?? opened.addresses ?? []
        let addresses = zip(called, reached).map { "\($0.key)@\($1)" }
        if let expectedOfCalled { try answerer.tell(.expect(expectedOfCalled)) }
        try caller.tell(
            .open(
                callers.map {
                    Station(folder: $0.path, calls: addresses, peers: called.map(\.key))
                }, expecting: expectedOfCaller))
        let alerted = try emulator.flatMap { try alert(answerer, over: $0) }
        let met = try caller.answer()
        let answered = expectedOfCalled == nil ? nil : try answerer.answer()
        let settled = (try caller.ask(.settle), try answerer.ask(.settle))
        // The last acknowledgements may still be under way.
        usleep(Self.restMicroseconds)
        let rested = (try caller.ask(.settle), try answerer.ask(.settle))
        let linkCourse = try emulator?.course()
        try caller.ask(.close)
        try answerer.ask(.close)

        guard let began = met.began, let before = met.usageBefore,
            let otherBefore = opened.usageBefore
        else { throw BenchFailure("a worker did not say when it began") }
        let ended = max(met.ended ?? began, answered?.ended ?? began)
        var course = Course()
        course.seconds = Clock.seconds(from: began, to: ended)
        course.settledSeconds = Clock.seconds(
            from: began, to: max(settled.0.ended ?? began, settled.1.ended ?? began))
        course.firstSeconds = [met.firstAt, answered?.firstAt].compactMap { $0 }.max()
            .map { Clock.seconds(from: began, to: $0) }
        if let alerted {
            course.urgentSeconds = Clock.seconds(from: alerted, to: met.urgentAt ?? ended)
        }
        course.link = linkCourse
        course.traffic = rested.0.traffic ?? Traffic()
        course.writes = course.traffic.writes + (rested.1.traffic?.writes ?? 0)
        course.cpuSeconds = (
            settled.0.usage.cpuSeconds - before.cpuSeconds,
            settled.1.usage.cpuSeconds - otherBefore.cpuSeconds
        )
        course.peakBytes = (settled.0.usage.peakBytes, settled.1.usage.peakBytes)
        return course
    }
    private static func emulator(
        _ profile: LinkProfile, to opened: WorkerReport
    ) throws -> LinkEmulator {
        guard let port = opened.addresses?.first?.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw BenchFailure("a worker did not say where it listens") }
        return try LinkEmulator(profile, to: port)
    }

    /// - Returns: when the urgent record was durable where it was written; nil when none is asked
    ///   for.
    private func alert(_ answerer: WorkerProcess, over link: LinkEmulator) throws -> UInt64? {
        guard let alertAfterBytes else { return nil }
        let began = Clock.now
        while try link.course().toCaller.bytes < alertAfterBytes {
            guard Clock.seconds(from: began, to: Clock.now) < Self.secondsMax else {
                throw BenchFailure("not half of it came over the link in \(Self.secondsMax) s")
            }
            usleep(Self.glanceMicroseconds)
        }
        return try answerer.ask(.alert).ended
    }
}
