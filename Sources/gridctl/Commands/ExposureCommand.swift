// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Whose personal data was on a machine that is lost.
struct Exposure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "一台设备上有谁的个人信息(丢失、被盗时查) / whose personal data was on a node",
        discussion: """
            gridctl exposure 茶香村
            gridctl exposure 茶香村 --csv list.csv
            gridctl exposure 茶香村 --csv list.csv --plain --reason 笔记本被盗,通知本人
            每次查看都记入操作日志 / each question is noted in the audit trail
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var plainly: PlainOptions
    @Argument(help: "节点名称、区划代码、公钥或副本号 / the node's name, area, key or replica")
    var node: String
    @Option(help: "把名单写成带 BOM 的 CSV,姓名遮盖 / write the list as CSV, names masked")
    var csv: String?

    func run() throws {
        let reason = try plainly.given
        guard reason == nil || csv != nil else {
            throw ValidationError(
                "--plain 与 --csv 同用 / --plain goes with --csv")
        }
        let client = DaemonClient(try common.folder())
        var question: [String: JSONValue] = ["peer": .text(node)]
        if csv != nil {
            question["records"] = .boolean(true)
            question["limit"] = .integer(Self.pageRecords)
            if let reason {
                question["plain"] = .boolean(true)
                question["reason"] = .text(reason)
            }
        }
        var answer = try client.send(.post, "/v1/authority/exposure", .object(question))
        let first = answer
        var lines = [Self.head]
        if let csv {
            lines += answer["items"]?.items.map(Self.line) ?? []
            while let next = answer["next"]?.string {
                question["after"] = .text(next)
                answer = try client.send(.post, "/v1/authority/exposure", .object(question))
                lines += answer["items"]?.items.map(Self.line) ?? []
            }
            try OutputFile.writeCSV(lines, to: csv)
        }
        if common.json {
            guard case .object(var parts) = first else { return Screen.json(first) }
            parts["items"] = nil
            parts["next"] = nil
            if let csv {
                parts["csv"] = .text(csv)
                parts["rows"] = .integer(Int64(lines.count - 1))
            }
            return Screen.json(.object(parts))
        }
        ExposureText(answer: first).show()
        if let csv { Screen.line("已写入 \(csv),\(lines.count - 1) 条 / written") }
    }

    /// The most that a page has: each page costs the node as much as all of them.
    private static let pageRecords: Int64 = 20_000
    private static let head = [
        "集合 collection", "名称 label", "记录 id", "区域 area", "确认 known", "可能 possible", "姓名 names",
    ]

    private static func line(_ item: JSONValue) -> [String] {
        ["collection", "label", "id", "area", "known", "possible", "names"].map {
            item[$0]?.shown ?? ""
        }
    }
}

/// The answer for people.
private struct ExposureText {
    let answer: JSONValue

    func show() {
        Screen.line(
            "\(text("name"))(\(text("area"))) 公钥 key \(text("key").prefix(16)) \(state)")
        Screen.line("最后联系 / last contact: \(shown("last_contact"))")
        areas()
        received()
        both(answer["at_rest"], before: "静态加密 / at rest: ")
        collections()
        persons()
        Screen.line()
        Screen.line("接下来 / what to do:")
        for (number, step) in (answer["steps"]?.items ?? []).enumerated() {
            both(step, before: "  \(number + 1). ")
            let command = step["command"]?.shown ?? ""
            if !command.isEmpty { Screen.line("     \(command)") }
        }
    }

    private var state: String {
        switch text("state") {
        case "live": "在用 / live"
        case "ended":
            "已停用 / ended(\(CutOffWords.table[text("end_reason")] ?? "") \(text("end_reason")),\(shown("ended_at")))"
        default: "没有证书 / without a certificate"
        }
    }

    private func areas() {
        var table = Table(["可读区域 area", "", "这里的条数 here", "确认收到 known"])
        let words = ["own": "所辖 own", "above": "上级本级 above", "written": "自己写的 written"]
        for area in answer["areas"]?.items ?? [] {
            table.add([
                area["area"]?.shown ?? "", words[area["kind"]?.shown ?? ""] ?? "",
                area["entries_here"]?.shown ?? "", area["entries_known"]?.shown ?? "",
            ])
        }
        table.show()
    }

    private func received() {
        both(answer["received"])
        for item in answer["received"]?["evidence"]?.items ?? [] {
            both(item, before: "  \(item["at"]?.string ?? "时间不明 time unknown"): ")
        }
    }

    private func collections() {
        let items = answer["collections"]?.items ?? []
        guard !items.isEmpty else {
            return Screen.line("没有涉及个人的记录 / no records about persons")
        }
        var table = Table([
            "集合 collection", "确认 known", "P2", "P3", "P4", "另可能 possible", "P2", "P3", "P4",
        ])
        for item in items {
            func counts(_ name: String) -> [String] {
                ["records", "p2", "p3", "p4"].map { item[name]?[$0]?.shown ?? "" }
            }
            table.add(
                ["\(item["label"]?.shown ?? "") \(item["collection"]?.shown ?? "")"]
                    + counts("known") + counts("possible"))
        }
        table.show()
    }

    private func persons() {
        let persons = answer["persons"]
        func count(_ name: String) -> String {
            let possible = persons?[name]?["possible"]?.integer ?? 0
            return "\(persons?[name]?["known"]?.shown ?? "0")"
                + (possible > 0 ? "(另可能 +\(possible))" : "")
        }
        Screen.line(
            "人数 / persons: 居民 residents \(count("residents")),其中未满14岁 under 14 \(count("children"));"
                + "工作人员 staff \(count("staff"));其他记录提到 named elsewhere \(count("named_elsewhere"))"
        )
    }

    private func both(_ item: JSONValue?, before: String = "") {
        Screen.line("\(before)\(item?["zh"]?.shown ?? "") / \(item?["en"]?.shown ?? "")")
    }

    private func text(_ name: String) -> String { answer[name]?.shown ?? "" }

    private func shown(_ name: String) -> String { answer[name]?.string ?? "从未 never" }
}
