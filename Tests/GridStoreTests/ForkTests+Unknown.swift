// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// Forks of which a folder hears without having met a branch, and what stood in lane 0.
extension ForkTests {
    @Test func whoHasNothingOfALogLearnsItsForkBranchByBranchAndWaitsNoLonger() throws {
        var left = Branch(11, Domain(area: County.village, lane: .routine))
        var right = left
        let runs = [try left.note("a", "b"), try right.note("c")]
        let branches = try runs.map { try #require(BranchProof.proofs(of: [$0], from: 1)) }
        // Another machine of the village has seen one of the branches, and writes on.
        var second = Branch(11, nonce: 8, Domain(area: County.village, lane: .routine))
        let writer = try {
            var writer = RunWriter(after: second.state)
            let (_, hash) = try writer.append(
                [LocalChange.note("d").draft],
                applied: VersionVector([(left.state.identity.log, UInt64(2))]),
                timestamp: HybridTimestamp(milliseconds: Self.began, counter: 0))
            second.state.advance(to: hash)
            return writer
        }()
        for order in [branches, branches.reversed()] {
            try withFolder { folder in
                let township = try open(2, in: folder)
                #expect(
                    try admit([writer.seal(with: second.author)], to: township) == [.parked])
                try township.learn(order[0], now: Self.began)
                #expect(try township.store.branchProofs().all.isEmpty)
                var ended = try township.learn(ended: [left.state.identity], now: Self.began)
                #expect(ended.ended.isEmpty)
                try township.learn(order[1], now: Self.began)
                ended = try township.learn(ended: [left.state.identity], now: Self.began)
                #expect(ended.ended == [left.state.identity])
                #expect(try titles(township) == ["d"])
                #expect(try township.store.branchProofs().all.count == 2)
            }
        }
    }

    @Test func singleBranchesAreKeptInMemoryUpToABound() throws {
        var awaited = AwaitedBranches()
        var first: [BranchProof] = []
        for nonce in 0..<200 as Range<UInt64> {
            var branch = Branch(
                11, nonce: nonce, Domain(area: County.village, lane: .routine))
            let run = try branch.write(
                (0..<600).map { _ in LocalChange.note("a").draft })
            let proofs = try #require(BranchProof.proofs(of: [run], from: 1))
            if first.isEmpty { first = proofs }
            awaited.keep(proofs)
            if nonce == 0 {
                #expect(awaited.take(of: branch.state.identity.log) == proofs)
                #expect(awaited.take(of: branch.state.identity.log).isEmpty)
                awaited.keep(proofs + proofs)
            }
        }
        let log = try #require(first.first?.identity.log)
        #expect(awaited.take(of: log).isEmpty)
    }

    @Test func changesOfCodesOutliveTheEntriesThatTheyStoodIn() throws {
        let former = County.area("522730103219")
        let change = AreaChange(
            AreaMap.Step(from: former, to: County.village, kind: .merge), day: 20_000, order: 1,
            issuedAt: Self.began, issuedBy: County.author(2))
        var trunk = Branch(2, Domain(area: County.township, lane: .authority))
        var other = trunk
        let said = try trunk.write([
            record(SystemCollection.areaChanges, change.recordID, change.encoded)
        ])
        let unsaid = try other.write([LocalChange.note("a").draft])
        let proofs = try [said, unsaid].flatMap {
            try #require(BranchProof.proofs(of: [$0], from: 1))
        }
        try withFolder { folder in
            do {
                let village = try open(11, in: folder)
                try admit([said], to: village)
                #expect(village.replica.directory.areas.current(former) == County.village)
                try village.learn(proofs, now: Self.began)
                #expect(village.replica.height(of: said.run.identity.log) == 0)
            }
            let village = try open(11, in: folder)
            #expect(village.replica.directory.areas.current(former) == County.village)
            // The office says it once more, and nobody else.
            #expect(try village.store.areaChanges().waiting.isEmpty)
        }
    }
}
