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
    /// Whether the signature over the entry's run was checked just now and holds.
    package let isVerified: Bool
}

extension Store {
    /// Every entry that touched a record, in display order. Reads the record's whole domain.
    package func history(of state: RecordState) throws -> [HistoryItem] {
        try pool.read { database in
            var logs: [LogID: LogState] = [:]
            var items: [HistoryItem] = []
            let references = try LogReferences(database)
            let domainReferences = references.identities
                .filter { $0.value.domain == state.domain }.map(\.key).sorted()
            for reference in domainReferences {
                let rows = try Data.fetchCursor(
                    database,
                    sql: "SELECT envelope FROM runs WHERE id >= ? AND id < ? ORDER BY id",
                    arguments: [reference << 32, (reference + 1) << 32])
                while let envelope = try rows.next() {
                    let run = try Run(decoding: RunEnvelope.open(Array(envelope)))
                    var log = logs[run.identity.log] ?? LogState(identity: run.identity)
                    items += try Self.items(in: run, about: state, log: &log)
                    logs[run.identity.log] = log
                }
            }
            return items.sorted { ($0.timestamp, $0.dot) < ($1.timestamp, $1.dot) }
        }
    }

    private static func items(
        in run: Run, about state: RecordState, log: inout LogState
    ) throws -> [HistoryItem] {
        let read = try RunVerifier.read(run)
        var items: [HistoryItem] = []
        var isVerified: Bool?
        for (entry, hash) in zip(read.entries, read.hashes) where entry.sequence > log.height {
            let (timestamp, changes) = try log.resolve(entry)
            log.advance(to: hash)
            for change in changes
            where change.collection == state.collection && change.address == state.address {
                let verified = isVerified ?? ((try? RunVerifier.verify(run)) != nil)
                isVerified = verified
                items.append(
                    HistoryItem(
                        dot: Dot(log: run.identity.log, sequence: entry.sequence),
                        timestamp: timestamp, key: run.identity.key, hash: hash, change: change,
                        isVerified: verified))
            }
        }
        return items
    }
}
