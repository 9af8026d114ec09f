// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// Acts of tests: one a line of `milliseconds replica action parts…`.
enum TestActs {
    static func log(_ replica: UInt64) -> LogID {
        LogID(
            replica: ReplicaID(high: replica, low: 0),
            domain: Domain(area: area, lane: .urgent))
    }

    static let area: AreaCode = {
        guard let area = try? AreaCode(parsing: "522730103210") else {
            preconditionFailure("no area code")
        }
        return area
    }()

    /// Acts at one-second steps from `start`, each `action part=value…`, all of replica 1.
    static func acts(_ lines: String..., start: Int64 = 1_790_000_000_000) -> [Act] {
        lines.enumerated().map { index, line in
            act(line, at: start + Int64(index) * 1000, sequence: UInt64(index) + 1)
        }
    }

    static func act(
        _ line: String, at milliseconds: Int64, replica: UInt64 = 1, sequence: UInt64 = 1,
        part: String = "action"
    ) -> Act {
        let words = line.split(separator: " ").map(String.init)
        var parts: [String: FieldValue] = [part: .text(words[0])]
        for word in words.dropFirst() {
            let halves = word.split(separator: "=", maxSplits: 1).map(String.init)
            switch halves[0] {
            case "at", "until":
                parts[halves[0]] = ChinaTime.milliseconds(parsing: halves[1]).map { .time($0) }
            case "annul": parts["annul"] = .boolean(true)
            case "score": parts["score"] = Int64(halves[1]).map { .integer($0) }
            default: parts[halves[0]] = .text(halves[1])
            }
        }
        return Act(
            Timeline.Item(
                value: .map(of: parts), dot: Dot(log: log(replica), sequence: sequence), index: 0,
                timestamp: HybridTimestamp(milliseconds: UInt64(milliseconds), counter: 0)),
            actionPart: part)
    }
}

struct FoldingTests {
    @Test func aMatterGoesItsWayToTheEnd() {
        let folded = StateMachine.matters.fold(
            TestActs.acts(
                "triage", "accept", "dispatch to=电力所", "take", "handle", "complete result=已修",
                "verify score=5", "publish", "archive"))
        #expect(folded.state == "archived")
        #expect(folded.voidCount == 0)
    }

    @Test func anActOutOfPlaceIsKeptAndVoid() {
        let folded = StateMachine.matters.fold(
            TestActs.acts("complete", "triage", "dance", "accept role=reporter", "accept role=村"))
        #expect(folded.state == "accepted")
        #expect(
            folded.acts.map(\.outcome) == [
                .void(.notLegal), .moved, .void(.unknownAction), .void(.wrongRole), .moved,
            ])
    }

    @Test func whoeverEscalatedGetsItBackAndVerifiedReopensOnce() {
        var folded = StateMachine.matters.fold(
            TestActs.acts("triage", "accept", "handle", "escalate", "return"))
        #expect(folded.state == "handling")
        folded = StateMachine.matters.fold(
            TestActs.acts(
                "triage", "accept", "handle", "complete", "verify", "reopen", "complete", "verify",
                "reopen"))
        #expect(folded.state == "verified")
        #expect(folded.acts.last?.outcome == .void(.tooOften))
    }

    @Test func anExtensionIsGivenOnceForEachThatWasAskedFor() {
        let folded = StateMachine.matters.fold(
            TestActs.acts(
                "triage", "accept", "handle", "extend", "request_extension", "extend", "extend"))
        #expect(
            folded.acts.suffix(4).map(\.outcome) == [
                .void(.notAsked), .noted, .noted, .void(.notAsked),
            ])
    }

    @Test func aCorrectionChangesOrAnnulsAnEarlierAct() {
        var acts = TestActs.acts("triage", "accept", "handle", "complete")
        acts.append(
            TestActs.act(
                "correct of=\(acts[1].id) at=2026-09-01T08:00:00", at: 1_790_000_100_000,
                sequence: 9))
        acts.append(
            TestActs.act("correct of=\(acts[3].id) annul=1", at: 1_790_000_101_000, sequence: 10))
        acts.append(TestActs.act("correct of=nothing", at: 1_790_000_102_000, sequence: 11))
        let folded = StateMachine.matters.fold(acts)
        #expect(folded.state == "handling")
        #expect(folded.acts[1].isCorrected)
        #expect(folded.acts[1].act.at == ChinaTime.milliseconds(parsing: "2026-09-01T08:00:00"))
        #expect(folded.acts[3].outcome == .void(.annulled))
        #expect(folded.acts[6].outcome == .void(.unknownAct))
    }

    @Test func twoNodesThatActApartAgreeInEveryOrderOfArrival() {
        var acts = TestActs.acts("triage", "accept", "dispatch", "take", "handle")
        acts.append(TestActs.act("refuse", at: 1_790_000_001_000, replica: 2))
        acts.append(TestActs.act("return", at: 1_790_000_003_500, replica: 2, sequence: 2))
        let wanted = StateMachine.matters.fold(acts)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            #expect(StateMachine.matters.fold(acts.shuffled(using: &random)) == wanted)
        }
        #expect(wanted.voidCount > 0)
    }

    @Test func aStatedTimeFarInTheFutureIsNotBelieved() {
        let act = TestActs.act("accept at=2999-01-01", at: 1_790_000_000_000)
        #expect(act.at == 1_790_000_000_000)
    }

    private static func steps(_ lines: String...) -> [Act] {
        lines.enumerated().map { index, line in
            TestActs.act(
                line, at: 1_790_000_000_000 + Int64(index) * 1000, sequence: UInt64(index) + 1,
                part: "step")
        }
    }

    @Test func twoDepartmentsThatReportApartBothCount() {
        let fold = WhistleFold(
            steps: Self.steps(
                "assessed", "whistled", "platform_accepted", "reported department=水务局",
                "reported department=电力所", "result department=水务局", "evaluated",
                "result department=电力所", "fed_back"),
            scores: [], named: ["水务局", "电力所"])
        #expect(fold.folded.state == "fed_back")
        #expect(fold.departments.allSatisfy { $0.reportedAt != nil && $0.resultAt != nil })
        #expect(fold.folded.voidCount == 0)
    }

    @Test func anEvaluationBeforeTheResultWaitsForIt() {
        let early = Self.steps(
            "assessed", "whistled", "platform_accepted", "reported department=水务局", "evaluated")
        let score = TestActs.act(
            "x evaluator=镇 department=水务局 score=5", at: 1_790_000_000_500, replica: 3)
        var fold = WhistleFold(steps: early, scores: [score], named: ["水务局"])
        #expect(fold.folded.state == "reported")
        #expect(fold.folded.acts.last?.outcome == .waiting)
        #expect(fold.scores.first?.outcome == .waiting)
        let result = TestActs.act(
            "result department=水务局", at: 1_790_000_009_000, sequence: 9, part: "step")
        fold = WhistleFold(steps: early + [result], scores: [score], named: ["水务局"])
        #expect(fold.folded.state == "evaluated")
        #expect(fold.departments.first?.scores == [5])
    }

    @Test func oneReturnsWhileItReportsAndIsFlagged() {
        let fold = WhistleFold(
            steps: Self.steps(
                "assessed", "whistled", "platform_accepted", "reported department=水务局",
                "returned department=水务局"),
            scores: [], named: ["水务局"])
        #expect(fold.disputedDepartments == ["水务局"])
        #expect(fold.folded.state == "reported")
    }
}
