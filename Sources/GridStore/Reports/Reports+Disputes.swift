// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore

extension ReportDefinition {
    private static let countColumns = [
        Report.Column("found", "排查数"), Report.Column("mediated", "调处数"),
        Report.Column("mediated_rate", "调处率"), Report.Column("success", "成功数"),
        Report.Column("success_rate", "成功率"), Report.Column("partial", "部分化解"),
        Report.Column("failed", "调解不成"), Report.Column("open", "未结"),
    ]

    /// Of disputes found in a span of days.
    private static func counts(_ condition: String, _ reading: ReportReading) -> String {
        """
        count(*) AS found, total(_sessions > 0) AS mediated, total(outcome = 'success') AS success,
        total(outcome = 'partial') AS partial, total(outcome = 'failed') AS failed,
        total(outcome = 'open') AS open
        FROM disputes WHERE \(reading.here) AND _state <> 'dismissed' AND \(condition)
        """
    }

    private static func cells(_ row: Row) throws -> [Report.Cell] {
        func number(_ name: String) throws -> Int64 {
            name == "found" ? try row.number(name) : Int64(try row.cell(name, as: Double.self))
        }
        let found = try number("found")
        return [
            .count(found), .count(try number("mediated")),
            .ratio(try number("mediated"), of: found), .count(try number("success")),
            .ratio(try number("success"), of: found), .count(try number("partial")),
            .count(try number("failed")), .count(try number("open")),
        ]
    }

    private static let nothing: [Report.Cell] = [
        .count(0), .count(0), .ratio(0, of: 0), .count(0), .ratio(0, of: 0), .count(0), .count(0),
        .count(0),
    ]

    /// The line of the form to which a dispute belongs.
    private static let kindOfForm: String = {
        let ofVillages = DisputeKind.ofVillages.map { "WHEN '\($0.kind)' THEN '\($0.ofForm)'" }
        let ofForm = DisputeKind.ofForm.map { "WHEN '\($0)' THEN '\($0)'" }
        return "CASE coalesce(category, '') \((ofVillages + ofForm).joined(separator: " ")) "
            + "ELSE '\(DisputeKind.other)' END"
    }()

