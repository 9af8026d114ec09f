// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// The last entry of a log that counts; nothing of it does where the height is 0.
package struct LogEnd: Hashable, Sendable {
    package let height: UInt64
    /// The hash of that entry; nil where the height is 0.
    package let head: Bytes32?

    package init(height: UInt64, head: Bytes32?) {
        self.height = height
        self.head = head
    }

    /// Whether entries above what counts are among those of a log.
    package func isOvershot(by log: LogState) -> Bool { log.height > height }
}

/// Who was cut off, by whose word, and where their logs end (Protocol/cutoffs.md, "Weight").
///
/// A cut-off counts against a chain when its issuer may certify and stands above it: by an area that
/// has the chain's inside, or as one of those through which the chain leads. So neither equals nor
/// those below can cut anybody off, and what counts is well-founded.
extension CertificateDirectory {
    /// The cut-offs that end the key of a chain, ascending by digest.
    package func cutOffs(ending chain: VerifiedChain) -> [CutOff] {
        weighty(against: chain).filter(\.reason.endsKey)
    }

    /// Whether the key of a chain was cut off in the area of the chain.
    package func isEnded(_ chain: VerifiedChain) -> Bool {
        (cutOffs[chain.leaf.subject] ?? []).contains {
            $0.reason.endsKey && counts($0, against: chain)
        }
    }

    /// Whether a key could write in a domain and was cut off there.
    package func isOver(_ key: PublicKey, in domain: Domain) -> Bool {
        guard cutOffs[key] != nil else { return false }
        let rights = Rights.toWrite(in: domain)
        let covering = (chains[key] ?? []).filter {
            covers($0.leaf.area, domain.area, for: rights)
                && $0.leaf.rights.isSuperset(of: rights)
        }
        return !covering.isEmpty && covering.allSatisfy(isEnded)
    }

    /// Looks whether a chain that was presented still speaks for its key.
    package func check(_ chain: VerifiedChain) throws(ChainRefusal) {
        guard !cutOffs.isEmpty else { return }
        let prefixes = chain.prefixes
        for (parent, child) in zip(prefixes, prefixes.dropFirst())
        where !keeps(child.leaf.reference, by: parent) {
            throw .issuerCutOff
        }
        guard !isEnded(chain) else { throw .keyCutOff }
    }

    /// Whether a cut-off counts against any chain of its subject.
    package func counts(_ cutOff: CutOff) -> Bool {
        chains[cutOff.subject]?.contains { counts(cutOff, against: $0) } ?? false
    }

    /// Whether anybody was cut off, or someone says so.
    package var hasCutOffs: Bool { !cutOffs.isEmpty }

    /// Whether any log may have an end.
    package var hasEnds: Bool { hasCutOffs || hasForks || formerTies.hasLapsed }

    /// How many cut-offs are known, whether they count or not. It only grows.
    package var cutOffCount: Int { cutOffs.values.reduce(0) { $0 + $1.count } }

    /// Whether somebody says that a key was cut off.
    package func hasCutOff(of key: PublicKey) -> Bool { cutOffs[key] != nil }

    /// All genuine cut-offs, ascending by digest.
    package var allCutOffs: [CutOff] {
        cutOffs.values.joined().map { ($0, digest: $0.digest) }
            .sorted { $0.digest < $1.digest }.map(\.0)
    }

    /// The certificates of a key, and those that have counted until an issuer was cut off, ascending
    /// by digest.
    package func certificates(of key: PublicKey) -> [Certificate] {
        ((chains[key] ?? []).map(\.leaf) + (orphans[key] ?? []))
            .sorted { $0.digest < $1.digest }
    }

    /// Whether a certificate would lead to the root but for a cut-off.
    package func isOrphan(_ certificate: Certificate) -> Bool {
        orphans[certificate.subject]?.contains(certificate) ?? false
    }

    /// How many certificates have lost their footing.
    package var orphanCount: Int { orphans.values.reduce(0) { $0 + $1.count } }

