// SPDX-License-Identifier: Apache-2.0

import GridCore

/// Offices that did not know of each other, and each say again what another has destroyed.
extension RedactionBook {
    /// What was said again of one entry and is more than all orders leave together.
    package struct Surplus: Hashable, Sendable {
        package let entry: NamedEntry
        /// Those restatements of it that count, ascending by digest; none where an order leaves nothing.
        package let counting: [Restatement]
        /// Those that orders name and that stand somewhere with their values, ascending by digest.
        package let standing: [Restatement]
    }

    /// The entries of which more than one restatement stands, or one that an order leaves nothing of;
    /// ascending.
    ///
    /// One that no order names is left alone: its own may be on its way, and would destroy what another
    /// restatement says again.
    package var surpluses: [Surplus] {
        var found: [Surplus] = []
        for (entry, digests) in named.sorted(by: { $0.key < $1.key }) {
            guard let treatment = treatments[entry] else { continue }
            let standing = digests.sorted().compactMap { digest -> Restatement? in
                guard let restatement = restatements[digest], restatement.entry == entry,
                    !standingCarriers(of: restatement).isEmpty
                else { return nil }
                return restatement
            }
            let counting = treatment.restatements
            guard !standing.isEmpty, standing != counting || counting.count > 1 else { continue }
            found.append(Surplus(entry: entry, counting: counting, standing: standing))
        }
        return found
    }

    /// The entries in which a restatement stands and that no order names, ascending.
    package func standingCarriers(of restatement: Restatement) -> [NamedEntry] {
        carriers(of: restatement).filter { treatments[$0] == nil }
    }
}
