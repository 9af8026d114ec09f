// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync
import Testing

/// Nodes with some history, and what a pair of them is judged by.
enum PairHistory {
    /// A village and its township that have never met. Each has entries in several lanes; the
    /// township also has a notice of its own, one of the county's, and those of another village.
    static func strangers() throws -> (village: Node, township: Node) {
        let (village, township, county) = (Node(11), Node(2), Node(1))
        try county.author(.note("county notice", County.root))
        try township.admit(county.runs)
        for number in 0..<3 {
            try village.author(.note("matter \(number)", lane: .urgent))
            try village.author(.note("household \(number)"))
            try township.author(.note("township notice \(number)", County.township))
            try township.author(.note("asked of the village \(number)"))
        }
        let certificate = County.certificate(for: 13, by: 2, County.area("522730103213"))
        try township.author(.certificate(certificate, County.township))
        try township.author(.note("not for village 11", County.area("522730103212")))
        return (village, township)
    }

    /// The same two, at one and at rest.
    static func friends() throws -> (village: Node, township: Node) {
        let (village, township) = try strangers()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        expectConverged(link)
        link.cut()
        return (village, township)
    }
}

/// Both sides hold the same of what they share, and know that nothing is left to do.
///
/// Only numbers and answers are expected: a failure would write down the whole world otherwise.
func expectConverged(
    _ link: PairLink, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    for end in link.ends {
        let (isQuiescent, reason, repeats) = (end.isQuiescent, end.closeReason, end.hasRepeated)
        let left = end.session?.unacknowledgedEntries
        #expect(reason == nil, comment, sourceLocation: sourceLocation)
        #expect(isQuiescent, comment, sourceLocation: sourceLocation)
        #expect(left == 0, comment, sourceLocation: sourceLocation)
        #expect(!repeats, comment, sourceLocation: sourceLocation)
    }
    let nodes = link.ends.map(\.node)
    let areas = nodes.map(\.replica.scope.area)
    let isAlike = nodes[0].state.shared(with: areas[1]) == nodes[1].state.shared(with: areas[0])
    #expect(isAlike, comment, sourceLocation: sourceLocation)
}

extension MemoryStorage.Snapshot {
    /// What of it an area's scope contains.
    func shared(with area: AreaCode) -> MemoryStorage.Snapshot {
        let scope = Scope(area)
        return MemoryStorage.Snapshot(
            records: records.filter { scope.contains($0.key.domain.area) },
            logs: logs.filter { scope.contains($0.key.domain.area) })
    }
}
