// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
package import GridLog
package import GridSync

/// Keys that take each other's place (Protocol/rotation.md): the folder's own, and those of nodes
/// that this node's office has certified.
extension FolderReplica {
    /// Writes the last word of this folder's former key into a log, where its office finds it.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the logs that grew.
    package func publishSuccession(now: UInt64) -> [FrontierRow] {
        var news: [FrontierRow] = []
        writeDown {
            guard let succession = try store.waitingSuccession() else { return }
            let change = LocalChange(
                domain: Domain(area: replica.scope.area, lane: .urgent),
                draft: DraftChange(
                    collection: SystemCollection.successions,
                    target: .existing(.named(succession.recordID)), archives: false,
                    writes: [
                        FieldWrite(
                            field: SystemCollection.successionBytesField,
                            operation: .assign(.bytes(succession.encoded)))
                    ]))
            let committed = try commit(now: now) { batch, transaction in
                _ = try transaction.author([change], in: &batch)
            }
            news = committed.news
            try store.forgetSuccession()
        }
        return news
    }

    /// What this node has to sign because keys that it is the office of have said their last word.
    /// Ended are the logs that the word names where it says, and others of that key where they are
    /// here.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func dueCutOffs(now: UInt64) throws -> [CutOff] {
        try store.successions().compactMap { succession in
            guard let reason = endedBy(succession) else { return nil }
            let (held, kept) = try draftCutOff(of: succession.replaced)
            let named = Set(succession.rows.map(\.log))
            let rows = succession.rows + held.filter { !named.contains($0.log) }
            guard rows.count <= ProtocolLimits.cutOffRowsMax,
                kept.count <= ProtocolLimits.cutOffKeptMax
            else { return nil }
            return CutOff(
                subject: succession.replaced, reason: reason, issuedAt: now, rows: rows,
                kept: kept, issuedBy: author)
        }
    }

    /// Why this office ends a key that has said its last word; nil where it does not: the word is
    /// not the key's, the two keys do not hold one post, or another office has certified the new one.
    private func endedBy(_ succession: Succession) -> CutOff.Reason? {
        let directory = replica.directory
        guard let own = node.chain?.leaf, own.rights.contains(.certify),
            let old = directory.holding(of: succession.replaced), old.isLive,
            let new = directory.holding(of: succession.key), new.isLive, new.post == old.post,
            isOffice(of: new.certificate, own), succession.hasValidSignature
        else { return nil }
        return old.certificate.holder == new.certificate.holder ? .replaced : .left
    }

    /// Whether a certificate was issued here: by this node's key, or by its root's.
    private func isOffice(of certificate: Certificate, _ own: Certificate) -> Bool {
        if certificate.issuer == author.key { return true }
        return certificate.issuer == own.issuer
            && replica.directory.chain(of: own.issuer)?.leaf.area == own.area
    }

    /// Goes by the certificate made last, of those for this folder's key and area: an office may
    /// have made another. Validity does not hang on it.
    func takeRenewedChain() {
        guard let mine = node.chain, let latest = replica.directory.currentChain(of: author.key),
            latest.leaf != mine.leaf, latest.leaf.area == mine.leaf.area
        else { return }
        var renewed = node
        renewed.chain = latest
        renewed.name = latest.leaf.name
        writeDown {
            try store.setNode(renewed)
            node = renewed
        }
    }
}
