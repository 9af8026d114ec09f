// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridSync
import Testing

/// Audits over a link, and what a peer may not do with them.
struct AuditPairTests {
    private static let takes = LinkEnd.Manner(features: Feature.audit)

    private func friends(
        _ manner: LinkEnd.Manner = takes
    ) throws -> (link: PairLink, world: PairWorld, village: Node, township: Node) {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township, manners: (manner, manner))
        try world.settle()
        return (link, world, village, township)
    }

    private func question(
        _ number: UInt64, _ village: Node, _ area: AreaCode = County.village
    ) -> AuditQuestion {
        AuditQuestion(
            number: number, area: area,
            basis: village.replica.auditBasis(of: area, rules: 1).basis,
            nonce: AuditWord(high: 1, low: 1), prefixes: [])
    }

    @Test func friendsAtRestHaveTheSameTables() throws {
        let (link, world, village, _) = try friends()
        link.caller.audit(County.village)
        try world.settle()
        let records = village.snapshot(of: County.village).tree.leaves.count
        #expect(link.caller.audits.map(\.outcome) == [.equal(records: records)])
        #expect(records > 0)
        link.called.audit(County.township)
        try world.settle()
        guard case .equal = link.called.audits.first?.outcome else {
            Issue.record("\(link.called.audits)")
            return
        }
    }

    @Test func oneDamagedRecordIsFoundByBothSides() throws {
        let (link, world, village, _) = try friends()
        let name = village.damage(in: County.village)
        for end in link.ends {
            end.audit(County.village)
            try world.settle()
            guard case .differ(let finding)? = end.audits.last?.outcome else {
                Issue.record("\(end.audits)")
                continue
            }
            #expect(finding.records == [AuditFinding.Record(name: name, kind: .differs)])
            #expect(finding.isWhole)
        }
    }

    @Test func whatIsNotTheSameYetIsNotCompared() throws {
        let (link, world, _, township) = try friends()
        link.caller.audit(County.village)
        // Written while the question is on its way: the township has less than the village now.
        try township.author(.note("new here"))
        try world.settle()
        let entries = township.replica.auditBasis(of: County.village, rules: 1).entries
        #expect(
            link.caller.audits.map(\.outcome)
                == [.notComparable(.frontierDiffers(theirs: entries))])
        link.caller.audit(County.village)
        try world.settle()
        guard case .equal? = link.caller.audits.last?.outcome else {
            Issue.record("\(link.caller.audits)")
            return
        }
    }

    @Test func whoDoesNotKnowAuditsIsNotAsked() throws {
        let (link, world, _, _) = try friends(.frontier)
        let sent = link.caller.sent.count
        link.caller.audit(County.village)
        try world.settle()
        #expect(link.caller.audits.map(\.outcome) == [.notComparable(.notOffered)])
        #expect(link.caller.sent.count == sent)
        expectConverged(link)
    }

    @Test func areasThatAreNotSharedAreNotSpokenOf() throws {
        let (link, _, village, _) = try friends()
        let foreign = County.area("522730102212")
        link.called.audit(foreign)
        #expect(link.called.audits.map(\.outcome) == [.notComparable(.notShared)])
        var session = try #require(link.called.session)
        let effects = session.receive(.audit(question(1, village, foreign)), now: 0)
        #expect(effects.last == .close(.violation(.areaNotShared)))
    }

    /// It may ask by a change of codes that is on its way here.
    @Test func aVillageThatOnlyTheAskerKnowsToBeSharedIsNotComparedYet() throws {
        let (link, _, village, _) = try friends()
        let neighbour = County.area("522730103212")
        var session = try #require(link.called.session)
        #expect(!session.isShared(neighbour))
        let answer = AuditAnswer(number: 1, content: .refused(.standingDiffers, number: 0))
        for _ in 0..<2 {
            let effects = session.receive(.audit(question(1, village, neighbour)), now: 0)
            #expect(effects == [.send(.audited(answer))])
        }
        #expect(session.closeReason == nil)
        // It costs as much as any other question.
        for _ in 0..<200 where session.closeReason == nil {
            _ = session.receive(.audit(question(1, village, neighbour)), now: 0)
        }
        #expect(session.closeReason == .violation(.tooManyAudits))
    }

    @Test func anAnswerThatNobodyAskedForEndsTheSession() throws {
        let (link, _, _, _) = try friends()
        for number in [0, 1, .max] as [UInt64] {
            var session = try #require(link.caller.session)
            let answer = AuditAnswer(
                number: number, content: .whole(AuditWord(high: 1, low: 1), records: 1))
            let effects = session.receive(.audited(answer), now: 0)
            #expect(effects.last == .close(.violation(.auditNotAsked)))
        }
    }

    @Test func anAnswerThatDoesNotFitEndsTheSession() throws {
        let (link, _, village, _) = try friends()
        var session = try #require(link.caller.session)
        _ = session.audit(
            village.snapshot(of: County.village), nonce: AuditWord(high: 1, low: 1), now: 0)
        let effects = session.receive(
            .audited(AuditAnswer(number: 1, content: .parts([.records([])]))), now: 0)
        #expect(effects.last == .close(.violation(.auditAnswerWrong)))
    }

    @Test func anAnswerToWhatWasGivenUpIsIgnored() throws {
        let (link, _, village, _) = try friends()
        var session = try #require(link.caller.session)
        _ = session.audit(
            village.snapshot(of: County.village), nonce: AuditWord(high: 1, low: 1), now: 0)
        session.endAudit()
        let answer = AuditAnswer(
            number: 1, content: .whole(AuditWord(high: 1, low: 1), records: 1))
        let effects = session.receive(.audited(answer), now: 0)
        #expect(effects == [])
    }

    @Test func aSecondQuestionBeforeTheAnswerEndsTheSession() throws {
        let (link, _, village, _) = try friends()
        var session = try #require(link.called.session)
        let first = session.receive(.audit(question(1, village)), now: 0)
        #expect(first == [.answerAudit(question(1, village))])
        let second = session.receive(.audit(question(2, village)), now: 0)
        #expect(second.last == .close(.violation(.tooManyAudits)))
    }

    @Test func questionsAreRationedAndComeBackWithTime() throws {
        let (link, world, village, _) = try friends()
        var session = try #require(link.called.session)
        var now = world.now
        func ask() -> Bool {
            let question = question(1, village)
            guard session.receive(.audit(question), now: now) == [.answerAudit(question)] else {
                return false
            }
            let answer = AuditAnswer(number: 1, content: .refused(.busy, number: 1))
            _ = session.supply(answer, now: now)
            return true
        }
        var taken = 0
        while taken < 1_000, ask() { taken += 1 }
        #expect(taken == 128)
        #expect(session.closeReason == .violation(.tooManyAudits))

        session = try #require(link.called.session)
        for _ in 0..<128 { #expect(ask()) }
        now += SyncSession.auditMilliseconds
        #expect(ask())
        #expect(!ask())
    }

    @Test func anHonestSideAsksLessThanIsTaken() throws {
        let (link, world, village, _) = try friends()
        var session = try #require(link.caller.session)
        let snapshot = village.snapshot(of: County.village)
        var asked = 0
        for _ in 0..<200 {
            let effects = session.audit(
                snapshot, nonce: AuditWord(high: 1, low: 1), now: world.now)
            session.endAudit()
            guard effects != [.audited(County.village, .notComparable(.rationed))] else { break }
            asked += 1
        }
        #expect(asked == 64)
    }
}
