// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// Times and places that are read back from the end of a log are those that reading from its
/// beginning gives.
struct WaitingTests {
    private struct Told: Hashable {
        let dot: Dot
        let timestamp: HybridTimestamp
        let record: RecordID
    }

    private func fill(_ node: Node, using random: inout SplitMix64) throws -> Set<Told> {
        let writers = try RandomHistory.writers(steps: 60, using: &random)
        _ = try node.admit(writers[0].runs)
        _ = try node.author(.note("最后"))
        var told: Set<Told> = []
        for state in try node.records().values {
            for item in try node.store.history(of: state, redactions: RedactionBook()) {
                let id = RecordNaming.id(of: state.address)
                told.insert(Told(dot: item.dot, timestamp: item.timestamp, record: id))
            }
        }
        return told
    }

    @Test func theTimesOfEntriesAreThoseOfTheHistory() throws {
        var random = SplitMix64()
        let seed = "ONEGRID_SEED=\(random.seed)"
        try withFolder { folder in
            let node = try Node(1, in: folder)
            let told = try fill(node, using: &random)
            let dots = Set(told.map(\.dot))
            let written = try node.store.writtenAt(dots, entriesMax: 1000)
            #expect(Set(written.keys) == dots, "\(seed)")
            for each in told { #expect(written[each.dot] == each.timestamp, "\(seed)") }

            let some = try #require(dots.max { $0.sequence < $1.sequence })
            #expect(try node.store.writtenAt([some], entriesMax: 1000) == [some: written[some]])
            let beyond = Dot(log: some.log, sequence: some.sequence + 1000)
            #expect(try node.store.writtenAt([beyond], entriesMax: 1000) == [:], "\(seed)")
            let first = Dot(log: some.log, sequence: 1)
            #expect(try node.store.writtenAt([first], entriesMax: 1) == [:], "\(seed)")
        }
    }

    @Test func theLatestEntriesComeFirstWithTheRecordsTheyTouch() throws {
        var random = SplitMix64()
        let seed = "ONEGRID_SEED=\(random.seed)"
        try withFolder { folder in
            let node = try Node(1, in: folder)
            let told = try fill(node, using: &random)
            let recent = try node.store.recentEntries(limit: 10_000, readMax: 10_000) { _ in true }
            let touched = recent.flatMap { entry in
                entry.touches.map {
                    Told(dot: entry.dot, timestamp: entry.timestamp, record: $0.id)
                }
            }
            #expect(Set(touched) == told, "\(seed)")
            for log in Set(recent.map(\.dot.log)) {
                let sequences = recent.filter { $0.dot.log == log }.map(\.dot.sequence)
                #expect(sequences == sequences.sorted(by: >), "\(seed)")
            }
            let key = try #require(recent.last?.key)
            let own = try node.store.recentEntries(limit: 3, readMax: 10_000) { $0.key == key }
            #expect(
                own.map(\.dot) == recent.filter { $0.key == key }.prefix(3).map(\.dot), "\(seed)")
        }
    }
}
