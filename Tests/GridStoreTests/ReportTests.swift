// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// The figures of the county's own report, made as records and read back.
struct ReportTests {
    private static let start: Int64 = 1_789_000_000_000

    private static func act(_ action: String, part: String = "action", day: Int64) -> FieldValue {
        .map(of: [
            part: .text(action), "at": .time(start + day * 86_400_000),
        ])
    }

    private static func matter(_ number: Int, isDone: Bool) -> LocalChange {
        let actions = ["triage", "accept", "handle"] + (isDone ? ["complete"] : [])
        return .write(
            "matters", in: .grid,
            set: [
                "category": .assign(.text(number.isMultiple(of: 2) ? "住房" : "交通")),
                "events": .append(
                    actions.enumerated().map { act($1, day: Int64($0)) }),
            ])
    }

    private static func dispute(_ number: Int, isSolved: Bool) -> LocalChange {
        let actions = ["register", "mediate", isSolved ? "succeed" : "fail"]
        return .write(
            "disputes", in: .grid,
            set: [
                "category": .assign(.text("邻里")),
                "found_on": .assign(.date(ChinaTime.day(of: start))),
                "people_count": .assign(.integer(Int64(number % 700 + 1))),
                "events": .append(actions.map { act($0, day: 1) }),
            ])
    }

    private static func whistle(isSolved: Bool) -> LocalChange {
        let office = ["assessed", "whistled", "platform_accepted"].map {
            act($0, part: "step", day: 0)
        }
        let department = ["reported"] + (isSolved ? ["result"] : [])
        let steps =
            office
            + department.map { step in
                FieldValue.map(of: [
                    "step": .text(step), "department": .text("水务局"),
                    "at": .time(start + 86_400_000),
                ])
            } + (isSolved ? [act("evaluated", part: "step", day: 2)] : [])
        return .write(
            "whistles", in: .grid,
            set: ["departments": .add([.text("水务局")]), "steps": .append(steps)])
    }

    private static func report(
        _ code: String, of node: Node, areas: AreaMap = AreaMap()
    ) throws -> Report {
        let year = try #require(ReportPeriod(parsing: "2026"))
        let report = try node.store.report(
            code, period: year, area: County.village, asOf: nil, now: .max >> 20,
            areas: areas, home: { _ in (County.village, "茶香村") })
        return try #require(report)
    }

    private static func fill(_ node: Node, _ changes: [LocalChange]) throws {
        var rest = changes[...]
        while !rest.isEmpty {
            let lot = rest.prefix(100)
            rest = rest.dropFirst(100)
            node.now = UInt64(start) + 10 * 86_400_000
            _ = try node.author(Array(lot))
        }
    }

