// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridSync

/// By what a folder was shown to be rolled back.
struct RollbackSign {
    /// Nil where nothing has befallen it: its key was cut off, and it ends where others end it.
    var code: Incident.Code? = .rolledBack
    /// What is known to have been in a log.
    var known: [LogID: UInt64] = [:]
}

/// A folder that was rolled back goes on as a new replica: a sequence is never used twice.
extension FolderReplica {
    /// Takes note that a peer showed a replica of this folder to be on another branch than its own
    /// log. If that is the one it writes as, it becomes a new one before anything else is written.
    /// What peers hold of the old one comes back as ordinary data.
    package func leaveBehind(_ forked: ReplicaID) {
        leaveBehind(forked, because: RollbackSign(code: .ownLogForked))
    }

    func leaveBehind(_ left: ReplicaID, because sign: RollbackSign) {
        guard replica.id == left else { return }
        rolledBack = sign
        writeDown { try becomeNewReplica(because: sign) }
    }

    /// Hears a peer's word that it knows this height of a log of this replica. Where so much is
    /// here, or the folder has become another since, nothing happens.
    package func doubtReplica(_ log: LogID, height: UInt64) {
        guard height > replica.height(of: log) else { return }
        leaveBehind(log.replica, because: RollbackSign(known: [log: height]))
    }

    /// Mints a new identity and keeps it with the reason, before anything is written under it.
    func becomeNewReplica(because sign: RollbackSign) throws {
        let old = replica.id
        var renewed = node
        renewed.nonce = .random()
        var parts: [Incident.Part] = replica.logs { _ in true }
            .filter { $0.identity.log.replica == old }
            .map { Incident.Part(log: $0.identity.log, held: $0.height, known: $0.height) }
        for (log, height) in sign.known {
            let held = replica.height(of: log)
            parts.removeAll { $0.log == log }
            parts.append(Incident.Part(log: log, held: held, known: max(height, held)))
        }
        if let code = sign.code {
            let incident = Incident(code, at: now, replica: old, parts: parts)
            watch.add(try store.setNode(renewed, because: incident))
        } else {
            try store.setNode(renewed)
        }
        node = renewed
        replica = Replica(
            author: author, nonce: node.nonce, scope: replica.scope,
            directory: replica.directory, redactions: replica.redactions,
            logs: replica.logs { _ in true })
        rolledBack = nil
        headLedger.begin(as: replica.id, in: node.area)
        tell(.rolledBack(old))
    }
}

extension HeadLedger {
    /// What is known of a replica's own logs by this file and the database beside it; the file may
    /// speak of a later replica of the same folder.
    func parts(of own: ReplicaID, beside logs: [LogState]) -> [Incident.Part] {
        let held = VersionVector(logs.map { ($0.identity.log, $0.height) })
        let names = Set(rows.keys).union(held.rows.map(\.log).filter { $0.replica == own })
        return names.map { log in
            Incident.Part(
                log: log, held: held[log], known: max(held[log], rows[log]?.height ?? 0))
        }.filter { $0.known > 0 }
    }
}
