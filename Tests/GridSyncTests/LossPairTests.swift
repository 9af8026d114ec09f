// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync
import GridTesting
import Testing

/// A link that dies, at every message there is.
struct LossPairTests {
    /// Two nodes with more than one read of the ledger between them, in both directions, so that a
    /// loss can come before, between and after runs and acknowledgements.
    private func pair() throws -> (village: Node, township: Node) {
        let (village, township) = try PairHistory.strangers()
        var random = SplitMix64(seed: 5)
        for number in 0..<3 {
            try village.author(
                .bulk(30_000, lane: number == 0 ? .urgent : .routine, using: &random))
            try township.author(
                .bulk(30_000, number == 0 ? County.township : County.village, using: &random))
        }
        return (village, township)
    }

    /// Something is written on both sides while the first exchange is under way.
    private func link(
        _ pair: (village: Node, township: Node), _ forms: GreetingForms, in world: PairWorld
    ) -> PairLink {
        let link = world.link(pair.village, pair.township, manners: forms.manners)
        world.after(2500) {
            try pair.village.author(.note("meanwhile"))
            try pair.township.author(.note("meanwhile", County.township, lane: .urgent))
        }
        return link
    }

    @Test(arguments: GreetingForms.all)
    func afterALossAtAnyMessageBothConvergeAndRepeatNothing(
        _ forms: GreetingForms
    ) async throws {
        let pair = try pair()
        let whole = PairWorld()
        let unbroken = link((pair.village.copy(), pair.township.copy()), forms, in: whole)
        try whole.settle()
        expectConverged(unbroken)
        let (fromCaller, fromCalled) = unbroken.counts
        #expect(fromCaller >= 8 && fromCalled >= 8)
        let losses: [(fromCaller: Int?, fromCalled: Int?)] =
            (0..<fromCaller).map { ($0, nil) } + (0..<fromCalled).map { (nil, $0) }
        for loss in losses {
            let world = PairWorld()
            let nodes = (village: pair.village.copy(), township: pair.township.copy())
            let first = link(nodes, forms, in: world)
            first.loss = loss
            try world.settle()
            #expect(first.isDead)
            let second = world.link(nodes.village, nodes.township, manners: forms.manners)
            try world.settle()
            expectConverged(second, "\(loss)")
            expectNoOverlap([first, second])
            // Other tests measure time.
            await Task.yield()
        }
    }

    /// The link dies again and again, each time one message later than the time before.
    @Test(arguments: GreetingForms.all)
    func everyShortLinkBringsItsPart(_ forms: GreetingForms) async throws {
        let (village, township) = try pair()
        let world = PairWorld()
        var left = village.missing(from: township) + township.missing(from: village)
        for attempt in 0... {
            let link = world.link(village, township, manners: forms.manners)
            link.loss = (attempt / 2 + 5, (attempt + 1) / 2 + 5)
            try world.settle()
            expectNoOverlap([link])
            guard link.isDead else { return expectConverged(link) }
            let still = village.missing(from: township) + township.missing(from: village)
            #expect(still < left, "attempt \(attempt)")
            left = still
            await Task.yield()
        }
    }

    private func expectNoOverlap(_ links: [PairLink]) {
        let overlapping = links.flatMap(\.ends).count { $0.hasOverlapped }
        #expect(overlapping == 0)
    }

    @Test func aLinkThatDiesWhileRunsAreAtTheGateLosesNothing() throws {
        let (village, township) = try pair()
        var pace = PairWorld.Pace()
        pace.gate = 5_000
        let world = PairWorld(pace)
        let first = world.link(village, township)
        try world.pass(4_000)
        first.cut()
        let second = world.link(village, township)
        try world.settle()
        expectConverged(second)
    }
}

extension Node {
    /// Entries of shared logs that it holds and another does not.
    fileprivate func missing(from other: Node) -> UInt64 {
        rows.filter { other.replica.scope.contains($0.log.domain.area) }.reduce(0) { sum, row in
            sum + row.height - min(row.height, other.replica.height(of: row.log))
        }
    }
}
