// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

/// Folders that came back from the past, or live twice.
struct RollbackPairTests {
    /// A township, and a village that was restored to what it was before its last two writes.
    private func restored() throws -> (village: Node, township: Node, log: LogID) {
        let (village, township) = try PairHistory.friends()
        let old = village.copy()
        try village.author(.note("lost"))
        try village.author(.note("lost, too"))
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        expectConverged(link)
        return (old, township, village.log())
    }

    @Test(arguments: GreetingForms.all)
    func aRestoredFolderIsToldByThePeersRows(_ forms: GreetingForms) throws {
        let (village, township, log) = try restored()
        let world = PairWorld()
        let link = world.link(village, township, manners: forms.manners)
        try world.settle()
        #expect(link.caller.closeReason == .rolledBack(log: log, height: 5))
        #expect(link.called.closeReason == .peerLeft(code: "rolled_back"))
        #expect(link.caller.sentRuns.isEmpty)
        // As a new replica it writes on, and gets its own past back as ordinary data.
        village.becomeNewReplica(nonce: 2)
        try village.author(.note("after"))
        let second = world.link(village, township, manners: forms.manners)
        try world.settle()
        expectConverged(second)
        #expect(village.replica.height(of: log) == 5)
        #expect(township.replica.height(of: village.log()) == 1)
    }

    @Test func aRestoredFolderIsToldByAnAcknowledgement() throws {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        let row = SyncMessage.AckRow(log: village.log(), height: 4)
        try link.caller.arrive(SyncMessage.ack(rows: [row], credit: 0).encoded)
        #expect(link.caller.closeReason == .rolledBack(log: village.log(), height: 4))
    }

    @Test func aRestoredFolderIsToldByItsOwnRun() throws {
        let (village, township) = try PairHistory.friends()
        let old = village.copy()
        try village.author(.note("lost"))
        let run = try #require(village.runs.last).run
        let world = PairWorld()
        let link = world.link(old, township)
        try world.settle()
        try link.caller.arrive(SyncMessage.run([0] + run.encoded).encoded)
        try world.settle()
        #expect(link.caller.closeReason == .rolledBack(log: village.log(), height: 4))
    }

    /// What was written after the greeting reaches the peer by another road, and comes back in its
    /// greeting: the peer knows more than was announced, and no more than is held.
    @Test(arguments: GreetingForms.all)
    func aWriteThatOvertakesTheGreetingIsNoRollback(_ forms: GreetingForms) throws {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township, manners: forms.manners)
        world.after(100) {
            try village.author(.note("overtakes"))
            try township.admit([try #require(village.runs.last)])
        }
        try world.settle()
        expectConverged(link)
        #expect(link.caller.sentRuns.isEmpty)
    }

    /// Both folders go on from one state; neither knows of the other.
    private func forked(
        _ first: Int, _ second: Int
    ) throws -> (village: Node, township: Node, log: LogID) {
        let (village, township) = try PairHistory.friends()
        let clone = village.copy()
        for number in 0..<first { try village.author(.note("here \(number)")) }
        for number in 0..<second { try clone.author(.note("there \(number)")) }
        // The clone's entries came to the township by a stick.
        try township.admit(clone.runs.suffix(second))
        return (village, township, village.log())
    }

    @Test(arguments: GreetingForms.all)
    func aForkAtOneHeightIsReportedByBothAndItsLogRests(_ forms: GreetingForms) throws {
        let (village, township, log) = try forked(2, 2)
        let world = PairWorld()
        let link = world.link(village, township, manners: forms.manners)
        try world.settle()
        for end in link.ends {
            #expect(end.forks == [log])
            #expect(end.sentRuns.isEmpty)
            #expect(end.closeReason == nil)
        }
        try village.author(.note("more"), .note("more", lane: .urgent))
        try township.author(.note("more"))
        try world.settle()
        #expect(link.caller.sentRuns.map(\.log) == [village.log(lane: .urgent)])
        #expect(link.called.sentRuns.map(\.log) == [township.log()])
        #expect(link.ends.allSatisfy { $0.isQuiescent && $0.closeReason == nil })
    }

    /// The peer's row is compared with what was held when greeting, and with what is held now.
    @Test(arguments: [(4, 5), (3, 4)] as [(UInt64, UInt64)])
    func aForkIsSeenThroughWhatCameAfterTheGreeting(announced: UInt64, held: UInt64) throws {
        let (village, township, log) = try forked(Int(announced) - 3, 1)
        let world = PairWorld()
        let link = world.link(village, township)
        world.after(100) { try village.author(.note("after the greeting")) }
        try world.pass(2 * world.pace.latency)
        #expect(village.replica.height(of: log) == held)
        #expect(link.caller.forks == [log])
        try world.settle()
        #expect(link.caller.forks == [log])
        #expect(link.caller.sentRuns.isEmpty)
    }

    @Test func aForkAtDifferentHeightsIsReportedByTheGate() throws {
        let (village, township, log) = try forked(3, 2)
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        #expect(link.called.forks == [log])
        #expect(link.caller.session?.refusedByPeer == [log: "forked"])
        #expect(link.called.session?.refusedByPeer == [log: "forked"])
        #expect(link.ends.allSatisfy { $0.isQuiescent && $0.closeReason == nil })
        let sent = link.caller.sentRuns.count
        try village.author(.note("more"))
        try world.settle()
        #expect(link.caller.sentRuns.count == sent)
    }
}
