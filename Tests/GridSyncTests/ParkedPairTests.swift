// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

/// Runs that a gate cannot take yet: parked ones, and those turned away for a reason that passes.
struct ParkedPairTests {
    /// A township that does not know the clerk, whose entry the village has seen and answered.
    private func nodes() throws -> (village: Node, township: Node, clerk: Node) {
        let (village, clerk) = (Node(11), Node(3, scope: County.village))
        let write = try clerk.author(.note("by the clerk"))
        try village.admit(clerk.runs)
        try village.author(.edit(.existing(write.addresses[0]), "answered"))
        return (village, Node(2, knowing: [1, 2, 11]), clerk)
    }

    @Test func aParkedRunIsAcknowledgedWhenAnotherPeerBringsItsCause() throws {
        let (village, township, clerk) = try nodes()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        #expect(township.state.records.isEmpty)
        #expect(link.caller.session?.refusedByPeer == [clerk.log(): "unknown_key"])
        #expect(link.caller.session?.unacknowledgedEntries == 2)
        let other = world.link(clerk, township)
        try world.settle()
        #expect(township.state.shared(with: County.village) == village.state)
        let parked = SyncMessage.AckRow(log: village.log(), height: 1)
        #expect(link.called.sent.contains(.ack(rows: [parked], credit: 0)))
        for link in [link, other] { expectConverged(link) }
    }

    @Test func aParkedRunIsAcknowledgedWhenItsCauseComesWithoutALink() throws {
        let (village, township) = (Node(11), Node(2))
        for number in 0..<3 { try village.author(.note("\(number)")) }
        let world = PairWorld()
        let link = world.link(Node(3, scope: County.village), township)
        try world.settle()
        for run in village.runs.dropFirst() {
            try link.called.arrive(SyncMessage.run([0] + run.run.encoded).encoded)
        }
        try world.pass(100)
        #expect(township.state.records.isEmpty)
        for message in link.called.sent {
            guard case .ack(rows: [], credit: 1...) = message else {
                Issue.record("\(message)")
                return
            }
        }
        try township.admit([village.runs[0]])
        try world.settle()
        let row = SyncMessage.AckRow(log: village.log(), height: 3)
        #expect(link.called.sent.last == .ack(rows: [row], credit: 0))
        #expect(link.called.sentRuns.isEmpty)
        #expect(link.called.session?.acknowledged[village.log()] == 3)
    }

    @Test func whatLackedACertificateIsAskedForAgainWhenOneComes() throws {
        let (village, township, _) = try nodes()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        #expect(township.state.records.isEmpty)
        // Something else does not make it ask.
        try township.author(.note("notice", County.township))
        try world.settle()
        #expect(link.called.questions == 0)
        let certificate = try #require(County.certificates[3])
        try township.author(.certificate(certificate, County.township))
        try world.settle()
        expectConverged(link)
        #expect(township.state.shared(with: County.village) == village.state)
        #expect(link.called.questions == 1)
    }

    /// The certificate is committed while what it entitles is being turned away.
    @Test(arguments: [(1, 30), (30, 1)] as [(UInt64, UInt64)])
    func aCertificateThatComesMeanwhileCountsToo(ringing: UInt64, judging: UInt64) throws {
        let (village, township, _) = try nodes()
        var pace = PairWorld.Pace()
        pace.ringing = ringing
        pace.judging = judging
        let world = PairWorld(pace)
        let link = world.link(village, township)
        while township.state == MemoryStorage.Snapshot(), link.called.received.count < 2 {
            try world.pass(1)
        }
        try world.pass(pace.gate)
        let certificate = try #require(County.certificates[3])
        try township.author(.certificate(certificate, County.township))
        try world.settle()
        expectConverged(link)
        #expect(township.state.shared(with: County.village) == village.state)
        #expect(link.called.questions <= 1)
    }

    /// A session that asks again right after a verdict has not heard of the commit yet.
    @Test func askingAgainDoesNotForgetWhatWasJustAcknowledged() throws {
        let (village, township, _) = try nodes()
        var pace = PairWorld.Pace()
        (pace.gate, pace.ringing, pace.judging) = (100, 30, 1)
        let world = PairWorld(pace)
        let link = world.link(village, township)
        try world.settle()
        try village.author(.note("urgent", lane: .urgent))
        let heard = link.called.received.count
        while link.called.received.count == heard { try world.pass(1) }
        let certificate = try #require(County.certificates[3])
        try township.author(.certificate(certificate, County.township))
        try world.settle()
        expectConverged(link)
        #expect(link.called.questions == 1)
        #expect(link.caller.sentRuns.count { $0.log.domain.lane == .urgent } == 1)
    }

    @Test func aRefusedLogStopsAndTheOthersGoOn() throws {
        let (village, township, clerk) = try nodes()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        try clerk.author(.note("more"))
        try village.admit(clerk.runs)
        try village.author(.note("urgent", lane: .urgent))
        try world.settle()
        #expect(link.caller.sentRuns.filter { $0.log == clerk.log() }.count == 1)
        #expect(township.replica.height(of: village.log(lane: .urgent)) == 1)
        #expect(link.caller.isQuiescent && link.called.isQuiescent)
        #expect(link.caller.session?.unacknowledgedEntries == 3)
    }
}

extension LinkEnd {
    /// How often it has sent rows.
    fileprivate var questions: Int {
        sent.count { if case .frontier = $0 { true } else { false } }
    }
}
