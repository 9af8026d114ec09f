// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting
import Testing

struct AreaMapTests {
    private func code(_ text: String) -> AreaCode {
        guard let code = try? AreaCode(parsing: text) else {
            preconditionFailure("\(text) is no area code")
        }
        return code
    }

    private func map(_ steps: (String, String, AreaMap.Kind)...) -> AreaMap {
        var map = AreaMap()
        for (from, to, kind) in steps {
            _ = map.take(AreaMap.Step(from: code(from), to: code(to), kind: kind))
        }
        return map
    }

    @Test func anEmptyMapIsTheDigits() {
        let map = AreaMap()
        #expect(map.current(code("522730103210003")) == code("522730103210003"))
        #expect(map.family(of: code("522730103210")) == [code("522730103210")])
        #expect(map.namesakes(of: code("522730103210003")) == [code("522730103210003")])
        #expect(map.former(in: code("522730103")) == [])
        #expect(map.carries(code("522730103210"), code("522730103")))
        #expect(!map.carries(code("522730103210"), code("522730103211")))
    }

    @Test func finerCodesGoAlongWhenACodeChangesAndStayWhenItGoesIntoAnother() {
        let renumbered = map(("522730103210", "522730103230", .renumber))
        #expect(renumbered.current(code("5227301032100030102")) == code("5227301032300030102"))
        #expect(
            renumbered.namesakes(of: code("522730103230003"))
                == [code("522730103230003"), code("522730103210003")])
        let merged = map(("522730103210", "522730103230", .merge))
        #expect(merged.current(code("522730103210")) == code("522730103230"))
        #expect(merged.current(code("522730103210003")) == code("522730103210003"))
        let grid = map(
            ("522730103210", "522730103230", .merge),
            ("522730103210003", "522730103230015", .renumber))
        #expect(grid.current(code("52273010321000302")) == code("52273010323001502"))
        #expect(
            grid.namesakes(of: code("522730103230015"))
                == [code("522730103230015"), code("522730103210003")])
    }

    @Test func whatIsOneNowIsFoundTogether() {
        let map = map(
            ("522730103210", "522730103230", .renumber), ("522730103217", "522730103230", .merge),
            ("522730103230", "522730103231", .renumber))
        let now = code("522730103231")
        #expect(
            map.family(of: code("522730103217"))
                == [now] + ["522730103210", "522730103217", "522730103230"].map(code))
        #expect(map.former(in: code("522730103")).count == 3)
        #expect(map.former(in: code("522730103217")) == map.former(in: now))
        for left in map.family(of: now) {
            for right in map.family(of: now) { #expect(map.covers(left, right)) }
        }
        #expect(!map.covers(now, code("522730103299")))
    }

    @Test(arguments: [
        // Left already; taken; in a circle; to itself; another level; another township; a township.
        ("522730103210", "522730103240", AreaMap.Kind.merge),
        ("522730103217", "522730103230", .renumber), ("522730103230", "522730103210", .merge),
        ("522730103217", "522730103217", .merge), ("522730103217", "522730103230001", .merge),
        ("522730103217", "522730102217", .merge), ("522730103", "522730104", .renumber),
        // A split of what was left, into itself, of a grid, beyond the township, of a township.
        ("522730103210", "522730103217", .split), ("522730103230", "522730103210", .split),
        ("522730103217", "522730103217", .split), ("522730103217001", "522730103230001", .split),
        ("522730103217", "522730102217", .split), ("522730103", "522730104", .split),
    ])
    func whatContradictsIsLeftOut(_ from: String, _ to: String, _ kind: AreaMap.Kind) {
        var map = map(("522730103210", "522730103230", .renumber))
        let before = map
        let step = AreaMap.Step(from: code(from), to: code(to), kind: kind)
        let isTaken = map.take(step)
        #expect(!isTaken)
        #expect(map == before)
    }

    /// What may be taken and where it leads, by following every code of a small township each time.
    @Test func aMapTakesWhatASlowerOneTakes() throws {
        var random = SplitMix64()
        let villages = ["522730103210", "522730103211", "522730103212"].map(code)
        let codes = villages + villages.flatMap { v in ["001", "002"].map { code("\(v)\($0)") } }
        for _ in 0..<400 {
            var (map, slow) = (AreaMap(), SlowMap())
            for _ in 0..<12 {
                let step = AreaMap.Step(
                    from: codes[random.below(codes.count)], to: codes[random.below(codes.count)],
                    kind: AreaMap.Kind.allCases[random.below(2)])
                let (isTaken, wanted) = (map.take(step), slow.take(step, among: codes))
                try #require(isTaken == wanted, "\(step), ONEGRID_SEED=\(random.seed)")
            }
            for code in codes {
                #expect(map.current(code) == slow.last(code), "ONEGRID_SEED=\(random.seed)")
            }
        }
    }

    private struct SlowMap {
        private var steps: [AreaMap.Step] = []

        mutating func take(_ step: AreaMap.Step, among codes: [AreaCode]) -> Bool {
            guard step.isSound, !steps.contains(where: { $0.from == step.from }),
                step.kind == .merge || !steps.contains(where: { $0.to == step.to })
            else { return false }
            steps.append(step)
            guard codes.allSatisfy({ last($0) != nil }) else {
                steps.removeLast()
                return false
            }
            return true
        }

        /// Nil where the way has no end: no code of a small township is more steps away than there are
        /// codes.
        func last(_ code: AreaCode) -> AreaCode? {
            var code = code
            for _ in 0..<20 {
                guard let next = next(code) else { return code }
                code = next
            }
            return nil
        }

        private func next(_ code: AreaCode) -> AreaCode? {
            if let step = steps.first(where: { $0.from == code }) { return step.to }
            guard let step = steps.first(where: { $0.from.contains(code) && $0.kind == .renumber })
            else { return nil }
            let rest = code.description.dropFirst(step.from.level.digits)
            return try? AreaCode(parsing: "\(step.to)\(rest)")
        }
    }

    @Test func aCircleThroughGridsIsLeftOutToo() {
        var map = map(("522730103210001", "522730103230001", .renumber))
        let back = AreaMap.Step(
            from: code("522730103230"), to: code("522730103210"), kind: .renumber)
        let isTaken = map.take(back)
        #expect(!isTaken)
        #expect(map.current(code("522730103210001")) == code("522730103230001"))
    }
}
