// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// Logs that their own writer has forked, in folders.
struct ForkTests {
    static let began: UInt64 = 1_790_000_000_000

    /// Somebody who writes one log; a copy of it writes another branch.
    struct Branch {
        let author: Author
        var state: LogState

        init(_ number: UInt8, nonce: UInt64 = 7, _ domain: Domain) {
            author = County.author(number)
            state = LogState(
                identity: LogIdentity(
                    key: author.key, nonce: ReplicaNonce(high: UInt64(number), low: nonce),
                    domain: domain))
        }

        init(going state: LogState, by number: UInt8) {
            author = County.author(number)
            self.state = state
        }

        mutating func write(_ drafts: [DraftChange]) throws -> VerifiedRun {
            var writer = RunWriter(after: state)
            for draft in drafts {
                let timestamp = HybridTimestamp(
                    milliseconds: ForkTests.began + state.height, counter: 0)
                let (entry, hash) = try writer.append(
                    [draft], applied: VersionVector(), timestamp: timestamp)
                _ = try state.resolve(entry)
                state.advance(to: hash)
            }
            return writer.seal(with: author)
        }

        mutating func note(_ titles: String...) throws -> VerifiedRun {
            try write(titles.map { LocalChange.note($0).draft })
        }
    }

    /// A village's log of two entries, and what two machines have written after them.
    private struct Story {
        let common: VerifiedRun
        let left: VerifiedRun
        let right: VerifiedRun
        let proofs: [BranchProof]
        var identity: LogIdentity { common.run.identity }

        init() throws {
            var trunk = Branch(11, Domain(area: County.village, lane: .routine))
            common = try trunk.note("a", "b")
            var other = trunk
            left = try trunk.note("c", "d")
            right = try other.note("e")
            proofs = try [left, right].flatMap {
                try #require(BranchProof.proofs(of: [$0], from: 3))
            }
        }

        /// The township's word that the left branch counts.
        func closing(by number: UInt8 = 2) -> CutOff {
            CutOff(
                subject: identity.key, reason: .forkClosed, issuedAt: 0,
                rows: [CutOff.Row(log: identity.log, height: 4, head: left.hashes[1])],
                issuedBy: County.author(number))
        }
    }

    func open(_ number: UInt8, in folder: TestFolder) throws -> FolderReplica {
        if try Store(folder.folder, catalogue: .small).node() == nil {
            _ = try Node(number, in: folder)
        }
        return try FolderReplica(
            store: try Store(folder.folder, catalogue: .small), author: County.author(number),
            now: Self.began)
    }

    @discardableResult
    func admit(_ runs: [VerifiedRun], to folder: FolderReplica) throws -> [Verdict] {
        try folder.commit(now: Self.began) { batch, transaction in
            try transaction.admit(runs, from: County.author(99).key, in: &batch)
        }.outcome
    }

    func titles(_ folder: FolderReplica) throws -> [String] {
        try folder.store.query("SELECT title FROM notes ORDER BY title", isPlain: true).rows
            .compactMap { $0.first?.plain }
    }

    func record(_ collection: UInt32, _ id: RecordID, _ bytes: [UInt8]) -> DraftChange {
        DraftChange(
            collection: collection, target: .existing(.named(id)), archives: false,
            writes: [FieldWrite(field: 1, operation: .assign(.bytes(bytes)))])
    }

    @Test func bothBranchesAreTakenOutAndWhatIsCommonStays() throws {
        let story = try Story()
        try withFolder { folder in
            let township = try open(2, in: folder)
            try admit([story.common, story.left], to: township)
            #expect(try titles(township) == ["a", "b", "c", "d"])
            // Its own branch it proves itself.
            try township.learn([story.proofs[1]], now: Self.began)
            #expect(try titles(township) == ["a", "b"])
            #expect(township.replica.height(of: story.identity.log) == 2)
            #expect(try township.store.quarantine().map(\.entries.count) == [2])
            #expect(township.replica.directory.forks.map(\.height) == [2])
            #expect(try admit([story.left], to: township) == [.setAside])
            #expect(try admit([story.right], to: township) == [.setAside])
            let fork = try #require(township.replica.directory.fork(of: story.identity.log))
            let held = try township.store.branches(of: fork)
            #expect(held.map(\.entries.count).sorted() == [1, 2])
            #expect(try township.store.verify().findings.isEmpty)
            // It stands in lane 0 from then on, both halves, once.
            #expect(township.publishAuthority(now: Self.began).count == 1)
            #expect(township.publishAuthority(now: Self.began).isEmpty)
            #expect(try township.store.branchProofRecords().count == 2)
        }
    }

