// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
package import GridLog
import GridSync

/// One entry's part in the life of a record.
package struct HistoryItem: Sendable {
    package let dot: Dot
    package let timestamp: HybridTimestamp
    package let key: PublicKey
    package let hash: Bytes32
    package let change: RecordChange
    /// Whether the entry's run was checked just now: it follows the entries before it, and its
    /// signature holds.
    package let isVerified: Bool
}

extension Store {
    /// Every entry that touched a record, in display order. Reads the record's whole domain.
    ///
    /// - Parameter redactions: what is known of them now.
    package func history(
        of state: RecordState, redactions: RedactionBook
    ) throws -> [HistoryItem] {
        try read { database in
            var items: [HistoryItem] = []
            let treatments = redactions.treatments
            let references = try references(database).identities
                .filter { $0.value.domain == state.domain }
            for (reference, identity) in references.sorted(by: { $0.key < $1.key }) {
                var log = LogState(identity: identity)
                let rows = try Row.fetchCursor(
                    database,
                    sql:
                        "SELECT id, first, envelope FROM runs WHERE id >= ? AND id < ? ORDER BY id",
                    arguments: [reference << 32, (reference + 1) << 32])
                while let row = try rows.next() {
                    let run = try RunEnvelope.open(seal.envelope(in: row))
                    items += try Self.items(
                        in: run, about: state, log: &log, treatments: treatments)
                }
            }
            return items.sorted { ($0.timestamp, $0.dot) < ($1.timestamp, $1.dot) }
        }
    }

    private static func items(
        in run: Run, about state: RecordState, log: inout LogState,
        treatments: [NamedEntry: Treatment]
    ) throws -> [HistoryItem] {
        guard run.identity == log.identity, run.first == log.height + 1 else {
            throw StoreFailure.damaged(
                what: "after entry \(log.height) of log \(log.identity.log) comes \(run.first)")
        }
        let read = try RunVerifier.read(run)
        let isChained = run.backlink == log.head
        var items: [HistoryItem] = []
        var isVerified: Bool?
        for (entry, hash) in zip(read.entries, read.hashes) {
            try log.take(entry)
            let (timestamp, dot) = (
                log.timestamp, Dot(log: run.identity.log, sequence: entry.sequence)
            )
            let restated = treatments[NamedEntry(dot: dot, hash: hash)]?.restatements ?? []
            let changes = try entry.changes(restated: restated).map { try log.resolve($0, in: dot) }
            log.advance(to: hash)
            for change in changes
            where change.collection == state.collection && change.address == state.address {
                let verified = isVerified ?? ((try? RunVerifier.verify(run)) != nil)
                isVerified = verified
                items.append(
                    HistoryItem(
                        dot: dot, timestamp: timestamp, key: run.identity.key, hash: hash,
                        change: change,
                        isVerified: verified && isChained))
            }
        }
        return items
    }
}
