// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore

extension ReportDefinition {
    /// No more than a million million yuan an entry, so that no sum overflows.
    private static let fen = "min(max(amount_fen, -100000000000000), 100000000000000)"

    static let income = ReportDefinition(
        code: "R8", title: "村集体收入", titleEnglish: "villages' income", version: 1,
        formula: "合计=本期各来源之和;不含补助=合计−补助收入;达标按合计:≥10万元,≥100万元",
        formulaEnglish: """
            total of all sources in the period; without subsidies; thresholds of 100,000 and \
            1,000,000 yuan are of the total
            """
    ) { reading in
        let month = "printf('%04d-%02d-01', year, month)"
        let found = try reading.rows(
            """
            SELECT _area AS area, sum(\(fen)) AS total,
                   sum(CASE WHEN source = '补助收入' THEN 0 ELSE \(fen) END) AS own
            FROM collective_income WHERE \(reading.here) AND \(reading.during(month))
            GROUP BY 1 ORDER BY 1
            """)
        var (total, own, ten, hundred) = (Int64(0), Int64(0), Int64(0), Int64(0))
        var lines = try found.map { row -> [Report.Cell] in
            let area = try row.word("area")
            let (sum, without) = (try row.number("total"), try row.number("own"))
            total &+= sum
            own &+= without
            if sum >= 10_000_000 { ten += 1 }
            if sum >= 100_000_000 { hundred += 1 }
            return [
                .text(area), reading.name(area), .money(sum), .money(without),
                .text(sum >= 10_000_000 ? "是" : ""), .text(sum >= 100_000_000 ? "是" : ""),
            ]
        }
        let villages = Int64(lines.count)
        lines.append([
            .text("总计"), .text("\(villages)个村"), .money(total), .money(own),
            .ratio(ten, of: villages), .ratio(hundred, of: villages),
        ])
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("total", "合计(元)"), Report.Column("own", "不含补助(元)"),
                Report.Column("ten", "≥10万"), Report.Column("hundred", "≥100万"),
            ], lines
        )
    }

    static let funds = ReportDefinition(
        code: "R12", title: "资金收支", titleEnglish: "funds", version: 1,
        formula: "拨入、支出为本期;结余=截至期末的拨入−支出",
        formulaEnglish: "allotted and spent in the period; left = all before its end"
    ) { reading in
        let during = reading.during("date")
        let found = try reading.rows(
            """
            SELECT _area AS area, coalesce(account, '') AS account,
                   sum(CASE WHEN direction = 'in' AND \(during) THEN \(fen) ELSE 0 END) AS came,
                   sum(CASE WHEN direction = 'out' AND \(during) THEN \(fen) ELSE 0 END) AS went,
                   sum(CASE WHEN direction = 'in' THEN \(fen) ELSE -\(fen) END) AS rest
            FROM fund_entries WHERE \(reading.here) AND date < '\(reading.period.endText)'
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("account", "科目"), Report.Column("allotted", "拨入(元)"),
                Report.Column("spent", "支出(元)"), Report.Column("left", "结余(元)"),
            ],
            try found.map { row in
                let area = try row.word("area")
                return [
                    .text(area), reading.name(area), .text(try row.word("account")),
                    .money(try row.number("came")), .money(try row.number("went")),
                    .money(try row.number("rest")),
                ]
            }
        )
    }

    static let gridHealth = ReportDefinition(
        code: "R13", title: "网格体检", titleEnglish: "health of grids", version: 1,
        formula: "列出户数超上限的网格、没有网格力量或党小组的网格、户数不在10–20之间的联户单元",
        formulaEnglish: """
            grids over their household limit, grids without staff or party group, units outside of \
            10 to 20 households
            """
    ) { reading in
        let grids = """
            SELECT grids._area AS area, coalesce(grids.grid_code, '') AS code,
                   coalesce(grids.household_limit, 150) AS most, coalesce(held.n, 0) AS n,
                   grids.member_ids IS NULL AS unstaffed,
                   grids.party_group_id IS NULL AND NOT EXISTS (
                       SELECT 1 FROM party_groups, json_each(party_groups.grid_codes) AS codes
                       WHERE party_groups._archived = 0 AND codes.value = grids.grid_code
                   ) AS ungrouped
            FROM grids LEFT JOIN (
                SELECT grid_code, count(*) AS n FROM households WHERE _archived = 0 GROUP BY 1
            ) AS held ON held.grid_code = grids.grid_code
            WHERE \(reading.here("grids")) AND coalesce(grids.status, 'active') = 'active'
            """
        let found = try reading.rows(
            """
            SELECT area, code, '户数超上限' AS finding, n, most FROM (\(grids)) WHERE n > most
            UNION ALL SELECT area, code, '没有网格力量', n, most FROM (\(grids)) WHERE unstaffed
            UNION ALL SELECT area, code, '没有党小组', n, most FROM (\(grids)) WHERE ungrouped
            UNION ALL SELECT _area, coalesce(unit_code, ''), '联户户数不在10-20',
                coalesce(json_array_length(household_ids), 0), 20
            FROM household_units WHERE \(reading.here) AND coalesce(status, 'active') = 'active'
                AND coalesce(json_array_length(household_ids), 0) NOT BETWEEN 10 AND 20
            ORDER BY 1, 2, 3
            """)
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("code", "网格或联户"), Report.Column("finding", "问题"),
                Report.Column("households", "户数"), Report.Column("limit", "上限"),
            ],
            try found.map { row in
                let area = try row.word("area")
                return [
                    .text(area), reading.name(area), .text(try row.word("code")),
                    .text(try row.word("finding")), .count(try row.number("n")),
                    .count(try row.number("most")),
                ]
            }
        )
    }

    static let formBurden = ReportDefinition(
        code: "R14", title: "报表负担", titleEnglish: "burden of forms", version: 1,
        formula: "任务数=本期下达的任务和报表;已有字段=系统已持有、不必再填的;退回=准入申请被退回数",
        formulaEnglish: """
            tasks and forms made in the period; held: fields that are in the system already; \
            refused: admission requests that were refused
            """
    ) { reading in
        var sums: [String: (tasks: Int64, asked: Int64, held: Int64, refused: Int64)] = [:]
        let tasks = try reading.rows(
            """
            SELECT coalesce(issuer, '') AS issuer, fields_asked AS fields, _created_at AS made
            FROM tasks WHERE \(reading.here)
            """)
        for row in tasks
        where reading.period.contains(ChinaTime.day(of: try row.number("made"))) {
            let text = try row.word("fields")
            let asked = try String.fetchAll(
                reading.database, sql: "SELECT value FROM json_each(?)",
                arguments: [text.isEmpty ? "[]" : text])
            var sum = sums[try row.word("issuer")] ?? (0, 0, 0, 0)
            sum.tasks += 1
            sum.asked += Int64(asked.count)
            sum.held += Int64(Admission.held(of: asked, in: reading.catalogue).count)
            sums[try row.word("issuer")] = sum
        }
        let refused = try reading.rows(
            """
            SELECT coalesce(proposer, '') AS proposer, _updated_at AS at FROM admission_requests
            WHERE _archived = 0 AND decision = 'refuse'
            """)
        for row in refused
        where reading.period.contains(ChinaTime.day(of: try row.number("at"))) {
            var sum = sums[try row.word("proposer")] ?? (0, 0, 0, 0)
            sum.refused += 1
            sums[try row.word("proposer")] = sum
        }
        return (
            [
                Report.Column("department", "单位"), Report.Column("tasks", "任务数"),
                Report.Column("asked", "要求字段"), Report.Column("held", "已有字段"),
                Report.Column("new", "新增字段"), Report.Column("refused", "退回"),
            ],
            sums.sorted { $0.key < $1.key }.map { name, sum in
                [
                    .text(name), .count(sum.tasks), .count(sum.asked), .count(sum.held),
                    .count(sum.asked - sum.held), .count(sum.refused),
                ]
            }
        )
    }

    /// All of them, in the order of their numbers.
    static let all: [ReportDefinition] = [
        matters, disputes, crossTable, whistles, overdue, visits, points, income, forces,
        trainings, responsibilities, funds, gridHealth, formBurden,
    ]
}
