// SPDX-License-Identifier: Apache-2.0

/// A report as it was computed from one frontier: the same frontier gives the same bytes.
package struct Report: Sendable {
    package struct Column: Hashable, Sendable {
        package let name: String
        /// In Chinese.
        package let label: String

        package init(_ name: String, _ label: String) {
            self.name = name
            self.label = label
        }
    }

    package enum Cell: Hashable, Sendable {
        case text(String)
        case count(Int64)
        /// A count of 1...4 that is not told.
        case few
        /// A share with what it is made of.
        case ratio(Int64, of: Int64)
        /// A share of a count that is not told.
        case hiddenRatio
        /// In hundredths of a yuan.
        case money(Int64)
        case none
    }

    /// One village, and until when this node has heard of it.
    package struct Village: Hashable, Sendable {
        package let area: AreaCode
        package let name: String
        /// The stamp of its last entry here, in milliseconds since 1970; nil for none.
        package let heardAt: UInt64?
        package let isCovered: Bool

        package init(area: AreaCode, name: String, heardAt: UInt64?, isCovered: Bool) {
            self.area = area
            self.name = name
            self.heardAt = heardAt
            self.isCovered = isCovered
        }
    }

    package let code: String
    package let title: String
    package let titleEnglish: String
    package let formulaVersion: Int
    package let formula: String
    package let formulaEnglish: String
    package let period: ReportPeriod
    package let area: AreaCode
    package let areaName: String
    /// The instant of lights and of what is overdue, in milliseconds since 1970.
    package let asOf: Int64
    /// 32 hexadecimal digits over the heights and heads of all logs that were read.
    package let frontier: String
    package let entries: UInt64
    /// Ascending by area.
    package let villages: [Village]
    package let columns: [Column]
    package let rows: [[Cell]]

    package init(
        code: String, title: String, titleEnglish: String, formulaVersion: Int, formula: String,
        formulaEnglish: String, period: ReportPeriod, area: AreaCode, areaName: String,
        asOf: Int64, frontier: String, entries: UInt64, villages: [Village], columns: [Column],
        rows: [[Cell]]
    ) {
        self.code = code
        self.title = title
        self.titleEnglish = titleEnglish
        self.formulaVersion = formulaVersion
        self.formula = formula
        self.formulaEnglish = formulaEnglish
        self.period = period
        self.area = area
        self.areaName = areaName
        self.asOf = asOf
        self.frontier = frontier
        self.entries = entries
        self.villages = villages
        self.columns = columns
        self.rows = rows
    }
}

extension Report.Cell {
    /// `16394/17712 = 92.56%`; shares of nothing have no percentage.
    package var text: String {
        switch self {
        case .text(let text): text
        case .count(let count): String(count)
        case .few: "<5"
        case .ratio(let part, let whole):
            "\(part)/\(whole)" + (Self.percent(part, whole).map { " = \($0)%" } ?? "")
        case .hiddenRatio: "<5"
        case .money(let fen): Self.yuan(fen)
        case .none: ""
        }
    }

    package var json: JSONValue {
        switch self {
        case .count(let count): .integer(count)
        case .ratio(let part, let whole):
            .object([
                "numerator": .integer(part), "denominator": .integer(whole),
                "percent": Self.percent(part, whole).map { .text($0) } ?? .null,
                "text": .text(text),
            ])
        case .none: .null
        case .text, .few, .hiddenRatio, .money: .text(text)
        }
    }

    /// Two digits after the point, half up; nil of nothing.
    static func percent(_ part: Int64, _ whole: Int64) -> String? {
        guard whole > 0, part >= 0, part < .max / 20_000 else { return nil }
        let hundredths = (part * 20_000 + whole) / (2 * whole)
        return "\(hundredths / 100).\(DigitScanner.padded(hundredths % 100, to: 2))"
    }

    private static func yuan(_ fen: Int64) -> String {
        let size = fen.magnitude
        return (fen < 0 ? "-" : "") + "\(size / 100)."
            + DigitScanner.padded(Int64(size % 100), to: 2)
    }

    /// The cell outside of the township, where counts below five are not told.
    package var guarded: Report.Cell {
        switch self {
        case .count(let count) where (1...4).contains(count): .few
        case .ratio(let part, let whole) where (1...4).contains(part) || (1...4).contains(whole):
            .hiddenRatio
        case .count, .ratio, .text, .few, .hiddenRatio, .money, .none: self
        }
    }
}

extension Report {
    /// `覆盖 79/81 个村;大新村 3天4小时前`, and the same in English.
    package var coverage: (chinese: String, english: String) {
        let silent = villages.filter { !$0.isCovered }
        let total = villages.count
        let covered = total - silent.count
        let chinese = silent.map { village in
            guard let heard = village.heardAt else { return "\(village.name) 从未收到" }
            let (days, hours) = age(heard)
            return "\(village.name) 最后收到于 \(days) 天 \(hours) 小时前"
        }
        let english = silent.map { village in
            guard let heard = village.heardAt else { return "\(village.name) never heard" }
            let (days, hours) = age(heard)
            return "\(village.name) last heard \(days) d \(hours) h ago"
        }
        return (
            (["覆盖 \(covered)/\(total) 个村"] + chinese).joined(separator: ";"),
            (["covers \(covered) of \(total) villages"] + english).joined(separator: "; ")
        )
    }

    private func age(_ heard: UInt64) -> (days: Int64, hours: Int64) {
        let hours = max(asOf - Int64(clamping: heard), 0) / 3_600_000
        return (hours / 24, hours % 24)
    }

    package var json: JSONValue {
        .object([
            "schema": .text("onegrid.report/1"), "code": .text(code), "title": .text(title),
            "title_en": .text(titleEnglish), "formula_version": .integer(Int64(formulaVersion)),
            "formula": .text(formula), "formula_en": .text(formulaEnglish),
            "period": .text(period.text), "area": .text(area.description),
            "area_name": .text(areaName),
            "as_of": ChinaTime.text(of: asOf).map { .text($0) } ?? .null,
            "frontier": .text(frontier), "entries": .integer(Int64(clamping: entries)),
            "coverage": .object([
                "villages": .integer(Int64(villages.count)),
                "covered": .integer(Int64(villages.count { $0.isCovered })),
                "zh": .text(coverage.chinese), "en": .text(coverage.english),
                "silent": .list(
                    villages.filter { !$0.isCovered }.map { village in
                        .object([
                            "area": .text(village.area.description), "name": .text(village.name),
                            "heard_at": village.heardAt.flatMap {
                                ChinaTime.text(of: Int64(clamping: $0))
                            }.map { .text($0) } ?? .null,
                        ])
                    }),
            ]),
            "columns": .list(
                columns.map { .object(["name": .text($0.name), "label": .text($0.label)]) }),
            "rows": .list(rows.map { .list($0.map(\.json)) }),
            "texts": .list(rows.map { .list($0.map { .text($0.text) }) }),
        ])
    }
}
