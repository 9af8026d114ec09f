// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// What is on the road to one peer, reckoned against what it has acknowledged.
package struct BundlesOnRoad: Sendable {
    /// Not acknowledged, the oldest first.
    package let parts: [BundlePart]
    /// Entries in them that are not acknowledged, each counted once.
    package let entries: UInt64
    /// What the peer will have when all of it has arrived.
    package let belief: VersionVector

    /// - Parameters:
    ///   - acknowledged: what the peer has by its own word.
    ///   - frontier: what is here: nothing beyond it counts.
    package init(
        _ parts: [BundlePart], acknowledged: VersionVector, frontier: VersionVector
    ) {
        var belief = acknowledged
        var entries: UInt64 = 0
        var open: Set<Int> = []
        var ranges: [LogID: [(first: UInt64, last: UInt64, index: Int)]] = [:]
        for (index, part) in parts.enumerated() {
            for range in part.ranges {
                let last = min(range.last, frontier[range.log])
                guard last > acknowledged[range.log], range.first <= last else { continue }
                open.insert(index)
                ranges[range.log, default: []].append((range.first, last, index))
            }
        }
        for (log, ranges) in ranges {
            var counted = acknowledged[log]
            for range in ranges.sorted(by: { ($0.first, $0.last) < ($1.first, $1.last) }) {
                // Beyond a gap it arrives, too, and waits there.
                if range.first <= belief[log] + 1 { belief.raise(log, to: range.last) }
                guard range.last > counted else { continue }
                entries += range.last - max(counted, range.first - 1)
                counted = range.last
            }
        }
        self.parts = parts.indices.filter(open.contains).map { parts[$0] }
        self.entries = entries
        self.belief = belief
    }
}
