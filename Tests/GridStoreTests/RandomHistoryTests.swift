// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// Random histories in a real store, held against the same runs applied in memory.
struct RandomHistoryTests {
    @Test func tablesHoldWhatTheLedgerSaysInAnyOrderOfDelivery() async throws {
        var random = SplitMix64()
        let seed = "ONEGRID_SEED=\(random.seed)"
        for _ in 0..<3 {
            let writers = try RandomHistory.writers(steps: 60, using: &random)
            var digests: [[AreaDigests]] = []
            for _ in 0..<2 {
                try withFolder { folder in
                    let node = try Node(1, in: folder)
                    try deliver(writers[0].runs, to: node, using: &random)
                    #expect(try node.records() == writers[0].storage.records, "\(seed)")
                    let verification = try node.store.verify()
                    #expect(verification.findings == [], "\(seed)")
                    #expect(verification.entries == writers[0].entryCount, "\(seed)")
                    digests.append(try node.store.digests())
                }
            }
            #expect(digests[0] == digests[1], "\(seed)")
            await Task.yield()
        }
    }

    @Test func rebuildingGivesTheSameRecordsAndDigests() throws {
        var random = SplitMix64()
        let seed = "ONEGRID_SEED=\(random.seed)"
        let writers = try RandomHistory.writers(steps: 80, using: &random)
        try withFolder { folder in
            let node = try Node(1, in: folder)
            try deliver(writers[0].runs, to: node, using: &random)
            let (records, digests) = (try node.records(), try node.store.digests())
            let conflicts = try node.row("SELECT count(*), total(field) FROM conflicts")
            let rebuilding = try node.store.rebuild()
            #expect(rebuilding.cuts.isEmpty, "\(seed)")
            #expect(rebuilding.findings == [], "\(seed)")
            #expect(try node.records() == records, "\(seed)")
            #expect(try node.store.digests() == digests, "\(seed)")
            #expect(
                try node.row("SELECT count(*), total(field) FROM conflicts") == conflicts,
                "\(seed)")
            #expect(try node.store.verify().findings == [], "\(seed)")
        }
    }

    /// A node that writes itself, between what it gets from others.
    @Test func aNodeThatWritesAndAdmitsStaysEqualToItsLedger() throws {
        var random = SplitMix64()
        let seed = "ONEGRID_SEED=\(random.seed)"
        let writers = try RandomHistory.writers(steps: 40, using: &random)
        try withFolder { folder in
            let node = try Node(11, in: folder, nonce: 7)
            var runs = writers[0].runs.shuffled(using: &random)
            while !runs.isEmpty {
                let count = min(runs.count, 1 + random.below(8))
                try node.work { batch, transaction in
                    _ = try transaction.author([.note("\(runs.count)")], in: &batch)
                    _ = try transaction.admit(
                        Array(runs.prefix(count)), from: County.author(99).key, in: &batch)
                }
                runs.removeFirst(count)
            }
            let reference = try Writer(1)
            for run in try node.fetch() { try reference.admit([try run.verified]) }
            #expect(try node.records() == reference.storage.records, "\(seed)")
            #expect(try node.store.verify().findings == [], "\(seed)")
        }
    }

    private func deliver(
        _ runs: [VerifiedRun], to node: Node, using random: inout SplitMix64
    ) throws {
        var rest = runs.shuffled(using: &random)
        while !rest.isEmpty {
            let count = 1 + random.below(rest.count)
            try node.admit(Array(rest.prefix(count)))
            rest.removeFirst(count)
        }
    }
}

extension Writer {
    fileprivate var entryCount: UInt64 {
        storage.logs.values.reduce(0) { $0 + $1.height }
    }
}
