// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// How runs lie in the ledger and how they are served.
struct LedgerTests {
    private func ledger(_ node: Node) throws -> [String] {
        try node.store.query("SELECT first || '-' || (id & 4294967295) FROM runs ORDER BY id").rows
            .map { $0[0].plain }
    }

    private func shape(_ runs: [OutgoingRun]) throws -> [String] {
        try runs.map { run in
            let run = try run.verified.run
            return
                "\(run.identity.key == County.author(11).key ? "a" : "b")\(run.first)-\(run.last)"
        }
    }

    private func village(entries: Int) throws -> Writer {
        let village = try Writer(11)
        for number in 0..<entries { try village.author(.note("\(number)")) }
        return village
    }

    /// What becomes urgent waits behind one read: small runs are joined as far as they pack, and texts
    /// that pack badly make no larger envelope than others.
    @Test(arguments: [3_000, 2])
    func smallRunsAreJoinedUpToTheBudget(characters: Int) throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            var random = SplitMix64(seed: 7)
            for _ in 0..<90 {
                let notes = (0..<20).map { _ in
                    let title = (0..<39).map { _ in
                        Character(Unicode.Scalar(UInt16(0x4E00 + random.below(characters)))!)
                    }
                    return LocalChange.note(String(title))
                }
                try node.author(notes)
            }
            let budget = 32_768
            let fetched = try node.fetch(bytes: budget)
            let bytes = fetched.reduce(0) { $0 + $1.envelope.count }
            #expect(bytes <= 2 * budget, "\(bytes) bytes were read")
            let entries = try #require(fetched.last?.last)
            #expect(entries == 90 || bytes >= budget / 2, "only \(bytes) bytes were read")
        }
    }

    @Test func runsThatOverlapLieEndToEnd() throws {
        try withFolder { folder in
            let (node, village) = (try Node(2, in: folder), try village(entries: 6))
            try node.admit([village.joined(0...1)])
            try node.admit([village.joined(0...3)])
            try node.admit([village.joined(2...5)])
            #expect(try ledger(node) == ["1-2", "3-4", "5-6"])
            #expect(try node.store.verify().findings == [])
            #expect(try shape(node.fetch()) == ["a1-6"])
            let far = try Writer(1)
            for run in try node.fetch() { try far.admit([run.verified]) }
            #expect(far.storage.records == village.storage.records)
        }
    }

    @Test func ofRunsWithOneEndOnlyTheMissingPartIsStored() throws {
        try withFolder { folder in
            let (node, village) = (try Node(2, in: folder), try village(entries: 4))
            try node.admit([village.joined(2...3), village.joined(0...3), village.joined(1...3)])
            #expect(try ledger(node) == ["1-4"])
            try node.admit([village.joined(0...3)])
            #expect(try ledger(node) == ["1-4"])
            #expect(try node.store.verify().findings == [])
        }
    }

    /// Two runs of one log that hold each other's entries, and another log's entry between them.
    @Test func runsThatAreAppliedByTurnsLeaveNoGap() throws {
        let (village, clerk) = (try Writer(11), try Writer(3))
        for number in 0..<3 {
            try village.author(.note("\(number)"))
            try clerk.admit(village.runs)
            try clerk.author(.note("after \(number)"))
            try village.admit(clerk.runs)
        }
        let own = village.runs.filter { $0.run.identity.key == County.author(11).key }
        let others = village.runs.filter { $0.run.identity.key == County.author(3).key }
        func joined(_ runs: ArraySlice<VerifiedRun>) throws -> VerifiedRun {
            try RunVerifier.verify(try #require(Run.joined(runs.map(\.run))))
        }
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            try withFolder { folder in
                let node = try Node(2, in: folder)
                let runs = [
                    try joined(own[0...2]), try joined(own[1...2]), try joined(others[0...2]),
                ]
                try node.admit(order.map { runs[$0] })
                #expect(try node.records() == village.storage.records)
                #expect(try node.store.verify().findings == [], "\(order)")
                let far = try Writer(1)
                for run in try node.fetch() { try far.admit([run.verified]) }
                #expect(far.storage.records == village.storage.records)
            }
        }
    }

    /// The run with the end is done before the one with the beginning.
    @Test func aRunWaitsInItsBatchForTheOneBeforeIt() throws {
        let (village, clerk) = (try Writer(11), try Writer(3))
        try village.author(.note("1"))
        try clerk.admit(village.runs)
        try clerk.author(.note("after 1"))
        try village.admit([clerk.runs[1]])
        try village.author(.note("2"))
        try village.author(.note("3"))
        let own = [village.runs[0], village.runs[2], village.runs[3]].map(\.run)
        let begin = try RunVerifier.verify(try #require(Run.joined([own[0], own[1]])))
        let end = try RunVerifier.verify(try #require(Run.joined([own[1], own[2]])))
        try withFolder { folder in
            let node = try Node(2, in: folder)
            let verdicts = try node.admit([clerk.runs[1], end, begin])
            #expect(verdicts == [1, 2, 1].map { .admitted(entries: $0) })
            #expect(try ledger(node).sorted() == ["1-1", "1-2", "3-3"])
            #expect(try node.records() == village.storage.records)
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func smallNeighboursAreJoinedUnderTheLaterSignature() throws {
        try withFolder { folder in
            let (node, village) = (try Node(2, in: folder), try village(entries: 40))
            for run in village.runs { try node.admit([run]) }
            let runs = try node.fetch()
            #expect(try shape(runs) == ["a1-40"])
            #expect(try runs[0].verified.run.signature == village.runs[39].run.signature)
            #expect(runs[0].last == 40)
            #expect(
                runs[0].envelope.count < village.runs.reduce(0) { $0 + $1.run.encoded.count } / 3)
        }
    }

    @Test func serviceBeginsWithTheFirstEntryWanted() throws {
        try withFolder { folder in
            let (node, village) = (try Node(2, in: folder), try village(entries: 9))
            try node.admit([village.joined(0...3)])
            try node.admit([village.joined(4...6)])
            try node.admit([village.joined(7...8)])
            let log = village.runs[0].run.identity.log
            #expect(try shape(node.fetch([log: 1])) == ["a1-9"])
            #expect(try shape(node.fetch([log: 5])) == ["a5-9"])
            #expect(try shape(node.fetch([log: 6])) == ["a6-9"])
            #expect(try shape(node.fetch([log: 9])) == ["a9-9"])
            #expect(try shape(node.fetch([log: 10])) == [])
        }
    }

    @Test func aFetchKeepsToItsBudgetAndAlwaysGivesSomething() throws {
        try withFolder { folder in
            let (node, village) = (try Node(2, in: folder), try Writer(11))
            var random = SplitMix64(seed: 1)
            for _ in 0..<12 {
                let noise = (0..<30_000).map { _ in UInt8(random.below(256)) }
                try village.author(.write("notes", set: ["title": .assign(.bytes(noise))]))
            }
            for run in village.runs { try node.admit([run]) }
            #expect(try node.fetch(bytes: 1).count == 1)
            #expect(try node.fetch(bytes: 90_000).count == 3)
            #expect(try node.fetch(bytes: .max).count == 12)
            var served: UInt64 = 0
            let log = village.runs[0].run.identity.log
            while let last = try node.fetch([log: served + 1], bytes: 40_000).last?.last {
                served = last
            }
            #expect(served == 12)
        }
    }

    @Test func logsOfOneDomainComeInACausalOrder() throws {
        try withFolder { folder in
            let (village, clerk) = (try Writer(11), try Writer(3))
            for number in 0..<4 {
                try village.author(.note("\(number)"))
                try village.author(.note("\(number)"))
                try clerk.admit(village.runs)
                try clerk.author(.note("after \(number)"))
                try village.admit(clerk.runs)
            }
            let node = try Node(2, in: folder)
            try node.admit(village.runs.reversed())
            let runs = try node.fetch()
            #expect(
                try shape(runs) == ["a1-2", "b1-1", "a3-4", "b2-2", "a5-6", "b3-3", "a7-8", "b4-4"])
            let far = try Writer(1)
            for run in runs {
                let verified = try run.verified
                #expect(try far.admit([verified]) == [.admitted(entries: verified.run.count)])
            }
        }
    }

    @Test func totalsCountWhatLiesBehindTheRanges() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            for number in 0..<5 { try node.author(.note("\(number)")) }
            try node.author(.write("alarms", set: ["title": .assign(.text("火"))]))
            let logs = try node.store.logs().map(\.identity.log)
            let (routine, urgent) = (
                try #require(logs.first { $0.domain.lane == .routine }),
                try #require(logs.first { $0.domain.lane == .urgent })
            )
            func bytes(_ sql: String) throws -> UInt64 {
                try #require(
                    UInt64(node.row("SELECT sum(length(envelope) - 44) FROM runs \(sql)")[0]))
            }
            let all = try node.store.totals([
                .init(log: routine, first: 1), .init(log: urgent, first: 1),
            ])
            let reference = try node.row("SELECT ref FROM logs WHERE lane = 2")[0]
            let urgentBytes = try bytes("WHERE id >> 32 <> \(reference)")
            let routineBytes = try bytes("WHERE id >> 32 = \(reference)")
            #expect(
                all == [
                    .init(lane: .urgent, entries: 1, bytes: urgentBytes),
                    .init(lane: .routine, entries: 5, bytes: routineBytes),
                ])
            let rest = try bytes("WHERE id >> 32 = \(reference) AND id & 4294967295 >= 4")
            #expect(
                try node.store.totals([.init(log: routine, first: 4)])
                    == [.init(lane: .routine, entries: 2, bytes: rest)])
            #expect(
                try node.store.totals([.init(log: routine, first: 6)])
                    == [.init(lane: .routine, entries: 0, bytes: 0)])
            #expect(try node.store.ledgerBytes() == bytes(""))
        }
    }

    @Test func totalsStayRightWhenOverlapsWereCutOff() throws {
        try withFolder { folder in
            let (node, village) = (try Node(2, in: folder), try village(entries: 6))
            try node.admit([village.joined(0...2)])
            try node.admit([village.joined(3...5), village.joined(0...5), village.joined(1...4)])
            #expect(
                try node.row(
                    "SELECT sum(length(envelope) - 44) = (SELECT sum(bytes) FROM logs) FROM runs")
                    == ["1"])
        }
    }

    @Test func aDamagedRunIsNamedWhereItIsServed() throws {
        try withFolder { folder in
            try withNode(folder) { try $0.author(.note("旱")) }
            try folder.tamper { try $0.execute(sql: "UPDATE runs SET envelope = x'0709'") }
            let node = try Node(11, in: folder)
            #expect {
                _ = try node.fetch()
            } throws: {
                if case StoreFailure.damaged(let what) = $0 {
                    what.contains("ends at 1")
                } else {
                    false
                }
            }
        }
    }

    @Test func aNewRunOnTopOfAMissingOneIsNotTaken() throws {
        try withFolder { folder in
            try withNode(folder) { node in for _ in 0..<2 { try node.author(.note("旱")) } }
            try folder.tamper { try $0.execute(sql: "DELETE FROM runs WHERE first = 2") }
            let node = try Node(11, in: folder)
            #expect(throws: StoreFailure.self) { try node.author(.note("涝")) }
            #expect(try node.row("SELECT count(*) FROM notes") == ["2"])
        }
    }
}

/// Opens a node for the length of a body.
@discardableResult
func withNode<Result>(
    _ folder: TestFolder, _ number: UInt8 = 11, catalogue: Catalogue = .small,
    _ body: (Node) throws -> Result
) throws -> Result {
    try body(try Node(number, in: folder, catalogue: catalogue))
}
