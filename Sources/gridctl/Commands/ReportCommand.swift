// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Computes a report, or lists the kinds.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "报表 R1–R14 / reports",
        discussion: """
            gridctl report list
            gridctl report R1 --period 2026-10 --csv r1.csv
            周期 / period: 2026, 2026-10, 2026-Q3, 2026-H1, 2021-01-01..
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "list,或报表号 / list, or a code") var code: String
    @Option(help: "周期 / period") var period: String?
    @Option(help: "区域,默认本节点的 / area") var area: String?
    @Option(help: "灯色的时刻,或 now;默认为最新一条数据的时刻 / instant of lights") var asOf: String?
    @Option(help: "写成带 BOM 的 CSV / write CSV with a byte order mark") var csv: String?
    @Flag(help: "留存一条报表记录 / keep a record of the run") var keep = false
    @Option(help: "制表人标识,与 --keep 同用 / who answers for it, with --keep")
    var signedBy: String?

    func run() throws {
        let client = DaemonClient(try common.folder())
        if code == "list" { return try list(client) }
        guard let period else {
            throw ValidationError("请给出 --period,如 2026-10 / give --period, such as 2026-10")
        }
        var query = [("period", period)]
        if let area { query.append(("area", area)) }
        if let asOf { query.append(("as_of", asOf)) }
        let path = "/v1/reports/\(DaemonClient.escaped(code))"
        let report: JSONValue
        if keep {
            if let signedBy { query.append(("signed_by", signedBy)) }
            report = try client.send(
                .post, path + "/runs",
                .object(
                    Dictionary(
                        query.map { ($0.0, JSONValue.text($0.1)) }, uniquingKeysWith: { $1 })))
        } else {
            report = try client.get(path, query: query)
        }
        if let csv { try write(report, to: csv) }
        if common.json { return Screen.json(report) }
        if csv == nil { show(report) } else { Screen.line("已写入 \(csv ?? "") / written") }
    }

    private func list(_ client: DaemonClient) throws {
        let answer = try client.get("/v1/reports")
        if common.json { return Screen.json(answer) }
        var table = Table(["报表 code", "名称 title", "口径 version", "公式 formula"], cellWidthMax: 100)
        for kind in answer["items"]?.items ?? [] {
            table.add([
                kind["code"]?.shown ?? "",
                "\(kind["title"]?.shown ?? "") / \(kind["title_en"]?.shown ?? "")",
                kind["formula_version"]?.shown ?? "", kind["formula"]?.shown ?? "",
            ])
        }
        table.show()
    }

    private func show(_ report: JSONValue) {
        for line in Self.head(report) { Screen.line(line) }
        Screen.line()
        var table = Table(report["columns"]?.items.map { $0["label"]?.shown ?? "" } ?? [])
        for row in report["texts"]?.items ?? [] { table.add(row.items.map(\.shown)) }
        table.show()
        if report["rows"]?.items.isEmpty == true { Screen.line("没有数据 / no data") }
        if let kept = report["kept"]?.string { Screen.line("已留存 / kept: \(kept)") }
    }

    /// What a report says above its rows.
    private static func head(_ report: JSONValue) -> [String] {
        func text(_ name: String) -> String { report[name]?.shown ?? "" }
        return [
            "\(text("code")) \(text("title")) / \(text("title_en"))",
            "区域 / area \(text("area_name"))(\(text("area")))  周期 / period \(text("period"))",
            "口径版本 / formula \(text("formula_version")): \(text("formula"))",
            "数据截止 / as of \(text("as_of"))  frontier \(text("frontier"))(\(text("entries")) 条)",
            "\(report["coverage"]?["zh"]?.shown ?? "") / \(report["coverage"]?["en"]?.shown ?? "")",
        ]
    }

    private func write(_ report: JSONValue, to path: String) throws {
        var lines = Self.head(report).map { [$0] }
        lines.append(["填报单位(盖章):"])
        lines.append(report["columns"]?.items.map { $0["label"]?.shown ?? "" } ?? [])
        lines += (report["texts"]?.items ?? []).map { $0.items.map(\.shown) }
        lines.append(["签发人:", "制表人:"])
        try OutputFile.writeCSV(lines, to: path)
    }
}
