// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
package import GridLog
package import GridSync

/// What proves that logs were forked, and finding where (Protocol/forks.md).
extension Store {
    /// Keeps branch proofs; those that wait are to be written into lane 0 by the daemon.
    package func add(_ proofs: [BranchProof], waiting: Bool) throws {
        try write { database in
            for proof in proofs {
                try Self.insert(
                    "branch_proofs", digest: proof.digest, proof.encoded, waiting: waiting,
                    in: database)
            }
        }
    }

    /// All branch proofs kept beside lane 0, and those still to be written into it.
    package func branchProofs() throws -> (all: [BranchProof], waiting: [BranchProof]) {
        let all = try read { try Self.branchProofs(in: $0) }
        return (all.map(\.proof), all.filter(\.isWaiting).map(\.proof))
    }

    package func markPublished(_ proofs: [BranchProof]) throws {
        try write { database in
            for proof in proofs {
                try database.execute(
                    sql: "UPDATE branch_proofs SET waiting = 0 WHERE digest = ?",
                    arguments: [Data(proof.digest.array)])
            }
        }
    }

    static func branchProofs(
        in database: Database
    ) throws -> [(proof: BranchProof, isWaiting: Bool)] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT bytes, waiting FROM branch_proofs ORDER BY digest")
        return try rows.compactMap { row in
            let isWaiting = try row.cell("waiting", as: Int.self) == 1
            return (try? BranchProof(decoding: row.bytes("bytes"))).map { ($0, isWaiting) }
        }
    }

    /// Keeps something that proves itself. What is to be written into lane 0 once more waits for it,
    /// whether it was there or not.
    static func insert(
        _ table: String, digest: Bytes32, _ bytes: [UInt8], waiting: Bool, in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO \(table) (digest, bytes, waiting) VALUES (?, ?, ?)
                ON CONFLICT (digest) DO UPDATE SET waiting = 1 WHERE excluded.waiting = 1
                """, arguments: [Data(digest.array), Data(bytes), waiting ? 1 : 0])
    }

    /// Some entries of what is here of a log, from one height to another, both among them.
    ///
    /// - Precondition: `from` is at least 1.
    package func heads(
        of log: LogID, from first: UInt64, through last: UInt64
    ) throws -> [SyncMessage.HeadRow] {
        guard first <= last else { return [] }
        let steps = min(last - first, Self.headSteps)
        var heights: [UInt64] = []
        for step in 0...steps {
            heights.append(steps == 0 ? first : first + (last - first) * step / steps)
        }
        var reader = HashReading(store: self, log: log)
        return try heights.compactMap { height in
            try reader.hash(at: height).map {
                SyncMessage.HeadRow(height: height, head: $0.words.0)
            }
        }
    }

    /// As many entries are named at a time, less one: each costs a look at its run.
    private static var headSteps: UInt64 { 15 }

    /// Holds a peer's entries of a log against those here.
    package func compare(
        _ rows: [SyncMessage.HeadRow], of log: LogID
    ) throws -> ForkComparison {
        var reader = HashReading(store: self, log: log)
        var agreed: UInt64 = 0
        for row in rows {
            guard let own = try reader.hash(at: row.height) else { break }
            guard own.words.0 != row.head else {
                agreed = row.height
                continue
            }
            guard row.height > agreed + 1 else {
                return try branch(of: log, from: row.height).map { .found($0) } ?? .agrees
            }
            return .between(try heads(of: log, from: max(agreed, 1), through: row.height))
        }
        return .agrees
    }

    /// What proves the branch that is here, where it contradicts what was proved of another; nil where
    /// it does not, or not as is known so far.
    package func contradiction(
        of log: LogID, in directory: CertificateDirectory
    ) throws -> [BranchProof]? {
        let proven = directory.provenEntries(of: log)
        var reader = HashReading(store: self, log: log)
        for sequence in proven.keys.sorted() {
            guard let entries = proven[sequence], let own = try reader.hash(at: sequence) else {
                return nil
            }
            if entries[own] != nil { continue }
            let before = try reader.hash(at: sequence - 1)
            let isHere = sequence == 1 || before.map { entries.values.contains($0) } ?? false
            return isHere ? try branch(of: log, from: sequence) : nil
        }
        return nil
    }

    /// What proves the branch that is here, from a sequence on: in the ledger, and where that was cut,
    /// among what was taken out of it.
    func branch(of log: LogID, from sequence: UInt64) throws -> [BranchProof]? {
        try read { database in
            guard let reference = try references(database)[log] else { return nil }
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT id, first, envelope FROM runs WHERE id >= ? AND id < ? ORDER BY id",
                arguments: [reference << 32 | Int64(sequence), (reference + 1) << 32])
            var runs: [VerifiedRun] = []
            while let row = try rows.next(), let run = Self.read(row, seal) {
                runs.append(run)
                if run.run.isSigned { return BranchProof.proofs(of: runs, from: sequence) }
            }
            guard let last = runs.last, let head = last.hashes.last else { return nil }
            let beyond = try Self.runsBeside(reference, in: database, seal)
            var (height, hash) = (last.run.last, head)
            while let next = beyond.first(where: {
                $0.run.run.last > height && $0.run.hash(at: height) == hash
            })?.run, let rest = try? RunVerifier.read(next.rest(after: height)) {
                runs.append(rest)
                if rest.run.isSigned { return BranchProof.proofs(of: runs, from: sequence) }
                guard let head = rest.hashes.last else { break }
                (height, hash) = (rest.run.last, head)
            }
            return nil
        }
    }
}

/// Looks hashes of one log up, a run of the ledger once where they come in order.
private struct HashReading {
    let store: Store
    let log: LogID
    private var run: VerifiedRun?

    init(store: Store, log: LogID) {
        self.store = store
        self.log = log
    }

    mutating func hash(at height: UInt64) throws -> Bytes32? {
        if let hash = run?.hash(at: height) { return hash }
        guard height > 0 else { return nil }
        run = try store.run(of: log, holding: height)
        return run?.hash(at: height)
    }
}
