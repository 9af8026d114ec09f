// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

/// What both sides make of two greetings, while commits go on.
struct GreetingPairTests {
    /// When a side writes, and where: while the caller's greeting is on its way, while the answer
    /// is, and before a session begins on each side.
    struct Race: Sendable, CustomTestStringConvertible {
        let forms: GreetingForms
        let time: UInt64
        let byVillage: Bool
        let byTownship: Bool

        static let all = GreetingForms.all.flatMap { forms in
            [300, 605, 900, 1205].flatMap { time in
                [(true, false), (false, true), (true, true)].map {
                    Race(forms: forms, time: time, byVillage: $0.0, byTownship: $0.1)
                }
            }
        }

        var testDescription: String {
            "\(forms.testDescription) at \(time)"
                + "\(byVillage ? ", village" : "")\(byTownship ? ", township" : "")"
        }
    }

    @Test(arguments: Race.all)
    func aCommitBetweenTheGreetingsReachesTheOther(_ race: Race) throws {
        let (village, township) = try PairHistory.friends()
        var pace = PairWorld.Pace()
        pace.starting = 10
        let world = PairWorld(pace)
        let link = world.link(village, township, manners: race.forms.manners)
        world.after(race.time) {
            if race.byVillage { try village.author(.note("raced")) }
            if race.byTownship {
                try township.author(.note("raced", County.township), .note("raced"))
            }
        }
        try world.settle()
        expectConverged(link)
        try village.author(.note("later"))
        try township.author(.note("later", County.township))
        try world.settle()
        expectConverged(link)
    }

    /// Both write between the greetings what makes their present rows equal, though what they
    /// said was not, and the other way about.
    @Test(arguments: GreetingForms.all)
    func whatACommitMakesAlikeOrNotIsDecidedByTheGreetings(_ forms: GreetingForms) throws {
        let (village, township) = try PairHistory.friends()
        let clerk = Node(3, scope: County.village)
        try clerk.admit(village.runs)
        try clerk.author(.note("by hand"))
        let run = try #require(clerk.runs.last)
        for delays in [(300, 900), (900, 300), (605, 1205)] as [(UInt64, UInt64)] {
            let nodes = [village.copy(), township.copy()]
            var pace = PairWorld.Pace()
            pace.starting = 10
            let world = PairWorld(pace)
            let link = world.link(nodes[0], nodes[1], manners: forms.manners)
            world.after(delays.0) { try nodes[0].admit([run]) }
            world.after(delays.1) { try nodes[1].admit([run]) }
            try world.settle()
            expectConverged(link, "\(delays)")
            try nodes[0].author(.note("later"))
            try world.settle()
            expectConverged(link, "\(delays)")
        }
    }

    @Test(arguments: GreetingForms.all)
    func onlyAreasThatDifferAreShown(_ forms: GreetingForms) throws {
        let (village, township) = try PairHistory.friends()
        try township.author(.note("new", County.township))
        let world = PairWorld()
        let link = world.link(village, township, manners: forms.manners)
        try world.settle()
        expectConverged(link)
        for (end, sentDigests) in zip(link.ends, [forms.callerDigests, forms.calledDigests]) {
            let shown = end.sent.compactMap { message -> [AreaCode]? in
                if case .frontier(let areas, _) = message { areas } else { nil }
            }
            #expect(shown == (sentDigests ? [[County.township]] : []))
        }
    }

    @Test func rowsOfAnAreaThatWasNotShownAreAnsweredOnceWithRows() throws {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township, manners: (.digests, .digests))
        try world.settle()
        let rows = township.rows.filter { $0.log.domain.area == County.village }
        let question = SyncMessage.frontier(areas: [County.village], rows: rows)
        try link.caller.arrive(question.encoded)
        #expect(
            link.caller.sent == [
                .frontier(
                    areas: [County.village],
                    rows: village.rows.filter { $0.log.domain.area == County.village })
            ])
        try link.caller.arrive(question.encoded)
        #expect(link.caller.sent.count == 1)
    }

    @Test func aPeerThatLostAnAreaStartsOverThere() throws {
        let (village, township) = try PairHistory.friends()
        let world = PairWorld()
        let link = world.link(village, township)
        try world.settle()
        let log = village.log()
        #expect(village.heights(of: township.replica.author.key)[log] == 3)
        let lost = SyncMessage.frontier(areas: [County.village], rows: [])
        try link.caller.arrive(lost.encoded)
        #expect(village.heights(of: township.replica.author.key)[log] == 0)
        try world.settle()
        let again = link.caller.sentRuns.map(\.log)
        #expect(again.allSatisfy { $0.domain.area == County.village } && again.count == 3)
        expectConverged(link)
    }

    /// The read begins where the peer said it was; by the time it is done, the peer is elsewhere.
    @Test func aReadThatAStartOverHasOvertakenIsDoneAnew() throws {
        let (village, township) = (Node(11), Node(2))
        for number in 0..<3 { try village.author(.note("\(number)")) }
        try township.admit(village.runs)
        try village.author(.note("new"))
        var pace = PairWorld.Pace()
        pace.reading = 100
        let world = PairWorld(pace)
        let link = world.link(village, township)
        try world.pass(1250)
        #expect(link.caller.session?.isQuiescent == false)
        let lost = SyncMessage.frontier(areas: [County.village], rows: [])
        try link.caller.arrive(lost.encoded)
        try world.settle()
        let sent = link.caller.sentRuns.filter { $0.log == village.log() }
        #expect(sent.map(\.sequences) == [1...4])
        expectConverged(link)
    }
}
