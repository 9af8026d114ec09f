// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
package import GridLog
import GridSync

/// Forked logs in the ledger: what was taken out, and what is put back once it counts.
extension Store {
    /// A run that lies beside the ledger.
    struct RunBeside {
        let run: VerifiedRun
        /// Of the table of runs that were taken out; nil for one that was set aside.
        let id: Int64?
        let arrival: Int64?
        fileprivate let aside: Int64?
    }

    /// Where a log ends for what the ledger has of it.
    static func end(
        of identity: LogIdentity, _ reference: Int64, _ directory: CertificateDirectory,
        in database: Database, _ seal: FolderSeal
    ) throws -> LogEnd? {
        guard let end = directory.end(of: identity),
            let fork = directory.fork(of: identity.log), end.height > fork.height
        else { return directory.end(of: identity) }
        return try hash(at: end.height, of: reference, in: database, seal) == end.head
            ? end : fork.end
    }

    /// Forked logs of which all that an office has named is in the ledger.
    static func wholeLogs(
        _ directory: CertificateDirectory, _ references: LogReferences, in database: Database,
        _ seal: FolderSeal
    ) throws -> Set<LogID> {
        var whole: Set<LogID> = []
        for fork in directory.forks {
            guard let reference = references[fork.identity.log],
                let end = try end(of: fork.identity, reference, directory, in: database, seal),
                end.height > fork.height
            else { continue }
            whole.insert(fork.identity.log)
        }
        return whole
    }

