// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync
import Testing

/// Two nodes over one link, from strangers to quiescence and on.
struct CatchUpPairTests {
    @Test(arguments: GreetingForms.all)
    func aFullCatchUpConvergesAndEndsQuiescentOnBothSides(_ forms: GreetingForms) throws {
        let (village, township) = try PairHistory.strangers()
        let world = PairWorld()
        let link = world.link(village, township, manners: forms.manners)
        try world.settle()
        expectConverged(link)
        #expect(village.state.records.count == 14)
        #expect(township.state.records.count == 15)
    }

    @Test func nothingLeavesTheScopeOfItsReader() throws {
        let (village, township) = try PairHistory.friends()
        let areas = Set(village.state.records.keys.map(\.domain.area))
        #expect(areas == [County.root, County.township, County.village])
        #expect(township.state.records.keys.contains { $0.domain.area != County.village })
    }

    @Test(arguments: GreetingForms.all)
    func aReconnectWithNothingNewCostsTwoGreetings(_ forms: GreetingForms) throws {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township, manners: forms.manners)
        try world.settle()
        expectConverged(link)
        for end in link.ends { #expect(end.sent.isEmpty) }
        #expect(link.bytes < 2048)
    }

    @Test(arguments: GreetingForms.all)
    func whatIsWrittenAfterQuiescenceArrives(_ forms: GreetingForms) throws {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township, manners: forms.manners)
        try world.settle()
        try village.author(.note("new"))
        try township.author(.note("new", County.township, lane: .urgent))
        // In an area of which nobody had anything when the two greeted.
        let county = Node(1, nonce: 7)
        try county.author(.note("new", County.root, lane: .urgent))
        try township.admit(county.runs)
        try world.settle()
        expectConverged(link)
        #expect(link.caller.sentRuns.count == 1)
        #expect(link.called.sentRuns.count == 2)
    }

    @Test func theFirstWriteInAnAreaArrivesAfterDigestsThatDidNotNameIt() throws {
        let world = PairWorld()
        let (village, township) = (Node(11), Node(2))
        let link = world.link(village, township, manners: (.digests, .digests))
        try world.settle()
        try village.author(.note("first"))
        try township.author(.note("first", County.township))
        try world.settle()
        expectConverged(link)
        #expect(village.state.records.count == 2)
    }

    @Test func theFirstRunArrivesAfterOneRoundTripAndAHalf() throws {
        let (village, township) = try PairHistory.strangers()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.pass(3 * world.pace.latency - 1)
        #expect(link.called.received.isEmpty)
        try world.pass(world.pace.reading + 1)
        #expect(!link.called.received.isEmpty)
    }

    /// A link that was cut and made anew: what the old one has brought was counted by the new one's
    /// peer as still to come.
    @Test func whatAnotherLinkBringsIsNoLongerExpected() throws {
        let (village, township) = try PairHistory.strangers()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.pass(3 * world.pace.latency + 5)
        #expect(link.called.session?.expectedEntries == 6)
        var session = try #require(link.called.session)
        _ = session.heldAdvanced(village.rows, now: world.now)
        #expect(session.expectedEntries == 0)
    }

    @Test func whatIsToComeIsAnnouncedOnce() throws {
        let (village, township) = try PairHistory.strangers()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.pass(3 * world.pace.latency + 5)
        #expect(link.called.session?.expectedEntries == 6)
        try world.settle()
        #expect(link.called.session?.expectedEntries == 0)
        try village.author(.note("more"))
        try world.settle()
        let totals = link.caller.sent.filter { if case .totals = $0 { true } else { false } }
        #expect(
            totals == [
                .totals([
                    .init(lane: .urgent, entries: 3, bytes: totals.bytes(of: .urgent)),
                    .init(lane: .routine, entries: 3, bytes: totals.bytes(of: .routine)),
                ])
            ])
    }
}

extension [SyncMessage] {
    fileprivate func bytes(of lane: Lane) -> UInt64 {
        for case .totals(let totals) in self {
            if let total = totals.first(where: { $0.lane == lane }) { return total.bytes }
        }
        return 0
    }
}