    @Test func theCountysOwnFiguresAreReadBack() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder, catalogue: .grid)
            try Self.fill(node, (0..<17_712).map { Self.matter($0, isDone: $0 < 16_394) })
            try Self.fill(node, (0..<709).map { Self.dispute($0, isSolved: $0 < 697) })
            try Self.fill(node, (0..<245).map { Self.whistle(isSolved: $0 < 198) })
            let matters = try #require(Self.report("R1", of: node).rows.last)
            #expect(
                matters[3...5].map(\.text) == ["17712", "16394", "16394/17712 = 92.56%"])
            #expect(matters[8] == .count(17_712 - 16_394))
            let disputes = try Self.report("R2", of: node)
            let sum = try #require(disputes.rows.first { $0[0] == .text("小计") })
            #expect(sum[2] == .count(709))
            #expect(sum[6].text == "697/709 = 98.31%")
            // The form's 19 kinds stand there in its order; neighbours belong to the 17th.
            let kinds = disputes.rows.filter { $0[0] == .text("类别") }
            #expect(kinds.map { $0[1].text } == DisputeKind.ofForm)
            #expect(kinds.map { $0[2] } == (0..<19).map { .count($0 == 16 ? 709 : 0) })
            let whistles = try #require(Self.report("R4", of: node).rows.first)
            #expect(
                [whistles[0], whistles[1], whistles[4]] == [
                    .text("水务局"), .count(245), .count(198),
                ])
            #expect(whistles[5].text == "198/245 = 80.82%")
            #expect(try Self.report("R5", of: node).columns.count == 8)
            let again = try Self.report("R1", of: node).json.description
            #expect(try Self.report("R1", of: node).json.description == again)
        }
    }

    @Test func everyReportAnswersWithoutData() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder, catalogue: .grid)
            for kind in Store.reportKinds {
                let report = try Self.report(kind.code, of: node)
                #expect(!report.columns.isEmpty, "\(kind.code)")
                #expect(report.rows.allSatisfy { $0.count == report.columns.count }, "\(kind.code)")
            }
            #expect(Store.reportKinds.map(\.code) == (1...14).map { "R\($0)" })
        }
    }

    @Test func aVillageThatOthersWentIntoHasItsOwnName() throws {
        let codes = ["522730103219", "522730103299"].map(County.area)
        var map = AreaMap()
        for code in codes {
            let step = AreaMap.Step(from: code, to: County.village, kind: .merge)
            let isTaken = map.take(step)
            #expect(isTaken)
        }
        func division(_ code: AreaCode, _ name: String) -> LocalChange {
            let id = RecordNaming.id(collection: 16, area: County.village, key: [.area(code)])
            return .write(
                "divisions", .existing(.named(id)), in: .grid,
                set: ["code": .assign(.area(code)), "name": .assign(.text(name))])
        }
        let former = [division(codes[1], "先前二村"), division(codes[0], "先前一村")]
        let own = division(County.village, "本村")
        for (changes, name) in [
            ([own] + former, "本村"), (former + [own], "本村"), (former, "先前一村"),
            (former.reversed(), "先前一村"),
        ] {
            try withFolder { folder in
                // The county says how divisions are called.
                let node = try Node(1, in: folder, catalogue: .grid)
                for change in changes { try Self.fill(node, [change]) }
                let report = try Self.report("R2", of: node, areas: map)
                #expect(report.areaName == name)
                #expect(report.villages.map(\.name) == [name])
            }
        }
    }

    @Test func smallCountsAreNotToldOutsideOfTheTownship() {
        #expect(Report.Cell.count(4).guarded.text == "<5")
        #expect(Report.Cell.count(5).guarded == .count(5))
        #expect(Report.Cell.ratio(3, of: 90).guarded.text == "<5")
        #expect(Report.Cell.ratio(0, of: 0).text == "0/0")
    }

    @Test func periodsAreMonthsQuartersHalfYearsYearsAndSince() throws {
        let month = try #require(ReportPeriod(parsing: "2026-12"))
        #expect((month.firstText, month.endText) == ("2026-12-01", "2027-01-01"))
        let quarter = try #require(ReportPeriod(parsing: "2026-Q3"))
        #expect((quarter.firstText, quarter.endText) == ("2026-07-01", "2026-10-01"))
        #expect(ReportPeriod(parsing: "2026-H2")?.endText == "2027-01-01")
        #expect(ReportPeriod(parsing: "2021-01-01..")?.end == nil)
        for text in ["", "26", "2026-13", "2026-Q5", "2026-1-1", "x"] {
            #expect(ReportPeriod(parsing: text) == nil, "\(text)")
        }
    }

    @Test func aFoldStandsInItsRowAndRebuildsEqual() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder, catalogue: .grid)
            try Self.fill(node, [Self.matter(0, isDone: true)])
            #expect(
                try node.row("SELECT status, _state, _voids, _open FROM matters")
                    == ["completed", "completed", "0", "0"])
            let due = try node.row("SELECT due_at, accepted_at FROM matters")
            #expect(due.allSatisfy { $0.hasSuffix("+08:00") })
            _ = try node.store.rebuild()
            #expect(try node.row("SELECT due_at, accepted_at FROM matters") == due)
        }
    }
}