    static func hash(
        at height: UInt64, of reference: Int64, in database: Database, _ seal: FolderSeal
    ) throws -> Bytes32? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT id, first, envelope FROM runs WHERE id >= ? AND id < ? ORDER BY id LIMIT 1
                """,
            arguments: [reference << 32 | Int64(clamping: height), (reference + 1) << 32])
        return row.flatMap { read($0, seal) }?.hash(at: height)
    }

    /// Whether all of a branch that an office has named lies beside the ledger.
    package func hasWhatCounts(_ directory: CertificateDirectory) throws -> Bool {
        guard directory.hasForks, directory.hasCutOffs else { return false }
        return try read { database in
            let references = try references(database)
            return try directory.forks.contains { fork in
                guard let reference = references[fork.identity.log] else { return false }
                return try Self.missingPart(of: fork, reference, directory, in: database, seal)
                    != nil
            }
        }
    }

    /// Puts branches back that an office has named and that are whole.
    ///
    /// - Returns: the logs that go on.
    static func putBackWhatCounts(
        _ directory: CertificateDirectory, in database: Database, _ seal: FolderSeal
    ) throws -> [LogIdentity] {
        let references = try LogReferences(database)
        var restored: [LogIdentity] = []
        for fork in directory.forks {
            guard let reference = references[fork.identity.log],
                let parts = try missingPart(of: fork, reference, directory, in: database, seal),
                let end = directory.end(of: fork.identity)
            else { continue }
            try putBack(parts, upTo: end.height, fork, reference, in: database, seal)
            restored.append(fork.identity)
        }
        return restored
    }

    /// The runs that lead from the end of a log in the ledger to the entry that an office has named,
    /// where they are all beside it.
    private static func missingPart(
        of fork: Fork, _ reference: Int64, _ directory: CertificateDirectory,
        in database: Database, _ seal: FolderSeal
    ) throws -> [RunBeside]? {
        guard let end = directory.end(of: fork.identity), end.height > fork.height,
            var head = end.head
        else { return nil }
        let last = try Int64.fetchOne(
            database, sql: "SELECT max(id) & 0xFFFFFFFF FROM runs WHERE id > ? AND id < ?",
            arguments: [reference << 32, (reference + 1) << 32])
        guard UInt64(clamping: last ?? 0) == fork.height,
            try fork.height == 0
                || hash(at: fork.height, of: reference, in: database, seal) == fork.head
        else { return nil }
        let beside = try runsBeside(reference, in: database, seal)
        var height = end.height
        var parts: [RunBeside] = []
        // From the end to the front: each hash names the one before it.
        while height > fork.height {
            let holding = beside.first {
                ($0.run.run.first...$0.run.run.last).contains(height)
                    && $0.run.hash(at: height) == head
            }
            guard let holding, let before = holding.run.hash(at: holding.run.run.first - 1) else {
                return nil
            }
            parts.append(holding)
            height = holding.run.run.first - 1
            head = before
        }
        let front = parts[parts.count - 1].run
        guard fork.height == 0 || front.hash(at: fork.height) == fork.head else { return nil }
        return parts.reversed()
    }

    /// What proves the branch that an office has named, where all of it lies beside the ledger.
    func proofs(
        ofWhatCountsAfter fork: Fork, _ directory: CertificateDirectory
    ) throws -> [BranchProof] {
        try read { database in
            guard let reference = try references(database)[fork.identity.log],
                let parts = try Self.missingPart(
                    of: fork, reference, directory, in: database, seal)
            else { return [] }
            let runs = parts.enumerated().map { index, part in
                guard index + 1 < parts.count else { return part.run }
                let last = parts[index + 1].run.run.first - 1
                return part.run.run.last > last ? part.run.part(upTo: last) : part.run
            }
            return BranchProof.proofs(of: runs, from: fork.height + 1) ?? []
        }
    }

    private static func putBack(
        _ parts: [RunBeside], upTo height: UInt64, _ fork: Fork, _ reference: Int64,
        in database: Database, _ seal: FolderSeal
    ) throws {
        var reached = fork.height
        for part in parts {
            var run = part.run
            if run.run.last > height { run = run.part(upTo: height) }
            if part.arrival != nil {
                reached = try takeAwayFront(of: part, reaching: reached, reference, in: database)
            }
            let first = max(run.run.first, reached + 1)
            let isWhole = run.run.last == part.run.run.last
            let highest = try Int64.fetchOne(
                database,
                sql: """
                    SELECT max(coalesce((SELECT max(arrival) FROM runs), 0),
                        coalesce((SELECT max(arrival) FROM quarantined), 0))
                    """)
            var arrival = part.arrival ?? (highest ?? 0) + 1
            let isTaken = try Int.fetchOne(
                database, sql: "SELECT 1 FROM runs WHERE arrival = ?", arguments: [arrival])
            if isTaken != nil { arrival = (highest ?? 0) + 1 }
            let id = reference << 32 | Int64(run.run.last)
            let sealed = seal.sealed(
                run: RunEnvelope.seal(run.rest(after: reached)), id: id, first: Int64(first))
            try database.execute(
                sql:
                    "INSERT INTO runs (id, first, arrival, total, envelope) VALUES (?, ?, ?, 0, ?)",
                arguments: [id, Int64(first), arrival, Data(sealed)])
            reached = run.run.last
            guard isWhole else {
                try database.execute(
                    sql: "UPDATE quarantined SET counted = ? WHERE id = ?",
                    arguments: [Int64(height), part.id ?? 0])
                continue
            }
            try database.execute(
                sql: "DELETE FROM quarantined WHERE id = ?; DELETE FROM set_aside WHERE id = ?",
                arguments: [part.id ?? 0, part.aside ?? 0])
        }
    }

    /// Takes a run out that is the front of one that is put back whole, where it lies as it was cut.
    ///
    /// - Returns: where the ledger then ends.
    private static func takeAwayFront(
        of part: RunBeside, reaching height: UInt64, _ reference: Int64, in database: Database
    ) throws -> UInt64 {
        let id = reference << 32 | Int64(height)
        let first = try Int64.fetchOne(
            database, sql: "SELECT first FROM runs WHERE id = ? AND arrival = ?",
            arguments: [id, part.arrival])
        guard let first, UInt64(clamping: first) >= part.run.run.first else { return height }
        try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [id])
        return UInt64(clamping: first) - 1
    }

    /// Everything of a log that can be read beside the ledger, ascending by its last entry.
    static func runsBeside(
        _ reference: Int64, in database: Database, _ seal: FolderSeal
    ) throws -> [RunBeside] {
        let taken = try Row.fetchAll(
            database,
            sql: """
                SELECT id, first, arrival, envelope FROM quarantined WHERE id > ? AND id < ?
                ORDER BY id
                """,
            arguments: [reference << 32, (reference + 1) << 32])
        let aside = try Row.fetchAll(
            database,
            sql: "SELECT id, first, envelope FROM set_aside WHERE log = ? ORDER BY last, head",
            arguments: [reference])
        let runs = try taken.compactMap { row -> RunBeside? in
            guard let run = read(row, seal) else { return nil }
            return RunBeside(
                run: run, id: try row.cell("id"), arrival: try row.cell("arrival"), aside: nil)
        }
        return try runs
            + aside.compactMap { row in
                guard let run = read(row, seal) else { return nil }
                return RunBeside(run: run, id: nil, arrival: nil, aside: try row.cell("id"))
            }
    }

    /// What is here of one branch of a forked log.
    package struct BranchContent: Sendable {
        /// The hash of the entry after the fork.
        package let first: Bytes32
        /// As their writer meant them, at most some hundred.
        package internal(set) var entries: [QuarantinedEntry] = []
        /// Where it ends here; the fork where nothing of it is here.
        package internal(set) var height: UInt64
        package internal(set) var head: Bytes32
    }

    private static var entriesShownMax: Int { 500 }

    /// What is here of each branch of a forked log, in the ledger or beside it.
    package func branches(of fork: Fork) throws -> [BranchContent] {
        try read { database in
            guard let reference = try references(database)[fork.identity.log] else { return [] }
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, first, envelope FROM runs WHERE id > ? AND id < ? ORDER BY id",
                arguments: [reference << 32 | Int64(fork.height), (reference + 1) << 32])
            let runs =
                rows.compactMap { Self.read($0, seal) }
                + (try Self.runsBeside(reference, in: database, seal).map(\.run))
            let start = try Self.state(
                fork.identity, reference, at: fork.height, in: database, seal)
            return try fork.firsts.map { first in
                try Self.content(of: first, after: fork, start, runs)
            }
        }
    }

    private static func content(
        of first: Bytes32, after fork: Fork, _ start: LogState?, _ runs: [VerifiedRun]
    ) throws -> BranchContent {
        var content = BranchContent(first: first, height: fork.height, head: fork.head)
        guard var log = start, log.head == fork.head else { return content }
        while let run = runs.first(where: {
            $0.run.last > log.height && $0.hash(at: log.height) == log.head
                && (log.height > fork.height || $0.hash(at: fork.height + 1) == first)
        }) {
            for (entry, hash) in zip(run.entries, run.hashes) where entry.sequence > log.height {
                let (timestamp, changes) = try log.resolve(entry)
                if content.entries.count < entriesShownMax {
                    content.entries.append(
                        QuarantinedEntry(
                            dot: Dot(log: fork.identity.log, sequence: entry.sequence),
                            timestamp: timestamp, context: log.context, changes: changes,
                            branch: first))
                }
                log.advance(to: hash)
            }
        }
        content.height = log.height
        content.head = log.head
        return content
    }

    /// The state of a log at an earlier height; nil where the ledger does not lead there.
    static func state(
        _ identity: LogIdentity, _ reference: Int64, at height: UInt64, in database: Database,
        _ seal: FolderSeal
    ) throws -> LogState? {
        var log = LogState(identity: identity)
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, first, envelope FROM runs WHERE id > ? AND id < ? ORDER BY id",
            arguments: [reference << 32, (reference + 1) << 32])
        while log.height < height, let row = try rows.next() {
            guard let run = read(row, seal), run.hash(at: log.height) == log.head else {
                return nil
            }
            for (entry, hash) in zip(run.entries, run.hashes)
            where entry.sequence > log.height && entry.sequence <= height {
                try log.take(entry)
                log.advance(to: hash)
            }
        }
        return log.height == height ? log : nil
    }

    static func setAside(
        _ run: VerifiedRun, _ envelope: [UInt8], log reference: Int64, in database: Database,
        _ seal: FolderSeal
    ) throws {
        guard let head = run.hashes.last else { return }
        // Runs that end alike may begin apart, for some were joined on their way: the longer is kept.
        try database.execute(
            sql: "DELETE FROM set_aside WHERE log = ? AND last = ? AND head = ? AND first > ?",
            arguments: [
                reference, Int64(run.run.last), Data(head.array), Int64(run.run.first),
            ])
        let id = (try Int64.fetchOne(database, sql: "SELECT max(id) FROM set_aside") ?? 0) + 1
        let sealed = seal.sealed(run: envelope, id: id, first: Int64(run.run.first))
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO set_aside (id, log, last, head, first, envelope)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, reference, Int64(run.run.last), Data(head.array), Int64(run.run.first),
                Data(sealed),
            ])
    }
}
