// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

/// Certificates that travel in lane 0, and the entries that are judged by them.
struct ReplicaAuthorityTests {
    private func certified() throws -> (county: Node, township: Node, clerk: Node) {
        let county = Node(1, knowing: [1])
        let township = Node(2, knowing: [1, 2])
        let clerk = Node(3, knowing: [1, 2, 3])
        let township2 = try #require(County.certificates[2])
        let clerk3 = try #require(County.certificates[3])
        try county.author(.certificate(township2, County.township))
        try township.author(.certificate(clerk3, County.township))
        try clerk.author(.note("a"), .note("b", lane: .urgent))
        return (county, township, clerk)
    }

    @Test func aCertificateInLaneNoughtEntitlesToWhatComesAfterIt() throws {
        let (county, township, clerk) = try certified()
        let village = Node(11, knowing: [1])
        #expect(try village.admit(clerk.runs) == [.refused(.unknownKey), .refused(.unknownKey)])
        #expect(try village.admit(county.runs) == [.admitted(entries: 1)])
        #expect(try village.admit(township.runs) == [.admitted(entries: 1)])
        #expect(
            try village.admit(clerk.runs) == [.admitted(entries: 1), .admitted(entries: 1)])
    }

    @Test func withinABatchTheOrderOfRunsDoesNotMatter() throws {
        let (county, township, clerk) = try certified()
        let runs = county.runs + township.runs + clerk.runs
        for order in [runs, runs.reversed(), [runs[1], runs[3], runs[0], runs[2]]] {
            let village = Node(11, knowing: [1])
            let verdicts = try village.admit(order)
            #expect(verdicts == [Verdict](repeating: .admitted(entries: 1), count: 4))
        }
    }

    /// Those who never meet an office find its certificate in its own log alone.
    @Test func aRunOfLaneNoughtMayProveItsOwnWriter() throws {
        let township = Node(2, knowing: [1, 2])
        let certificate = try #require(County.certificates[2])
        try township.author(.certificate(certificate, County.township))
        try township.author(.note("notice", County.township))
        let village = Node(11, knowing: [1])
        #expect(
            try village.admit(township.runs) == [.admitted(entries: 1), .admitted(entries: 1)])
    }

    @Test func aRunThatProvesNobodyLeavesNoTrace() throws {
        let township = Node(2, knowing: [1, 2])
        let certificate = try #require(County.certificates[3])
        try township.author(.certificate(certificate, County.township))
        let village = Node(11, knowing: [1])
        #expect(try village.admit(township.runs) == [.refused(.unknownKey)])
        #expect(village.replica.directory.count == 1)
    }

    @Test func aChainFromAGreetingEntitlesAtOnce() throws {
        let clerk = Node(3)
        try clerk.author(.note("a"))
        let village = Node(11, knowing: [1])
        try village.learn(County.chain(of: 3))
        #expect(try village.admit(clerk.runs) == [.admitted(entries: 1)])
    }

    @Test func aCertificateThatProvesNothingStaysWithoutEffect() throws {
        let county = Node(1)
        let forged = County.certificate(for: 78, by: 77, County.root)
        try county.author(.certificate(forged, County.root))
        let village = Node(11)
        #expect(try village.admit(county.runs) == [.admitted(entries: 1)])
        #expect(village.replica.directory.chain(of: County.author(78).key) == nil)
    }

    /// An engine takes writes and runs into one transaction, in the order in which they came.
    @Test func aBatchThatHasAppliedEntriesByAnotherLevelThanItLearnsHasThemBuiltAnew() throws {
        let (village, township) = (Node(11), Node(2))
        let word = County.certificate(for: 11, by: 2, County.township, County.writeAndRead)
        try township.author(.certificate(word, County.township))
        var batch = village.batch
        _ = try batch.author([.edit(.new, "a", field: 3)], storage: village.storage)
        #expect(!batch.changesStanding)
        _ = try batch.admit(
            township.runs, from: County.author(2).key, storage: village.storage)
        #expect(batch.changesStanding)
        // What comes after the word is taken by it at once.
        let other = Node(11, nonce: 2)
        var late = other.batch
        _ = try late.admit(township.runs, from: County.author(2).key, storage: other.storage)
        _ = try late.author([.edit(.new, "a", field: 3)], storage: other.storage)
        #expect(!late.changesStanding)
    }
}
