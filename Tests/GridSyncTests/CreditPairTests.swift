// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridSync
import GridTesting
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

    /// At 16 kbit/s, where a run of the usual size takes a quarter of a minute.
    @Test func theFirstRunOfManyEntriesIsSmallSoThatSomethingShowsSoon() throws {
        var random = SplitMix64(seed: 4)
        let village = Node(11)
        for _ in 0..<2_100 { try village.author(.bulk(16, using: &random)) }
        var pace = PairWorld.Pace()
        pace.bytesPerSecond = 2_000
        let world = PairWorld(pace)
        let township = Node(2)
        let link = world.link(village, township)
        try world.pass(6_000)
        #expect(township.replica.height(of: village.log(lane: .routine)) > 0)
        try world.settle()
        expectConverged(link)
        #expect(link.caller.sentRuns.contains { $0.bytes > 16_384 })
    }

    /// Small runs pack less well, and one that is small anyway does not take long.
    @Test func fewEntriesGoInOneRun() throws {
        var random = SplitMix64(seed: 5)
        let village = Node(11)
        for _ in 0..<200 { try village.author(.bulk(40, using: &random)) }
        let world = PairWorld()
        let link = world.link(village, Node(2))
        try world.settle()
        expectConverged(link)
        let routine = link.caller.sentRuns.filter { $0.log.domain.lane == .routine }
        #expect(routine.count == 1)
        #expect(routine.allSatisfy { $0.bytes > 4_096 })
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
        // Nothing is read for which there is no room.
        #expect(link.caller.readCount <= link.caller.sentRuns.count)
    }

    @Test func aLedgerThatGivesMoreThanThereIsCreditForIsSentInPart() throws {
        let manner = LinkEnd.Manner(credit: UInt64(ProtocolLimits.frameBytesMax))
        let world = PairWorld()
        let link = world.link(try village(backlog: 1), Node(2), manners: (.frontier, manner))
        try world.pass(2 * world.pace.latency)
        var session = try #require(link.caller.session)
        let log = link.caller.node.log()
        let runs = (1...4).map {
            OutgoingRun(log: log, last: $0, envelope: [UInt8](repeating: 0, count: 100_000))
        }
        let effects = session.supply(runs, now: 0)
        let sent = effects.count { if case .send(.run) = $0 { true } else { false } }
        #expect(sent == 3)
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
