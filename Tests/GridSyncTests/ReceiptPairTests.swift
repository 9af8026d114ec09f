// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

/// A township signs what it durably holds of a village, and the village takes it.
struct ReceiptPairTests {
    private static let takes = LinkEnd.Manner(features: Feature.receipts)
    private static let wants = LinkEnd.Manner(
        features: Feature.receipts | Feature.receiptWanted)

    private func linked(
        _ manner: LinkEnd.Manner = takes, village: Node = Node(11), township: Node = Node(2)
    ) throws -> (world: PairWorld, link: PairLink) {
        let world = PairWorld()
        let link = world.link(village, township, manners: (manner, Self.takes))
        try world.settle()
        return (world, link)
    }

    @Test func whatHasArrivedIsSignedForOnceAMinuteAndNotWhenNothingHasChanged() throws {
        let village = Node(11)
        let (world, link) = try linked(village: village)
        for number in 0..<9 {
            try village.author(.note("\(number)"))
            try world.pass(10_000)
        }
        try world.pass(600_000)
        let receipts = link.caller.receipts
        #expect(receipts.count == 3)
        for (earlier, later) in zip(receipts, receipts.dropFirst()) {
            #expect(later.time >= earlier.time + SyncSession.receiptMilliseconds)
        }
        let last = try #require(receipts.last?.receipt)
        #expect(last.hasValidSignature)
        #expect(last.rows.map(\.height) == [9])
        #expect(last.rows.map(\.head) == village.replica.logs { _ in true }.map(\.head))
        #expect(link.called.receipts.isEmpty)
    }

    @Test func aPeerThatLacksOneGetsItThoughNothingIsNew() throws {
        let (village, township) = try PairHistory.friends()
        for (manner, count) in [(Self.takes, 0), (Self.wants, 1)] {
            let (world, link) = try linked(manner, village: village, township: township)
            try world.pass(300_000)
            #expect(link.caller.receipts.count == count)
            link.cut()
        }
    }

    @Test func whoDoesNotOfferToTakeThemGetsNone() throws {
        let village = Node(11)
        let (world, link) = try linked(.frontier, village: village)
        try village.author(.note("1"))
        try world.pass(300_000)
        #expect(link.called.closeReason == nil)
        #expect(!link.called.sent.contains { if case .receipt = $0 { true } else { false } })
    }

    @Test func oneThatWasMadeJustNowIsOrderedAgainAMinuteLater() throws {
        let village = Node(11)
        let (world, link) = try linked(village: village)
        try village.author(.note("1"))
        try world.settle()
        var session = try #require(link.called.session)
        let now = world.now + 5_000
        #expect(session.tick(now: now).contains(.issueReceipt))
        #expect(session.supply(.tooEarly, now: now) == [.wake(at: now + 60_000)])
        #expect(!session.tick(now: now + 59_999).contains(.issueReceipt))
        #expect(session.tick(now: now + 60_000).contains(.issueReceipt))
    }

    @Test func aFloodOfReceiptsEndsTheSessionAndAStallDoesNot() throws {
        let village = Node(11)
        let (world, link) = try linked(village: village)
        var session = try #require(link.caller.session)
        let receipt = Node(2).receipt(for: village.replica.id, area: County.village)
        for _ in 0..<8 {
            #expect(
                session.receive(.receipt(receipt), now: world.now) == [.keepReceipt(receipt)])
        }
        let effects = session.receive(.receipt(receipt), now: world.now)
        #expect(effects.last == .close(.violation(.tooManyReceipts)))
        session = try #require(link.caller.session)
        for minute in 0..<100 {
            let time = world.now + UInt64(minute) * 60_000
            #expect(session.receive(.receipt(receipt), now: time) == [.keepReceipt(receipt)])
        }
    }

    @Test func aReceiptThatIsNotThePeersForThisSideEndsTheSessionByItsName() throws {
        let village = Node(11)
        let (world, link) = try linked(village: village)
        let township = Node(2)
        let own = village.replica.id
        let good = township.receipt(for: own, area: County.village)
        let row = Receipt.Row(
            log: LogID(replica: own, domain: Domain(area: County.township, lane: .routine)),
            height: 1, head: .zero)
        var forged = good.encoded
        forged[forged.count - 1] ^= 1
        let faults: [(Receipt, SessionViolation)] = [
            (Node(3).receipt(for: own, area: County.village), .receiptNotOurs),
            (township.receipt(for: township.replica.id, area: County.village), .receiptNotOurs),
            (township.receipt(for: own, area: County.township), .receiptNotOurs),
            (
                Receipt(
                    for: own, area: County.village, time: 1, rows: [row],
                    issuedBy: township.replica.author), .rowOutsideAreas
            ),
            (try Receipt(decoding: forged), .receiptNotGenuine),
        ]
        for (receipt, violation) in faults {
            var session = try #require(link.caller.session)
            let effects = session.receive(.receipt(receipt), now: world.now)
            #expect(effects.last == .close(.violation(violation)))
        }
        let silent = try linked(.frontier, village: Node(11))
        var session = try #require(silent.link.caller.session)
        #expect(
            session.receive(.receipt(good), now: world.now).last
                == .close(.violation(.receiptNotOffered)))
    }

    @Test func aReceiptOfANodeThatIsNotAboveIsPassedOver() throws {
        let village = Node(11)
        let (world, link) = try linked(village: village)
        var session = try #require(link.called.session)
        let receipt = village.receipt(for: Node(2).replica.id, area: County.township)
        #expect(session.receive(.receipt(receipt), now: world.now).isEmpty)
    }
}
