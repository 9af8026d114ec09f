// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting

/// Writers who edit the same records at random, seeing each other's entries now and then.
enum RandomHistory {
    /// - Returns: the writers, each of whom has seen all entries in the end.
    static func writers(
        steps: Int, catalogue: Catalogue = .small, using random: inout SplitMix64
    ) throws -> [Writer] {
        let writers = try [2, 11, 3].map { try Writer($0, catalogue: catalogue) }
        for _ in 0..<steps {
            let writer = random.pick(writers)
            if random.below(3) == 0 {
                let others = random.pick(writers).runs.shuffled(using: &random)
                try writer.admit(Array(others.prefix(random.below(others.count + 1))))
            } else {
                // One write speaks of a record once.
                var changes: [LocalChange] = []
                for _ in 0...random.below(2) {
                    let change = random.change(seeing: writer.storage)
                    let isTaken = changes.contains {
                        $0.draft.target == change.draft.target && $0.domain == change.domain
                    }
                    if !isTaken || change.draft.target == .new { changes.append(change) }
                }
                try writer.author(changes)
            }
        }
        let all = writers.flatMap(\.runs)
        for writer in writers { try writer.admit(all) }
        return writers
    }
}

extension SplitMix64 {
    /// A change of a new record, a named one, or one that is there: mostly as the catalogue has
    /// it, and sometimes with an unknown collection or field, a wrong lane, or values that do not
    /// fit.
    fileprivate mutating func change(seeing storage: MemoryStorage) -> LocalChange {
        let collection = pick([16, 16, 16, 17, 18, 99] as [UInt32])
        let home: Lane = collection == 18 ? .urgent : .routine
        let lane = below(12) == 0 ? (home == .urgent ? .routine : .urgent) : home
        let held = storage.records.keys.filter {
            $0.collection == collection && $0.domain.lane == lane
        }
        .map(\.address).sorted { "\($0)" < "\($1)" }
        let target: DraftChange.Target =
            switch below(3) {
            case 0 where collection != 17: .new
            case 1 where !held.isEmpty: .existing(pick(held))
            default: .existing(.named(RecordID(high: next() & 3, low: 1)))
            }
        return LocalChange(
            domain: Domain(area: County.village, lane: lane),
            draft: DraftChange(
                collection: collection, target: target, archives: below(6) == 0,
                writes: (1...11).filter { _ in below(3) == 0 }.map {
                    FieldWrite(field: $0, operation: operation($0))
                }))
    }

    private mutating func operation(_ field: UInt32) -> FieldOperation {
        let word = FieldValue.text(pick(["旱", "涝", "damp"]))
        switch below(12) == 0 ? UInt32(below(11)) : field {
        case 4: return below(2) == 0 ? .add([word]) : .remove([word])
        case 5: return .append([word])
        case 6: return .increment(Int64(below(9)) - 4)
        case 7: return .assign(decimal())
        case 8: return .assign(.boolean(below(2) == 0))
        case 9: return .assign(.integer(Int64(below(100))))
        case 10: return .assign(.date(Int32(below(20_000))))
        default: return below(5) == 0 ? .clear : .assign(word)
        }
    }

    private mutating func decimal() -> FieldValue {
        DecimalNumber(mantissa: Int64(below(1000)), scale: 1).map { .decimal($0) } ?? .integer(0)
    }
}
