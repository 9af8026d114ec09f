// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

/// Keys that were cut off, as a replica judges by it. Village 11 is cut off by its township.
struct CutOffTests {
    private func cutOff(
        _ node: Node, at heights: [UInt64], by issuer: UInt8 = 2, reason: CutOff.Reason = .lost
    ) throws -> CutOff {
        let lanes: [Lane] = [.routine, .urgent]
        let rows = try zip(lanes, heights).filter { $0.1 > 0 }.map { lane, height in
            let log = node.log(lane: lane)
            let run = try #require(
                node.runs.first { $0.run.identity.log == log && $0.run.last >= height })
            return CutOff.Row(log: log, height: height, head: try #require(run.hash(at: height)))
        }
        return CutOff(
            subject: County.author(node.number).key, reason: reason, issuedAt: 0, rows: rows,
            issuedBy: County.author(issuer))
    }

    private func joined(_ runs: [VerifiedRun]) throws -> VerifiedRun {
        try RunVerifier.verify(try #require(Run.joined(runs.map(\.run))))
    }

    @Test func entriesAfterTheEndAreRefusedAndThoseBeforeAreTaken() throws {
        let village = Node(11)
        for text in ["a", "b", "c"] { try village.author(.note(text)) }
        let township = Node(2)
        township.learn(try cutOff(village, at: [2]))
        #expect(
            try township.admit(village.runs)
                == [.admitted(entries: 1), .admitted(entries: 1), .refused(.cutOff)])
        #expect(township.replica.height(of: village.log()) == 2)
    }

    @Test func aLogThatIsNotListedEndsBeforeItsFirstEntry() throws {
        let village = Node(11)
        try village.author(.note("a", lane: .urgent))
        let township = Node(2)
        township.learn(try cutOff(village, at: []))
        #expect(try township.admit(village.runs) == [.refused(.cutOff)])
    }

    @Test func aRunThatReachesOverTheEndIsTakenUpToItAndPassedOn() throws {
        let village = Node(11)
        for text in ["a", "b", "c"] { try village.author(.note(text)) }
        let word = try cutOff(village, at: [2])
        let (township, county, stranger) = (Node(2), Node(1), Node(3))
        township.learn(word)
        #expect(try township.admit([joined(village.runs)]) == [.admitted(entries: 2)])
        let front = try #require(township.runs.last)
        #expect(!front.run.isSigned)
        #expect(front.run.last == 2)
        let again = try RunVerifier.verify(envelope: RunEnvelope.seal(front.run))
        #expect(try stranger.admit([again]) == [.refused(.endUnknown)])
        county.learn(word)
        #expect(try county.admit([again]) == [.admitted(entries: 2)])
        #expect(county.state == township.state)
    }

    @Test func anUnsignedRunThatEndsElsewhereProvesNothing() throws {
        let village = Node(11)
        for text in ["a", "b", "c"] { try village.author(.note(text)) }
        let front = try joined(village.runs).part(upTo: 1)
        let township = Node(2)
        #expect(try township.admit([front]) == [.refused(.endUnknown)])
        township.learn(try cutOff(village, at: [2]))
        #expect(try township.admit([front]) == [.refused(.endUnknown)])
    }

    @Test func anotherEntryInPlaceOfTheLastIsRefused() throws {
        let village = Node(11)
        try village.author(.note("a"))
        let twin = Node(11)
        try twin.author(.note("b"))
        let township = Node(2)
        township.learn(try cutOff(village, at: [1]))
        #expect(try township.admit(twin.runs) == [.refused(.cutOff)])
        #expect(try township.admit(village.runs) == [.admitted(entries: 1)])
    }

    /// It may not know that its branch is another than the one that was cut off.
    @Test func aPeerWithAnotherBranchIsToldOfTheForkWhereAllThatCountsIsHere() throws {
        let village = Node(11)
        let twin = Node(11)
        for text in ["a", "b"] { try village.author(.note(text)) }
        for text in ["c", "d", "e"] { try twin.author(.note(text)) }
        for (height, runs) in [
            (1, twin.runs), (1, [twin.runs[1]]), (2, [try joined(twin.runs)]),
        ] {
            let township = Node(2)
            township.learn(try cutOff(village, at: [UInt64(height)]))
            #expect(try township.admit(Array(runs)).allSatisfy { $0 == .refused(.cutOff) })
            try township.admit(village.runs)
            let verdicts = try township.admit(Array(runs))
            #expect(verdicts.contains(.refused(.forked(at: UInt64(height)))))
            // What nobody has signed shows nothing.
            let invented = try joined(twin.runs).part(upTo: 2)
            #expect(try township.admit([invented]) == [.refused(.cutOff)])
        }
    }

