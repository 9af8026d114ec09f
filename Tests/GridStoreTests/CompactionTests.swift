// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// Small runs of the ledger are joined in the background, and nobody can tell by what they get.
struct CompactionTests {
    private static let small: CompactionSizes = {
        var sizes = CompactionSizes()
        sizes.freshMax = 4
        sizes.freshBytesMax = 600
        sizes.fullBytesMin = 2_500
        return sizes
    }()

    private func ledger(_ node: Node) throws -> [String] {
        try node.store.query("SELECT first || '-' || (id & 4294967295) FROM runs ORDER BY id").rows
            .map { $0[0].plain }
    }

    private func compact(_ node: Node, _ compaction: inout RunCompaction) throws {
        while try node.store.compact(&compaction, isBusy: false) {}
    }

    /// What a new replica holds that is served everything, in several fetches.
    private func served(by node: Node, bytes: Int = 2_000) throws -> [RecordKey: RecordState] {
        let far = try Writer(1)
        var firsts: [LogID: UInt64] = [:]
        while true {
            let runs = try node.fetch(firsts, bytes: bytes)
            guard !runs.isEmpty else { return far.storage.records }
            for run in runs {
                let verified = try run.verified
                #expect(verified.run.first == firsts[run.log] ?? 1)
                let verdicts = try far.admit([verified])
                #expect(verdicts == [.admitted(entries: verified.run.count)])
                firsts[run.log] = run.last + 1
            }
        }
    }

    @Test func thousandsOfSingleEntriesBecomeAFewRuns() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            for number in 1...1_500 { try node.author(.note("\(number)")) }
            let before = try (served(by: node), node.store.ledgerBytes(), node.store.logs())
            var compaction = RunCompaction(CompactionSizes())
            try compact(node, &compaction)
            let rows = try ledger(node).count
            #expect(rows < 1_500 % 256 + 8, "\(rows) runs are left")
            #expect(try node.store.verify().findings == [])
            #expect(try node.store.logs() == before.2)
            #expect(try node.store.ledgerBytes() < before.1 / 2)
            #expect(try served(by: node, bytes: 32_768) == before.0)
            let log = try #require(before.2.first?.identity.log)
            for height in [1, 2, 255, 256, 257, 1_000, 1_499] as [UInt64] {
                let run = try #require(node.fetch([log: height + 1]).first).verified.run
                #expect(run.first == height + 1, "what a peer has is sent again")
            }
            // What comes later goes on from there.
            for number in 1...300 { try node.author(.note("later \(number)")) }
            try compact(node, &compaction)
            #expect(try node.store.verify().findings == [])
            let far = try Writer(1)
            for run in try node.fetch() { try far.admit([run.verified]) }
            #expect(try node.records() == far.storage.records)
        }
    }

    /// The second run of a log may depend on what came between the two, and that on the first.
    @Test func nothingIsJoinedAcrossWhatCameBetween() throws {
        try withFolder { folder in
            let (village, clerk) = (try Writer(11), try Writer(3))
            for number in 0..<9 {
                for part in 0..<5 { try village.author(.note("\(number) \(part)")) }
                try clerk.admit(village.runs)
                try clerk.author(.note("after \(number)"))
                try village.admit(clerk.runs)
            }
            let node = try Node(2, in: folder)
            for run in village.runs { try node.admit([run]) }
            var compaction = RunCompaction(Self.small)
            try compact(node, &compaction)
            let ledger = try ledger(node)
            #expect(ledger.contains("6-9"), "\(ledger)")
            let firsts = ledger.filter { $0.hasPrefix("1-") }
            #expect(Set(firsts) == ["1-1", "1-4"], "\(ledger)")
            #expect(try node.store.verify().findings == [])
            #expect(try served(by: node) == village.storage.records)
        }
    }

    @Test(arguments: 1...12)
    func whenItIsDoneDoesNotMatter(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try withFolder { folder in
            let (village, clerk) = (try Writer(11), try Writer(3))
            let node = try Node(2, in: folder)
            var compaction = RunCompaction(Self.small)
            for _ in 0..<120 {
                switch random.below(10) {
                case 0: try clerk.admit(village.runs)
                case 1: try village.admit(clerk.runs)
                case 2: try clerk.author(.note("\(random.below(1_000))"))
                case 3: try compact(node, &compaction)
                // As after a start.
                case 4: compaction = RunCompaction(Self.small)
                case 5: try node.admit(village.runs)
                default:
                    let text = String(repeating: "字", count: 1 + random.below(90))
                    try village.author(.note(text))
                    if random.below(2) == 0, let run = village.runs.last { try node.admit([run]) }
                }
            }
            try village.admit(clerk.runs)
            try node.admit(village.runs)
            try compact(node, &compaction)
            #expect(try node.store.verify().findings == [], "seed \(seed)")
            #expect(try node.records() == village.storage.records, "seed \(seed)")
            #expect(try served(by: node) == village.storage.records, "seed \(seed)")
        }
    }

    @Test func aRunThatCannotBeReadStaysWhereItIs() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            for number in 1...12 { try node.author(.note("\(number)")) }
            try node.store.write { database in
                try database.execute(
                    sql: "UPDATE runs SET envelope = x'0900' WHERE id & 4294967295 = 6")
            }
            var compaction = RunCompaction(Self.small)
            try compact(node, &compaction)
            #expect(try ledger(node).contains("6-6"))
            #expect(try node.store.verify().findings.contains { "\($0)".contains("6") })
        }
    }

    /// A node that is started anew goes on where it was, and looks at no old run again.
    @Test func whatWasDoneIsRemembered() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            var compaction = RunCompaction(Self.small)
            for number in 1...40 { try node.author(.note("\(number)")) }
            try compact(node, &compaction)
            let backlog = try node.store.read { try RunCompaction(Self.small).backlog($0) }
            #expect(backlog < 16, "\(backlog) runs would be looked at again")
        }
    }
}
