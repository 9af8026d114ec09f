// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

struct ReplicaRefusalTests {
    /// A run that its author's own gate would never have let it write.
    private func forgedRun(
        by number: UInt8, in area: AreaCode, lane: Lane = .routine, nonce: UInt64 = 1,
        notes: [String] = ["forged"]
    ) throws -> VerifiedRun {
        let author = County.author(number)
        let identity = LogIdentity(
            key: author.key, nonce: ReplicaNonce(high: UInt64(number), low: nonce),
            domain: Domain(area: area, lane: lane))
        var writer = RunWriter(after: LogState(identity: identity))
        for note in notes {
            _ = try writer.append(
                [LocalChange.note(note).draft], applied: VersionVector(),
                timestamp: HybridTimestamp(rawValue: 1))
        }
        return try RunVerifier.verify(Run(decoding: writer.seal(with: author).run.encoded))
    }

    private func refusal(of run: VerifiedRun, at node: Node) throws -> Refusal? {
        let before = node.state
        guard case .refused(let refusal)? = try node.admit([run]).first else { return nil }
        #expect(node.state == before)
        return refusal
    }

    /// What would be written there would never leave the folder.
    @Test func nobodyAuthorsWhatTheirFolderDoesNotCarry() throws {
        let clerk = Node(3, scope: County.village)
        let other = County.area("522730103212")
        #expect(throws: WriteRefusal.outsideScope(other)) { try clerk.author(.note("a", other)) }
        #expect(clerk.state == MemoryStorage.Snapshot())
    }

