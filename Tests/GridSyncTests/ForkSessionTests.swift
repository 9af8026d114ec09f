// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

@testable import GridSync

/// What a session makes of forks: it orders comparisons and proofs, and makes none.
struct ForkSessionTests {
    private static let takes = LinkEnd.Manner(features: Feature.forks)

    /// The caller's session of a quiet link between friends.
    private func session(
        _ manner: LinkEnd.Manner = takes
    ) throws -> (session: SyncSession, village: Node) {
        let (village, township) = try PairHistory.friends()
        try village.author(.note("a"))
        let world = PairWorld()
        let link = world.link(village, township, manners: (manner, manner))
        try world.settle()
        return (try #require(link.caller.session), village)
    }

    private func row(_ height: UInt64) -> SyncMessage.HeadRow {
        SyncMessage.HeadRow(height: height, head: height)
    }

    /// A run that the peer has sent, and what the gate has made of it.
    private func judge(
        _ session: inout SyncSession, _ village: Node, _ verdict: Verdict
    ) throws -> [SyncSession.Effect] {
        let run = try #require(village.runs.last)
        let envelope = RunEnvelope.seal(run.run)
        _ = session.receive(.run(envelope), now: 0)
        let held = FrontierRow(village.replica.log(run.run.identity))
        return session.judged(
            [
                SyncSession.Judgement(
                    bytes: envelope.count, run: (last: run.run.last, held: held),
                    verdict: verdict)
            ], isOvertaken: false, now: 0)
    }

    @Test func headsOfALogThatIsHereAreComparedUpToABound() throws {
        var (session, village) = try session()
        let log = village.log()
        for _ in 0..<ProtocolLimits.forkMessagesMax {
            let effects = session.receive(.heads(log: log, rows: [row(1)]), now: 0)
            #expect(effects == [.compareHeads(log, [row(1)])])
        }
        var effects = session.receive(.heads(log: log, rows: [row(1)]), now: 0)
        #expect(effects == [])
        let unknown = LogID(replica: ReplicaID(high: 9, low: 9), domain: log.domain)
        (session, village) = try self.session()
        effects = session.receive(.heads(log: unknown, rows: [row(1)]), now: 0)
        #expect(effects == [])
    }

    @Test func whatIsSaidOfForeignAreasEndsTheSession() throws {
        var (session, village) = try session()
        let foreign = LogID(
            replica: village.replica.id,
            domain: Domain(area: County.area("522730104212"), lane: .routine))
        var effects = session.receive(.heads(log: foreign, rows: [row(1)]), now: 0)
        #expect(effects.last == .close(.violation(.areaNotShared)))
        (session, village) = try self.session()
        let neighbour = Node(1)
        try neighbour.author(.note("a", County.area("522730104212")))
        let proofs = try #require(BranchProof.proofs(of: [neighbour.runs[0]], from: 1))
        effects = session.receive(.branch(proofs), now: 0)
        #expect(effects.last == .close(.violation(.areaNotShared)))
    }

    @Test func aPeerThatGoesOnAfterAForkIsShownItOnce() throws {
        for verdict in [Verdict.setAside, .refused(.cutOff)] {
            var (session, village) = try session()
            var effects = try judge(&session, village, verdict)
            #expect(effects.contains(.proveFork(village.log())))
            effects = try judge(&session, village, verdict)
            #expect(!effects.contains(.proveFork(village.log())))
        }
    }

    @Test func aPeerThatCannotTakeARunCutAtTheForkIsShownIt() throws {
        var (session, village) = try session()
        let effects = session.receive(
            .refusal(log: village.log(), code: Refusal.endUnknown.code), now: 0)
        #expect(effects.contains(.proveFork(village.log())))
    }

    @Test func whoDoesNotKnowForksIsNotToldOfThem() throws {
        var (session, village) = try session(.frontier)
        var effects = try judge(&session, village, .setAside)
        #expect(!effects.contains(.proveFork(village.log())))
        effects = session.showHeads(of: village.log(), [row(1)], now: 0)
        #expect(effects == [])
        let proofs = try #require(BranchProof.proofs(of: [village.runs[0]], from: 1))
        effects = session.show([proofs], now: 0)
        #expect(effects == [])
    }

    @Test func theAnswerToHeadsIsWhatTheComparisonSays() throws {
        var (session, village) = try session()
        let log = village.log()
        var effects = session.answer(log, .agrees, now: 0)
        #expect(effects == [])
        effects = session.answer(log, .between([row(1), row(2)]), now: 0)
        #expect(effects == [.send(.heads(log: log, rows: [row(1), row(2)]))])
        let proofs = try #require(BranchProof.proofs(of: [village.runs[0]], from: 1))
        effects = session.answer(log, .found(proofs), now: 0)
        #expect(effects == [.send(.branch(proofs))])
    }

    @Test func aForkThatThePeerDoesNotNameIsProvedOnceItHasSaidWhatItKnows() throws {
        let manner = LinkEnd.Manner(features: Feature.forks | Feature.endedLogs)
        func identity(_ number: UInt64) -> LogIdentity {
            LogIdentity(
                key: County.author(11).key, nonce: ReplicaNonce(high: number, low: 1),
                domain: Domain(area: County.village, lane: .routine))
        }
        let (known, unknown, later) = (identity(1), identity(2), identity(3))
        var (session, _) = try session(manner)
        // It is quiet: what the peer knew at the beginning it has named.
        var effects = session.endsKnown([later], now: 0)
        #expect(effects.contains(.proveFork(later.log)))
        effects = session.endsKnown([later], now: 0)
        #expect(effects.isEmpty)
        effects = session.receive(.ended([known]), now: 0)
        #expect(effects == [.noteEnded([known])])
        effects = session.endsKnown([known, unknown], now: 0)
        #expect(effects.contains(.proveFork(unknown.log)))
        #expect(!effects.contains(.proveFork(known.log)))
    }

    @Test func nothingIsProvedBeforeThePeerHasNamedWhatItKnows() throws {
        let manner = LinkEnd.Manner(features: Feature.forks | Feature.endedLogs)
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township, manners: (manner, manner))
        try world.settle()
        var session = try #require(link.caller.session)
        session.hasHeardTheirEnds = false
        let identity = LogIdentity(
            key: County.author(11).key, nonce: ReplicaNonce(high: 5, low: 1),
            domain: Domain(area: County.village, lane: .routine))
        var effects = session.endsKnown([identity], now: 0)
        #expect(!effects.contains(.proveFork(identity.log)))
        effects = session.receive(.ended([identity]), now: 0)
        effects += session.receive(.ping, now: 0)
        #expect(!effects.contains(.proveFork(identity.log)))
    }