    /// The certificates without footing of some keys, and of those who have issued them, the widest
    /// first: so an issuer's comes before what it gave.
    ///
    /// - Parameter isWanted: for areas that the issuers speak or spoke for.
    package func orphans(
        of keys: some Sequence<PublicKey>, where isWanted: (AreaCode) -> Bool
    ) -> [AuthorityWord] {
        guard !orphans.isEmpty else { return [] }
        var (next, seen) = (Array(keys), Set<PublicKey>())
        var found: [Certificate] = []
        while let key = next.popLast() {
            guard seen.insert(key).inserted else { continue }
            let certificates = orphans[key] ?? []
            found += certificates
            next += certificates.map(\.issuer)
        }
        return inOrder(found.map(AuthorityWord.certificate)).filter {
            areas(of: $0).contains(where: isWanted)
        }
    }

    /// Where a log ends; nil for one that goes on, and for one whose key may not write there.
    package func end(of identity: LogIdentity) -> LogEnd? {
        endByCutOff(of: identity) ?? fork(of: identity.log)?.end
    }

    private func endByCutOff(of identity: LogIdentity) -> LogEnd? {
        guard hasCutOffs || formerTies.hasLapsed else { return nil }
        let rights = Rights.toWrite(in: identity.domain)
        let area = identity.domain.area
        func covers(_ leaf: Certificate) -> Bool {
            self.covers(leaf.area, area, for: rights) && leaf.rights.isSuperset(of: rights)
        }
        let covering = (chains[identity.key] ?? []).filter { covers($0.leaf) }
        guard !covering.isEmpty else {
            // What it wrote by a right that it has no more.
            let hadRight = certificates(of: identity.key).contains { leaf in
                leaf.rights.isSuperset(of: rights)
                    && rights.isDisjoint(with: [.certify, .redact])
                    && formerTies.covers(leaf.area, area)
            }
            let isOrphan = orphans[identity.key]?.contains(where: covers) ?? false
            return isOrphan || hadRight ? LogEnd(height: 0, head: nil) : nil
        }
        guard let about = cutOffs[identity.key] else { return nil }
        let isOver = covering.allSatisfy(isEnded)
        let ends = about.filter { cutOff in
            covering.contains { counts(cutOff, against: $0) }
        }.compactMap { cutOff -> LogEnd? in
            if let row = cutOff.row(of: identity.log) {
                guard isOver || !cutOff.reason.endsKey else { return nil }
                return LogEnd(height: row.height, head: row.head)
            }
            return isOver && cutOff.reason.endsKey ? LogEnd(height: 0, head: nil) : nil
        }
        return ends.min {
            ($0.height, $0.head ?? .zero) < ($1.height, $1.head ?? .zero)
        }
    }

    /// Whether what the key of a chain has issued counts: it was not cut off, or all who did so
    /// have kept this.
    func keeps(_ reference: CertificateReference, by chain: VerifiedChain) -> Bool {
        (cutOffs[chain.leaf.subject] ?? []).allSatisfy {
            !$0.reason.endsKey || $0.kept.contains(reference) || !counts($0, against: chain)
        }
    }

    private func weighty(against chain: VerifiedChain) -> [CutOff] {
        (cutOffs[chain.leaf.subject] ?? []).filter { counts($0, against: chain) }
            .sorted { $0.digest < $1.digest }
    }

    /// Ends, because each step leads to a chain of a higher area or to a shorter one.
    private func counts(_ cutOff: CutOff, against chain: VerifiedChain) -> Bool {
        let above = chain.certificates.dropLast()
        return (chains[cutOff.issuer] ?? []).contains { issuer in
            issuer.leaf.rights.contains(.certify) && issuer.leaf.area.contains(chain.leaf.area)
                && (issuer.leaf.area != chain.leaf.area || above.contains(issuer.leaf))
                && keeps(cutOff.reference, by: issuer)
        }
    }
}
