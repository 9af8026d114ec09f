// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridSync

/// Audits between nodes (Protocol/table-audit.md).
extension FolderReplica {
    /// What the tables of an area are a function of, and the entries in its logs; nil while they
    /// are not what the ledger says by what is known.
    package func auditBasis(of area: AreaCode) -> (basis: AuditBasis, entries: UInt64)? {
        guard !awaitsBuilding, stopped == nil else { return nil }
        return replica.auditBasis(of: area, rules: store.catalogue.mergeDigest)
    }

    /// Keeps what an audit has come to.
    package func keep(_ audit: TableAudit) { writeDown { try store.keep(audit) } }
}
