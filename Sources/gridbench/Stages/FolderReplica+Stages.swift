// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import GridLog
import GridNode
import GridStore
import GridSync

extension FolderReplica {
    /// Opens an enrolled folder without a node around it.
    ///
    /// - Parameter certificates: of a peer that it has met.
    convenience init(stages path: String, knowing certificates: [Certificate] = []) throws {
        let folder = NodeFolder(path)
        let author = Author(try KeyFile.read(at: folder.nodeKeyPath))
        let store = try Store(folder, catalogue: .household, owner: author)
        for certificate in certificates { try store.add(certificate, waiting: false) }
        try self.init(
            store: store, author: author, now: WallClock.now)
    }

    /// Commits with this machine's time, as the engine does.
    ///
    /// - Returns: what came after the work: processor time of this thread, and what it has waited
    ///   for the disk, or for a processor, in seconds.
    @discardableResult
    func commit(
        _ work: (inout ReplicaBatch, StoreTransaction) throws -> Void
    ) throws -> (busy: Double, waiting: Double) {
        let (began, thread) = try commit(now: WallClock.now) { batch, transaction in
            try work(&batch, transaction)
            return (Clock.now, Clock.thread)
        }.outcome
        let busy = Clock.seconds(from: thread, to: Clock.thread)
        return (busy, Clock.seconds(from: began, to: Clock.now) - busy)
    }

    /// Carries out a batch to be timed, and undoes it.
    func rehearse(_ work: (inout ReplicaBatch, StoreTransaction) throws -> Void) throws {
        var batch = replica.batch(rules: store.catalogue, now: WallClock.now)
        do {
            try store.commit(&batch) { batch, transaction in
                try work(&batch, transaction)
                throw Undone()
            }
        } catch is Undone {}
    }
}

/// Ends a transaction so that nothing of it stays.
private struct Undone: Error {}
