// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting
import Testing

/// Villages of which parts went into others.
struct AreaSplitTests {
    private static let village = code("522730103210")
    private static let heir = code("522730103217")
    private static let third = code("522730103230")
    private static let fourth = code("522730103231")

    private static func code(_ text: String) -> AreaCode {
        guard let code = try? AreaCode(parsing: text) else {
            preconditionFailure("\(text) is no area code")
        }
        return code
    }

    private static func grid(_ village: AreaCode, _ number: Int) -> AreaCode {
        code("\(village)00\(number)")
    }

    /// A map of steps none of which contradicts those before it.
    private func map(_ steps: (AreaCode, AreaCode, AreaMap.Kind)...) -> AreaMap {
        var map = AreaMap()
        for (from, to, kind) in steps {
            let isTaken = map.take(AreaMap.Step(from: from, to: to, kind: kind))
            #expect(isTaken, "\(from) to \(to), \(kind)")
        }
        return map
    }

    @Test func anHeirCoversWhatWasDividedAndNotTheOtherWayRound() {
        let map = map((Self.village, Self.heir, .split))
        #expect(!map.isEmpty)
        #expect(map.covers(Self.heir, Self.village))
        #expect(map.carries(Self.heir, Self.village))
        #expect(!map.covers(Self.village, Self.heir))
        #expect(!map.carries(Self.village, Self.heir))
        #expect(!map.covers(Self.third, Self.village))
        #expect(!map.covers(Self.heir, Self.third))
        // Above and below villages the digits decide.
        #expect(!map.covers(Self.grid(Self.heir, 1), Self.village))
        #expect(!map.covers(Self.heir, Self.grid(Self.village, 1)))
        // The village is called what it was, and nothing of it has another name.
        #expect(map.current(Self.village) == Self.village)
        #expect(map.all == [] && map.former(in: Self.heir) == [])
        #expect(map.family(of: Self.village) == [Self.village])
        #expect(map.namesakes(of: Self.heir) == [Self.heir])
        #expect(map.heirs(of: Self.village) == [Self.village, Self.heir])
        #expect(map.heirs(of: Self.heir) == [Self.heir])
        #expect(map.divided == [Self.village])
        #expect(map.divided(into: Self.heir) == [Self.village])
        #expect(map.divided(into: Self.village) == [])
    }

    @Test func whatTheVillageWasCalledBeforeIsDividedToo() {
        let map = map(
            (Self.third, Self.village, .renumber), (Self.fourth, Self.third, .merge),
            (Self.village, Self.heir, .split))
        for former in [Self.village, Self.third, Self.fourth] {
            #expect(map.covers(Self.heir, former))
            #expect(!map.covers(former, Self.heir))
            #expect(map.heirs(of: former) == [Self.village, Self.heir])
        }
        #expect(map.divided(into: Self.heir) == [Self.village, Self.third, Self.fourth])
    }

    @Test func whatGoesIntoTheVillageLaterIsNotTheHeirs() {
        let map = map((Self.village, Self.heir, .split), (Self.third, Self.village, .merge))
        #expect(map.covers(Self.village, Self.third))
        #expect(!map.covers(Self.heir, Self.third))
        #expect(map.covers(Self.heir, Self.village))
        // What was written by those of the third stands under its code or that of the village.
        #expect(map.covers(Self.third, Self.village))
        #expect(map.heirs(of: Self.third) == [Self.village])
    }

    @Test func whatTheVillageIsCalledLaterIsNotTheHeirs() {
        let map = map((Self.village, Self.heir, .split), (Self.village, Self.third, .renumber))
        #expect(map.covers(Self.heir, Self.village))
        #expect(!map.covers(Self.heir, Self.third))
        #expect(map.covers(Self.third, Self.village))
        #expect(map.heirs(of: Self.village) == [Self.third, Self.heir])
        #expect(map.divided(into: Self.third) == [])
    }

