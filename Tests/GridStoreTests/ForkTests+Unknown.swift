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
        func branch(_ nonce: UInt64, _ title: String) throws -> (LogID, [BranchProof]) {
            var branch = Branch(11, nonce: nonce, Domain(area: County.village, lane: .routine))
            let run = try branch.note(title)
            return (
                branch.state.identity.log, try #require(BranchProof.proofs(of: [run], from: 1))
            )
        }
        let (log, first) = try branch(1, "a")
        let others = try ["b", "c"].map { try branch(1, $0).1 }
        for proofs in [first, first] + others { awaited.keep(proofs, of: log) }
        #expect(awaited.branches(of: log) == first + others[0])
        for nonce in 2...UInt64(AwaitedBranches.logsMax) {
            let (other, proofs) = try branch(nonce, "a")
            awaited.keep(proofs, of: other)
        }
        #expect(awaited.branches(of: log).count == 2)
        let (last, proofs) = try branch(99, "a")
        awaited.keep(proofs, of: last)
        #expect(awaited.branches(of: log).isEmpty)
        awaited.forget(last)
        #expect(awaited.branches(of: last).isEmpty)
    }

    @Test func whatNoSignatureLeadsToIsNeitherAwaitedNorKept() throws {
        var left = Branch(11, Domain(area: County.village, lane: .routine))
        var right = left
        let runs = [try left.note("a"), try right.note("b")]
        let proofs = try runs.map { try #require(BranchProof.proofs(of: [$0], from: 1)?.first) }
        var bytes = proofs[0].encoded
        bytes.replaceSubrange((bytes.count - 64)..., with: [UInt8](repeating: 0, count: 64))
        let invented = try BranchProof(decoding: bytes)
        try withFolder { folder in
            let township = try open(2, in: folder)
            try township.learn([invented], now: Self.began)
            #expect(township.awaited.branches(of: left.state.identity.log).isEmpty)
            try township.learn([proofs[1]], now: Self.began)
            #expect(try township.store.branchProofs().all.isEmpty)
            try township.learn([proofs[0]], now: Self.began)
            #expect(Set(try township.store.branchProofs().all) == Set(proofs))
            #expect(township.awaited.branches(of: left.state.identity.log).isEmpty)
        }
    }

    @Test func changesOfCodesOutliveTheEntriesThatTheyStoodIn() throws {
        let (change, said, proofs) = try forkedOffice()
        try withFolder { folder in
            do {
                let village = try open(11, in: folder)
                try admit([said], to: village)
                #expect(village.replica.directory.areas.current(change.step.from) == County.village)
                try village.learn(proofs, now: Self.began)
                #expect(village.replica.height(of: said.run.identity.log) == 0)
            }
            let village = try open(11, in: folder)
            #expect(village.replica.directory.areas.current(change.step.from) == County.village)
            // The office says it once more, and nobody else.
            #expect(try village.store.areaChanges().waiting.isEmpty)
        }
    }

    /// An office's word of an area change on one branch of its lane 0, another branch, and proofs.
    private func forkedOffice() throws -> (
        change: AreaChange, said: VerifiedRun, proofs: [BranchProof]
    ) {
        let change = AreaChange(
            AreaMap.Step(
                from: County.area("522730103219"), to: County.village, kind: .merge), day: 20_000,
            order: 1, issuedAt: Self.began, issuedBy: County.author(2))
        var trunk = Branch(2, Domain(area: County.township, lane: .authority))
        var other = trunk
        let said = try trunk.write([
            record(SystemCollection.areaChanges, change.recordID, change.encoded)
        ])
        let unsaid = try other.write([LocalChange.note("a").draft])
        let proofs = try [said, unsaid].flatMap {
            try #require(BranchProof.proofs(of: [$0], from: 1))
        }
        return (change, said, proofs)
    }

    @Test func whoHearsOfTheForkFirstLearnsWhatTheOfficeHadSaidOnABranch() throws {
        let (change, said, proofs) = try forkedOffice()
        try withFolder { folder in
            do {
                let village = try open(11, in: folder)
                try village.learn([proofs[0]], now: Self.began)
                try village.learn([proofs[1]], now: Self.began)
                #expect(try admit([said], to: village) == [.setAside])
                #expect(village.replica.directory.areas.current(change.step.from) == County.village)
            }
            let village = try open(11, in: folder)
            #expect(village.replica.directory.areas.current(change.step.from) == County.village)
            #expect(try village.store.areaChanges().waiting.isEmpty)
        }
    }

    @Test func aRestoredOfficeLearnsWhatItHadSaidAndSaysItOnceMore() throws {
        let (change, said, proofs) = try forkedOffice()
        try withFolder { folder in
            let office = try open(2, in: folder)
            try office.learn([proofs[0]], now: Self.began)
            try office.learn([proofs[1]], now: Self.began)
            #expect(try admit([said], to: office) == [.setAside])
            #expect(office.replica.directory.areas.current(change.step.from) == County.village)
            #expect(try office.store.areaChanges().waiting == [change])
            #expect(!office.publishAuthority(now: Self.began).isEmpty)
            #expect(try office.store.areaChangeRecords() == [change.encoded])
            #expect(try office.store.areaChanges().waiting.isEmpty)
            // It comes again, and stands in lane 0 by now.
            try admit([said], to: office)
            #expect(try office.store.areaChanges().waiting.isEmpty)
        }
    }

    @Test func aSingleBranchIsAwaitedWhereTheLogEndsBeforeIt() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let common = try trunk.note("a")
        var other = trunk
        let proofs = try [try trunk.note("b"), try other.note("c")].map {
            try #require(BranchProof.proofs(of: [$0], from: 2))
        }
        try withFolder { folder in
            let township = try open(2, in: folder)
            try admit([common], to: township)
            try township.learn(proofs[0], now: Self.began)
            #expect(township.replica.directory.forks.isEmpty)
            try township.learn(proofs[1], now: Self.began)
            #expect(township.replica.directory.forks.map(\.height) == [1])
            #expect(try titles(township) == ["a"])
        }
    }
}
