// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridTesting

/// One writer of one log, for tests: the same number is always the same writer.
struct Pen {
    let author: Author
    private(set) var state: LogState

    static let villageText = "522730103201"

    init(_ number: UInt8, area: String = Pen.villageText, lane: Lane = .routine) {
        author = Author(SigningKey(seed: [UInt8](repeating: number, count: 32)))
        let domain = Domain(area: Self.area(area), lane: lane)
        let nonce = ReplicaNonce(high: UInt64(number), low: 1)
        state = LogState(
            identity: LogIdentity(key: author.key, nonce: nonce, domain: domain))
    }

    static func area(_ text: String) -> AreaCode {
        guard let area = try? AreaCode(parsing: text) else {
            preconditionFailure("\(text) is no area code")
        }
        return area
    }

    var log: LogID { state.identity.log }

    /// Writes one run, one entry for each element.
    mutating func write(
        _ entries: [[DraftChange]], applied: VersionVector = VersionVector(),
        at milliseconds: UInt64 = 1_790_000_000_000
    ) throws -> VerifiedRun {
        var writer = RunWriter(after: state)
        for (index, changes) in entries.enumerated() {
            let (entry, hash) = try writer.append(
                changes, applied: applied,
                timestamp: HybridTimestamp(
                    milliseconds: milliseconds, counter: UInt16(index & 0xFFFF)))
            _ = try state.resolve(entry)
            state.advance(to: hash)
        }
        return writer.seal(with: author)
    }
}

extension DraftChange {
    /// A new record with one text.
    static func note(_ text: String) -> DraftChange {
        DraftChange(
            collection: 20, target: .new, archives: false,
            writes: [FieldWrite(field: 1, operation: .assign(.text(text)))])
    }
}

extension SplitMix64 {
    /// Changes of a few new and named records with every kind of operation.
    mutating func changes() -> [DraftChange] {
        (0...below(3)).map { place in
            let isNew = below(2) == 0
            let id = RecordID(high: UInt64(place), low: 3)
            return DraftChange(
                collection: UInt32(below(70) * 900), target: isNew ? .new : .existing(.named(id)),
                archives: below(5) == 0,
                writes: (0..<below(5)).map { field in
                    FieldWrite(field: UInt32(field * field), operation: operation())
                })
        }
    }

    private mutating func operation() -> FieldOperation {
        switch below(6) {
        case 0: .assign(value())
        case 1: .clear
        case 2: .add(elements())
        case 3: .remove(elements())
        case 4: .append([value(), value()])
        default: .increment(Int64(truncatingIfNeeded: next()))
        }
    }

    private mutating func elements() -> [FieldValue] {
        Array(Set((0...below(4)).map { _ in value() })).sorted { $0.precedes($1) }
    }
}
