// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync
import GridTesting
import Testing

/// Random weeks of a small county: writes everywhere, links that come and go in any order and at
/// any pace.
struct RandomPairTests {
    /// The nodes of one week, and which of them call which.
    private struct Week {
        let nodes = [
            Node(1), Node(2), Node(11), Node(3, scope: County.village), Node(12),
        ]
        let roads = [(1, 0), (2, 1), (3, 1), (3, 2), (4, 1)]
        let world: PairWorld
        var links: [PairLink?]

        init(using random: inout SplitMix64) {
            var pace = PairWorld.Pace()
            pace.latency = random.pick([1, 30, 600])
            pace.bytesPerSecond = random.pick([nil, 2_000, 100_000])
            pace.reading = random.pick([1, 40])
            pace.gate = random.pick([1, 20, 700])
            pace.ringing = random.pick([1, 25])
            pace.judging = random.pick([1, 25])
            pace.starting = random.pick([0, 10, 300])
            world = PairWorld(pace)
            links = roads.map { _ in nil }
        }

        mutating func connect(_ road: Int, using random: inout SplitMix64) {
            links[road]?.cut()
            let manner = LinkEnd.Manner(credit: random.pick([307_200, 400_000, 1_048_576]))
            var manners = (manner, manner)
            manners.0.frontierBytesMax = random.pick([-1, 200, 4_096])
            manners.1.frontierBytesMax = random.pick([-1, 200, 4_096])
            let (caller, called) = roads[road]
            let link = world.link(nodes[caller], nodes[called], manners: manners)
            if random.below(3) == 0 { link.loss.fromCaller = random.below(12) }
            if random.below(3) == 0 { link.loss.fromCalled = random.below(12) }
            links[road] = link
        }

        /// Writes something that the node may write, now and then much at once.
        func write(using random: inout SplitMix64) throws {
            let place = random.below(nodes.count)
            let node = nodes[place]
            let area =
                switch place {
                case 0: random.pick([County.root, County.township, County.village])
                case 1: random.pick([County.township, County.village])
                case 4: County.area("522730103212")
                default: County.village
                }
            let lane = random.pick([Lane.urgent, .routine])
            for _ in 0..<random.pick([1, 1, 3]) {
                try node.author(
                    random.below(8) == 0
                        ? .bulk(20_000, area, lane: lane, using: &random)
                        : .note("\(random.below(1_000))", area, lane: lane))
            }
        }
    }

    @Test func whateverHappensAllEndAtOne() async throws {
        var random = SplitMix64()
        let seed: Comment = "ONEGRID_SEED=\(random.seed)"
        for _ in 0..<12 {
            var week = Week(using: &random)
            for _ in 0..<60 {
                switch random.below(8) {
                case 0...2: try week.write(using: &random)
                case 3: week.connect(random.below(week.roads.count), using: &random)
                case 4: week.links[random.below(week.roads.count)]?.cut()
                default: try week.world.pass(UInt64(random.below(3_000)))
                }
            }
            try finish(&week, seed, using: &random)
            // Other tests measure time.
            await Task.yield()
        }
    }

    /// All links are made that are missing, and no more of them get lost.
    private func finish(
        _ week: inout Week, _ seed: Comment, using random: inout SplitMix64
    ) throws {
        for link in week.links { link?.loss = (nil, nil) }
        try week.world.settle()
        for road in week.roads.indices where week.links[road]?.isDead ?? true {
            week.connect(road, using: &random)
            week.links[road]?.loss = (nil, nil)
        }
        try week.world.settle()
        for link in week.links.compactMap({ $0 }) { expectConverged(link, seed) }
        let (county, township, village) = (week.nodes[0], week.nodes[1], week.nodes[2])
        let areAlike =
            county.state.shared(with: County.township) == township.state
            && week.nodes[3].state == village.state
        #expect(areAlike, seed)
        let repeating = week.world.links.flatMap(\.ends).count { $0.hasRepeated }
        #expect(repeating == 0, seed)
    }
}
