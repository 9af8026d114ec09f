// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore

extension ReportDefinition {
    static let matters = ReportDefinition(
        code: "R1", title: "事项受理办结表", titleEnglish: "matters", version: 1,
        formula: """
            受理数=受理时间在本期的事项;办结数=其中截至数据截止时已办结(含待验证)的;结案数=其中已验证的;\
            办结率=办结数÷受理数;超期数=办结晚于时限,或未办结且时限已过的;在办=受理数-办结数(撤回、并案除外)
            """,
        formulaEnglish: """
            accepted: acceptance falls in the period; done: of these completed by now, verified or \
            not; rate = done / accepted; overdue: completed after its limit, or open beyond it; \
            open: neither done nor withdrawn or merged
            """
    ) { reading in
        let found = try reading.rows(
            """
            SELECT _area AS area, coalesce(category, '') AS category, count(*) AS accepted,
                   count(completed_at) AS done, count(verified_at) AS verified,
                   total(CASE WHEN completed_at IS NULL THEN _due_at < \(reading.asOf)
                         ELSE completed_at > due_at END) AS overdue,
                   sum(completed_at IS NULL AND _state NOT IN
                       ('merged', 'withdrawn', 'refused')) AS open
            FROM matters WHERE \(reading.here) AND \(reading.during("accepted_at"))
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
        var lines: [[Report.Cell]] = []
        var sums: [String: [Int64]] = [:]
        for row in found {
            let area = try row.word("area")
            let numbers = try ["accepted", "done", "verified", "overdue", "open"].map { name in
                name == "overdue" ? Int64(row[name] as Double) : try row.number(name)
            }
            lines.append(
                [.text(area), reading.name(area), .text(try row.word("category"))]
                    + matterCells(numbers))
            // Its township's, and the whole.
            let above = area.utf8.count > 9 ? [String(area.prefix(9)), ""] : [""]
            for key in Set(above) {
                sums[key] = zip(sums[key] ?? [0, 0, 0, 0, 0], numbers).map { $0 &+ $1 }
            }
        }
        for (key, numbers) in sums.sorted(by: { $0.key > $1.key }) where !key.isEmpty {
            lines.append([.text(key), reading.name(key), .text("合计")] + matterCells(numbers))
        }
        lines.append(
            [.text("\(reading.area)"), reading.name("\(reading.area)"), .text("总计")]
                + matterCells(sums[""] ?? [0, 0, 0, 0, 0]))
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("category", "类别"), Report.Column("accepted", "受理数"),
                Report.Column("done", "办结数"), Report.Column("done_rate", "办结率"),
                Report.Column("verified", "结案数"), Report.Column("overdue", "超期数"),
                Report.Column("open", "在办"),
            ], lines
        )
    }

    private static func matterCells(_ numbers: [Int64]) -> [Report.Cell] {
        [
            .count(numbers[0]), .count(numbers[1]), .ratio(numbers[1], of: numbers[0]),
            .count(numbers[2]), .count(numbers[3]), .count(numbers[4]),
        ]
    }

    static let overdue = ReportDefinition(
        code: "R5", title: "事项灯色清单", titleEnglish: "overdue list with lights", version: 1,
        formula: "列出数据时刻(as of)临期、黄灯、红灯的在办事项;灯色按工作日历和办理时限计算",
        formulaEnglish: "open matters that are near, yellow or red at the instant stated as as_of"
    ) { reading in
        let found = try reading.rows(
            """
            SELECT _area AS area, id, coalesce(matter_no, '') AS number,
                   coalesce(category, '') AS category, _state AS state, _warn_at AS warn,
                   _due_at AS due
            FROM matters WHERE \(reading.here) AND _open = 1 AND _due_at IS NOT NULL
            ORDER BY _due_at, _area, id
            """)
        let lines = try found.compactMap { row -> [Report.Cell]? in
            let due = try row.number("due")
            let light = Light(warn: try row.number("warn"), due: due, now: reading.asOf)
            guard light != .normal else { return nil }
            let area = try row.word("area")
            return [
                .text(light.rawValue), .text(area), reading.name(area),
                .text(try row.word("number")), .text(try row.word("id")),
                .text(try row.word("category")), .text(try row.word("state")),
                .text(ChinaTime.text(of: due) ?? ""),
            ]
        }
        return (
            [
                Report.Column("light", "灯色"), Report.Column("area", "区划代码"),
                Report.Column("name", "名称"), Report.Column("matter_no", "事项编号"),
                Report.Column("id", "标识"), Report.Column("category", "类别"),
                Report.Column("state", "状态"), Report.Column("due_at", "时限"),
            ], lines
        )
    }

    static let responsibilities = ReportDefinition(
        code: "R11", title: "权责清单使用情况", titleEnglish: "use of the responsibility list",
        version: 1, formula: "使用次数=本期受理、引用该项的事项数;0 为从未使用",
        formulaEnglish: "uses: matters accepted in the period that name the item"
    ) { reading in
        let found = try reading.rows(
            """
            SELECT items.item_code AS code, coalesce(items.title, '') AS title,
                   coalesce(items.edition, 0) AS edition, count(used.id) AS uses
            FROM responsibility_items AS items
            LEFT JOIN matters AS used ON used.responsibility_code = items.id
                AND \(reading.here("used")) AND \(reading.during("used.accepted_at"))
            WHERE items._archived = 0 GROUP BY items._key ORDER BY 1, items.id
            """)
        return (
            [
                Report.Column("item_code", "事项编码"), Report.Column("title", "事项"),
                Report.Column("edition", "版本"), Report.Column("uses", "使用次数"),
            ],
            try found.map {
                [
                    .text(try $0.word("code")), .text(try $0.word("title")),
                    .count(try $0.number("edition")), .count(try $0.number("uses")),
                ]
            }
        )
    }
}
