// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

/// Forked logs before the gate. Village 11 was cloned.
struct ForkTests {
    /// A village and its clone, one entry in common, and proofs of both branches.
    private func forked() throws -> (village: Node, clone: Node, proofs: [BranchProof]) {
        let village = Node(11)
        try village.author(.note("a"))
        let clone = village.copy()
        try village.author(.note("b"))
        try clone.author(.note("c"))
        let proofs = try [village, clone].flatMap {
            try #require(BranchProof.proofs(of: [$0.runs[1]], from: 2))
        }
        return (village, clone, proofs)
    }

    @Test func whatGoesBeyondAForkIsSetAsideWhicheverBranchItIs() throws {
        let (village, clone, proofs) = try forked()
        let township = Node(2)
        township.learn(proofs)
        #expect(
            try township.admit(village.runs) == [.admitted(entries: 1), .setAside])
        #expect(try township.admit([clone.runs[1]]) == [.setAside])
        #expect(township.replica.height(of: village.log()) == 1)
        #expect(township.runs.count == 1)
    }

    @Test func aBranchThatNobodyHasProvedIsRefused() throws {
        let (village, _, proofs) = try forked()
        let township = Node(2)
        township.learn(proofs)
        let third = Node(11)
        try third.author(.note("other"))
        try third.author(.note("branch"))
        let verdicts = try township.admit([village.runs[0], third.runs[1]])
        #expect(verdicts[0] == .admitted(entries: 1))
        #expect(verdicts[1] == .refused(.cutOff))
    }

    @Test func proofsThatDoNotContradictEachOtherFreezeNothing() throws {
        let (village, _, proofs) = try forked()
        let township = Node(2)
        township.learn([proofs[0]])
        #expect(
            try township.admit(village.runs) == [.admitted(entries: 1), .admitted(entries: 1)])
    }

    @Test func itsWriterWritesNothingMoreIntoItAndIsToldWhy() throws {
        let (village, _, proofs) = try forked()
        village.learn(proofs)
        #expect(village.replica.isForked)
        #expect(throws: OwnLogForked.self) { try village.author(.note("d")) }
    }

    @Test func proofsInLaneZeroAreLearnt() throws {
        let (village, _, proofs) = try forked()
        let (township, clerk) = (Node(2), Node(3))
        for proof in proofs {
            let draft = DraftChange(
                collection: SystemCollection.forks, target: .existing(.named(proof.recordID)),
                archives: false,
                writes: [
                    FieldWrite(
                        field: SystemCollection.forkBytesField,
                        operation: .assign(.bytes(proof.encoded)))
                ])
            try township.author(
                LocalChange(
                    domain: Domain(area: County.township, lane: .authority), draft: draft))
        }
        try clerk.admit(township.runs)
        #expect(clerk.replica.directory.forks.map(\.height) == [1])
        #expect(try clerk.admit(village.runs) == [.admitted(entries: 1), .setAside])
    }

    /// Whoever has seen some of a branch waits for nothing that may never count.
    @Test func whoeverNamesEntriesBeyondAForkIsReadAsIfItNamedTheFork() throws {
        let (village, _, proofs) = try forked()
        let clerk = Node(3, scope: County.village)
        try clerk.admit(village.runs)
        try clerk.author(.note("has seen b"))
        let township = Node(2)
        township.learn(proofs)
        try township.admit([village.runs[0]])
        #expect(try township.admit([#require(clerk.runs.last)]) == [.admitted(entries: 1)])
    }
}