    @Test func whoNamesEntriesAfterTheEndIsReadAsIfTheEndWasNamed() throws {
        let (village, clerk, township) = (Node(11), Node(3), Node(2))
        for text in ["a", "b", "c"] { try village.author(.note(text)) }
        try clerk.admit(village.runs)
        try clerk.author(.note("seen all three"))
        township.learn(try cutOff(village, at: [2]))
        #expect(try township.admit(clerk.runs.suffix(1)) == [.parked])
        #expect(
            try township.admit(Array(village.runs.prefix(2)))
                == [.admitted(entries: 1), .admitted(entries: 1)])
        #expect(
            township.replica.height(
                of: LogID(replica: clerk.replica.id, domain: village.log().domain)) == 1)
    }

    @Test func aLogOfWhichNothingCountsIsWaitedForUntilItIsKnownByName() throws {
        let (village, clerk, township) = (Node(11), Node(3), Node(2))
        try village.author(.note("a"))
        try clerk.admit(village.runs)
        try clerk.author(.note("seen it"))
        township.learn(try cutOff(village, at: []))
        #expect(try township.admit(clerk.runs.suffix(1)) == [.parked])
        let identity = village.runs[0].run.identity
        #expect(!township.replica.knows(identity))
        try township.note([identity])
        #expect(
            township.replica.height(
                of: LogID(replica: clerk.replica.id, domain: identity.domain)) == 1)
        #expect(township.replica.endedLogs { _ in true } == [identity])
    }

    @Test func aKeyThatWasCutOffWritesNothingMore() throws {
        let village = Node(11)
        try village.author(.note("a"))
        village.learn(try cutOff(village, at: [1]))
        #expect(throws: WriteRefusal.cutOff(County.village)) { try village.author(.note("b")) }
    }

    @Test func aForkThatIsClosedEndsItsLogAndNoOther() throws {
        let village = Node(11)
        try village.author(.note("a"), .note("b", lane: .urgent))
        let township = Node(2)
        township.learn(try cutOff(village, at: [1], reason: .forkClosed))
        try village.author(.note("c"), .note("d", lane: .urgent))
        let verdicts = try township.admit(village.runs)
        #expect(verdicts.count { $0 == .refused(.cutOff) } == 1)
        #expect(township.replica.height(of: village.log(lane: .urgent)) == 2)
    }

    @Test func aCutOffInLaneNoughtChangesWhatStandsHere() throws {
        let (village, township, county) = (Node(11), Node(2), Node(1))
        for text in ["a", "b"] { try village.author(.note(text)) }
        try county.admit(village.runs)
        try township.author(.cutOff(cutOff(village, at: [1]), County.township))
        var batch = county.batch
        _ = try batch.admit(
            township.runs, from: County.author(2).key, storage: county.storage)
        #expect(batch.changesStanding)
        var idle = Node(1).batch
        _ = try idle.admit(township.runs, from: County.author(2).key, storage: MemoryStorage())
        #expect(!idle.changesStanding)
    }

    @Test func aCutOffWithoutWeightChangesNothing() throws {
        let (village, county) = (Node(11), Node(1))
        try village.author(.note("a"))
        // Its neighbour, itself, and the clerk, who may not certify.
        for issuer: UInt8 in [12, 11, 3] {
            county.learn(try cutOff(village, at: [], by: issuer))
        }
        #expect(try county.admit(village.runs) == [.admitted(entries: 1)])
    }
}

extension LocalChange {
    fileprivate static func cutOff(_ cutOff: CutOff, _ area: AreaCode) -> LocalChange {
        LocalChange(
            domain: Domain(area: area, lane: .authority),
            draft: DraftChange(
                collection: SystemCollection.cutOffs,
                target: .existing(.named(cutOff.recordID)), archives: false,
                writes: [
                    FieldWrite(
                        field: SystemCollection.cutOffBytesField,
                        operation: .assign(.bytes(cutOff.encoded)))
                ]))
    }
}
