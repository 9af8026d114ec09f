// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Two processes whose nodes link up: the first calls, the others are called.
struct Meeting {
    private static let restMicroseconds: UInt32 = 200_000

    let callers: [EnrolledFolder]
    let called: [EnrolledFolder]
    /// What the first caller, and the first that is called, are to have in the end.
    var expectedOfCaller: Expectation?
    var expectedOfCalled: Expectation?

    /// What was seen of it.
    struct Course {
        /// From the call until everything expected was there.
        var seconds = 0.0
        /// From the call until nothing was left to send on any side.
        var settledSeconds = 0.0
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
        let addresses = zip(called, opened.addresses ?? []).map { "\($0.key)@\($1)" }
        if let expectedOfCalled { try answerer.tell(.expect(expectedOfCalled)) }
        let met = try caller.ask(
            .open(
                callers.map {
                    Station(folder: $0.path, calls: addresses, peers: called.map(\.key))
                }, expecting: expectedOfCaller))
        let answered = expectedOfCalled == nil ? nil : try answerer.answer()
        let settled = (try caller.ask(.settle), try answerer.ask(.settle))
        // The last acknowledgements may still be under way.
        usleep(Self.restMicroseconds)
        let rested = (try caller.ask(.settle), try answerer.ask(.settle))
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
        course.traffic = rested.0.traffic ?? Traffic()
        course.writes = course.traffic.writes + (rested.1.traffic?.writes ?? 0)
        course.cpuSeconds = (
            settled.0.usage.cpuSeconds - before.cpuSeconds,
            settled.1.usage.cpuSeconds - otherBefore.cpuSeconds
        )
        course.peakBytes = (settled.0.usage.peakBytes, settled.1.usage.peakBytes)
        return course
    }
}
