// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridLog
package import GridSync

/// What this node's office has decided: kept first, then written into lane 0, where all replicas
/// find it.
extension FolderReplica {
    /// Writes certificates and cut-offs that this node has issued into lane 0.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - audit: what the audit trail says of a certificate, in the same commit; nil says nothing.
    /// - Returns: the logs that grew.
    package func publishAuthority(
        now: UInt64, audit: (Certificate) -> AuditEntry? = { _ in nil }
    ) -> [FrontierRow] {
        let certificates: [Certificate]
        let cutOffs: [CutOff]
        let proofs: [BranchProof]
        let areaChanges: [AreaChange]
        do {
            areaChanges = try store.areaChanges().waiting
            certificates = try store.certificates().waiting
            cutOffs = try store.cutOffs().waiting
            proofs = try store.branchProofs().waiting
        } catch {
            tell(.certificatesUnread(error))
            return []
        }
        guard
            !certificates.isEmpty || !cutOffs.isEmpty || !proofs.isEmpty || !areaChanges.isEmpty
        else { return [] }
        do throws(CommitFailure) {
            let committed = try commit(now: now) { batch, transaction in
                for certificate in certificates {
                    var changes = [
                        change(
                            SystemCollection.certificates, certificate.recordID,
                            field: SystemCollection.certificateBytesField, certificate.encoded)
                    ]
                    if let entry = audit(certificate) {
                        changes.append(LocalChange(domain: auditDomain, draft: entry.draft))
                    }
                    _ = try transaction.author(changes, in: &batch)
                }
                for proof in proofs {
                    let change = change(
                        SystemCollection.forks, proof.recordID,
                        field: SystemCollection.forkBytesField, proof.encoded)
                    _ = try transaction.author([change], in: &batch)
                }
                for cutOff in cutOffs {
                    let change = change(
                        SystemCollection.cutOffs, cutOff.recordID,
                        field: SystemCollection.cutOffBytesField, cutOff.encoded)
                    _ = try transaction.author([change], in: &batch)
                }
                for areaChange in areaChanges {
                    let change = change(
                        SystemCollection.areaChanges, areaChange.recordID,
                        field: SystemCollection.areaChangeBytesField, areaChange.encoded)
                    _ = try transaction.author([change], in: &batch)
                }
            }
            writeDown {
                try store.markPublished(certificates)
                try store.markPublished(cutOffs)
                try store.markPublished(proofs)
                try store.markPublished(areaChanges)
            }
            return committed.news
        } catch {
            // What failed is told, and tried again later.
            return []
        }
    }

    private func change(
        _ collection: UInt32, _ id: RecordID, field: UInt32, _ bytes: [UInt8]
    ) -> LocalChange {
        LocalChange(
            domain: Domain(area: replica.scope.area, lane: .authority),
            draft: DraftChange(
                collection: collection, target: .existing(.named(id)), archives: false,
                writes: [FieldWrite(field: field, operation: .assign(.bytes(bytes)))]))
    }

    /// Keeps a certificate issued here, to be written into lane 0.
    package func keep(_ certificate: Certificate) throws(CommitFailure) {
        var directory = replica.directory
        try? directory.add(certificate)
        let isStale = replica.standingDiffers(by: directory)
        try keep {
            // Whoever opens the folder next knows it, published or not.
            if isStale { try store.markStale() }
            try store.add(certificate, waiting: true)
        }
    }

    /// Keeps a cut-off issued here, to be written into lane 0, and what it keeps of what its subject
    /// has issued, so that it can be found without the subject's own log.
    package func keep(_ cutOff: CutOff) throws(CommitFailure) {
        let kept = replica.directory.certificates.filter {
            $0.issuer == cutOff.subject && cutOff.kept.contains($0.reference)
        }
        var directory = replica.directory
        directory.add(cutOff)
        let isStale = replica.standingDiffers(by: directory)
        try keep {
            if isStale { try store.markStale() }
            try store.add(try proofs(naming: cutOff, directory), waiting: true)
            for certificate in kept { try store.add(certificate, waiting: true) }
            try store.add(cutOff, waiting: true)
        }
    }

    /// Keeps a change of an area code issued here, to be written into lane 0.
    package func keep(_ change: AreaChange) throws(CommitFailure) {
        var directory = replica.directory
        directory.add(change)
        let isStale = replica.standingDiffers(by: directory)
        try keep {
            if isStale { try store.markStale() }
            try store.add(change, waiting: true)
        }
    }

    func keep(_ write: () throws -> Void) throws(CommitFailure) {
        if let stopped { throw .stopped(stopped) }
        do {
            try write()
        } catch {
            throw fail(after: error)
        }
    }

    /// Learns a cut-off that came outside of any log, as the word of a peer that hangs up for it. One
    /// that has no weight here is left alone.
    package func learn(_ cutOff: CutOff) throws(CommitFailure) {
        var directory = replica.directory
        let count = directory.count
        guard directory.add(cutOff), directory.count > count, directory.counts(cutOff) else {
            return
        }
        let isStale = replica.standingDiffers(by: directory)
        try keep {
            if isStale { try store.markStale() }
            // An office that has lost it says it once more.
            let lane = Domain(area: replica.scope.area, lane: .authority)
            let isOffice =
                directory.level(of: author.key, in: lane) != nil
                && directory.end(
                    of: LogIdentity(key: author.key, nonce: replica.nonce, domain: lane)) == nil
            try store.add(cutOff, waiting: isOffice)
        }
        replica.learn(cutOff)
        shortenings += 1
        if isStale { buildAnew() }
    }

    /// The word by which this folder's own key was cut off, if it was.
    package var ownCutOff: CutOff? {
        node.chain.flatMap { replica.directory.cutOffs(ending: $0).first }
    }

    /// What an office would say to cut off a key now: where its logs end by what is held here, and
    /// what it had issued.
    ///
    /// - Parameter time: entries from this time on, by their own word, are not to count; milliseconds
    ///   since 1970, nil for all that are held.
    package func draftCutOff(
        of key: PublicKey, before time: UInt64? = nil
    ) throws -> (rows: [CutOff.Row], kept: [CertificateReference]) {
        let rows = try replica.logs { _ in true }
            .filter { $0.identity.key == key && $0.height > 0 }
            .compactMap { log in
                guard let time else {
                    return CutOff.Row(log: log.identity.log, height: log.height, head: log.head)
                }
                return try store.end(of: log, before: time)
            }
        let certificates = replica.directory.certificates.filter { $0.issuer == key }
        let cutOffs = replica.directory.allCutOffs.filter { $0.issuer == key }
        let changes = replica.directory.allAreaChanges.map(\.change).filter { $0.issuer == key }
        return (
            rows,
            (certificates.map(\.reference) + cutOffs.map(\.reference) + changes.map(\.reference))
                .sorted()
        )
    }

    /// Takes note of logs that have ended, so that who names them waits for nothing. Those that go
    /// on as far as is known here are left out.
    ///
    /// - Returns: those that were news, and the logs that grew, because their entries had waited.
    package func learn(
        ended identities: [LogIdentity], now: UInt64
    ) throws(CommitFailure) -> (ended: [LogIdentity], news: [FrontierRow]) {
        let news = identities.filter {
            !replica.knows($0) && replica.carries($0.domain.area)
                && replica.directory.end(of: $0) != nil
        }
        guard !news.isEmpty else { return ([], []) }
        try keep { try store.note(news) }
        replica.note(news)
        let committed = try commit(now: now) { batch, transaction in
            try transaction.admitParked(in: Set(news.map(\.domain)), batch: &batch)
        }
        return (news, committed.news)
    }
}
