// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore

extension ReportDefinition {
    static let visits = ReportDefinition(
        code: "R6", title: "走访覆盖表", titleEnglish: "visit coverage", version: 1,
        formula: "应访=未归档的户(或有该标签的人);已访=本期走访过的;覆盖率=已访÷应访;诉求=走访记下的诉求数",
        formulaEnglish: """
            due: households, or residents with the label; visited in the period, by whomever; \
            needs: matters that visits name
            """, isGuarded: true
    ) { reading in
        let visited = "visits._archived = 0 AND \(reading.during("visits.visited_at"))"
        let households = """
            SELECT _area AS area, '全部户' AS label, count(*) AS due,
                   sum(EXISTS (SELECT 1 FROM seen WHERE seen.household = households.id)) AS visited
            FROM households WHERE \(reading.here) GROUP BY 1
            """
        let residents = """
            SELECT residents._area AS area, json_extract(labels.value, '$.label') AS label,
                   count(DISTINCT residents.id) AS due,
                   count(DISTINCT CASE WHEN EXISTS (
                       SELECT 1 FROM seen WHERE seen.household = residents.household_id)
                       OR EXISTS (SELECT 1 FROM visits WHERE visits.resident_id = residents.id
                           AND \(visited)) THEN residents.id END) AS visited
            FROM residents, json_each(residents.labels) AS labels
            WHERE \(reading.here("residents")) GROUP BY 1, 2
            """
        let found = try reading.rows(
            """
            WITH seen AS MATERIALIZED (
                SELECT DISTINCT coalesce(visits.household_id, residents.household_id) AS household
                FROM visits LEFT JOIN residents ON residents.id = visits.resident_id
                WHERE \(visited))
            \(households) UNION ALL \(residents) ORDER BY 1, 2
            """)
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("label", "对象"), Report.Column("due", "应访"),
                Report.Column("visited", "已访"), Report.Column("rate", "覆盖率"),
            ],
            try found.map { row in
                let (due, visited) = (try row.number("due"), try row.number("visited"))
                let area = try row.word("area")
                return [
                    .text(area), reading.name(area), .text(try row.word("label")), .count(due),
                    .count(visited), .ratio(visited, of: due),
                ]
            }
        )
    }

    static let points = ReportDefinition(
        code: "R7", title: "积分榜与兑换", titleEnglish: "points and redemptions", version: 1,
        formula: "余额=通过−撤销−兑换,已清零的年度为0;两次通过算一次;余额可为负",
        formulaEnglish: """
            balance = approved − revoked − redeemed, 0 of a year that was reset; two approvals \
            count once; balances may be negative
            """
    ) { reading in
        let areas = try reading.rows(
            """
            SELECT DISTINCT _area AS area FROM points_entries WHERE \(reading.here) ORDER BY 1
            """)
        var lines: [[Report.Cell]] = []
        for row in areas {
            let text = try row.word("area")
            guard let area = try? AreaCode(parsing: text) else { continue }
            let ledger = try reading.store.pointsLedger(
                of: reading.areas.sources(of: area), in: reading.database,
                references: reading.references)
            // A village that was divided has entries of accounts that lie elsewhere now.
            let here = Set(
                try reading.rows(
                    """
                    SELECT DISTINCT account FROM points_entries
                    WHERE _archived = 0 AND _area = '\(area)' AND account IS NOT NULL
                    """
                ).map { try $0.word("account") })
            let accounts = ledger.accounts.filter {
                $0.year == reading.period.year && here.contains("\($0.id)")
            }
            for account in accounts.sorted(by: { ($1.balance, $0.id) < ($0.balance, $1.id) }) {
                lines.append([
                    .text(text), reading.name(text), .text("\(account.id)"),
                    .count(account.approved), .count(account.redeemed), .count(account.balance),
                    .count(Int64(account.waiting)), .text(account.isReset ? "已清零" : ""),
                ])
            }
        }
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("account", "对象"), Report.Column("approved", "得分"),
                Report.Column("redeemed", "兑换"), Report.Column("balance", "余额"),
                Report.Column("waiting", "待审核"), Report.Column("reset", "清零"),
            ], lines
        )
    }

    static let forces = ReportDefinition(
        code: "R9", title: "治理力量统计", titleEnglish: "forces", version: 1,
        formula: "在岗人员按角色计,一人多角色分别计;交叉任职=有两类以上在任组织的人",
        formulaEnglish: """
            active staff by role, one person under each of his roles; cross-posts: persons with \
            live posts in two kinds of organisation
            """
    ) { reading in
        let today = CivilDate(days: ChinaTime.day(of: reading.asOf))?.description ?? ""
        let found = try reading.rows(
            """
            SELECT staff._area AS area, roles.value AS kind, count(*) AS n
            FROM staff, json_each(staff.roles) AS roles
            WHERE \(reading.here("staff")) AND coalesce(staff.status, 'active') <> 'left'
            GROUP BY 1, 2
            UNION ALL SELECT _area, '专职', count(*) FROM staff
                WHERE \(reading.here) AND full_time = 1 AND coalesce(status, 'active') <> 'left'
                GROUP BY 1
            UNION ALL SELECT _area, '党小组', count(*) FROM party_groups WHERE \(reading.here)
                GROUP BY 1
            UNION ALL SELECT _area, '志愿队伍', count(*) FROM volunteer_teams WHERE \(reading.here)
                GROUP BY 1
            UNION ALL SELECT _area, '志愿者(队伍人数)', sum(min(member_count, 1000000)) FROM volunteer_teams
                WHERE \(reading.here) GROUP BY 1
            UNION ALL SELECT area, '交叉任职', count(*) FROM (
                SELECT min(_area) AS area FROM appointments
                WHERE \(reading.here) AND coalesce(to_on, '9999') >= '\(today)'
                GROUP BY staff_id HAVING count(DISTINCT org_kind) > 1) GROUP BY 1
            ORDER BY 1, 2
            """)
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("kind", "力量"), Report.Column("count", "数量"),
            ],
            try found.map { row in
                let area = try row.word("area")
                return [
                    .text(area), reading.name(area), .text(try row.word("kind")),
                    .count(try row.number("n")),
                ]
            }
        )
    }

    static let trainings = ReportDefinition(
        code: "R10", title: "培训统计", titleEnglish: "trainings", version: 1,
        formula: "场次=本期开始的培训;人次=参训人员之和",
        formulaEnglish: "sessions that begin in the period; person-times = sum of attendance"
    ) { reading in
        let found = try reading.rows(
            """
            SELECT substr(_area, 1, 9) AS area, coalesce(batch_kind, '') AS kind,
                   count(*) AS sessions,
                   total(coalesce(json_array_length(attendance), 0)) AS persons
            FROM trainings WHERE \(reading.here) AND \(reading.during("from_on"))
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "名称"),
                Report.Column("kind", "方式"), Report.Column("sessions", "场次"),
                Report.Column("persons", "人次"),
            ],
            try found.map { row in
                let area = try row.word("area")
                return [
                    .text(area), reading.name(area), .text(try row.word("kind")),
                    .count(try row.number("sessions")),
                    .count(Int64(try row.cell("persons", as: Double.self))),
                ]
            }
        )
    }
}