    @Test(arguments: [AreaMap.Kind.renumber, .merge])
    func anHeirThatChangesItsOwnCodeStaysOne(_ kind: AreaMap.Kind) {
        for map in [
            map((Self.village, Self.heir, .split), (Self.heir, Self.third, kind)),
            map((Self.heir, Self.third, kind), (Self.village, Self.heir, .split)),
        ] {
            for area in [Self.heir, Self.third] {
                #expect(map.covers(area, Self.village))
                #expect(!map.covers(Self.village, area))
                #expect(map.divided(into: area) == [Self.village])
            }
            #expect(map.heirs(of: Self.village) == [Self.village, Self.third])
        }
    }

    @Test func anHeirThatIsOneWithTheVillageAgainIsItself() {
        let map = map((Self.village, Self.heir, .split), (Self.heir, Self.village, .merge))
        #expect(map.covers(Self.village, Self.heir) && map.covers(Self.heir, Self.village))
        #expect(map.heirs(of: Self.village) == [Self.village])
        #expect(map.divided(into: Self.heir) == [])
        let home = Self.grid(Self.heir, 1)
        #expect(map.place(of: Self.village, grid: home) == Self.village)
    }

    @Test func whatAnHeirHasOfAnotherGoesOnToItsHeirs() {
        let early = map((Self.village, Self.heir, .split), (Self.heir, Self.third, .split))
        #expect(early.covers(Self.third, Self.village))
        #expect(early.covers(Self.third, Self.heir))
        #expect(!early.covers(Self.heir, Self.third))
        #expect(early.heirs(of: Self.village) == [Self.village, Self.heir, Self.third])
        #expect(early.divided(into: Self.third) == [Self.village, Self.heir])
        // What it comes by after that does not.
        let late = map((Self.heir, Self.third, .split), (Self.village, Self.heir, .split))
        #expect(!late.covers(Self.third, Self.village))
        #expect(late.heirs(of: Self.village) == [Self.village, Self.heir])
    }

    @Test func twoMayHaveAPartAndEachAPartOfTheOther() {
        let two = map((Self.village, Self.heir, .split), (Self.village, Self.third, .split))
        #expect(two.heirs(of: Self.village) == [Self.village, Self.heir, Self.third])
        #expect(!two.covers(Self.heir, Self.third) && !two.covers(Self.third, Self.heir))
        let mutual = map((Self.village, Self.heir, .split), (Self.heir, Self.village, .split))
        #expect(mutual.covers(Self.village, Self.heir) && mutual.covers(Self.heir, Self.village))
        #expect(mutual.heirs(of: Self.village) == [Self.village, Self.heir])
        #expect(mutual.heirs(of: Self.heir) == [Self.heir, Self.village])
    }

    @Test func whatContradictsASplitIsLeftOut() {
        typealias Steps = [(AreaCode, AreaCode, AreaMap.Kind)]
        let stories: [Steps] = [
            // The village was left before; the heir is the village, or an heir already, by any name.
            [(Self.village, Self.third, .renumber), (Self.village, Self.heir, .split)],
            [(Self.heir, Self.village, .merge), (Self.village, Self.heir, .split)],
            [(Self.village, Self.heir, .split), (Self.village, Self.heir, .split)],
            [
                (Self.village, Self.heir, .split), (Self.heir, Self.third, .renumber),
                (Self.village, Self.third, .split),
            ],
            // A split leads to a code as any other change does.
            [(Self.village, Self.heir, .split), (Self.third, Self.heir, .renumber)],
        ]
        for story in stories {
            var map = AreaMap()
            for (from, to, kind) in story.dropLast() {
                let isTaken = map.take(AreaMap.Step(from: from, to: to, kind: kind))
                #expect(isTaken)
            }
            let before = map
            let (from, to, kind) = story[story.count - 1]
            let isTaken = map.take(AreaMap.Step(from: from, to: to, kind: kind))
            #expect(!isTaken, "\(from) to \(to)")
            #expect(map == before)
        }
        // What goes into an heir or is split into it does not contradict.
        for kind in [AreaMap.Kind.merge, .split] {
            _ = map((Self.village, Self.heir, .split), (Self.third, Self.heir, kind))
        }
    }