    /// What counts is a function of what is known and of what has come, and not of when.
    @Test func allOrdersEndInTheSameRecords() throws {
        let story = try Story()
        var lane = Branch(2, Domain(area: County.township, lane: .authority))
        let word = story.closing()
        let authority = try [
            lane.write([record(3, story.proofs[0].recordID, story.proofs[0].encoded)]),
            lane.write([record(3, story.proofs[1].recordID, story.proofs[1].encoded)]),
            lane.write([record(2, word.recordID, word.encoded)]),
        ]
        let all = [story.common, story.left, story.right] + authority
        for isClosed in [false, true] {
            let runs = isClosed ? all : Array(all.dropLast())
            var random = SplitMix64()
            for _ in 0..<8 {
                try withFolder { folder in
                    let clerk = try open(3, in: folder)
                    for run in runs.shuffled(using: &random) { try admit([run], to: clerk) }
                    // Peers offer what is lacking again.
                    for run in runs + runs { try admit([run], to: clerk) }
                    #expect(
                        try titles(clerk) == (isClosed ? ["a", "b", "c", "d"] : ["a", "b"]),
                        "ONEGRID_SEED=\(random.seed)")
                    #expect(try clerk.store.verify().findings.isEmpty)
                }
            }
        }
    }

    @Test func theBranchThatIsNamedComesBackOutOfQuarantine() throws {
        let story = try Story()
        try withFolder { folder in
            let township = try open(2, in: folder)
            try admit([story.common, story.left], to: township)
            try township.learn([story.proofs[1]], now: Self.began)
            try township.keep(story.closing())
            _ = township.publishAuthority(now: Self.began)
            #expect(try titles(township) == ["a", "b", "c", "d"])
            #expect(township.replica.height(of: story.identity.log) == 4)
            #expect(try township.store.quarantine().isEmpty)
            try admit([story.right], to: township)
            #expect(try titles(township) == ["a", "b", "c", "d"])
            // Proofs that come once more change nothing.
            let count = township.shortenings
            try township.learn(story.proofs, now: Self.began)
            #expect(township.shortenings == count)
            #expect(try township.store.verify().findings.isEmpty)
        }
    }

    @Test func whoHasTheOtherBranchTakesTheOneThatIsNamedAndMayAdoptItsOwn() throws {
        let story = try Story()
        try withFolder { folder in
            let township = try open(2, in: folder)
            try admit([story.common, story.right], to: township)
            try township.learn([story.proofs[0]], now: Self.began)
            try township.keep(story.closing())
            _ = township.publishAuthority(now: Self.began)
            #expect(try titles(township) == ["a", "b"])
            #expect(try admit([story.left], to: township) == [.setAside])
            #expect(try titles(township) == ["a", "b", "c", "d"])
            let writing = try #require(try township.store.quarantine().first)
            #expect(writing.entries.count == 1)
            #expect(writing.unreadable == 0)
            let (adoption, _) = try township.adopt(writing, now: Self.began)
            #expect(adoption.created == 1)
            #expect(try titles(township) == ["a", "b", "c", "d", "e"])
            #expect(try township.store.verify().findings.isEmpty)
        }
    }

    /// One peer has a branch in small runs, of which the first is missing here, and another has
    /// joined them since: both runs end with one entry.
    @Test func aLongerRunTakesThePlaceOfOneThatEndsAlike() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let common = try trunk.note("a", "b")
        var other = trunk
        let (first, second) = (try trunk.note("c"), try trunk.note("d"))
        let joined = try RunVerifier.verify(try #require(Run.joined([first.run, second.run])))
        let right = try other.note("e")
        let word = CutOff(
            subject: common.run.identity.key, reason: .forkClosed, issuedAt: 0,
            rows: [
                CutOff.Row(log: common.run.identity.log, height: 4, head: second.hashes[0])
            ], issuedBy: County.author(2))
        for runs in [[second, joined], [joined, second]] {
            try withFolder { folder in
                let township = try open(2, in: folder)
                try admit([common, right], to: township)
                try township.learn(
                    try #require(BranchProof.proofs(of: [joined], from: 3)), now: Self.began)
                for run in runs { #expect(try admit([run], to: township) == [.setAside]) }
                try township.keep(word)
                _ = township.publishAuthority(now: Self.began)
                #expect(try titles(township) == ["a", "b", "c", "d"])
                #expect(try township.store.verify().findings.isEmpty)
            }
        }
    }

    @Test func aDeviceWhoseLogIsForkedGoesOnAsAnotherReplica() throws {
        try withFolder { folder in
            let village = try open(11, in: folder)
            func write(_ title: String) throws {
                _ = try village.commit(now: Self.began) { batch, transaction in
                    _ = try transaction.author([.note(title)], in: &batch)
                }
            }
            try write("a")
            let old = village.replica.id
            let log = try #require(
                village.replica.logs { _ in true }.first { $0.identity.log.replica == old })
            var copy = Branch(going: log, by: 11)
            try write("b")
            let other = try copy.note("c")
            try village.learn(
                try #require(BranchProof.proofs(of: [other], from: 2)), now: Self.began)
            #expect(village.replica.id != old)
            #expect(try titles(village) == ["a"])
            try write("d")
            #expect(try titles(village) == ["a", "d"])
            #expect(try village.store.incidents().map(\.code) == [.ownLogForked])
            let writing = try #require(try village.store.quarantine().first)
            _ = try village.adopt(writing, now: Self.began)
            #expect(try titles(village) == ["a", "b", "d"])
            // It is no office: it tells peers, and writes nothing into lane 0.
            #expect(try village.store.branchProofs().waiting.isEmpty)
            #expect(try village.store.branchProofs().all.count == 2)
        }
    }

    @Test func aVillageBelievesProofsOfItsTownshipsLogAndPublishesNothing() throws {
        var trunk = Branch(2, Domain(area: County.township, lane: .routine))
        let common = try trunk.write([LocalChange.note("a").draft])
        var other = trunk
        let (left, right) = (try trunk.note("b"), try other.note("c"))
        try withFolder { folder in
            let village = try open(11, in: folder)
            try admit([common, left], to: village)
            try village.learn(
                try #require(BranchProof.proofs(of: [right], from: 2)), now: Self.began)
            #expect(village.replica.height(of: common.run.identity.log) == 1)
            #expect(village.publishAuthority(now: Self.began).isEmpty)
        }
    }

    @Test func whatProvesNothingIsNotKept() throws {
        let story = try Story()
        try withFolder { folder in
            let neighbour = try open(12, in: folder)
            try neighbour.learn(story.proofs, now: Self.began)
            #expect(try neighbour.store.branchProofs().all.isEmpty)
        }
        try withFolder { folder in
            let township = try open(2, in: folder)
            try admit([story.common, story.left], to: township)
            // What nobody contradicts, and what is not genuine.
            try township.learn([story.proofs[0]], now: Self.began)
            var bytes = story.proofs[1].encoded
            bytes[bytes.count - 1] ^= 1
            try township.learn([try BranchProof(decoding: bytes)], now: Self.began)
            #expect(try township.store.branchProofs().all.isEmpty)
            #expect(township.shortenings == 0)
            #expect(township.replica.height(of: story.identity.log) == 4)
        }
    }

    @Test func aRunThatWasCutAtTheForkIsTakenByWhoKnowsTheProofs() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let common = try trunk.note("a")
        var other = trunk
        let (left, right) = (try trunk.note("b", "c"), try other.note("d"))
        let whole = try RunVerifier.verify(
            try #require(Run.joined([common.run, left.run])))
        let proofs = try #require(BranchProof.proofs(of: [right], from: 2))
        try withFolder { folder in
            let township = try open(2, in: folder)
            try admit([whole], to: township)
            try township.learn(proofs, now: Self.began)
            let range = GridSync.FetchRequest.Range(log: common.run.identity.log, first: 1)
            let cut = try #require(
                try township.store.runs(
                    for: .init(lane: .routine, ranges: [range], bytes: .max)
                ).first
            ).verified
            #expect(!cut.run.isSigned)
            try withFolder { folder in
                let clerk = try open(3, in: folder)
                #expect(try admit([cut], to: clerk) == [.refused(.endUnknown)])
                try clerk.learn(try township.store.branchProofs().all, now: Self.began)
                #expect(try admit([cut], to: clerk) == [.admitted(entries: 1)])
            }
        }
    }

    @Test func theForkIsFoundInAFewSteps() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        var runs: [VerifiedRun] = []
        for number in 0..<150 { runs.append(try trunk.note("t\(number)", "u\(number)")) }
        var other = trunk
        let left = try [trunk.note("l1", "l2"), trunk.note("l3")]
        let right = try (0..<40).map { try other.note("r\($0)") }
        try withFolder { folder in
            try withFolder { second in
                let one = try open(2, in: folder)
                let two = try open(3, in: second)
                try admit(runs + left, to: one)
                try admit(runs + right, to: two)
                let log = trunk.state.identity.log
                var rows = try one.store.heads(of: log, from: 1, through: 303)
                var steps = 0
                var proofs: [BranchProof]?
                while proofs == nil, steps < 6 {
                    steps += 1
                    let folder = steps.isMultiple(of: 2) ? one : two
                    switch folder.compare(rows, of: log) {
                    case .agrees:
                        Issue.record("they do not agree")
                        return
                    case .between(let more): rows = more
                    case .found(let found): proofs = found
                    }
                }
                #expect(proofs?.first?.first == 301)
                #expect(steps <= 4)
            }
        }
    }
}
