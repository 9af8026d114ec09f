// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Whom a record may name as its reader.
extension CertificateDirectory {
    /// Whether a device may read what lives in an area, and has not been cut off.
    package func mayRead(_ key: PublicKey, in area: AreaCode) -> Bool {
        guard let chain = currentChain(of: key), !isEnded(chain) else { return false }
        return chain.leaf.rights.contains(.read) && areas.carries(chain.leaf.area, area)
    }

    /// Who takes the place of readers when nobody says anything: of keys that were cut off those
    /// that the same holder has for the same post now. Another holder is named by a person.
    package func lasting(_ readers: Set<PublicKey>, in area: AreaCode) -> Set<PublicKey> {
        let ended = readers.filter { !mayRead($0, in: area) }
        guard !ended.isEmpty else { return readers }
        let holdings = holdings
        let next = ended.compactMap { key -> PublicKey? in
            guard let former = holding(of: key), former.end?.reason == .replaced else { return nil }
            return holdings.first {
                $0.isLive && $0.post == former.post
                    && $0.certificate.holder == former.certificate.holder
                    && mayRead($0.certificate.subject, in: area)
            }?.certificate.subject
        }
        return readers.subtracting(ended).union(next)
    }
}
