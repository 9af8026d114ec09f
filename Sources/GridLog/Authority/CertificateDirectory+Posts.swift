// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// The office that certificates speak of, whoever holds it: an area and a title in it.
package struct Post: Hashable, Comparable, Sendable {
    package let area: AreaCode
    /// The certificate's post; its name where that is empty.
    package let title: String

    package init(of certificate: Certificate) {
        area = certificate.area
        title = certificate.post.isEmpty ? certificate.name : certificate.post
    }

    package static func < (left: Post, right: Post) -> Bool {
        (left.area, left.title) < (right.area, right.title)
    }
}

/// One key that holds a post or has held it.
package struct PostHolding: Hashable, Sendable {
    package let post: Post
    /// Its certificate; of several, the one made last.
    package let certificate: Certificate
    /// When the first of its certificates was made, by the issuer's clock; milliseconds since 1970.
    package let since: UInt64
    /// The cut-off that has ended it, of several the one with the least digest; nil while it lives.
    package let end: CutOff?

    package var isLive: Bool { end == nil }
}

/// Posts stay, their holders and keys change. All of this is a function of the sets of certificates
/// and cut-offs; dates only choose what is shown.
extension CertificateDirectory {
    /// Every post with the keys that hold and held it: ascending by post, in each
    /// those that have held it first, then the oldest.
    package var holdings: [PostHolding] {
        chains.keys.compactMap { holding(of: $0) }
            .sorted { left, right in
                guard left.post == right.post else { return left.post < right.post }
                guard left.isLive == right.isLive else { return right.isLive }
                return (left.since, left.certificate.digest)
                    < (right.since, right.certificate.digest)
            }
    }

    /// What a key holds or has held; nil for one without a certificate, and for a root.
    package func holding(of key: PublicKey) -> PostHolding? {
        guard let chain = currentChain(of: key), !chain.leaf.isSelfIssued else { return nil }
        let post = Post(of: chain.leaf)
        let since = (chains[key] ?? []).map(\.leaf).filter { Post(of: $0) == post }
            .map(\.validFrom).min()
        return PostHolding(
            post: post, certificate: chain.leaf, since: since ?? chain.leaf.validFrom,
            end: cutOffs(ending: chain).first)
    }

    /// The chain that a key goes by: of several one that is not ended, then the one of the highest
    /// area, then the one made last, then the one that ends last, then the least digest.
    package func currentChain(of key: PublicKey) -> VerifiedChain? {
        let chains = chains[key] ?? []
        guard chains.count > 1 else { return chains.first }
        let live = hasCutOff(of: key) ? chains.filter { !isEnded($0) } : chains
        return (live.isEmpty ? chains : live).min { left, right in
            let (left, right) = (left.leaf, right.leaf)
            guard left.area.level == right.area.level else {
                return left.area.level < right.area.level
            }
            return (right.validFrom, right.expiry, left.digest)
                < (left.validFrom, left.expiry, right.digest)
        }
    }

    /// Whether a key has been ended and another holds its post now.
    package func isEarlierKey(_ key: PublicKey) -> Bool {
        guard hasCutOff(of: key), let holding = holding(of: key), !holding.isLive else {
            return false
        }
        return chains.keys.contains { other in
            guard other != key, let next = self.holding(of: other) else { return false }
            return next.isLive && next.post == holding.post
        }
    }

    /// Whether all certificates of a key for an area that had been made by a time had ended then, by
    /// their dates; where none had been made, the clocks differ and nothing is said.
    ///
    /// - Parameter time: milliseconds since 1970; nothing is judged by it.
    package func isExpired(_ key: PublicKey, in area: AreaCode, at time: UInt64) -> Bool {
        let covering = (chains[key] ?? []).map(\.leaf).filter { areas.covers($0.area, area) }
            .filter { $0.validFrom <= time }
        return !covering.isEmpty && covering.allSatisfy { $0.expiry < time }
    }
}

extension Certificate {
    /// Its last millisecond since 1970; the greatest number for one without an end.
    package var expiry: UInt64 { validUntil == 0 ? .max : validUntil }
}
