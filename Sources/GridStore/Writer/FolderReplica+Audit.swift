// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
package import GridSync

extension FolderReplica {
    /// Where this node's part of the audit trail stands.
    package var auditDomain: Domain { Domain(area: replica.scope.area, lane: .routine) }

    /// Writes one act into the audit trail; durable on return.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the logs that grew.
    package func note(
        _ entry: AuditEntry, now: UInt64
    ) throws(CommitFailure) -> [FrontierRow] {
        try commit(now: now) { batch, transaction in
            _ = try transaction.author(
                [LocalChange(domain: auditDomain, draft: entry.draft)], in: &batch)
        }.news
    }
}