    @Test func logsAreNamedBehindTheWordsByWhichTheyHaveEnded() throws {
        func identity(_ number: UInt8) -> LogIdentity {
            LogIdentity(
                key: County.author(number).key, nonce: ReplicaNonce(high: 1, low: 1),
                domain: Domain(area: County.village, lane: .routine))
        }
        let middle = County.certificate(for: 50, by: 2, County.township)
        let puppet = County.certificate(for: 51, by: 50, County.village)
        let other = County.certificate(for: 52, by: 2, County.village)
        let all = [identity(11), identity(51), identity(52)]
        for features in [Feature.endedLogs, Feature.endedLogs | Feature.words] {
            var (session, _) = try session(LinkEnd.Manner(features: features))
            let words = [other, puppet, middle].map(AuthorityWord.certificate)
            let ended = all.sorted { $0.log < $1.log }
            var effects = session.endsKnown(all, words: words, now: 0)
            guard features & Feature.words != 0 else {
                #expect(effects.contains(.send(.ended(ended))))
                continue
            }
            let message = SyncMessage.words(words, ending: ended)
            #expect(effects.contains(.send(message)))
            #expect(try SyncMessage(decoding: message.encoded) == message)
            effects = session.endsKnown(all, words: words, now: 0)
            #expect(effects.isEmpty)
            effects = session.receive(message, now: 0)
            #expect(effects == [.learnWords(words, ending: ended)])
            // No more of them than of names.
            for _ in 0..<(ProtocolLimits.endedLogsMax / words.count) {
                effects = session.receive(.words(words, ending: []), now: 0)
            }
            #expect(session.closeReason == .violation(.tooManyEnded))
        }
    }

    @Test func wordsAreCutIntoMessagesAndTheLastOneNamesTheLogs() throws {
        let words = (0..<150).map { number in
            AuthorityWord.certificate(
                Certificate(
                    subject: County.author(UInt8(number)).key, name: "\(number)",
                    area: County.village, rights: .all, validFrom: 0, issuedBy: County.author(2)))
        }
        let log = LogIdentity(
            key: County.author(11).key, nonce: ReplicaNonce(high: 1, low: 1),
            domain: Domain(area: County.village, lane: .routine))
        let messages = SyncMessage.naming([log], after: words)
        let parts = messages.compactMap { message -> ([AuthorityWord], [LogIdentity])? in
            if case .words(let words, let logs) = message { (words, logs) } else { nil }
        }
        #expect(parts.flatMap(\.0) == words)
        #expect(parts.map(\.0.count) == [22, 64, 64])
        #expect(parts.map(\.1) == [[], [], [log]])
        #expect(SyncMessage.naming([log], after: []) == [.ended([log])])
        #expect(SyncMessage.naming([], after: []).isEmpty)
    }

    /// What comes last is what nobody may write by: a stolen key can sign any number of it.
    @Test func ofTooManyWordsTheFirstAreSaid() throws {
        let words = (0..<ProtocolLimits.endedLogsMax + 6).map { number in
            AuthorityWord.certificate(
                Certificate(
                    subject: County.author(9).key, name: "\(number)", area: County.village,
                    rights: .all, validFrom: 0, issuedBy: County.author(2)))
        }
        var (session, _) = try session(
            LinkEnd.Manner(features: Feature.endedLogs | Feature.words))
        let effects = session.endsKnown([], words: words, now: 0)
        let said = effects.flatMap { effect -> [AuthorityWord] in
            if case .send(.words(let words, _)) = effect { words } else { [] }
        }
        #expect(said == Array(words.prefix(ProtocolLimits.endedLogsMax)))
    }
}
