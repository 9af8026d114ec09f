// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
package import GridLog
import GridSync

/// Cut-offs, and what they take out of the ledger.
extension Store {
    /// Keeps a cut-off; one that waits is to be written into lane 0 by the daemon.
    package func add(_ cutOff: CutOff, waiting: Bool) throws {
        try write { try Self.insert(cutOff, waiting: waiting, in: $0) }
    }

    /// All cut-offs kept beside lane 0, and those still to be written into it.
    package func cutOffs() throws -> (all: [CutOff], waiting: [CutOff]) {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT bytes, waiting FROM cutoffs ORDER BY digest")
            let all = try rows.compactMap { row -> (CutOff, isWaiting: Bool)? in
                let isWaiting = try row.cell("waiting", as: Int.self) == 1
                return (try? CutOff(decoding: row.bytes("bytes"))).map { ($0, isWaiting) }
            }
            return (all.map(\.0), all.filter(\.isWaiting).map(\.0))
        }
    }

    package func markPublished(_ cutOffs: [CutOff]) throws {
        try write { database in
            for cutOff in cutOffs {
                try database.execute(
                    sql: "UPDATE cutoffs SET waiting = 0 WHERE digest = ?",
                    arguments: [Data(cutOff.digest.array)])
            }
        }
    }

    static func insert(_ cutOff: CutOff, waiting: Bool, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO cutoffs (digest, bytes, waiting) VALUES (?, ?, ?)",
            arguments: [Data(cutOff.digest.array), Data(cutOff.encoded), waiting ? 1 : 0])
    }

    /// Where a log stood before a time, by the word of its own timestamps; nil when it began later.
    ///
    /// - Parameter time: milliseconds since 1970.
    func end(of log: LogState, before time: UInt64) throws -> CutOff.Row? {
        try read { database in
            guard let reference = try references(database)[log.identity.log] else { return nil }
            let runs = try Row.fetchCursor(
                database,
                sql:
                    "SELECT id, first, envelope FROM runs WHERE id > ? AND id < ? ORDER BY id DESC",
                arguments: [reference << 32, (reference + 1) << 32])
            var timestamp = log.timestamp
            while let row = try runs.next() {
                guard let run = Self.read(row, seal) else {
                    throw StoreFailure.damaged(what: "log \(log.identity.log)")
                }
                for (entry, hash) in zip(run.entries, run.hashes).reversed() {
                    if timestamp.milliseconds < time {
                        return CutOff.Row(
                            log: log.identity.log, height: entry.sequence, head: hash)
                    }
                    timestamp = HybridTimestamp(
                        rawValue: timestamp.rawValue
                            &- UInt64(bitPattern: entry.timestampChange))
                }
            }
            return nil
        }
    }

    /// Takes what does not count out of the ledger: runs after the ends of their logs, and the
    /// rest of those that reach over. They are kept beside it.
    static func takeOutWhatDoesNotCount(
        _ directory: CertificateDirectory, in database: Database, _ seal: FolderSeal
    ) throws {
        guard directory.hasEnds else { return }
        let references = try LogReferences(database)
        for (reference, identity) in references.identities.sorted(by: { $0.key < $1.key }) {
            guard let end = try end(of: identity, reference, directory, in: database, seal) else {
                continue
            }
            let excess = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, first, arrival, envelope FROM runs WHERE id > ? AND id < ? ORDER BY id
                    """,
                arguments: [reference << 32 + Int64(end.height), (reference + 1) << 32])
            guard !excess.isEmpty,
                let front = try front(of: excess[0], end, reference, in: database, seal)
            else { continue }
            for row in excess {
                if identity.domain.lane == .authority, let run = read(row, seal) {
                    try keepAuthority(
                        in: run, isSaidOnceMore: true, in: database,
                        allOf: directory.fork(of: identity.log) != nil
                            && !directory.isOver(identity.key, in: identity.domain))
                }
                try quarantine(row, counted: end.height, in: database, seal)
            }
            guard case .cut(let run) = front else { continue }
            let id = reference << 32 | Int64(end.height)
            let sealed = seal.sealed(
                run: RunEnvelope.seal(run), id: id, first: Int64(run.first))
            try database.execute(
                sql:
                    "INSERT INTO runs (id, first, arrival, total, envelope) VALUES (?, ?, ?, 0, ?)",
                arguments: [
                    id, Int64(run.first), try excess[0].cell("arrival", as: Int64.self),
                    Data(sealed),
                ])
        }
    }

    /// The logs of which the ledger has another branch than the one that counts.
    static func otherBranches(
        _ directory: CertificateDirectory, _ references: LogReferences, in database: Database,
        _ seal: FolderSeal
    ) throws -> Set<LogID> {
        var branches: Set<LogID> = []
        for (reference, identity) in references.identities {
            guard let end = try end(of: identity, reference, directory, in: database, seal),
                let head = end.head
            else { continue }
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT id, first, envelope FROM runs WHERE id >= ? AND id < ?
                    ORDER BY id LIMIT 1
                    """,
                arguments: [reference << 32 | Int64(end.height), (reference + 1) << 32])
            guard let row, let run = read(row, seal),
                let hash = run.hash(at: end.height), hash != head
            else { continue }
            branches.insert(identity.log)
        }
        return branches
    }

    private enum Front {
        /// The run before ends where the log does.
        case whole
        /// What counts of a run that reaches over the end.
        case cut(Run)
    }

    /// What stays of a log at its end; nil where the ledger holds another branch than the one that
    /// counts, or cannot be read there. Then nothing is taken out: a fork has to be settled first.
    private static func front(
        of row: Row, _ end: LogEnd, _ reference: Int64, in database: Database,
        _ seal: FolderSeal
    ) throws -> Front? {
        guard let head = end.head else { return .whole }
        let first = UInt64(clamping: try row.cell("first", as: Int64.self))
        guard first <= end.height else {
            let before = try Row.fetchOne(
                database, sql: "SELECT id, first, envelope FROM runs WHERE id = ?",
                arguments: [reference << 32 | Int64(end.height)])
            guard let before, let run = read(before, seal), run.hashes.last == head else {
                return nil
            }
            return .whole
        }
        guard let run = read(row, seal), run.hash(at: end.height) == head else {
            return nil
        }
        return .cut(run.part(upTo: end.height).run)
    }

    static func read(_ row: Row, _ seal: FolderSeal) -> VerifiedRun? {
        try? RunVerifier.read(RunEnvelope.open(seal.envelope(in: row)))
    }

    private static func quarantine(
        _ row: Row, counted: UInt64, in database: Database, _ seal: FolderSeal
    ) throws {
        let id: Int64 = try row.cell("id")
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO quarantined (id, first, counted, arrival, envelope)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                id, try row.cell("first", as: Int64.self), Int64(counted),
                try row.cell("arrival", as: Int64.self), Data(try row.bytes("envelope")),
            ])
        if database.changesCount == 0 {
            // Another branch is there, which ends at the same height.
            if let run = read(row, seal) {
                try setAside(
                    run, seal.envelope(in: row), log: id >> 32, in: database, seal)
            }
        }
        try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [id])
    }
}
