// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

/// A peer with a good certificate and bad numbers: it may harm itself, and no one else.
struct HostilePairTests {
    private func link(
        _ world: PairWorld
    ) throws -> (link: PairLink, village: Node, township: Node) {
        let (village, township) = try PairHistory.friends()
        let link = world.link(village, township)
        try world.settle()
        return (link, village, township)
    }

    private func log(_ number: UInt64, _ area: AreaCode = County.village) -> LogID {
        LogID(
            replica: ReplicaID(high: number, low: 1), domain: Domain(area: area, lane: .routine))
    }

    @Test(arguments: [1, 1 << 32, .max - 1, .max] as [UInt64])
    func aGrantBeyondTheCreditIsNamedAndNotAdded(credit: UInt64) throws {
        var session = try #require(try link(PairWorld()).link.caller.session)
        let effects = session.receive(.ack(rows: [], credit: credit), now: 0)
        #expect(effects.last == .close(.violation(.creditTooLarge)))
    }

    @Test func totalsBeyondAllNumbersAreOnlyShown() throws {
        let world = PairWorld()
        let (link, _, township) = try link(world)
        let totals = SyncMessage.totals([
            .init(lane: .urgent, entries: .max, bytes: .max),
            .init(lane: .routine, entries: .max, bytes: .max),
        ])
        try link.called.arrive(totals.encoded)
        #expect(link.called.session?.expectedEntries == 0)
        try township.author(.note("goes on"))
        try world.settle()
        expectConverged(link)
    }

    /// Others may have sent the peer more of a log than is here.
    @Test func anAcknowledgementOfMoreThanIsHeldIsBelieved() throws {
        let world = PairWorld()
        let (link, village, township) = try link(world)
        let clerk = Node(3, scope: County.village)
        for number in 0..<3 { try clerk.author(.note("\(number)")) }
        try village.admit([clerk.runs[0]])
        try world.settle()
        let row = SyncMessage.AckRow(log: clerk.log(), height: 2)
        try link.caller.arrive(SyncMessage.ack(rows: [row], credit: 0).encoded)
        #expect(link.caller.closeReason == nil)
        let sent = link.caller.sentRuns.count
        try village.admit([clerk.runs[1]])
        try world.settle()
        #expect(link.caller.sentRuns.count == sent)
        #expect(link.caller.session?.unacknowledgedEntries == 0)
        try village.admit([clerk.runs[2]])
        try world.settle()
        #expect(link.caller.sentRuns.count == sent + 1)
        #expect(township.replica.height(of: clerk.log()) == 1)
    }

    /// What it says it has is not sent to it, and the first greeting that says otherwise brings all.
    @Test func aTownshipThatLiesAboutItsFrontierGetsEverythingWhenItTellsTheTruth() throws {
        let world = PairWorld()
        let (link, village, township) = try link(world)
        let clerk = Node(3, scope: County.village)
        for number in 0..<3 { try clerk.author(.note("\(number)")) }
        try village.admit([clerk.runs[0]])
        try world.settle()
        let row = SyncMessage.AckRow(log: clerk.log(), height: 3)
        try link.caller.arrive(SyncMessage.ack(rows: [row], credit: 0).encoded)
        try village.admit(Array(clerk.runs.dropFirst()))
        try world.settle()
        #expect(township.replica.height(of: clerk.log()) == 1)
        #expect(village.heights(of: County.author(2).key)[clerk.log()] == 3)
        link.cut()
        let again = world.link(village, township)
        try world.settle()
        expectConverged(again)
        #expect(township.replica.height(of: clerk.log()) == 3)
    }

    @Test func acknowledgementsAndRefusalsOfLogsThatAreNotHereTakeNoMemory() throws {
        let (link, village, _) = try link(PairWorld())
        var session = try #require(link.caller.session)
        let before = session.acknowledged
        for round in 0..<4 as Range<UInt64> {
            let rows = (0..<100).map { SyncMessage.AckRow(log: log(round << 32 + $0), height: 9) }
            #expect(session.receive(.ack(rows: rows, credit: 0), now: 0).isEmpty)
            #expect(session.receive(.refusal(log: log(round), code: "no"), now: 0).isEmpty)
        }
        #expect(session.acknowledged == before)
        #expect(session.refusedByPeer.isEmpty)
        #expect(session.receive(.refusal(log: village.log(), code: "no"), now: 0).isEmpty)
        #expect(session.refusedByPeer.count == 1)
    }

    @Test func rowsOfEndlessLogsAreBelievedUpToABound() throws {
        let world = PairWorld()
        let (township, county) = (Node(2), Node(1))
        try township.author(.note("held", County.township))
        let link = world.link(township, county)
        try world.settle()
        var session = try #require(link.caller.session)
        for village in 201...207 {
            let area = County.area("522730103\(village)")
            let rows = (0..<UInt64(ProtocolLimits.frontierRowsMax)).map {
                FrontierRow(log: log($0, area), height: 1, head: 0)
            }
            _ = session.receive(.frontier(areas: [area], rows: rows), now: 0)
        }
        #expect(session.closeReason == nil)
        #expect(session.acknowledged.rows.count == ProtocolLimits.believedLogsMax)
        // A log that is here is always believed.
        let own = FrontierRow(
            log: township.log(County.township), height: 1, head: township.rows[0].head)
        _ = session.receive(.frontier(areas: [County.township], rows: [own]), now: 0)
        #expect(session.acknowledged[own.log] == 1)
    }

    /// More rows than one message may have: what is left out may come once more, and that is all.
    @Test func anAreaWithTooManyLogsForAMessageIsShownInPart() throws {
        let world = PairWorld()
        let (township, county) = (Node(2), Node(1))
        let link = world.link(township, county, manners: (.digests, .digests))
        try world.settle()
        var session = try #require(link.caller.session)
        let count = UInt64(ProtocolLimits.frontierRowsMax) + 100
        let rows = (0..<count).map { FrontierRow(log: log($0), height: 1, head: 1) }
        _ = session.heldAdvanced(rows, now: 0)
        let effects = session.receive(.frontier(areas: [County.village], rows: []), now: 0)
        let shown = effects.compactMap { effect -> Int? in
            if case .send(.frontier(_, let rows)) = effect { rows.count } else { nil }
        }
        #expect(shown == [ProtocolLimits.frontierRowsMax])
        for case .send(let message) in effects {
            #expect(message.encoded.count <= ProtocolLimits.frameBytesMax)
            #expect(throws: Never.self) { try SyncMessage(decoding: message.encoded) }
        }
    }

    @Test func verdictsOnEndlessLogsAreAcknowledgedInPieces() throws {
        let (link, _, _) = try link(PairWorld())
        var session = try #require(link.called.session)
        let count = UInt64(ProtocolLimits.frontierRowsMax) + 5
        for _ in 0..<count { _ = session.receive(.run([0]), now: 0) }
        let judgements = (0..<count).map {
            SyncSession.Judgement(
                bytes: 1, run: (last: 1, held: FrontierRow(log: log($0), height: 1, head: 1)),
                verdict: .admitted(entries: 1))
        }
        let sizes = session.judged(judgements, now: 0).compactMap { effect -> [UInt64]? in
            if case .send(.ack(let rows, let credit)) = effect {
                [UInt64(rows.count), credit]
            } else {
                nil
            }
        }
        #expect(sizes == [[count - 5, 0], [5, count]])
    }
}
