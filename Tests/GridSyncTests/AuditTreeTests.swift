// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridSync
import GridTesting
import Testing

/// Laws of narrowing: what is found is what differs, whatever the two sides have.
struct AuditTreeTests {
    private static let basis = AuditBasis(
        frontier: FrontierDigest(high: 1, low: 1), rules: 1, standing: AuditWord(high: 1, low: 1))
    private static let nonce = AuditWord(high: 0xA5, low: 7)

    /// A leaf of the record with a number, in one of several states.
    private static func leaf(_ number: UInt64, state: UInt64 = 1) -> AuditLeaf {
        AuditLeaf(
            AuditLeaf.Name(
                lane: number.isMultiple(of: 3) ? .urgent : .routine, collection: 16,
                id: RecordID(high: number, low: 3)),
            digest: Bytes32(words: (number, state, 0, 0)))
    }

    private static func snapshot(_ leaves: [AuditLeaf]) -> AuditSnapshot {
        AuditSnapshot(area: County.village, basis: basis, tree: AuditTree(leaves))
    }

    private struct NoAudit: Error {}

    private struct Trip {
        let outcome: AuditOutcome
        var questions = 0
        var bytes = 0
    }

    /// Lets one side ask the other until it knows, every message by its bytes.
    private static func ask(_ mine: [AuditLeaf], _ theirs: [AuditLeaf]) throws -> Trip {
        var walk = AuditWalk(snapshot(mine), nonce: nonce)
        let other = snapshot(theirs)
        var step = walk.begin()
        var (questions, bytes) = (0, 0)
        while true {
            switch step {
            case .end(let outcome):
                return Trip(outcome: outcome, questions: questions, bytes: bytes)
            case .ask(let prefixes):
                questions += 1
                let question = SyncMessage.audit(
                    AuditQuestion(
                        number: UInt64(questions), area: County.village, basis: basis,
                        nonce: nonce, prefixes: prefixes))
                guard case .audit(let heard) = try SyncMessage(decoding: question.encoded) else {
                    throw NoAudit()
                }
                let answer = SyncMessage.audited(other.answer(heard))
                bytes += question.encoded.count + answer.encoded.count
                guard case .audited(let said) = try SyncMessage(decoding: answer.encoded) else {
                    throw NoAudit()
                }
                step = try walk.take(said.content)
            }
        }
    }

    /// What differs between two lists of leaves, found in the simplest way.
    private static func differences(
        _ mine: [AuditLeaf], _ theirs: [AuditLeaf]
    ) -> Set<AuditFinding.Record> {
        func states(_ leaves: [AuditLeaf]) -> [AuditLeaf.Name: [Bytes32]] {
            Dictionary(grouping: leaves, by: \.name).mapValues { $0.map(\.digest).sorted() }
        }
        let (here, there) = (states(mine), states(theirs))
        return Set(
            Set(here.keys).union(there.keys).compactMap { name in
                guard here[name] != there[name] else { return nil }
                let kind: AuditFinding.Record.Kind =
                    here[name] == nil
                    ? .missingHere : there[name] == nil ? .missingThere : .differs
                return AuditFinding.Record(name: name, kind: kind)
            })
    }

    private static func check(_ mine: [AuditLeaf], _ theirs: [AuditLeaf]) throws {
        let expected = differences(mine, theirs)
        let outcome = try ask(mine, theirs).outcome
        switch outcome {
        case .equal(let records):
            #expect(expected.isEmpty && records == mine.count)
        case .differ(let finding):
            #expect(finding.here == mine.count && finding.there == UInt64(theirs.count))
            #expect(Set(finding.records).count == finding.records.count)
            #expect(Set(finding.records).isSubset(of: expected) && !finding.records.isEmpty)
            #expect(finding.isWhole == (Set(finding.records) == expected))
            #expect(finding.isWhole || finding.records.count > 32)
        case .notComparable: Issue.record("\(outcome)")
        }
    }

    @Test func allPairsOfSmallTreesAreToldApart() throws {
        // Each of four records is absent, in one of two states, or there twice, on either side.
        let forms: [[UInt64]] = [[], [1], [2], [1, 2]]
        var trees: [[AuditLeaf]] = [[]]
        for number in 1...4 {
            trees = trees.flatMap { tree in
                forms.map { tree + $0.map { Self.leaf(UInt64(number), state: $0) } }
            }
        }
        for mine in trees {
            for theirs in trees { try Self.check(mine, theirs) }
        }
    }