    @Test func aRecordIsFoundWhereItsGridWent() {
        let gone = Self.grid(Self.village, 1)
        let there = Self.grid(Self.heir, 7)
        var map = map((Self.village, Self.heir, .split), (gone, there, .renumber))
        let finer = Self.code("\(gone)0203")
        for grid in [gone, finer, there] {
            #expect(map.place(of: Self.village, grid: grid) == Self.heir)
        }
        // What says none, or one that stayed, or one that is nobody's, stays.
        for grid in [nil, Self.grid(Self.village, 2), Self.grid(Self.third, 1)] {
            #expect(map.place(of: Self.village, grid: grid) == Self.village)
        }
        // Not what others wrote.
        #expect(map.place(of: Self.heir, grid: gone) == Self.heir)
        #expect(map.place(of: Self.third, grid: gone) == Self.third)
        let steps = [
            // Further changes take it along, a merge too though grids keep their codes then.
            AreaMap.Step(from: Self.village, to: Self.fourth, kind: .renumber),
            AreaMap.Step(from: Self.heir, to: Self.third, kind: .merge),
        ]
        for step in steps {
            let isTaken = map.take(step)
            #expect(isTaken)
        }
        #expect(map.place(of: Self.village, grid: finer) == Self.third)
        #expect(map.place(of: Self.village, grid: nil) == Self.fourth)
        #expect(map.place(of: Self.fourth, grid: there) == Self.fourth)
    }

    @Test func aGridOfAVillageThatWasNotDividedMovesNothing() {
        let map = map((Self.grid(Self.village, 1), Self.grid(Self.heir, 7), .renumber))
        #expect(map.place(of: Self.village, grid: Self.grid(Self.village, 1)) == Self.village)
    }

    /// Laws of every map, of random steps in a small township.
    @Test func aMapKeepsItsLaws() throws {
        var random = SplitMix64()
        let villages = (0..<5).map { Self.code("52273010321\($0)") }
        let grids = villages.flatMap { village in (1...2).map { Self.grid(village, $0) } }
        let codes = villages + villages + grids
        for _ in 0..<500 {
            var map = AreaMap()
            for _ in 0..<10 {
                let from = codes[random.below(codes.count)]
                let to = codes[random.below(codes.count)]
                let step = AreaMap.Step(
                    from: from, to: to, kind: AreaMap.Kind.allCases[random.below(3)])
                let before = map
                let isTaken = map.take(step)
                let comment: Comment = "\(before) and \(step), ONEGRID_SEED=\(random.seed)"
                guard isTaken else {
                    try #require(map == before, comment)
                    continue
                }
                try lawsHold(of: map, among: villages, grids, comment)
                for area in villages {
                    for home in villages {
                        try #require(
                            map.covers(area, home) == expected(area, home, before, step), comment)
                    }
                }
            }
        }
    }

    private func lawsHold(
        of map: AreaMap, among villages: [AreaCode], _ grids: [AreaCode], _ comment: Comment
    ) throws {
        for home in villages {
            let now = map.current(home)
            let heirs = map.heirs(of: home)
            try #require(map.current(now) == now && map.covers(home, home), comment)
            try #require(heirs[0] == now && Set(heirs).count == heirs.count, comment)
            for area in villages {
                try #require(
                    map.covers(area, home) == heirs.contains(map.current(area)), comment)
                try #require(
                    map.divided(into: area).contains(home)
                        == (heirs.dropFirst().contains(map.current(area))), comment)
            }
            try #require(map.place(of: home, grid: nil) == now, comment)
            for grid in grids {
                let place = map.place(of: home, grid: grid)
                let there = map.current(grid).ancestor(at: .village).map(map.current)
                let mayMove = there.map(heirs.contains) ?? false
                try #require(place == (mayMove ? there : now), comment)
            }
        }
    }

    /// Who covers what after a step, by what was covered before it alone.
    private func expected(
        _ area: AreaCode, _ home: AreaCode, _ before: AreaMap, _ step: AreaMap.Step
    ) -> Bool {
        if before.covers(area, home) { return true }
        guard step.from.level == .village else { return false }
        func isOne(_ left: AreaCode, _ right: AreaCode) -> Bool {
            before.current(left) == before.current(right)
        }
        let (from, to) = (step.from, step.to)
        if step.kind == .split { return isOne(area, to) && before.covers(from, home) }
        return isOne(area, from) && before.covers(to, home)
            || isOne(area, to) && before.covers(from, home)
    }
}
