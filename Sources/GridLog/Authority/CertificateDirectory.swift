// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// All certificates a replica knows that lead back to its pinned root, by the key they certify.
package struct CertificateDirectory: Sendable {
    package let root: PublicKey
    private var chains: [PublicKey: [VerifiedChain]] = [:]
    /// Certificates whose issuer is not known yet, by issuer.
    private var orphans: [PublicKey: [Certificate]] = [:]
    private var known: Set<Bytes32> = []

    package init(root: PublicKey) { self.root = root }

    /// Takes in a certificate that arrived on its own, in any order. One whose issuer is not
    /// known waits; one that proves nothing is refused and forgotten.
    package mutating func add(_ certificate: Certificate) throws(ChainRefusal) {
        guard !known.contains(certificate.digest) else { return }
        if certificate.isSelfIssued {
            try insert(VerifiedChain.verify(CertificateChain([certificate]), root: root))
            return
        }
        guard let parents = chains[certificate.issuer] else {
            guard certificate.hasValidSignature else { throw .signatureWrong }
            known.insert(certificate.digest)
            orphans[certificate.issuer, default: []].append(certificate)
            return
        }
        var refusal: ChainRefusal = .brokenLink
        for parent in parents {
            do {
                let chain = CertificateChain(parent.certificates + [certificate])
                try insert(VerifiedChain.verify(chain, root: root))
                return
            } catch { refusal = error }
        }
        throw refusal
    }

    /// Takes in a whole chain.
    package mutating func add(_ chain: VerifiedChain) {
        for certificate in chain.certificates {
            // A verified chain's certificates each lead back to the root.
            try? add(certificate)
        }
    }

    /// The chain by which a key may do something in an area; of several the one with the highest
    /// area, then the one with the fewest certificates, then the least digest.
    package func chain(
        of key: PublicKey, covering area: AreaCode, with rights: Rights
    ) -> VerifiedChain? {
        chains[key]?.filter {
            $0.leaf.area.contains(area) && $0.leaf.rights.isSuperset(of: rights)
        }.min { left, right in
            (left.leaf.area.level, left.certificates.count, left.leaf.digest)
                < (right.leaf.area.level, right.certificates.count, right.leaf.digest)
        }
    }

    /// Any chain of a key: its name for people.
    package func chain(of key: PublicKey) -> VerifiedChain? {
        chains[key]?.min { $0.leaf.area < $1.leaf.area }
    }

    /// Every verified certificate, ascending by digest.
    package var certificates: [Certificate] {
        chains.values.joined().map(\.leaf).sorted { $0.digest < $1.digest }
    }

    private mutating func insert(_ chain: VerifiedChain) throws(ChainRefusal) {
        known.insert(chain.leaf.digest)
        chains[chain.leaf.subject, default: []].append(chain)
        for orphan in orphans.removeValue(forKey: chain.leaf.subject) ?? [] {
            known.remove(orphan.digest)
            // An orphan that turns out to widen something is dropped.
            try? add(orphan)
        }
    }
}