    @Test func manyRecordsAreNarrowedToThoseThatDiffer() throws {
        var random = SplitMix64(seed: 11)
        for count in [1, 63, 64, 65, 66, 500, 3_000, 20_000] {
            for changes in [1, 2, 5, 40] {
                let mine = (0..<count).map { Self.leaf(UInt64($0)) }
                var theirs = mine
                for _ in 0..<changes {
                    let place = Int.random(in: 0..<count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: theirs[place] = Self.leaf(UInt64(place), state: 9)
                    case 1 where theirs.count > count - changes:
                        theirs.append(Self.leaf(UInt64(count + theirs.count)))
                    default: theirs[place] = Self.leaf(UInt64(1_000_000 + place))
                    }
                }
                try Self.check(mine, theirs)
                try Self.check(theirs, mine)
            }
        }
    }

    @Test func oneOfAHundredThousandIsFoundInFewBytes() throws {
        let mine = (0..<100_000).map { Self.leaf(UInt64($0)) }
        var theirs = mine
        theirs[77_777] = Self.leaf(77_777, state: 2)
        let trip = try Self.ask(mine, theirs)
        let expected = AuditFinding(
            here: 100_000, there: 100_000,
            records: [AuditFinding.Record(name: mine[77_777].name, kind: .differs)],
            isWhole: true)
        #expect(trip.outcome == .differ(expected))
        #expect(trip.questions <= 4)
        #expect(trip.bytes <= 2_560)
        let equal = try Self.ask(mine, mine)
        #expect(equal.outcome == .equal(records: 100_000))
        #expect(equal.bytes < 100)
    }

    @Test func aTreeIsAFunctionOfTheSetOfLeaves() {
        let leaves = (0..<300).map { Self.leaf(UInt64($0)) }
        let (one, other) = (AuditTree(leaves), AuditTree(leaves.reversed()))
        #expect(one.leaves == other.leaves)
        #expect(one.digest(Self.nonce) == other.digest(Self.nonce))
        #expect(one.part(.root, Self.nonce) == other.part(.root, Self.nonce))
        // What is said to one asker is worth nothing to another.
        #expect(one.digest(Self.nonce) != one.digest(AuditWord(high: 0xA5, low: 8)))
    }

    @Test func aWhollyDifferentTreeIsSaidToBeSoWithoutEnd() throws {
        let mine = (0..<5_000).map { Self.leaf(UInt64($0)) }
        let theirs = (0..<5_000).map { Self.leaf(UInt64($0), state: 2) }
        let trip = try Self.ask(mine, theirs)
        guard case .differ(let finding) = trip.outcome else {
            Issue.record("\(trip.outcome)")
            return
        }
        #expect(!finding.isWhole)
        #expect(finding.records.count == ProtocolLimits.auditRecordsFoundMax)
        #expect(trip.questions <= ProtocolLimits.auditQuestionsMax)
        // All are there, and nothing here: nothing more is asked than is needed to say so.
        let empty = try Self.ask([], theirs)
        guard case .differ(let found) = empty.outcome else {
            Issue.record("\(empty.outcome)")
            return
        }
        #expect(!found.isWhole && found.here == 0 && found.there == 5_000)
    }

    @Test func whatNoHonestSideAnswersIsRefused() throws {
        let leaves = (0..<200).map { Self.leaf(UInt64($0)) }
        func begun() -> AuditWalk {
            var walk = AuditWalk(Self.snapshot(leaves), nonce: Self.nonce)
            _ = walk.begin()
            return walk
        }
        let digest = AuditTree(leaves).digest(Self.nonce)
        let other = AuditWord(high: 1, low: 2)
        let wrong: [[AuditAnswer.Content]] = [
            // Parts before the whole, equal digests of other counts, two wholes.
            [.parts([.children(Array(repeating: 1, count: ProtocolLimits.auditFanOut))])],
            [.whole(digest, records: 199)],
            [.whole(other, records: 200), .whole(other, records: 200)],
            // More parts than nodes, and records that lie elsewhere or in no order.
            [.whole(other, records: 200), .parts([.records([]), .records([])])],
            [
                .whole(other, records: 200),
                .parts([
                    .records(
                        AuditTree(leaves).leaves.prefix(2).reversed().map {
                            AuditPart.Row(name: $0.name, digest: 1)
                        })
                ]),
            ],
        ]
        for contents in wrong {
            var walk = begun()
            for content in contents.dropLast() { _ = try walk.take(content) }
            let last = try #require(contents.last)
            #expect(throws: AuditWalk.WrongAnswer.self) { _ = try walk.take(last) }
        }
    }
}
