// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync

/// Builds tables and log states from the runs of a ledger, through the same gate that new entries
/// pass, signatures included.
enum LedgerReplay {
    /// How many envelope bytes are brought to the gate in one batch.
    private static let batchBytes = 4_194_304

    /// - Parameter source: where the runs, certificates and this node's root are read.
    /// - Parameter target: where derived rows are written; its derived tables must be empty.
    static func replay(
        from source: Database, into target: Database, tables: [UInt32: TableSchema],
        catalogue: Catalogue
    ) throws {
        guard var replica = try Self.replica(source) else { return }
        let references = try LogReferences(source)
        let storage = ReplayStorage(
            SQLiteReplicaStorage(target, tables: tables, references: references))
        let cursor = try Row.fetchCursor(
            source, sql: "SELECT id, envelope FROM runs ORDER BY arrival")
        var pending: [VerifiedRun] = []
        var bytes = 0
        while true {
            let row = try cursor.next()
            if let row {
                let envelope = Array(row["envelope"] as Data)
                bytes += envelope.count
                pending.append(try verified(envelope, id: row["id"]))
                if bytes < batchBytes { continue }
            }
            if !pending.isEmpty {
                try admit(pending, to: &replica, storage: storage, catalogue: catalogue)
            }
            pending = []
            bytes = 0
            if row == nil { return }
        }
    }

    /// An empty replica of this folder's scope, under a name that writes nothing.
    private static func replica(_ source: Database) throws -> Replica? {
        guard let bytes = try Store.meta("chain", in: source) else { return nil }
        let chain = try CertificateChain(decoding: bytes)
        guard let root = chain.certificates.first?.subject,
            let leaf = chain.certificates.last
        else { return nil }
        var directory = CertificateDirectory(root: root)
        let rows = try Data.fetchAll(source, sql: "SELECT bytes FROM certificates")
        for row in rows {
            // Certificates that prove nothing are kept, and give nobody any right.
            try? directory.add(Certificate(decoding: Array(row)))
        }
        return Replica(
            author: .nobody, nonce: .random(), scope: Scope(leaf.area), directory: directory,
            logs: [])
    }

    private static func verified(_ envelope: [UInt8], id: Int64) throws -> VerifiedRun {
        do {
            return try RunVerifier.verify(Run(decoding: RunEnvelope.open(envelope)))
        } catch {
            throw StoreFailure.damaged(
                what: "run \(id >> 32)/\(id & 0xFFFF_FFFF): \(error)")
        }
    }

    private static func admit(
        _ runs: [VerifiedRun], to replica: inout Replica, storage: ReplayStorage,
        catalogue: Catalogue
    ) throws {
        var batch = replica.batch(rules: catalogue, now: UInt64.max >> 1)
        let verdicts = try batch.admit(runs, from: replica.author.key, storage: storage)
        for (run, verdict) in zip(runs, verdicts) {
            switch verdict {
            case .admitted, .known, .parked: break
            case .refused(let refusal):
                throw StoreFailure.damaged(
                    what: "run \(run.run.identity.log)#\(run.run.last): \(refusal.code)")
            }
        }
        try batch.commit(to: storage)
        replica.adopt(batch)
    }
}

/// The same storage without the ledger: the runs are where they are.
private struct ReplayStorage: ReplicaStorage {
    let base: SQLiteReplicaStorage

    init(_ base: SQLiteReplicaStorage) { self.base = base }

    func record(_ key: RecordKey) throws -> RecordState? { try base.record(key) }
    func append(_ run: VerifiedRun) throws {}
    func save(_ record: RecordState) throws { try base.save(record) }
    func save(_ log: LogState) throws { try base.save(log) }
    func note(_ update: ParallelUpdate) throws { try base.note(update) }
}
