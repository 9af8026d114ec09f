// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync
import Testing

/// What a session does when there is nothing to do.
struct SilencePairTests {
    private let minute: UInt64 = 60_000

    @Test func aQuietLinkLivesBySignsOfLife() throws {
        let world = PairWorld()
        let link = world.link(Node(11), Node(2))
        try world.settle()
        try world.pass(60 * minute)
        for end in link.ends {
            #expect(end.closeReason == nil)
            #expect(end.sent == [SyncMessage](repeating: .ping, count: 60))
        }
    }

    @Test func whoSendsAnythingElseSendsNoSignsOfLife() throws {
        let world = PairWorld()
        let village = Node(11)
        let link = world.link(village, Node(2))
        try world.settle()
        for number in 0..<20 {
            try village.author(.note("\(number)"))
            try world.pass(minute - 5_000)
        }
        for end in link.ends { #expect(!end.sent.contains(.ping)) }
    }

    /// One direction is dead and no one is told.
    @Test(arguments: [true, false])
    func aSideThatHearsNothingForTooLongLeaves(isCallerDeaf: Bool) throws {
        let world = PairWorld()
        let link = world.link(Node(11), Node(2))
        try world.settle()
        link.isLossNoticed = false
        link.loss = isCallerDeaf ? (nil, 1) : (1, nil)
        let (deaf, other) = isCallerDeaf ? (link.caller, link.called) : (link.called, link.caller)
        try world.pass(5 * minute - 1_500)
        #expect(deaf.closeReason == nil)
        try world.pass(1_500)
        #expect(deaf.closeReason == .silent(seconds: 300))
        try world.pass(world.pace.latency)
        #expect(other.closeReason == .peerLeft(code: "silent"))
    }

    /// A wake-up that comes early is no reason to do anything.
    @Test func aTickBeforeItsTimeOrdersTheNext() throws {
        let world = PairWorld()
        let link = world.link(Node(11), Node(2))
        try world.settle()
        var session = try #require(link.caller.session)
        let start = world.now
        #expect(session.tick(now: start + 1) == [.wake(at: start + minute)])
        #expect(session.tick(now: 0) == [.wake(at: start + minute)])
    }
}
