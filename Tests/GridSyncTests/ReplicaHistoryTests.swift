// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

/// Random histories of three writers, delivered in random orders: the state is a function of the
/// set of entries.
struct ReplicaHistoryTests {
    private let domains = [
        Domain(area: County.village, lane: .routine),
        Domain(area: County.village, lane: .urgent),
    ]

    private func history(using random: inout SplitMix64) throws -> [Node] {
        let nodes = [Node(2), Node(11), Node(3)]
        for _ in 0..<40 {
            let node = nodes[random.below(nodes.count)]
            if random.below(3) == 0 {
                // Another's runs, some of them in any order: the rest comes later or never.
                let others = nodes[random.below(nodes.count)].runs.shuffled(using: &random)
                try node.admit(Array(others.prefix(random.below(others.count + 1))))
            } else {
                // One write speaks of a record once.
                var changes: [LocalChange] = []
                for _ in 0...random.below(2) {
                    let change = random.change(at: node, in: domains)
                    let isTaken = changes.contains {
                        $0.domain == change.domain && $0.draft.target == change.draft.target
                    }
                    if !isTaken || change.draft.target == .new { changes.append(change) }
                }
                try node.author(changes)
            }
        }
        return nodes
    }

    @Test func anyOrderOfDeliveryEndsInTheSameState() throws {
        var random = SplitMix64()
        let seed = "ONEGRID_SEED=\(random.seed)"
        for _ in 0..<12 {
            let nodes = try history(using: &random)
            let all = nodes.flatMap(\.runs)
            for node in nodes { try node.admit(all) }
            for node in nodes {
                #expect(node.state == nodes[0].state, "\(seed)")
                #expect(node.replica.frontier == nodes[0].replica.frontier, "\(seed)")
            }
            for _ in 0..<4 {
                let observer = Node(1)
                var deliveries = all.shuffled(using: &random)
                while !deliveries.isEmpty {
                    let size = 1 + random.below(deliveries.count)
                    let verdicts = try observer.admit(Array(deliveries.prefix(size)))
                    #expect(verdicts.allSatisfy(Self.isHarmless), "\(verdicts) \(seed)")
                    deliveries.removeFirst(size)
                }
                #expect(observer.state == nodes[0].state, "\(seed)")
                #expect(observer.replica.frontier == nodes[0].replica.frontier, "\(seed)")
            }
        }
    }

    /// What a node has written to its ledger in its order is enough to build it again.
    @Test func theLedgerOfANodeReplaysToItsState() throws {
        var random = SplitMix64()
        for _ in 0..<6 {
            for node in try history(using: &random) {
                let rebuilt = Node(1)
                for run in node.runs { try rebuilt.admit([run]) }
                #expect(rebuilt.state == node.state, "ONEGRID_SEED=\(random.seed)")
            }
        }
    }

    private static func isHarmless(_ verdict: Verdict) -> Bool {
        switch verdict {
        case .admitted, .known, .parked: true
        case .setAside, .refused: false
        }
    }
}

extension SplitMix64 {
    /// A change of a new record, a named one, or one that the node holds.
    fileprivate mutating func change(at node: Node, in domains: [Domain]) -> LocalChange {
        let domain = pick(domains)
        let held = node.state.records.keys.filter { $0.domain == domain }.map(\.address)
            .sorted { "\($0)" < "\($1)" }
        let target: DraftChange.Target =
            switch below(3) {
            case 0: .new
            case 1 where !held.isEmpty: .existing(pick(held))
            default: .existing(.named(RecordID(high: next() & 3, low: 1)))
            }
        return LocalChange(
            domain: domain,
            draft: DraftChange(
                collection: 20, target: target, archives: below(6) == 0,
                writes: (1...6).filter { _ in below(3) == 0 }.map {
                    FieldWrite(field: $0, operation: operation($0))
                }))
    }

    private mutating func operation(_ field: UInt32) -> FieldOperation {
        let word = FieldValue.text(pick(["dry", "wet", "damp"]))
        return switch field {
        case 4: below(2) == 0 ? .add([word]) : .remove([word])
        case 5: .append([word])
        case 6: .increment(Int64(below(9)) - 4)
        default: below(5) == 0 ? .clear : .assign(word)
        }
    }
}
