// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
package import GridLog
import GridSync

/// One entry that does not count, as its writer meant it, without what is not people's work.
package struct QuarantinedEntry: Sendable {
    package let dot: Dot
    package let timestamp: HybridTimestamp
    /// What its writer had seen of the domain, its own earlier entries included.
    package let context: VersionVector
    package let changes: [RecordChange]
    /// The hash of the first entry of its branch: entries of two branches may have one dot.
    package let branch: Bytes32
}

/// Who has carried entries here out of another machine's quarantine.
package struct QuarantineSource: Hashable, Sendable {
    package let key: PublicKey
    /// When it came first, in milliseconds since 1970.
    package let time: UInt64
}

/// What was taken out of the ledger of one key's writing, and what was carried here of it.
package struct QuarantinedWriting: Sendable {
    package let key: PublicKey
    /// In the order in which they were written, by their own word; those of one log in its order.
    package let entries: [QuarantinedEntry]
    /// Entries that can be read no more, or that follow none of those that count here.
    package let unreadable: Int
    /// Whence any of it came that was not taken out of the ledger here, ascending by key.
    package let sources: [QuarantineSource]
}

extension Store {
    /// Whether anything is in quarantine, be it people's work or not. All of it is read to tell more.
    package var hasQuarantine: Bool {
        get throws {
            try read { database in
                try Bool.fetchOne(
                    database,
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM quarantined)
                            OR EXISTS (SELECT 1 FROM carried)
                        """) ?? false
            }
        }
    }

    /// The keys that wrote what is in quarantine, be it people's work or not, ascending.
    package func quarantinedKeys() throws -> [PublicKey] {
        try read { database in
            let references = try references(database)
            return Set(
                try Self.quarantinedLogs(database).map { try references.identity($0).key }
            ).sorted()
        }
    }

    /// What is in quarantine of all keys, or of some, by the key that wrote it, ascending.
    package func quarantine(of keys: Set<PublicKey>? = nil) throws -> [QuarantinedWriting] {
        try read { database in
            let logs = try Dictionary(
                logs(database).map { ($0.identity.log, $0) }, uniquingKeysWith: { $1 })
            let references = try references(database)
            var byKey: [PublicKey: [(LogIdentity, Int64)]] = [:]
            for number in try Self.quarantinedLogs(database) {
                let identity = try references.identity(number)
                guard keys?.contains(identity.key) ?? true else { continue }
                byKey[identity.key, default: []].append((identity, number))
            }
            return try byKey.sorted { $0.key < $1.key }.map { key, parts in
                var entries: [QuarantinedEntry] = []
                var unreadable = 0
                var sources: [PublicKey: UInt64] = [:]
                for (identity, number) in parts {
                    let found = try Self.quarantined(
                        after: logs[identity.log] ?? LogState(identity: identity), number,
                        in: database, seal)
                    entries += found.entries
                    unreadable += found.unreadable
                    for source in try Self.sources(of: number, in: database) {
                        sources[source.key] = min(source.time, sources[source.key] ?? .max)
                    }
                }
                return QuarantinedWriting(
                    key: key, entries: Self.inOrderOfWriting(entries), unreadable: unreadable,
                    sources: sources.sorted { $0.key < $1.key }.map {
                        QuarantineSource(key: $0.key, time: $0.value)
                    })
            }.filter { !$0.entries.isEmpty || $0.unreadable > 0 }
        }
    }

    /// Forgets what a key has in quarantine, and keeps in mind that it was settled.
    package func discard(quarantined key: PublicKey) throws {
        try write { try Self.discard(quarantined: key, in: $0, seal) }
    }

    private static func quarantinedLogs(_ database: Database) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: "SELECT id >> 32 FROM quarantined UNION SELECT log FROM carried ORDER BY 1")
    }

    /// The entries beside a log that are in quarantine and people's work.
    private static func quarantined(
        after log: LogState, _ reference: Int64, in database: Database, _ seal: FolderSeal
    ) throws -> (entries: [QuarantinedEntry], unreadable: Int) {
        var (open, unreadable) = try runsInQuarantine(reference, in: database, seal)
        var branches = try LogBranches(
            log, reference, from: (open.map(\.run.first).min() ?? 1) - 1, in: database, seal)
        var passed = try settled(reference, in: database)
        var entries: [QuarantinedEntry] = []
        var isGoingOn = true
        while isGoingOn {
            isGoingOn = false
            var rest: [VerifiedRun] = []
            for run in open {
                switch try branches.take(run) {
                case .counted: break
                case .unconnected: rest.append(run)
                case .broken: unreadable += run.run.count
                case .follows(let steps, _):
                    isGoingOn = true
                    for step in steps where passed.insert(step.hash).inserted {
                        guard let work = step.entry.work else { continue }
                        entries.append(work)
                    }
                }
            }
            open = rest
        }
        return (entries, unreadable + open.reduce(0) { $0 + $1.run.count })
    }

    /// By their timestamps, as far as that leaves each branch in its order.
    private static func inOrderOfWriting(_ entries: [QuarantinedEntry]) -> [QuarantinedEntry] {
        var latest: [Bytes32: HybridTimestamp] = [:]
        let placed = entries.map { entry in
            let time = max(entry.timestamp, latest[entry.branch] ?? entry.timestamp)
            latest[entry.branch] = time
            return (entry: entry, time: time)
        }
        return placed.sorted {
            ($0.time, $0.entry.dot, $0.entry.branch) < ($1.time, $1.entry.dot, $1.entry.branch)
        }.map(\.entry)
    }
}

extension QuarantinedEntry {
    /// Without authority and the audit trail, which are no work that anybody could take over; nil
    /// where nothing is left.
    fileprivate var work: QuarantinedEntry? {
        let work = changes.filter {
            dot.log.domain.lane != .authority && !SystemCollection.all.contains($0.collection)
        }
        guard !work.isEmpty else { return nil }
        return QuarantinedEntry(
            dot: dot, timestamp: timestamp, context: context, changes: work, branch: branch)
    }
}
