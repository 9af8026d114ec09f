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
/// commit is durable when it returns (`synchronous = FULL`, asserted after opening). Whatever goes
/// wrong with the folder is thrown as a `StoreFailure`.
package final class Store: Sendable {
    package let folder: NodeFolder
    package let catalogue: Catalogue
    let pool: DatabasePool
    let tables: [UInt32: TableSchema]
    let seal: FolderSeal
    /// Under which tags of records are made, 32 bytes.
    let tagKey: [UInt8]
    private let lock: FolderLock
    /// The local numbers of logs as of the last commit.
    private let known = Mutex(LogReferences())
    private let opening = Mutex<Rebuilding?>(nil)
    private let firstCorruption = Mutex<StoreFailure?>(nil)

    /// Opens the folder's database, creating tables where there are none, and rebuilding them when
    /// the catalogue has another edition than they were made with. What lies open in a folder of an
    /// older program is sealed.
    ///
    /// - Parameter owner: the node's own key, for which the folder's data is sealed.
    package init(
        _ folder: NodeFolder, catalogue: Catalogue = .grid, owner: Author
    ) throws {
        self.folder = folder
        self.catalogue = catalogue
        lock = try FolderLock(folder)
        tables = Dictionary(
            catalogue.collections.map { ($0.number, TableSchema($0)) }, uniquingKeysWith: { $1 })
        (pool, seal) = try Self.mapping(folder) { try Self.open(folder, for: owner) }
        let pool = pool
        tagKey = try Self.mapping(folder) { try pool.write { try Self.tagKey($0) } }
        try sealLedger()
        try sealRedactions()
        if try read({ try Self.meta("catalogue", in: $0) }) != Array(catalogue.fingerprint.utf8) {
            let rebuilding = try rebuild()
            opening.withLock { $0 = rebuilding }
        }
        try removeRemnants()
        let stored = try read { try LogReferences($0) }
        known.withLock { $0 = stored }
    }

    private static func open(
        _ folder: NodeFolder, for owner: Author
    ) throws -> (DatabasePool, FolderSeal) {
        let pool = try DatabaseOpening.pool(at: folder.databasePath)
        let migrator = LedgerMigrations.migrator
        guard try !pool.read({ try migrator.hasBeenSuperseded($0) }) else {
            throw StoreFailure.tooNew(path: folder.databasePath)
        }
        try migrator.migrate(pool)
        return (pool, FolderSeal(key: try folderKey(pool, of: folder, for: owner)))
    }

    /// What opening has rebuilt; nil when the tables fitted the catalogue.
    package var rebuiltAtOpening: Rebuilding? { opening.withLock { $0 } }

    /// Applies one batch: `work` fills it, then it is committed in one transaction.
    ///
    /// - Returns: what `work` returned. When anything throws, nothing has changed.
    package func commit<Result>(
        _ batch: inout ReplicaBatch,
        _ work: (inout ReplicaBatch, StoreTransaction) throws -> Result
    ) throws -> Result {
        let references = known.withLock { $0 }
        return try mapping {
            try pool.writeWithoutTransaction { database in
                let storage = SQLiteReplicaStorage(
                    database, tables: tables, references: references, seal: seal,
                    feed: FeedWriting(database))
                var result: Result?
                var isCommitted = false
                try database.inTransaction(.immediate) {
                    result = try work(
                        &batch,
                        StoreTransaction(database: database, storage: storage, tables: tables))
                    guard !batch.isEmpty || storage.keepsMore else { return .rollback }
                    try batch.commit(to: storage)
                    isCommitted = true
                    return .commit
                }
                if isCommitted { known.withLock { $0 = storage.references } }
                guard let result else { preconditionFailure("a transaction without a result") }
                return result
            }
        }
    }

    /// Keeps the identities of logs of which nothing counts: contexts name them.
    package func note(_ identities: [LogIdentity]) throws {
        let noted = try write { database in
            let storage = SQLiteReplicaStorage(
                database, tables: tables, references: try references(database), seal: seal)
            for identity in identities { try storage.note(identity) }
            return storage.references
        }
        known.withLock { $0 = noted }
    }

    /// Folds the write-ahead log into the database as far as no reader needs it. SQLite does so by
    /// itself after commits, and keeps failures to itself; here they are thrown.
    package func checkpoint() throws {
        try mapping {
            do {
                _ = try pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                // Another tool is folding it; the next time will do.
            }
        }
    }

    /// One pass of a compaction in a transaction of its own.
    ///
    /// - Returns: whether there is more to do.
    func compact(_ compaction: inout RunCompaction, isBusy: Bool) throws -> Bool {
        try write { database in
            guard try !isBusy || compaction.backlog(database) > RunCompaction.backlogMax else {
                return false
            }
            return try compaction.pass(
                database, references: references(database), seal: seal)
        }
    }

    func read<Result>(_ work: (Database) throws -> Result) throws -> Result {
        try mapping { try pool.read(work) }
    }

    /// One transaction on the writer.
    func write<Result>(_ work: (Database) throws -> Result) throws -> Result {
        try mapping { try pool.write(work) }
    }

    /// The first sign that the file is corrupt, whoever met it; nil while there is none. Whoever
    /// writes stops then: another page could be written over what can still be read.
    package var corruption: StoreFailure? { firstCorruption.withLock { $0 } }

    /// Says what errors from below mean for the folder, and notes corruption.
    func mapping<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try Self.mapping(folder, work)
        } catch let failure as StoreFailure {
            note(failure)
            throw failure
        }
    }

    /// Remembers a corrupt file.
    func note(_ failure: StoreFailure) {
        guard case .corrupt = failure else { return }
        firstCorruption.withLock { $0 = $0 ?? failure }
    }

    /// Says what errors from below mean for a folder.
    static func mapping<Result>(
        _ folder: NodeFolder, _ work: () throws -> Result
    ) throws -> Result {
        do {
            return try work()
        } catch {
            guard let failure = StoreFailure(error, in: folder) else { throw error }
            throw failure
        }
    }

    /// The numbers of all logs that a connection can see: those in memory, and any newer ones.
    func references(_ database: Database) throws -> LogReferences {
        var references = known.withLock { $0 }
        try references.complete(from: database)
        return references
    }
}

/// What a batch's work sees of the transaction it runs in.
package struct StoreTransaction {
    let database: Database
    let storage: SQLiteReplicaStorage
    let tables: [UInt32: TableSchema]

    /// What a batch reads and writes in this transaction.
    package var ledger: some ReplicaStorage { storage }

    /// Marks all tables as to be rebuilt at the next opening, unless `Store.rebuild` comes before.
    package func markStale() throws { try Store.markStale(in: database) }

    /// Writes local changes through the batch.
    package func author(
        _ changes: [LocalChange], in batch: inout ReplicaBatch
    ) throws -> AuthoredWrite {
        try batch.author(changes, storage: storage)
    }

    /// Whether anything is known of a log.
    func knows(_ log: LogID) -> Bool { storage.references[log] != nil }

    /// Forgets what a key has in quarantine.
    package func discard(quarantined key: PublicKey) throws {
        try Store.discard(quarantined: key, in: database, storage.seal)
    }

    /// Judges again what waits in some domains.
    package func admitParked(
        in domains: Set<Domain>, batch: inout ReplicaBatch
    ) throws {
        try batch.admitParked(in: domains, storage: storage)
    }

    /// Brings a peer's runs to the gate.
    package func admit(
        _ runs: [VerifiedRun], from source: PublicKey, in batch: inout ReplicaBatch
    ) throws -> [Verdict] {
        try batch.admit(runs, from: source, storage: storage)
    }
}
