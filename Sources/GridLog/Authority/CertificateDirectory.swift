// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// All certificates a replica knows that lead back to its pinned root, by the key they certify, and
/// the cut-offs of such keys. A function of the sets of certificates and cut-offs added, never of
/// their order.
package struct CertificateDirectory: Sendable {
    package let root: PublicKey
    /// For each key its certificates that lead to the root, each by its best chain.
    private(set) var chains: [PublicKey: [VerifiedChain]] = [:]
    /// The root's own certificates.
    private var roots: [VerifiedChain] = []
    /// Genuine certificates by their issuer, those that prove nothing (yet) among them.
    private var issued: [PublicKey: [Certificate]] = [:]
    private var known: Set<Bytes32> = []
    /// The subjects of the certificates that `chains` ends in.
    private var subjects: [CertificateReference: PublicKey] = [:]
    /// Certificates by their subject that lead to the root but through what a cut-off has not kept.
    private(set) var orphans: [PublicKey: [Certificate]] = [:]
    /// Genuine cut-offs by the key that they end, those that do not count among them.
    var cutOffs: [PublicKey: [CutOff]] = [:]
    /// Genuine changes of area codes, those that do not count among them.
    var areaChanges: [(change: AreaChange, digest: Bytes32)] = []
    /// Which codes have taken the place of others, by those that count.
    package internal(set) var areas = AreaMap()
    /// Which villages were one, where some of the changes that said so do not count any more.
    var formerTies = AreaTies()
    /// What is proved of branches of logs.
    var branches: [LogID: KnownBranches] = [:]

    package init(root: PublicKey) { self.root = root }

    /// Takes in a certificate that arrived on its own, in any order. One whose issuer is not
    /// known waits. One that proves nothing is refused, and waits too unless its signature or its
    /// subject is wrong: its issuer may have another certificate on the way.
    package mutating func add(_ certificate: Certificate) throws(ChainRefusal) {
        guard try keep(certificate) else { return }
        // It may be what gives a change its weight.
        defer { settleAreas() }
        guard cutOffs.isEmpty else {
            // It may be what gives somebody's cut-off its weight.
            buildChains()
            guard !certificate.isSelfIssued, chains[certificate.issuer] != nil else { return }
            _ = try bestChain(to: certificate)
            return
        }
        guard certificate.isSelfIssued || chains[certificate.issuer] != nil else { return }
        if certificate.isSelfIssued {
            take(roots[roots.count - 1])
        } else {
            take(try bestChain(to: certificate))
        }
    }

    /// Takes in all that a folder knows at once: the same as one after the other, in whatever order,
    /// without finding all chains anew for each. What is not genuine is left out.
    package mutating func add(
        _ certificates: some Sequence<Certificate>, _ cutOffs: some Sequence<CutOff>
    ) {
        for cutOff in cutOffs { _ = keep(cutOff) }
        guard hasCutOffs else {
            // What proves nothing is kept and gives nobody any right.
            for certificate in certificates { try? add(certificate) }
            return
        }
        for certificate in certificates { _ = try? keep(certificate) }
        buildChains()
        settleAreas()
    }

    /// Takes in a whole chain.
    package mutating func add(_ chain: VerifiedChain) {
        for certificate in chain.certificates {
            // A verified chain's certificates each lead back to the root.
            try? add(certificate)
        }
    }

    /// Takes in a cut-off that arrived in any way and order. One that does not count is kept: its
    /// issuer may have a certificate on the way that gives it weight.
    ///
    /// - Returns: whether its signature holds; otherwise nothing has changed.
    @discardableResult
    package mutating func add(_ cutOff: CutOff) -> Bool {
        guard !known.contains(cutOff.digest) else { return true }
        guard keep(cutOff) else { return false }
        buildChains()
        settleAreas()
        return true
    }

    /// - Returns: whether it is news.
    private mutating func keep(_ certificate: Certificate) throws(ChainRefusal) -> Bool {
        let digest = certificate.digest
        guard !known.contains(digest) else { return false }
        if certificate.isSelfIssued {
            roots.append(
                try VerifiedChain.verify(CertificateChain([certificate]), root: root))
        } else {
            guard certificate.hasValidSignature else { throw .signatureWrong }
            // Asked once, and not at each look for a chain: it costs as much as a signature.
            guard Signing.isValidKey(certificate.subject) else { throw .keyNotValid }
            issued[certificate.issuer, default: []].append(certificate)
        }
        known.insert(digest)
        return true
    }

    /// - Returns: whether it is genuine and news.
    private mutating func keep(_ cutOff: CutOff) -> Bool {
        let digest = cutOff.digest
        guard !known.contains(digest), cutOff.hasValidSignature else { return false }
        known.insert(digest)
        cutOffs[cutOff.subject, default: []].append(cutOff)
        return true
    }

    /// The chain by which a key may do something in an area; of several one whose key has not been
    /// cut off, then the one with the highest area, then the one with the fewest certificates, then
    /// the least digest.
    package func chain(
        of key: PublicKey, covering area: AreaCode, with rights: Rights
    ) -> VerifiedChain? {
        let covering = (chains[key] ?? []).filter {
            covers($0.leaf.area, area, for: rights) && $0.leaf.rights.isSuperset(of: rights)
        }
        let live = cutOffs[key] == nil ? covering : covering.filter { !isEnded($0) }
        return (live.isEmpty ? covering : live).min { left, right in
            (left.leaf.area.level, left.certificates.count, left.leaf.digest)
                < (right.leaf.area.level, right.certificates.count, right.leaf.digest)
        }
    }

    /// Whether a certificate for one area is one for another. What certifies and redacts goes by the
    /// digits alone, for changes of codes are themselves judged by it.
    func covers(_ area: AreaCode, _ home: AreaCode, for rights: Rights) -> Bool {
        rights.isDisjoint(with: [.certify, .redact])
            ? areas.covers(area, home) : area.contains(home)
    }

    /// The level that a key's word has in a domain; nil when it may not write there. A function of
    /// the certificates known, so it may rise when more of them come. Where the key was cut off it
    /// is what it was for the entries that count.
    package func level(of key: PublicKey, in domain: Domain) -> AreaLevel? {
        chain(of: key, covering: domain.area, with: .toWrite(in: domain))?.leaf.area.level
    }

    /// How many genuine certificates, cut-offs and branch proofs have come, whatever they prove. It
    /// only grows.
    package var count: Int { known.count }

    func contains(_ digest: Bytes32) -> Bool { known.contains(digest) }

    mutating func note(_ digest: Bytes32) { known.insert(digest) }

    /// Whether a certificate has come already.
    package func contains(_ certificate: Certificate) -> Bool { known.contains(certificate.digest) }

    /// Any chain of a key: its name for people.
    package func chain(of key: PublicKey) -> VerifiedChain? {
        chains[key]?.min {
            ($0.leaf.area, $0.leaf.digest) < ($1.leaf.area, $1.leaf.digest)
        }
    }

    /// The chain that ends in a certificate.
    package func chain(to reference: CertificateReference) -> VerifiedChain? {
        guard let subject = subjects[reference] else { return nil }
        return chains[subject]?.first { $0.leaf.reference == reference }
    }

    /// Every verified certificate, ascending by digest.
    package var certificates: [Certificate] {
        chains.values.joined().map { ($0.leaf, digest: $0.leaf.digest) }
            .sorted { $0.digest < $1.digest }.map(\.0)
    }

    /// The best chain by which a certificate's issuer could give it.
    private func bestChain(to certificate: Certificate) throws(ChainRefusal) -> VerifiedChain {
        var best: VerifiedChain?
        var refusal: ChainRefusal = .brokenLink
        for parent in chains[certificate.issuer] ?? [] {
            do throws(ChainRefusal) {
                let chain = try parent.extended(by: certificate)
                guard
                    !hasCutOff(of: parent.leaf.subject)
                        || keeps(certificate.reference, by: parent)
                else { throw .issuerCutOff }
                if best.map({ Self.isBetter(chain, than: $0) }) ?? true { best = chain }
            } catch { refusal = error }
        }
        guard let best else { throw refusal }
        return best
    }

    /// Keeps a chain if its certificate has no better one, and looks again at what its subject
    /// has issued. Ends, because chains only ever get better.
    private mutating func take(_ chain: VerifiedChain) {
        let subject = chain.leaf.subject
        var siblings = chains[subject] ?? []
        if let index = siblings.firstIndex(where: { $0.leaf == chain.leaf }) {
            guard Self.isBetter(chain, than: siblings[index]) else { return }
            siblings[index] = chain
        } else {
            siblings.append(chain)
        }
        chains[subject] = siblings
        subjects[chain.leaf.reference] = subject
        for certificate in issued[subject] ?? [] {
            if let chain = try? bestChain(to: certificate) { take(chain) }
        }
    }

    /// Finds all chains anew. What a cut-off takes away hangs only on chains of higher areas, and on
    /// shorter ones of the same area: so areas come in their order, and a chain grows by one
    /// certificate a round.
    private mutating func buildChains() {
        chains = [:]
        subjects = [:]
        for root in roots { put(root) }
        let levels = Dictionary(grouping: issued.values.joined(), by: \.area.level)
        for (_, certificates) in levels.sorted(by: { $0.key < $1.key }) {
            for _ in 1...ProtocolLimits.certificateChainMax {
                let found = certificates.compactMap { try? bestChain(to: $0) }
                for chain in found { put(chain) }
            }
        }
        findOrphans()
    }

    /// Those who have lost their certificates' footing: what they wrote counts no more.
    private mutating func findOrphans() {
        orphans = [:]
        let certificates = issued.values.joined().filter { certificate in
            !(chains[certificate.subject]?.contains { $0.leaf == certificate } ?? false)
        }
        for _ in 1...ProtocolLimits.certificateChainMax {
            for certificate in certificates
            where !(orphans[certificate.subject]?.contains(certificate) ?? false) {
                let isLeft =
                    chains[certificate.issuer]?.contains {
                        (try? $0.extended(by: certificate)) != nil
                    } ?? false
                let isBelow =
                    orphans[certificate.issuer]?.contains {
                        VerifiedChain.allows(certificate, under: $0)
                    } ?? false
                if isLeft || isBelow {
                    orphans[certificate.subject, default: []].append(certificate)
                }
            }
        }
    }

    private mutating func put(_ chain: VerifiedChain) {
        let subject = chain.leaf.subject
        var siblings = chains[subject] ?? []
        if let index = siblings.firstIndex(where: { $0.leaf == chain.leaf }) {
            siblings[index] = chain
        } else {
            siblings.append(chain)
        }
        chains[subject] = siblings
        subjects[chain.leaf.reference] = subject
    }

    /// Shorter is better, for what may still be certified below; then the lesser digests.
    private static func isBetter(_ left: VerifiedChain, than right: VerifiedChain) -> Bool {
        guard left.certificates.count == right.certificates.count else {
            return left.certificates.count < right.certificates.count
        }
        return left.certificates.lazy.map(\.digest)
            .lexicographicallyPrecedes(right.certificates.lazy.map(\.digest))
    }
}

extension Rights {
    /// What writing in a domain asks for.
    static func toWrite(in domain: Domain) -> Rights {
        domain.lane == .authority ? [.write, .certify] : .write
    }
}
