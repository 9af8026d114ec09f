// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync

/// What a redaction of a record would name, by what is held here.
struct RedactionDraft {
    fileprivate(set) var rows: [Redaction.Row] = []
    fileprivate(set) var restatements: [Restatement] = []
    /// The fields that have lost a value, by number.
    fileprivate(set) var fields: Set<UInt32> = []

    /// The orders, signed: more than one where one has no room for all rows.
    func redactions(
        of order: RedactionOrder, issuedAt now: UInt64, by author: Author
    ) -> [Redaction] {
        let sorted = rows.sorted { $0.entry < $1.entry }
        return stride(from: 0, to: sorted.count, by: ProtocolLimits.redactionRowsMax).map { start in
            let end = min(start + ProtocolLimits.redactionRowsMax, sorted.count)
            return Redaction(
                collection: order.record.collection,
                record: RecordNaming.id(of: order.record.address), fields: fields.sorted(),
                reason: order.reason, issuedAt: now, rows: Array(sorted[start..<end]),
                issuedBy: author)
        }
    }
}

extension Store {
    /// Looks for every entry in the record's domain that has a value of the fields left, be it shown
    /// or long since overwritten. Reads the whole domain, as the history does.
    ///
    /// What of it is in quarantine is looked at too.
    ///
    /// - Parameter book: what is known of redactions now.
    func redactionDraft(
        _ order: RedactionOrder, _ book: RedactionBook
    ) throws -> RedactionDraft {
        try read { database in
            let references = try references(database).identities
                .filter { $0.value.domain == order.record.domain }
            var draft = RedactionDraft()
            for (reference, identity) in references.sorted(by: { $0.key < $1.key }) {
                var search = RedactionSearch(order: order, book: book, log: identity)
                try eachRun(of: reference, in: database) { try search.look(at: $0, &draft) }
            }
            return draft
        }
    }

    /// An entry of the ledger by its place and hash; nil where another one stands there, or none.
    func entry(_ named: NamedEntry) throws -> Entry? {
        try read { database in
            guard let reference = try references(database)[named.dot.log] else { return nil }
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT id, first, envelope FROM runs WHERE id >= ? AND id < ?
                    ORDER BY id LIMIT 1
                    """,
                arguments: [
                    reference << 32 | Int64(named.dot.sequence), (reference + 1) << 32,
                ])
            guard let row, let run = Self.read(row, seal), run.run.first <= named.dot.sequence,
                run.hash(at: named.dot.sequence) == named.hash
            else { return nil }
            return run.entries[Int(named.dot.sequence - run.run.first)]
        }
    }
}

/// One log, entry by entry.
private struct RedactionSearch {
    let order: RedactionOrder
    let book: RedactionBook
    private var state: LogState

    init(order: RedactionOrder, book: RedactionBook, log: LogIdentity) {
        self.order = order
        self.book = book
        state = LogState(identity: log)
    }

    /// Looks at what of a run goes on from here; a branch that does not is left out.
    mutating func look(at run: VerifiedRun, _ draft: inout RedactionDraft) throws {
        guard run.run.last > state.height, run.hash(at: state.height) == state.head else { return }
        for (entry, hash) in zip(run.entries, run.hashes) where entry.sequence > state.height {
            try look(at: entry, hash: hash, &draft)
        }
    }

    private mutating func look(
        at entry: Entry, hash: Bytes32, _ draft: inout RedactionDraft
    ) throws {
        try state.take(entry)
        let named = NamedEntry(
            dot: Dot(log: state.identity.log, sequence: entry.sequence), hash: hash)
        let restated = book.treatments[named]?.restatements ?? []
        let changes = try entry.changes(restated: restated).map {
            try state.resolve($0, in: named.dot)
        }
        state.advance(to: hash)
        let places = changes.indices.filter {
            changes[$0].collection == order.record.collection
                && changes[$0].address == order.record.address
        }
        guard !places.isEmpty else { return }
        func isWanted(_ record: Int, _ field: UInt32) -> Bool {
            places.contains(record) && (order.fields?.contains(field) ?? true)
        }
        let remainder = entry.remainder(restated: restated, without: isWanted)
        // Of several restatements one may still hold what another does not.
        let isHeld = restated.contains {
            entry.remainder(restated: [$0], without: isWanted) != nil
        }
        guard remainder != nil || isHeld else { return }
        let lane = named.dot.log.domain.lane
        guard entry.isRedactable(in: lane) else {
            throw RedactionRefusal.holdsSystemRecords(named.dot)
        }
        for place in places {
            draft.fields.formUnion(
                changes[place].writes.filter { $0.operation != .clear }.map(\.field)
                    .filter { isWanted(place, $0) })
            draft.fields.formUnion(
                changes[place].withheld.map(\.field).filter { isWanted(place, $0) })
        }
        try add(named, keeping: remainder ?? entry.remainder(restated: restated), to: &draft)
        for restatement in restated {
            draft.rows += book.carriers(of: restatement).map {
                Redaction.Row(entry: $0, restatement: nil)
            }
        }
    }

    private func add(
        _ entry: NamedEntry, keeping remainder: Entry.Remainder, to draft: inout RedactionDraft
    ) throws {
        guard case .writes(let writes) = remainder else {
            draft.rows.append(Redaction.Row(entry: entry, restatement: nil))
            return
        }
        let restatement = Restatement(of: entry, writes: writes)
        guard restatement.encoded.count <= ProtocolLimits.restatementBytesMax else {
            throw RedactionRefusal.restatementTooLarge(entry.dot)
        }
        draft.restatements.append(restatement)
        draft.rows.append(Redaction.Row(entry: entry, restatement: restatement.digest))
    }
}
