// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog
import GridSync

/// What offices have said and does not stand in lane 0 here any more (Protocol/cutoffs.md, "Words").
extension FolderReplica {
    /// What was known when such words were last looked for.
    struct UnsaidWords {
        let known: Int
        let heights: UInt64
        let words: [AuthorityWord]
    }

    /// The words of offices that are known beside lane 0 alone, for areas that pass the test: peers may
    /// never have met them. Certificates without footing come last.
    package func unsaidWords(where isWanted: (AreaCode) -> Bool) throws -> [AuthorityWord] {
        let directory = replica.directory
        guard directory.hasForks || directory.hasCutOffs else { return [] }
        let heights = replica.authorityHeights
        if unsaid.map({ $0.known != directory.count || $0.heights != heights }) ?? true {
            unsaid = UnsaidWords(
                known: directory.count, heights: heights,
                words: directory.inOrder(directory.weighty(try store.unsaidWords())))
        }
        return (unsaid?.words ?? []).filter { directory.areas(of: $0).contains(where: isWanted) }
    }

    /// Keeps words of offices that a peer has passed on, as far as they have any weight, or would have
    /// but for a cut-off. What this node's own office had said it says once more. Of what keys have said
    /// that were cut off no more is kept than up to a bound: they can sign as much as they like.
    ///
    /// - Returns: whether anything was news.
    package func learn(_ words: [AuthorityWord]) throws(CommitFailure) -> Bool {
        let unknown = words.filter { !replica.directory.contains($0) }
        guard !unknown.isEmpty else { return false }
        var witness = replica.directory
        witness.add(unknown)
        let isFull =
            max(replica.directory.orphanCount, replica.directory.areaChangeCount)
            > ProtocolLimits.wordsKeptMax - unknown.count
        let news = witness.weighty(unknown).filter { word in
            guard isFull else { return true }
            if case .areaChange = word { return false }
            return !witness.isOrphan(word)
        }
        guard !news.isEmpty else { return false }
        var directory = replica.directory
        directory.add(news)
        let isStale = replica.standingDiffers(by: directory)
        let lane = Domain(area: replica.scope.area, lane: .authority)
        let isOffice =
            directory.level(of: author.key, in: lane) != nil
            && !directory.isOver(author.key, in: lane)
        try keep {
            try store.keep(
                news, waiting: { isOffice && $0.issuer == author.key }, isStale: isStale)
        }
        replica.learn(news)
        // What peers were refused or have named means something else now; for what nobody may write by
        // conversations do not begin anew, or whoever has a stolen key could end them at will.
        if isStale || news.contains(where: { !directory.isOrphan($0) }) { shortenings += 1 }
        if isStale { buildAnew() }
        goOnFromForks()
        return true
    }
}

extension Replica {
    /// How many entries of lane 0 are here.
    fileprivate var authorityHeights: UInt64 {
        logs { _ in true }.reduce(0) { sum, log in
            log.identity.domain.lane == .authority ? sum &+ log.height : sum
        }
    }
}
