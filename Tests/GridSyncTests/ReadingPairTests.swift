// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

/// What happens while a session waits for its ledger, and what the ledger does not find.
struct ReadingPairTests {
    /// A village with some entries, whose reads take a second, and a township that has none of
    /// them. The first read begins after 1,200 ms.
    private func slowReader() throws -> (world: PairWorld, link: PairLink, village: Node) {
        var random = SplitMix64(seed: 2)
        let village = Node(11)
        for _ in 0..<2 { try village.author(.bulk(30_000, using: &random)) }
        var pace = PairWorld.Pace()
        pace.reading = 1_000
        let world = PairWorld(pace)
        let link = world.link(village, Node(2))
        try world.pass(1_500)
        return (world, link, village)
    }

    @Test func aReadUnderWayGivesWayToWhatIsMoreUrgent() throws {
        let (world, link, village) = try slowReader()
        try village.author(.note("a whistle", lane: .urgent))
        try world.settle()
        expectConverged(link)
        #expect(link.caller.sentRuns.first?.log.domain.lane == .urgent)
    }

    @Test func whatIsCommittedDuringAReadIsSentAfterIt() throws {
        let (world, link, village) = try slowReader()
        try village.author(.note("later"))
        try world.settle()
        expectConverged(link)
        #expect(link.called.node.replica.height(of: village.log()) == 3)
    }

    @Test func whatThePeerRefusesDuringAReadIsNotSent() throws {
        let (world, link, village) = try slowReader()
        let refusal = SyncMessage.refusal(log: village.log(), code: "not_entitled")
        try link.caller.arrive(refusal.encoded)
        try world.settle()
        #expect(link.caller.sentRuns.isEmpty)
        #expect(link.caller.isQuiescent)
    }

    @Test func whatThePeerGetsElsewhereDuringAReadIsNotSent() throws {
        let (world, link, village) = try slowReader()
        try link.called.node.admit(village.runs)
        let row = SyncMessage.AckRow(log: village.log(), height: 2)
        try link.caller.arrive(SyncMessage.ack(rows: [row], credit: 0).encoded)
        try world.settle()
        expectConverged(link)
        #expect(link.caller.sentRuns.isEmpty)
    }

    @Test func aLogWithoutRunsIsLeftOutUntilItGrows() throws {
        let (village, township) = (Node(11), Node(2))
        try village.author(.note("lost"))
        try village.author(.note("urgent", lane: .urgent))
        village.storage.withheld = [village.log(lane: .urgent)]
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        #expect(link.caller.isQuiescent)
        #expect(link.caller.sentRuns.map(\.log) == [village.log()])
        village.storage.withheld = []
        try village.author(.note("more", lane: .urgent))
        try world.settle()
        expectConverged(link)
    }

    /// The read began before the log grew, and comes back without anything: that says nothing of
    /// what has come since.
    @Test func aLogThatGrowsWhileNothingOfItIsFoundIsReadAgain() throws {
        let (world, link, village) = try slowReader()
        village.storage.withheld = [village.log()]
        try village.author(.note("grown"))
        world.after(1_000) { village.storage.withheld = [] }
        try world.settle()
        expectConverged(link)
    }

    /// In one lane nothing is found; what became lacking meanwhile in another is not given up.
    @Test func anEmptyReadSaysNothingOfOtherLogs() throws {
        let village = Node(11)
        try village.author(.note("lost", lane: .urgent))
        village.storage.withheld = [village.log(lane: .urgent)]
        var pace = PairWorld.Pace()
        pace.reading = 1_000
        let world = PairWorld(pace)
        let link = world.link(village, Node(2))
        try world.pass(1_500)
        try village.author(.note("routine"))
        try world.settle()
        #expect(link.caller.sentRuns.map(\.log) == [village.log()])
        #expect(link.caller.isQuiescent)
    }
}
