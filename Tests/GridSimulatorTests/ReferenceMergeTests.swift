// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import Testing

@testable import GridSimulator

/// The second merge by which worlds are judged, held against cases reckoned by hand.
struct ReferenceMergeTests {
    private let merge: ReferenceMerge
    private let domain: Domain
    private let key = PublicKey(.zero)

    init() throws {
        merge = ReferenceMerge(catalogue: Catalogue.simulated[1]) { _, _ in .village }
        domain = Domain(area: try AreaCode(parsing: "522730103210"), lane: .routine)
    }

    private func log(_ number: UInt64) -> LogID {
        LogID(replica: ReplicaID(high: 0, low: number), domain: domain)
    }

    private func entry(
        _ writer: UInt64, _ sequence: UInt64, seen: [UInt64: UInt64] = [:], archives: Bool = false,
        _ writes: [(UInt32, FieldOperation)]
    ) -> ReferenceEntry {
        var context = [log(writer): sequence - 1]
        for (other, height) in seen { context[log(other)] = height }
        return ReferenceEntry(
            dot: Dot(log: log(writer), sequence: sequence), key: key,
            timestamp: HybridTimestamp(rawValue: sequence), context: context,
            changes: [
                RecordChange(
                    collection: 16, address: address, archives: archives,
                    writes: writes.map { FieldWrite(field: $0.0, operation: $0.1) })
            ])
    }

    private let address = RecordAddress.named(RecordID(high: 1, low: 1))

    private func record(_ entries: [ReferenceEntry]) -> ReferenceRecord {
        merge.record(address, in: 16, of: entries)
    }

    private func values(_ record: ReferenceRecord, _ field: UInt32) -> Set<FieldValue?> {
        Set((record.assigned[field] ?? []).map(\.value))
    }

    @Test func writesThatHaveNotSeenEachOtherConflictUntilOneHasSeenBoth() {
        let left = entry(1, 1, [(1, .assign(.text("旱")))])
        let right = entry(2, 1, [(1, .assign(.text("涝")))])
        let apart = record([left, right])
        #expect(values(apart, 1) == [.text("旱"), .text("涝")])
        #expect(apart.conflicts == [1])
        let settled = record([left, right, entry(1, 2, seen: [2: 1], [(1, .assign(.text("好")))])])
        #expect(values(settled, 1) == [.text("好")])
        #expect(settled.conflicts.isEmpty)
    }

    @Test func archivingCountsForWhatItHadSeen() {
        let made = entry(1, 1, [(1, .assign(.text("旱")))])
        let archived = entry(2, 1, seen: [1: 1], archives: true, [])
        #expect(record([made, archived]).existence.isEmpty)
        let edited = entry(1, 2, [(7, .clear)])
        #expect(record([made, archived, edited]).existence == [edited.dot])
    }

    @Test func addingWinsOverARemovalThatHadNotSeenIt() {
        let word = FieldValue.text("好")
        let added = entry(1, 1, [(4, .add([word]))])
        let removed = entry(2, 1, [(4, .remove([word]))])
        #expect(record([added, removed]).elements[4]?[word] == [added.dot])
        let seen = entry(2, 2, seen: [1: 1], [(4, .remove([word]))])
        #expect(record([added, removed, seen]).elements[4] == nil)
    }

    @Test func whoDoesNotOwnAFieldNeitherSetsNorErasesIt() {
        let office = ReferenceMerge(catalogue: Catalogue.simulated[1]) { _, _ in .township }
        let first = entry(1, 1, [(3, .assign(.text("旱")))])
        #expect(record([first]).assigned[3]?.map(\.isVoid) == [true])
        let counted = office.record(address, in: 16, of: [first])
        #expect(counted.assigned[3]?.map(\.isVoid) == [false])
    }

    @Test func whatIsFixedKeepsAllThatWasEverSaid() {
        let first = entry(1, 1, [(2, .assign(.text("旱")))])
        let second = entry(1, 2, [(2, .assign(.text("涝")))])
        let record = record([first, second])
        #expect(values(record, 2) == [.text("旱"), .text("涝")])
        #expect(record.conflicts == [2])
    }
}
