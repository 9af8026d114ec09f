// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

/// More than two nodes: what one sends, another passes on.
struct RelayPairTests {
    @Test func aTownshipPassesOnBetweenVillageAndCounty() throws {
        let (village, township) = try PairHistory.strangers()
        let county = Node(1, nonce: 2)
        try county.author(.note("notice", County.root), .note("notice", County.township))
        let world = PairWorld()
        let links = [world.link(village, township), world.link(township, county)]
        try world.settle()
        try village.author(.note("later", lane: .urgent))
        try county.author(.note("later", County.root))
        try world.settle()
        for link in links { expectConverged(link) }
        #expect(county.state.shared(with: County.village) == village.state)
        #expect(county.replica.height(of: village.log(lane: .urgent)) == 4)
        #expect(village.replica.height(of: county.log(County.root)) == 2)
    }

    @Test func aTownshipPassesOnBetweenTwoNodesOfOneVillage() throws {
        let (village, township) = try PairHistory.strangers()
        let clerk = Node(3, scope: County.village)
        try clerk.author(.note("by the clerk"))
        let world = PairWorld()
        let links = [world.link(village, township), world.link(clerk, township)]
        try world.settle()
        let write = try clerk.author(.note("later"))
        try world.settle()
        try village.author(.edit(.existing(write.addresses[0]), "answered"))
        try world.settle()
        for link in links { expectConverged(link) }
        #expect(clerk.state == village.state)
    }

    /// On one network they help each other, although neither may see what is the other's own.
    @Test func villagesSideBySidePassOnNoticesAndNothingElse() throws {
        let township = Node(2)
        try township.author(.note("notice", County.township))
        let (village, neighbour) = (Node(11), Node(12))
        try village.author(.note("own"))
        let world = PairWorld()
        let links = [world.link(village, township), world.link(neighbour, village)]
        try world.settle()
        for link in links { #expect(link.called.closeReason == nil) }
        #expect(neighbour.replica.height(of: township.log(County.township)) == 1)
        #expect(neighbour.replica.areas == [County.township])
    }

    /// Everyone is linked with everyone: what comes twice is acknowledged and changes nothing.
    @Test(arguments: GreetingForms.all)
    func inATriangleDuplicatesCostNothing(_ forms: GreetingForms) throws {
        let (village, township) = try PairHistory.strangers()
        let clerk = Node(3, scope: County.village)
        try clerk.author(.note("by the clerk"))
        let world = PairWorld()
        let links = [(village, township), (clerk, township), (village, clerk)].map {
            world.link($0.0, $0.1, manners: forms.manners)
        }
        try world.settle()
        for node in [village, clerk, township] { try node.author(.note("later")) }
        try world.settle()
        for link in links { expectConverged(link) }
        #expect(clerk.state == village.state)
        for node in [village, clerk, township] {
            let ends = node.runs.map { Dot(log: $0.run.identity.log, sequence: $0.run.last) }
            #expect(Set(ends).count == ends.count)
        }
    }

    @Test func aRunThatComesTwiceIsAcknowledgedAndNoMore() throws {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        let state = township.state
        let run = try #require(village.runs.first { $0.run.identity.log == village.log() })
        let bytes = SyncMessage.run([0] + run.run.encoded)
        try link.called.arrive(bytes.encoded)
        try world.pass(100)
        #expect(township.state == state)
        let credit = UInt64(run.run.encoded.count + 1)
        #expect(
            link.called.sent == [
                .ack(rows: [.init(log: village.log(), height: 3)], credit: credit)
            ])
    }

    /// A session may hear of a commit before or after the verdicts on the runs it came from.
    @Test(arguments: [(1, 30), (30, 1)] as [(UInt64, UInt64)])
    func nothingIsSentBackToWhereItCameFrom(ringing: UInt64, judging: UInt64) throws {
        let (village, township) = try PairHistory.friends()
        var pace = PairWorld.Pace()
        pace.ringing = ringing
        pace.judging = judging
        let world = PairWorld(pace)
        let link = world.link(village, township)
        try world.settle()
        for number in 0..<40 {
            try village.author(.note("\(number)", lane: number % 3 == 0 ? .urgent : .routine))
            // Acknowledgements make the township look for something to send, too.
            if number % 8 == 0 { try township.author(.note("\(number)", County.township)) }
            try world.pass(15)
        }
        try world.settle()
        expectConverged(link)
        #expect(link.called.sentRuns.allSatisfy { $0.log == township.log(County.township) })
        #expect(link.caller.sentRuns.allSatisfy { $0.log.replica == village.replica.id })
    }
}