    static let disputes = ReportDefinition(
        code: "R2", title: "矛盾纠纷排查调处统计表", titleEnglish: "disputes", version: 2,
        formula: """
            排查数=排查日期在本期的纠纷(非纠纷除外);调处数=其中调解过的;成功数=其中化解成功的;\
            调处率=调处数÷排查数;成功率=成功数÷排查数(不是÷调处数);类别为省表19类,村里填的\
            邻里、婚姻家庭归婚姻家庭邻里,房屋宅基地归土地矿产山林水利权属,损害赔偿和表外的归其他
            """,
        formulaEnglish: """
            found in the period, less what was none; mediated at least once; success rate = \
            success / found, not / mediated; the 19 kinds of the provincial form, to which those of \
            villages are mapped
            """, isGuarded: true
    ) { reading in
        let during = reading.during("found_on")
        var lines: [[Report.Cell]] = []
        /// The lines of the form are all there, and in its order, whether anything was found or not.
        func take(
            _ group: String, _ key: String, of keys: [String], where condition: String
        ) throws {
            let sql = "SELECT \(key) AS key, \(counts(condition, reading)) GROUP BY 1"
            var found: [String: [Report.Cell]] = [:]
            for row in try reading.rows(sql) { found[try row.word("key")] = try cells(row) }
            lines += keys.map { [.text(group), .text($0)] + (found[$0] ?? nothing) }
        }
        try take("类别", kindOfForm, of: DisputeKind.ofForm, where: during)
        try take(
            "层级", "CASE length(_area) WHEN 6 THEN '县' WHEN 9 THEN '乡镇' ELSE '村居' END",
            of: ["县", "乡镇", "村居"], where: during)
        try take(
            "涉及人数",
            """
            CASE WHEN people_count > 500 THEN '大于500' WHEN people_count > 100 THEN '100-500'
            WHEN people_count >= 50 THEN '50-100' ELSE '小于50' END
            """, of: ["小于50", "50-100", "100-500", "大于500"],
            where: during + " AND people_count IS NOT NULL")
        try take("重大", "'重大'", of: ["重大"], where: during + " AND risk_level = 'major'")
        for row in try reading.rows("SELECT \(counts(during, reading))") {
            lines.append([.text("小计"), .text("")] + (try cells(row)))
        }
        let year = "found_on >= '\(reading.period.year)-01-01' AND found_on < '"
        for row in try reading.rows(
            "SELECT \(counts(year + reading.period.endText + "'", reading))")
        {
            lines.append([.text("年度累计"), .text("")] + (try cells(row)))
        }
        let sweeps = try reading.rows(
            """
            SELECT count(*) AS sweeps FROM sweeps
            WHERE _archived = 0 AND \(reading.during("from_on"))
            """)
        lines.append(
            [.text("集中排查"), .text("次数"), .count(try sweeps.first?.number("sweeps") ?? 0)]
                + [Report.Cell](repeating: .none, count: countColumns.count - 1))
        return (
            [Report.Column("group", "分组"), Report.Column("key", "项目")] + countColumns, lines
        )
    }

    static let crossTable = ReportDefinition(
        code: "R3", title: "矛盾纠纷分类交叉表", titleEnglish: "disputes by township and kind",
        version: 1, formula: "总计行在前;各类为:已化解(成功、部分)、未化解",
        formulaEnglish: "total first; for each kind: resolved (success, partial), unresolved",
        isGuarded: true
    ) { reading in
        let condition =
            "\(reading.here) AND _state <> 'dismissed' AND \(reading.during("found_on"))"
        let found = try reading.rows(
            """
            SELECT substr(_area, 1, 9) AS area, coalesce(category, '') AS kind,
                   count(*) AS found, sum(outcome IN ('success', 'partial')) AS resolved
            FROM disputes WHERE \(condition) GROUP BY 1, 2 ORDER BY 1, 2
            """)
        let kinds = Set(try found.map { try $0.word("kind") }).sorted()
        var sums: [String: [String: (found: Int64, resolved: Int64)]] = [:]
        for row in found {
            let (found, resolved) = (try row.number("found"), try row.number("resolved"))
            for area in ["", try row.word("area")] {
                let kind = try row.word("kind")
                let old = sums[area]?[kind] ?? (0, 0)
                sums[area, default: [:]][kind] = (old.found + found, old.resolved + resolved)
            }
        }
        if sums.isEmpty { sums[""] = [:] }
        let lines = sums.sorted { $0.key < $1.key }.map { area, counts -> [Report.Cell] in
            let total = counts.values.reduce((found: Int64(0), resolved: Int64(0))) {
                ($0.found + $1.found, $0.resolved + $1.resolved)
            }
            let head: [Report.Cell] = [
                area.isEmpty ? .text("总计") : .text(area), reading.name(area),
                .count(total.found), .count(total.found - total.resolved),
            ]
            return head
                + kinds.flatMap { kind -> [Report.Cell] in
                    let count = counts[kind] ?? (0, 0)
                    return [.count(count.resolved), .count(count.found - count.resolved)]
                }
        }
        return (
            [
                Report.Column("area", "区划代码"), Report.Column("name", "乡镇"),
                Report.Column("found", "本期总数"), Report.Column("unresolved", "未化解"),
            ]
                + kinds.enumerated().flatMap { index, kind in
                    [
                        Report.Column("resolved_\(index + 1)", "\(kind)·已化解"),
                        Report.Column("unresolved_\(index + 1)", "\(kind)·未化解"),
                    ]
                }, lines
        )
    }

    static let whistles = ReportDefinition(
        code: "R4", title: "实绩晾晒(吹哨)", titleEnglish: "whistles by department", version: 1,
        formula: """
            吹哨数=本期吹哨、点到该部门的;按时签收=平台在1小时内受理;按时报到=3或5个工作日内报到;\
            解决数=该部门已有结果且评价完成;解决率=解决数÷吹哨数
            """,
        formulaEnglish: """
            raised: whistled in the period for the department; signed: accepted within the hour; \
            reported within 3 or 5 working days; solved: has a result, and was evaluated
            """
    ) { reading in
        guard let collection = reading.catalogue.collection(named: "whistles"),
            let folding = RecordFolding(collection)
        else { return ([], []) }
        var sums: [String: WhistleSum] = [:]
        var all = WhistleSum()
        for state in try reading.states("whistles") {
            let fold = folding.fold(state)
            guard let whistle = fold.whistle, let at = whistle.whistledAt,
                reading.period.contains(ChinaTime.day(of: at))
            else { continue }
            all.raised += 1
            let isSolved = ["evaluated", "fed_back", "applied"].contains(fold.state)
            if isSolved { all.solved += 1 }
            for department in whistle.departments {
                sums[department.name, default: WhistleSum()].take(
                    department, of: whistle, fold, isSolved: isSolved)
            }
        }
        let lines = sums.sorted { ($1.value.solved, $0.key) < ($0.value.solved, $1.key) }.map {
            [.text($0.key)] + $0.value.cells
        }
        return (
            [
                Report.Column("department", "部门"), Report.Column("raised", "吹哨数"),
                Report.Column("signed", "按时签收"), Report.Column("reported", "按时报到"),
                Report.Column("solved", "解决数"), Report.Column("solved_rate", "解决率"),
                Report.Column("score", "平均评分"),
            ], lines + [[.text("合计(件)")] + all.totals]
        )
    }
}

/// What is counted of a department's whistles.
private struct WhistleSum {
    var raised: Int64 = 0
    var signed: Int64 = 0
    var reported: Int64 = 0
    var solved: Int64 = 0
    var scores: [Int64] = []

    mutating func take(
        _ department: WhistleFold.Department, of whistle: WhistleFold, _ fold: RecordFold,
        isSolved: Bool
    ) {
        raised += 1
        if let accepted = whistle.acceptedAt, case .time(let due)? = fold["sign_due_at"],
            accepted <= due
        {
            signed += 1
        }
        if let at = department.reportedAt, case .time(let due)? = fold["report_due_at"], at <= due {
            reported += 1
        }
        if isSolved, department.resultAt != nil { solved += 1 }
        scores += department.scores
    }

    var cells: [Report.Cell] {
        let sum = scores.reduce(0, +)
        let count = Int64(scores.count)
        let hundredths = count == 0 ? 0 : (sum * 200 + count) / (2 * count)
        return [
            .count(raised), .count(signed), .count(reported), .count(solved),
            .ratio(solved, of: raised),
            .text(
                count == 0
                    ? ""
                    : "\(sum)/\(count) = \(hundredths / 100).\(hundredths / 10 % 10)"
                        + "\(hundredths % 10)"),
        ]
    }

    var totals: [Report.Cell] {
        [.count(raised), .none, .none, .count(solved), .ratio(solved, of: raised), .none]
    }
}
