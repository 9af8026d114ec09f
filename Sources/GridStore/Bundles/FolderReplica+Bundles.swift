// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridLog
package import GridSync

extension FolderReplica {
    /// Learns from a bundle that its sender exists, by its chain, and when it was last heard of. A
    /// peer that the bundle shows as another replica is taken for that one if the bundle is younger
    /// than the last contact with it.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: whether what the bundle says of its sender's holdings speaks of the replica that
    ///   the sender is by now, as far as is known here.
    package func meet(_ chain: VerifiedChain, in header: BundleHeader, now: UInt64) -> Bool {
        let key = chain.leaf.subject
        let replica = LogIdentity.replica(key: key, nonce: header.nonce)
        // A clock that is ahead must not keep later bundles from being later.
        let time = min(header.time, now)
        let known = (try? store.peers())?.first { $0.key == key }
        if let known, known.replica != replica, time <= known.lastContact {
            learn(chain, now: now)
            return false
        }
        keep(
            PeerRecord(
                key: key, name: chain.leaf.name, area: chain.leaf.area, replica: replica,
                software: header.software, lastContact: max(time, known?.lastContact ?? 0),
                lastReason: known?.lastReason ?? "", clockSkew: known?.clockSkew ?? 0),
            showing: chain, having: VersionVector(), now: now)
        return true
    }

    /// Keeps the certificates of a chain; nothing else of its holder.
    private func learn(_ chain: VerifiedChain, now: UInt64) {
        guard let known = (try? store.peers())?.first(where: { $0.key == chain.leaf.subject })
        else { return }
        keep(known, showing: chain, having: VersionVector(), now: now)
    }

    /// Keeps a part that was made.
    package func add(_ part: BundlePart) throws(CommitFailure) {
        try keep { try store.add(part) }
    }

    /// Takes note that a part lies where it was wanted; nil for one that was never made here.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func carried(
        id: UInt64, part: Int, now: UInt64
    ) throws(CommitFailure) -> BundlePart? {
        var made: BundlePart?
        try keep { made = try store.carried(id: id, part: part, at: now) }
        return made
    }
}
