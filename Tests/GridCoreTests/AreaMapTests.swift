// SPDX-License-Identifier: Apache-2.0

import GridCore
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
    ])
    func whatContradictsIsLeftOut(_ from: String, _ to: String, _ kind: AreaMap.Kind) {
        var map = map(("522730103210", "522730103230", .renumber))
        let before = map
        let step = AreaMap.Step(from: code(from), to: code(to), kind: kind)
        let isTaken = map.take(step)
        #expect(!isTaken)
        #expect(map == before)
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
