// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// What a key that signs branch after branch can do, and what it cannot.
extension ForkTests {
    /// One run of one entry after a log, and its proof.
    private func branch(
        _ title: String, after trunk: Branch
    ) throws -> (run: VerifiedRun, proofs: [BranchProof]) {
        var pen = trunk
        let run = try pen.note(title)
        return (run, try #require(BranchProof.proofs(of: [run], from: run.run.first)))
    }

    private func closing(_ run: VerifiedRun) throws -> CutOff {
        CutOff(
            subject: run.run.identity.key, reason: .forkClosed, issuedAt: 0,
            rows: [
                CutOff.Row(
                    log: run.run.identity.log, height: run.run.last,
                    head: try #require(run.hashes.last))
            ], issuedBy: County.author(2))
    }

    @Test func furtherBranchesOfOneForkAreKeptUpToABound() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let common = try trunk.note("a")
        let left = try branch("l", after: trunk)
        let others = try (0..<20).map { try branch("r\($0)", after: trunk) }
        try withFolder { folder in
            let township = try open(2, in: folder)
            try admit([common, left.run], to: township)
            for other in others { try township.learn(other.proofs, now: Self.began) }
            var fork = try #require(township.replica.directory.fork(of: common.run.identity.log))
            #expect(fork.firsts.count == ProtocolLimits.forkBranchesMax)
            #expect(
                try township.store.branchProofs().all.count == ProtocolLimits.forkBranchesMax)
            _ = township.publishAuthority(now: Self.began)
            // A branch that an office names is kept, whoever shows it.
            let named = others[19]
            #expect(try admit([named.run], to: township) == [.refused(.cutOff)])
            try township.keep(try closing(named.run))
            _ = township.publishAuthority(now: Self.began)
            #expect(try titles(township) == ["a"])
            try township.learn(others[18].proofs, now: Self.began)
            try township.learn(named.proofs, now: Self.began)
            fork = try #require(township.replica.directory.fork(of: common.run.identity.log))
            #expect(fork.firsts.count == ProtocolLimits.forkBranchesMax + 1)
            #expect(try admit([named.run], to: township) == [.setAside])
            #expect(try titles(township) == ["a", "r19"])
            #expect(try township.store.verify().findings.isEmpty)
        }
    }

    /// Two entries after one that nobody has ever seen prove nothing of the log that is here: taken
    /// for its fork, they would lie before the place where it is to be frozen.
    @Test func aForkOfAnotherBeginningDoesNotKeepTheLogFromBeingFrozen() throws {
        let domain = Domain(area: County.village, lane: .routine)
        var (trunk, invented) = (Branch(11, domain), Branch(11, domain))
        let common = try trunk.note("a", "b")
        _ = try invented.note("x")
        let (left, right) = (try branch("l", after: trunk), try branch("r", after: trunk))
        let inventions = try ["y", "z"].flatMap { try branch($0, after: invented).proofs }
        for isFirst in [true, false] {
            try withFolder { folder in
                let township = try open(2, in: folder)
                try admit([common, left.run], to: township)
                if isFirst { try township.learn(inventions, now: Self.began) }
                try township.learn(right.proofs, now: Self.began)
                if !isFirst { try township.learn(inventions, now: Self.began) }
                let forks = township.replica.directory.forks
                #expect(forks.map(\.height) == [2])
                #expect(try titles(township) == ["a", "b"])
            }
        }
        // Who has nothing of the log believes them, for it may have been so, and does not say so in
        // an office's name.
        try withFolder { folder in
            let township = try open(2, in: folder)
            try township.learn(inventions, now: Self.began)
            #expect(township.replica.directory.forks.map(\.height) == [1])
            #expect(township.publishAuthority(now: Self.began).isEmpty)
        }
    }

    /// The proof of the branch that an office names stands in its lane 0 before its word, be it that
    /// it came in messages or that the office has the runs alone.
    @Test func theProofOfTheBranchThatIsNamedTravelsBeforeTheWord() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let common = try trunk.note("a")
        let left = try branch("l", after: trunk)
        let (right, longer) = try {
            var pen = trunk
            return (try pen.note("r"), try pen.note("s"))
        }()
        try withFolder { folder in
            try withFolder { other in
                let township = try open(2, in: folder)
                try admit([common, left.run], to: township)
                try township.learn(
                    try #require(BranchProof.proofs(of: [right], from: 2)), now: Self.began)
                try admit([right, longer], to: township)
                try township.keep(try closing(longer))
                _ = township.publishAuthority(now: Self.began)
                #expect(try titles(township) == ["a", "r", "s"])
                let clerk = try open(3, in: other)
                let lane = Domain(area: County.township, lane: .authority)
                let logs = township.replica.logs { $0 == lane.area }.map(\.identity.log)
                let ranges = logs.filter { $0.domain == lane }.map {
                    GridSync.FetchRequest.Range(log: $0, first: 1)
                }
                let word = try township.store.runs(
                    for: .init(lane: .authority, ranges: ranges, bytes: .max)
                ).map { try $0.verified }
                try admit(word, to: clerk)
                let fork = try #require(clerk.replica.directory.forks.first)
                #expect(clerk.replica.directory.provesEnd(of: fork))
                let last = try #require(word.last)
                let before = last.part(upTo: last.run.last - 1)
                #expect(SystemCollection.cutOffs(in: before).isEmpty)
                #expect(SystemCollection.branchProofs(in: before).contains { $0.last == 3 })
                try admit([common, longer, right], to: clerk)
                #expect(try titles(clerk) == ["a", "r", "s"])
            }
        }
    }

    /// Whatever comes first, of branches beyond the bound, of a fork that lies lower and of the word
    /// of an office that names a branch which had no room.
    @Test(arguments: [false, true])
    func whatCountsDoesNotHangOnTheBranchesThatWereKept(isClosed: Bool) throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let begin = try trunk.note("a")
        let lower = try branch("x", after: trunk)
        let next = try trunk.note("b")
        let branches = try ["c", "d", "e"].map { try branch($0, after: trunk) }
        let named = branches[2]
        let path = try [next, named.run].flatMap {
            try #require(BranchProof.proofs(of: [$0], from: $0.run.first))
        }
        var lane = Branch(2, Domain(area: County.township, lane: .authority))
        let word = try closing(named.run)
        let records = path.map { record(3, $0.recordID, $0.encoded) }
        let authority = try lane.write(
            records + (isClosed ? [record(2, word.recordID, word.encoded)] : []))
        let runs = [begin, next] + branches.map(\.run) + [lower.run]
        for order in Self.orders(of: 4) {
            try withFolder { folder in
                let clerk = try open(3, in: folder)
                clerk.forkBranchesMax = 2
                try admit([begin, next, branches[0].run], to: clerk)
                for event in order {
                    switch event {
                    case 0, 1: try clerk.learn(branches[event + 1].proofs, now: Self.began)
                    case 2: try clerk.learn(lower.proofs, now: Self.began)
                    default: try admit([authority], to: clerk)
                    }
                }
                for run in runs + runs { try admit([run], to: clerk) }
                let expected = isClosed ? ["a", "b", "e"] : ["a"]
                #expect(try titles(clerk) == expected, "\(order)")
                #expect(clerk.replica.directory.forks.map(\.height) == [1], "\(order)")
                #expect(try clerk.store.verify().findings.isEmpty, "\(order)")
            }
        }
    }

    private static func orders(of count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return orders(of: count - 1).flatMap { order in
            (0..<count).map { place in
                var longer = order
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }
}
