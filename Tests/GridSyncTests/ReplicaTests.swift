// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

struct ReplicaTests {
    @Test func whatOneAuthorsAnotherAdmitsToTheSameState() throws {
        let village = Node(11)
        let township = Node(2)
        let write = try village.author(.note("dry"), .note("wet"))
        try village.author(.edit(.existing(write.addresses[1]), "sodden"))
        #expect(try township.admit(village.runs) == [.admitted(entries: 1), .admitted(entries: 1)])
        #expect(township.state == village.state)
        #expect(township.replica.frontier == village.replica.frontier)
        #expect(village.state.records.count == 2)
    }

    @Test func aWriteInSeveralDomainsIsOneEntryInEach() throws {
        let township = Node(2)
        let write = try township.author(
            .note("a", lane: .urgent), .note("b"), .note("c", lane: .urgent),
            .note("d", County.township))
        let dots = [
            Dot(log: township.log(County.township), sequence: 1),
            Dot(log: township.log(lane: .urgent), sequence: 1),
            Dot(log: township.log(), sequence: 1),
        ]
        #expect(write.dots == dots)
        #expect(
            write.addresses == [
                .created(dot: dots[1], index: 0), .created(dot: dots[2], index: 0),
                .created(dot: dots[1], index: 1), .created(dot: dots[0], index: 0),
            ])
    }

    @Test func manyWritesOfOneBatchAreOneRunOfADomain() throws {
        let village = Node(11)
        var batch = village.batch
        for number in 0..<50 {
            _ = try batch.author([.note("\(number)")], storage: village.storage)
        }
        try batch.commit(to: village.storage)
        #expect(village.runs.map(\.run.count) == [50])
    }

    @Test func aLargeBatchIsCutIntoRunsThatVerify() throws {
        let village = Node(11)
        let text = String(repeating: "a", count: 20_000)
        var batch = village.batch
        for _ in 0..<10 { _ = try batch.author([.note(text)], storage: village.storage) }
        try batch.commit(to: village.storage)
        village.adopt(batch)
        #expect(village.runs.map(\.run.count) == [4, 4, 2])
        let township = Node(2)
        try township.admit(village.runs.map { try RunVerifier.verify($0.run) })
        #expect(township.state == village.state)
    }

    @Test func aRunAfterAGapWaitsForTheGap() throws {
        let village = Node(11)
        for number in 0..<3 { try village.author(.note("\(number)")) }
        let township = Node(2)
        #expect(try township.admit([village.runs[2]]) == [.parked])
        #expect(try township.admit([village.runs[1]]) == [.parked])
        #expect(township.state == MemoryStorage.Snapshot())
        #expect(try township.admit([village.runs[0]]) == [.admitted(entries: 1)])
        #expect(township.state == village.state)
    }

    @Test func aRunWaitsForWhatItsAuthorHadSeen() throws {
        let village = Node(11)
        let clerk = Node(3)
        let write = try village.author(.note("dry"))
        try clerk.admit(village.runs)
        try clerk.author(.edit(.existing(write.addresses[0]), "wet"))
        let township = Node(2)
        #expect(try township.admit([clerk.runs[1]]) == [.parked])
        #expect(try township.admit([village.runs[0]]) == [.admitted(entries: 1)])
        #expect(township.state == clerk.state)
        let register = township.state.records.values.first?[FieldKey(field: 1, family: .assigned)]
        guard case .register(let register) = register else {
            Issue.record("field 1 is a register")
            return
        }
        #expect(register.siblings.map(\.value) == [.text("wet")])
    }

    /// Each log's one run holds entries that had seen the other's: neither can go first whole.
    @Test func runsThatDependOnEachOtherAreAdmittedTogether() throws {
        let (village, clerk) = (Node(11), Node(3))
        var runs: [[Run]] = [[], []]
        for number in 0..<4 {
            for (place, writer) in [village, clerk].enumerated() {
                try writer.author(.note("\(number)"))
                let run = try #require(writer.runs.last)
                runs[place].append(run.run)
                try [clerk, village][place].admit([run])
            }
        }
        let whole = try runs.map { parts in
            try RunVerifier.verify(try #require(Run.joined(parts)))
        }
        for order in [whole, whole.reversed()] {
            let township = Node(2)
            #expect(
                try township.admit(order) == [.admitted(entries: 4), .admitted(entries: 4)])
            #expect(township.state == village.state)
            let apart = Node(2)
            #expect(try apart.admit([order[0]]) == [.parked])
            #expect(apart.state == MemoryStorage.Snapshot())
            #expect(try apart.admit([order[1]]) == [.admitted(entries: 4)])
            #expect(apart.state == village.state)
        }
    }

    @Test func repeatedAndOverlappingRunsAreKnown() throws {
        let village = Node(11)
        for number in 0..<4 { try village.author(.note("\(number)")) }
        let runs = village.runs.map(\.run)
        func joined(_ range: ClosedRange<Int>) throws -> VerifiedRun {
            try RunVerifier.verify(try #require(Run.joined(Array(runs[range]))))
        }
        let township = Node(2)
        #expect(
            try township.admit([joined(0...1), joined(0...0), joined(0...2)])
                == [.admitted(entries: 2), .known, .admitted(entries: 1)])
        #expect(
            try township.admit([joined(0...2), joined(1...2), joined(1...3), joined(3...3)])
                == [.known, .known, .admitted(entries: 1), .known])
        #expect(township.state == village.state)
    }

    @Test func theRunsOfABatchStandInTheOrderInWhichTheyWereApplied() throws {
        let (village, clerk) = (Node(11), Node(3))
        try clerk.author(.note("theirs"))
        var batch = village.batch
        _ = try batch.author([.note("ours")], storage: village.storage)
        _ = try batch.admit(clerk.runs, from: County.author(3).key, storage: village.storage)
        _ = try batch.author([.note("ours again")], storage: village.storage)
        try batch.commit(to: village.storage)
        #expect(
            village.runs.map(\.run.identity.key) == [11, 3, 11].map { County.author($0).key })
    }

    @Test func aBatchThatIsNotAdoptedLeavesNoTrace() throws {
        let (village, township) = (Node(11), Node(2))
        try village.author(.note("dry"))
        try township.author(.note("before"))
        let (state, frontier) = (township.state, township.replica.frontier)
        var batch = township.batch
        _ = try batch.admit(village.runs, from: County.author(11).key, storage: township.storage)
        _ = try batch.author([.note("wet")], storage: township.storage)
        #expect(!batch.isEmpty)
        #expect(township.state == state)
        #expect(township.replica.frontier == frontier)
        #expect(try township.admit(village.runs) == [.admitted(entries: 1)])
    }

    @Test func aBrokenStoreStopsTheBatchAndNotTheReplica() throws {
        let (village, township) = (Node(11), Node(2))
        try village.author(.note("dry"))
        township.storage.isBroken = true
        #expect(throws: MemoryStorage.Broken.self) { try township.admit(village.runs) }
        #expect(throws: MemoryStorage.Broken.self) { try township.author(.note("wet")) }
        township.storage.isBroken = false
        #expect(try township.admit(village.runs) == [.admitted(entries: 1)])
        try township.author(.note("wet"))
        #expect(township.replica.height(of: township.log()) == 1)
    }

    @Test func aReplicaTakenUpFromItsStoreGoesOnWhereItWas() throws {
        let village = Node(11)
        try village.author(.note("dry"))
        village.now += 1_000_000
        try village.author(.note("wet"))
        let restarted = Replica(
            author: County.author(11), nonce: village.replica.nonce,
            scope: village.replica.scope, directory: village.replica.directory,
            logs: village.state.logs.values)
        #expect(restarted.frontier == village.replica.frontier)
        #expect(restarted.id == village.replica.id)
        #expect(restarted.clock == village.replica.clock)
        #expect(restarted.areas == [County.village])
    }

    @Test func editsOfTwoFieldsThatHadNotSeenEachOtherAreNoted() throws {
        let (village, clerk) = (Node(11), Node(3))
        let write = try village.author(.note("dry"))
        try clerk.admit(village.runs)
        let mine = try village.author(.edit(.existing(write.addresses[0]), "wet"))
        let theirs = try clerk.author(.edit(.existing(write.addresses[0]), "damp", field: 2))
        try village.admit([try #require(clerk.runs.last)])
        #expect(village.storage.updates.map(\.earlier) == mine.dots)
        #expect(village.storage.updates.map(\.later) == theirs.dots)
        #expect(clerk.storage.updates.isEmpty)
    }

    @Test func twoValuesOfOneFieldAreAConflictAndNoParallelUpdate() throws {
        let (village, clerk) = (Node(11), Node(3))
        let write = try village.author(.note("dry"))
        try clerk.admit(village.runs)
        try village.author(.edit(.existing(write.addresses[0]), "wet"))
        try clerk.author(.edit(.existing(write.addresses[0]), "damp"))
        try village.admit([try #require(clerk.runs.last)])
        #expect(village.storage.updates.isEmpty)
    }
}
