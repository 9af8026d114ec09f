// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridSync
import Testing

/// What goes first, and how much of it goes at once.
struct CreditPairTests {
    /// A village with a backlog of routine runs, about 30 kB each.
    private func village(backlog: Int) throws -> Node {
        var random = SplitMix64(seed: 3)
        let village = Node(11)
        for _ in 0..<backlog { try village.author(.bulk(30_000, using: &random)) }
        return village
    }

    @Test func runsGoByLaneAndThenByArea() throws {
        let (_, township) = try PairHistory.strangers()
        try township.author(.note("for the village", lane: .urgent))
        let world = PairWorld()
        let link = world.link(Node(11), township)
        try world.settle()
        expectConverged(link)
        let domains = link.called.sentRuns.map(\.log.domain)
        #expect(domains == domains.sorted { ($0.lane, $0.area) < ($1.lane, $1.area) })
        #expect(Set(domains.map(\.lane)) == Set(Lane.allCases))
    }

    /// At 30 kbit/s, with minutes of routine work to send.
    @Test(arguments: [1_300, 5_000, 20_000, 47_000] as [UInt64])
    func anUrgentRunGoesBeforeTheRoutineThatWaits(_ time: UInt64) throws {
        let village = try village(backlog: 12)
        var pace = PairWorld.Pace()
        pace.bytesPerSecond = 3_750
        let world = PairWorld(pace)
        let township = Node(2)
        let link = world.link(village, township)
        try world.pass(time)
        let before = link.caller.sentRuns.count
        try village.author(.note("a whistle", lane: .urgent))
        // No more than is read at once and lies ready lies before it.
        try world.pass(40_000)
        #expect(link.caller.sentRuns.dropFirst(before).first?.log.domain.lane == .urgent)
        #expect(township.replica.height(of: village.log(lane: .urgent)) == 1)
        #expect(link.caller.session?.isQuiescent == false)
        try world.settle()
        expectConverged(link)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func creditIsNeverExceededAndNeverRunsDry(frames: UInt64) throws {
        let credit = frames * UInt64(ProtocolLimits.frameBytesMax)
        let village = try village(backlog: 40)
        let manner = LinkEnd.Manner(credit: credit)
        var pace = PairWorld.Pace()
        pace.gate = 5_000
        let world = PairWorld(pace)
        let township = Node(2)
        let link = world.link(village, township, manners: (.frontier, manner))
        try world.settle()
        expectConverged(link)
        #expect(link.caller.unpaidBytesMax <= credit)
        #expect(link.called.waitingBytesMax <= credit)
        // Credit for a whole frame is kept for a run of the largest size; the rest is used.
        #expect(link.caller.unpaidBytesMax > Int(credit) - ProtocolLimits.frameBytesMax)
        #expect(link.caller.unpaidBytes == 0)
    }

    @Test func bothSidesSendAtOnceUnderTheirOwnCredits() throws {
        let village = try village(backlog: 15)
        let township = Node(2)
        var random = SplitMix64(seed: 4)
        for _ in 0..<15 { try township.author(.bulk(30_000, using: &random)) }
        let manner = LinkEnd.Manner(credit: UInt64(ProtocolLimits.frameBytesMax))
        let world = PairWorld()
        let link = world.link(village, township, manners: (manner, manner))
        try world.settle()
        expectConverged(link)
        for end in link.ends {
            #expect(end.unpaidBytesMax <= ProtocolLimits.frameBytesMax)
            #expect(end.waitingBytesMax <= ProtocolLimits.frameBytesMax)
        }
    }
}