    @Test func nobodyAuthorsOutsideTheirOwnArea() throws {
        let village = Node(11)
        let other = County.area("522730103212")
        for change in [
            LocalChange.note("a", other), .note("a", County.township),
            .note("a", lane: .authority),
        ] {
            #expect(throws: WriteRefusal.notEntitled(change.domain.area)) {
                try village.author(change)
            }
            #expect(throws: WriteRefusal.notEntitled(change.domain.area)) {
                try village.author(.note("a"), change)
            }
        }
        #expect(village.state == MemoryStorage.Snapshot())
    }

    @Test func aWriteThatDoesNotFitLeavesNothingOfItself() throws {
        let village = Node(11)
        let long = String(repeating: "a", count: 65_536)
        #expect(throws: WriteRefusal.self) {
            try village.author(.note("a", lane: .urgent), .note(long))
        }
        try village.author(.note("b"))
        #expect(village.state.records.count == 1)
        #expect(village.runs.map(\.run.first) == [1])
    }

    @Test(arguments: [
        ("522730103212", Lane.routine), ("522730103", .urgent), ("522730103211", .authority),
    ])
    func aForgedRunFromOutsideItsWritersAreaIsRefused(area: String, lane: Lane) throws {
        let run = try forgedRun(by: 11, in: County.area(area), lane: lane)
        #expect(try refusal(of: run, at: Node(2)) == .notEntitled)
    }

    @Test func aKeyThatNobodyCertifiedIsRefused() throws {
        let run = try forgedRun(by: 77, in: County.village)
        #expect(try refusal(of: run, at: Node(2)) == .unknownKey)
    }

    @Test func anAreaThatIsNotCarriedIsRefused() throws {
        let run = try forgedRun(by: 12, in: County.area("522730103212"))
        #expect(try refusal(of: run, at: Node(11)) == .outsideScope)
    }

    @Test func aForkIsRefusedByItsHash() throws {
        let first = try forgedRun(by: 11, in: County.village, notes: ["a", "b"])
        let second = try forgedRun(by: 11, in: County.village, notes: ["c", "d", "e"])
        let township = Node(2)
        try township.admit([first])
        #expect(try refusal(of: second, at: township) == .forked(at: 2))
        let together = Node(2)
        #expect(
            try together.admit([first, second])
                == [.admitted(entries: 2), .refused(.forked(at: 2))])
        #expect(together.state == township.state)
    }

    @Test func aRunWithoutItsValuesIsRefused() throws {
        let run = try forgedRun(by: 11, in: County.village)
        let entry = run.entries[0]
        let withheld = try RunVerifier.verify(
            Run(
                identity: run.run.identity, first: 1, count: 1, backlink: run.run.backlink,
                salts: [.withheld(entries: 1)],
                entryBytes: Array(run.run.entryBytes[entry.head]) + entry.valuesHash.array,
                signature: run.run.signature))
        #expect(try refusal(of: withheld, at: Node(2)) == .valuesWithheld)
    }

    @Test func moreOfTheOwnLogThanIsHereIsFlagged() throws {
        let village = Node(11)
        try village.author(.note("a"))
        let restored = village.copy()
        try village.author(.note("b"))
        var batch = restored.batch
        let verdicts = try batch.admit(
            village.runs, from: County.author(2).key, storage: restored.storage)
        #expect(verdicts == [.known, .refused(.ownLogAhead)])
        #expect(batch.foundOwnLogAhead)
    }

    @Test func theOwnLogAsItIsIsKnown() throws {
        let village = Node(11)
        try village.author(.note("a"))
        var batch = village.batch
        let verdicts = try batch.admit(
            village.runs, from: County.author(2).key, storage: village.storage)
        #expect(verdicts == [.known])
        #expect(!batch.foundOwnLogAhead)
    }

    /// The signature is right and every entry well-formed, but what it says of the log is not.
    @Test func aRunThatCannotBeResolvedIsRefusedWhole() throws {
        let author = County.author(11)
        let identity = LogIdentity(
            key: author.key, nonce: ReplicaNonce(high: 11, low: 1),
            domain: Domain(area: County.village, lane: .routine))
        let good: [UInt8] = [0, 0, 0, 1, 20, 0, 0]
        let unknownReference: [UInt8] = [0, 1, 3, 1, 0, 1, 20, 0, 0]
        let unsigned = Run(
            identity: identity, first: 1, count: 2, backlink: identity.digest,
            salts: [.seed(.random(), entries: 2)], entryBytes: good + unknownReference,
            signature: [])
        let last = try #require(try RunVerifier.read(unsigned).hashes.last)
        let run = Run(
            identity: identity, first: 1, count: 2, backlink: identity.digest,
            salts: unsigned.salts, entryBytes: unsigned.entryBytes,
            signature: author.sign(.entry, over: last))
        let expected = Refusal.violation(.malformed(.unknownReference))
        #expect(try refusal(of: RunVerifier.verify(run), at: Node(2)) == expected)
    }

    @Test func noMoreWaitsThanOnePeerMayHaveWaiting() throws {
        let writer = Node(11)
        let text = String(repeating: "a", count: 65_000)
        for _ in 0..<260 { try writer.author(.note(text)) }
        let township = Node(2)
        let verdicts = try township.admit(Array(writer.runs.dropFirst()), from: 11)
        #expect(verdicts.first == .parked)
        #expect(verdicts.last == .refused(.tooMuchParked))
        let fits = verdicts.count { $0 == .parked }
        let most = ProtocolLimits.parkedBytesMax / writer.runs[1].run.entryBytes.count
        #expect(fits <= most && fits > most * 9 / 10)
        // Another peer has its own room, and what is forgotten makes room again.
        #expect(try township.admit([writer.runs[5]], from: 12) == [.parked])
        township.forgetParked(from: 11)
        #expect(try township.admit([writer.runs[6]], from: 11) == [.parked])
    }

    /// An entry of 26 bytes becomes a run of more than a kilobyte in memory: what counts is that.
    @Test func smallRunsThatWaitCountAsWhatTheyTake() throws {
        let key = County.author(11).key
        let domain = Domain(area: County.village, lane: .routine)
        let needsMore: [UInt8] =
            [0, 1, 0] + [UInt8](repeating: 9, count: 16) + [1, 0, 1, 20, 0, 0]
        let runs = try (0..<17_000).map { number in
            let identity = LogIdentity(
                key: key, nonce: ReplicaNonce(high: 11, low: UInt64(number)), domain: domain)
            return try RunVerifier.read(
                Run(
                    identity: identity, first: 1, count: 1, backlink: identity.digest,
                    salts: [.seed(.random(), entries: 1)], entryBytes: needsMore, signature: []))
        }
        let verdicts = try Node(2).admit(runs, from: 11)
        #expect(verdicts.first == .parked)
        #expect(verdicts.last == .refused(.tooMuchParked))
    }

    @Test func everyRefusalHasItsOwnCode() {
        let refusals: [Refusal] = [
            .violation(.malformed(.empty)), .violation(.entryTooLarge(sequence: 1)),
            .violation(.firstBacklinkWrong), .violation(.signatureWrong), .outsideScope,
            .unknownKey, .notEntitled, .forked(at: 1), .valuesWithheld, .ownLogAhead,
            .tooMuchParked, .unsealedValue,
        ]
        #expect(Set(refusals.map(\.code)).count == refusals.count)
    }
}
