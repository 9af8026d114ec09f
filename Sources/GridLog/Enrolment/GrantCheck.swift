// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Why a certificate that a node is handed is not taken.
package enum GrantRefusal: Error, Hashable, Sendable {
    /// It proves nothing, or leads to another root than the one pinned.
    case chain(ChainRefusal)
    /// It is another node's.
    case foreignKey(name: String)
    /// The node belongs to a root already, and this is another.
    case otherRoot
    /// What it shows as the office's certificate is another node's.
    case otherOffice(name: String)
    /// It is for another area than the node was told when it asked.
    case otherArea(AreaCode)
}

/// What a node asks of a certificate before it becomes its own, by code and by file alike.
package enum GrantCheck {
    /// - Parameters:
    ///   - root: the one the chain has to lead to.
    ///   - key: the node's own.
    ///   - belongsTo: the root of the certificate that the node has already, if any.
    ///   - toldArea: what it was told when it asked by a code.
    package static func verify(
        _ chain: CertificateChain, root: PublicKey, key: PublicKey, belongsTo: PublicKey?,
        toldArea: AreaCode? = nil
    ) throws(GrantRefusal) -> VerifiedChain {
        let verified: VerifiedChain
        do throws(ChainRefusal) {
            verified = try VerifiedChain.verify(chain, root: root)
        } catch {
            throw .chain(error)
        }
        guard verified.leaf.subject == key else {
            throw .foreignKey(name: verified.leaf.name)
        }
        if let belongsTo, belongsTo != root { throw .otherRoot }
        if let toldArea, toldArea != verified.leaf.area {
            throw .otherArea(verified.leaf.area)
        }
        return verified
    }

    /// The office's own chain, where a grant shows it: it has to lead to the same root, and to the key
    /// by which the office is called.
    package static func verify(
        office chain: CertificateChain?, root: PublicKey, key: PublicKey
    ) throws(GrantRefusal) -> VerifiedChain? {
        guard let chain else { return nil }
        let verified: VerifiedChain
        do throws(ChainRefusal) {
            verified = try VerifiedChain.verify(chain, root: root)
        } catch {
            throw .chain(error)
        }
        guard verified.leaf.subject == key else {
            throw .otherOffice(name: verified.leaf.name)
        }
        return verified
    }
}
