// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridSync

/// A folder that was rolled back goes on as a new replica: a sequence is never used twice.
extension FolderReplica {
    /// Takes note that a peer showed a replica of this folder to be rolled back. If that is the one
    /// it writes as, it becomes a new one before anything else is written. What peers hold of the
    /// old one comes back as ordinary data.
    package func leaveBehind(_ rolledBack: ReplicaID) {
        guard replica.id == rolledBack else { return }
        isRolledBack = true
        writeDown { try becomeNewReplica() }
    }

    /// Hears a peer's word that it knows this height of a log of this replica. Where so much is
    /// here, or the folder has become another since, nothing happens.
    package func doubtReplica(_ log: LogID, height: UInt64) {
        guard height > replica.height(of: log) else { return }
        leaveBehind(log.replica)
    }

    /// Mints a new identity and keeps it, before anything is written under it.
    func becomeNewReplica() throws {
        let old = replica.id
        var renewed = node
        renewed.nonce = .random()
        try store.setNode(renewed)
        node = renewed
        replica = Replica(
            author: author, nonce: node.nonce, scope: replica.scope,
            directory: replica.directory, logs: replica.logs { _ in true })
        isRolledBack = false
        headLedger.begin(as: replica.id, in: node.area)
        tell(.rolledBack(old))
    }
}
