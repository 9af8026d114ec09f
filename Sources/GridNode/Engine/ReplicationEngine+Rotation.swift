// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync
import Logging

/// Keys that take each other's place (Protocol/rotation.md).
extension ReplicationEngine {
    /// Writes the last word of this folder's former key into a log, and ends the keys of others that
    /// have said theirs, where this node is the office. What fails is tried again with the next news,
    /// and at the next start.
    func endReplacedKeys() {
        guard folder.hasSuccessions, folder.failure == nil else { return }
        spread(folder.publishSuccession(now: WallClock.now))
        folder.hasSuccessions = false
        do {
            for cutOff in try folder.dueCutOffs(now: WallClock.now) {
                _ = try publish(cutOff)
                let leaf = folder.replica.directory.chain(of: cutOff.subject)?.leaf
                _ = noteDone(
                    AuditNote(
                        .cutOff, object: leaf?.name ?? cutOff.subject.description,
                        area: leaf?.area, details: ["reason": .text(cutOff.reason.word)]))
            }
        } catch {
            logger.error("a replaced key was not ended", metadata: ["reason": "\(error)"])
        }
    }
}
