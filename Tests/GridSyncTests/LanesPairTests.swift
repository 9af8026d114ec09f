// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync
import GridTesting
import Testing

/// What can wait waits for a side that cannot afford it, and what is urgent does not.
struct LanesPairTests {
    private static let takes = LinkEnd.Manner(features: Feature.lanes)

    /// A village with routine work for its township, and a link between them.
    private func pair(
        _ manners: (LinkEnd.Manner, LinkEnd.Manner) = (takes, takes)
    ) throws -> (world: PairWorld, link: PairLink) {
        let village = Node(11)
        try village.author(.note("routine"))
        let world = PairWorld()
        return (world, world.link(village, Node(2), manners: manners))
    }

    @Test func aSideSendsNothingThatItLetsWait() throws {
        let (world, link) = try pair()
        try world.settle()
        link.caller.open(through: .urgent)
        let before = link.caller.sentRuns.count
        try link.caller.node.author(.note("more of it"))
        try link.caller.node.author(.note("a whistle", lane: .urgent))
        try world.pass(60_000)
        #expect(link.caller.sentRuns.dropFirst(before).map(\.log.domain.lane) == [.urgent])
        #expect(link.caller.session?.letsRoutineWait.mine == true)
        #expect(link.called.session?.letsRoutineWait.theirs == true)
        link.caller.open(through: .routine)
        try world.settle()
        expectConverged(link)
        #expect(link.called.session?.letsRoutineWait.theirs == false)
    }

    @Test func theOtherSideHoldsBackWhatIsNotTaken() throws {
        let (world, link) = try pair()
        try world.settle()
        link.called.open(through: .urgent)
        try world.pass(60_000)
        let before = link.caller.sentRuns.count
        try link.caller.node.author(.note("more of it"))
        try link.caller.node.author(.note("a whistle", lane: .urgent))
        try world.pass(60_000)
        #expect(link.caller.sentRuns.dropFirst(before).map(\.log.domain.lane) == [.urgent])
        link.called.open(through: .routine)
        try world.settle()
        expectConverged(link)
    }

    @Test func aSideThatKnowsNothingOfLanesIsNotTold() throws {
        let (world, link) = try pair((LinkEnd.Manner(), Self.takes))
        try world.settle()
        link.called.open(through: .urgent)
        try link.caller.node.author(.note("more of it"))
        try world.settle()
        expectConverged(link)
        #expect(link.called.sent.allSatisfy { if case .lanes = $0 { false } else { true } })
    }

    /// What was being read when the lane was closed is read again, and never sent twice.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func lanesCloseAndOpenAtAnyTime(_ step: UInt64) throws {
        var random = SplitMix64(seed: step)
        let village = Node(11)
        for _ in 0..<6 { try village.author(.bulk(30_000, using: &random)) }
        var pace = PairWorld.Pace()
        pace.bytesPerSecond = 20_000
        let world = PairWorld(pace)
        let link = world.link(village, Node(2), manners: (Self.takes, Self.takes))
        for turn in 0..<4 {
            try world.pass(70 + step * 37 + UInt64(turn) * 11)
            let end = turn % 2 == 0 ? link.caller : link.called
            end.open(through: .urgent)
            try world.pass(step * 53)
            end.open(through: .routine)
        }
        try world.settle()
        expectConverged(link)
        #expect(!link.caller.hasRepeated)
    }
}
