// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
package import GridLog
package import GridSync
import Synchronization

/// A data folder's database, opened by the one process that holds its lock.
///
/// One connection writes and checkpoints; readers are read-only connections of this process. Every
/// commit is durable when it returns (`synchronous = FULL`, asserted after opening).
package final class Store: Sendable {
    package let folder: NodeFolder
    package let catalogue: Catalogue
    let pool: DatabasePool
    let tables: [UInt32: TableSchema]
    private let lock: FolderLock
    /// The local numbers of logs as of the last commit.
    private let references = Mutex(LogReferences())

    /// Opens the folder's database, creating tables where there are none, and rebuilding them when
    /// the catalogue has another edition than they were made with.
    package init(_ folder: NodeFolder, catalogue: Catalogue = .grid) throws {
        self.folder = folder
        self.catalogue = catalogue
        lock = try FolderLock(folder)
        tables = Dictionary(
            catalogue.collections.map { ($0.number, TableSchema($0)) }, uniquingKeysWith: { $1 })
        pool = try DatabaseOpening.pool(at: folder.databasePath)
        try LedgerMigrations.migrator.migrate(pool)
        if try pool.read({ try Self.storedEdition($0) }) != catalogue.fingerprint {
            try rebuild()
        }
        let stored = try pool.read { try LogReferences($0) }
        references.withLock { $0 = stored }
    }

    /// Applies one batch: `work` fills it, then it is committed in one transaction.
    ///
    /// - Returns: what `work` returned. When anything throws, nothing has changed.
    package func commit<Rules: MergeRules, Result>(
        _ batch: inout ReplicaBatch<Rules>,
        _ work: (inout ReplicaBatch<Rules>, StoreTransaction) throws -> Result
    ) throws -> Result {
        let known = references.withLock { $0 }
        do {
            return try commit(&batch, known: known, work)
        } catch let error as DatabaseError {
            throw error.resultCode == .SQLITE_FULL
                ? StoreFailure.diskFull(path: folder.path)
                : StoreFailure.databaseFailed(path: folder.databasePath, reason: "\(error)")
        }
    }

    private func commit<Rules: MergeRules, Result>(
        _ batch: inout ReplicaBatch<Rules>, known: LogReferences,
        _ work: (inout ReplicaBatch<Rules>, StoreTransaction) throws -> Result
    ) throws -> Result {
        try pool.writeWithoutTransaction { database in
            let storage = SQLiteReplicaStorage(database, tables: tables, references: known)
            var result: Result?
            var isCommitted = false
            try database.inTransaction(.immediate) {
                result = try work(
                    &batch,
                    StoreTransaction(database: database, storage: storage, tables: tables))
                guard !batch.isEmpty else { return .rollback }
                try batch.commit(to: storage)
                isCommitted = true
                return .commit
            }
            if isCommitted { references.withLock { $0 = storage.references } }
            guard let result else { preconditionFailure("a transaction without a result") }
            return result
        }
    }

    /// Drops all derived tables and builds them again from the ledger.
    package func rebuild() throws {
        try pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                try Self.createTables(tables.values.map { $0 }, in: database)
                try LedgerReplay.replay(
                    from: database, into: database, tables: tables, catalogue: catalogue)
                try Self.setMeta("catalogue", Array(catalogue.fingerprint.utf8), in: database)
                return .commit
            }
        }
    }

    static func createTables(_ tables: [TableSchema], in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM conflicts; DELETE FROM parallel_updates; DELETE FROM other_records")
        for table in tables.sorted(by: { $0.collection.number < $1.collection.number }) {
            try database.execute(sql: "DROP TABLE IF EXISTS \"\(table.collection.name)\"")
            try database.execute(sql: table.definition)
        }
    }

    private static func storedEdition(_ database: Database) throws -> String? {
        try meta("catalogue", in: database).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What a batch's work sees of the transaction it runs in.
package struct StoreTransaction {
    let database: Database
    let storage: SQLiteReplicaStorage
    let tables: [UInt32: TableSchema]

    /// Writes local changes through the batch.
    package func author<Rules: MergeRules>(
        _ changes: [LocalChange], in batch: inout ReplicaBatch<Rules>
    ) throws -> AuthoredWrite {
        try batch.author(changes, storage: storage)
    }

    /// Brings a peer's runs to the gate.
    package func admit<Rules: MergeRules>(
        _ runs: [VerifiedRun], from source: PublicKey, in batch: inout ReplicaBatch<Rules>
    ) throws -> [Verdict] {
        try batch.admit(runs, from: source, storage: storage)
    }
}
