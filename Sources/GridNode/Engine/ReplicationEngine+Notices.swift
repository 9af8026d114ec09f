// SPDX-License-Identifier: Apache-2.0

import GridLog
import GridStore
import Logging

extension ReplicationEngine {
    /// What the folder tells, in the log.
    static func tell(_ notice: FolderReplica.Notice, to logger: Logger) {
        switch notice {
        case .olderImage:
            logger.warning("database is an older image; writing goes on as a new replica")
        case .copiedFolder:
            logger.warning("folder was copied or restored; writing goes on as a new replica")
        case .rolledBack(let replica):
            logger.warning(
                "this folder was rolled back; writing goes on as a new replica",
                metadata: ["left": "\(replica)"])
        case .standingChanged:
            logger.notice("something else counts than before; records are built anew")
        case .shortened(let logs):
            logger.notice(
                "logs end earlier than they did; what is beyond is kept in quarantine",
                metadata: ["logs": "\(logs.map { "\($0.log)" }.joined(separator: ", "))"])
        case .notBuiltAnew(let damage):
            logger.error("records not built anew", metadata: ["damaged": "\(damage)"])
        case .diskFull: logger.error("disk full; nothing was saved")
        case .refused(let refusal):
            logger.error("not written", metadata: ["reason": "\(refusal)"])
        case .stopped(let error):
            logger.critical("store failed; writing stops", metadata: ["reason": "\(error)"])
        case .ledgerDamaged(let finding):
            logger.error("ledger damaged", metadata: ["finding": "\(finding)"])
        case .certificatesUnread(let error):
            logger.error("certificates not read", metadata: ["reason": "\(error)"])
        }
    }
}
