// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Where a value comes from, or why something is not here.
struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "一个值从哪里来,或为什么没有 / where a value comes from, or why it is not here",
        discussion: """
            gridctl why 节点 / PEER                     为什么没有同步 / why it is not in sync
            gridctl why 类别 标识 / COLLECTION ID       记录的来历,或为什么没有 / a record's sources
            gridctl why 类别 标识 字段 / … FIELD        一项的来历 / one field's sources
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "节点,或类别 标识 [字段] / PEER, or COLLECTION ID [FIELD]") var about: [String]

    func validate() throws {
        guard (1...3).contains(about.count) else {
            throw ValidationError("应为:节点,或 类别 标识 [字段] / give PEER, or COLLECTION ID [FIELD]")
        }
    }

    func run() throws {
        let client = DaemonClient(try common.folder())
        let path = about.map(DaemonClient.escaped)
        let answer =
            about.count == 1
            ? try client.get("/v1/why/peers/\(path[0])")
            : try client.get(
                "/v1/why/records/\(path[0])/\(path[1])",
                query: about.dropFirst(2).map { ("field", $0) })
        if common.json { return Screen.json(answer) }
        if answer["found"]?.boolean == true { return Self.showSources(answer) }
        if answer["about"]?.string == "peer" {
            Screen.line("\(answer["name"]?.shown ?? "")(\(answer["area"]?.shown ?? ""))")
        }
        for step in answer["steps"]?.items ?? [] {
            let mark: Mark =
                switch step["ok"] {
                case .boolean(true)?: .good
                case .boolean(false)?: .wrong
                default: .plain
                }
            Screen.advice(mark, step, indent: "  ")
        }
        if let cause = answer["cause"], cause != .null {
            Screen.line("原因 / cause: \(cause["code"]?.shown ?? "")")
        }
    }

    private static func showSources(_ answer: JSONValue) {
        Screen.line(
            "\(answer["collection"]?.shown ?? "") \(answer["id"]?.shown ?? "")"
                + "(\(answer["area"]?.shown ?? ""))"
                + (answer["archived"]?.boolean == true ? " 已归档 / archived" : ""))
        for field in answer["fields"]?.items ?? [] {
            let note = field["conflict"]?.boolean == true ? "  冲突 / in conflict" : ""
            Screen.line(
                "\(field["label"]?.shown ?? "") \(field["field"]?.shown ?? "")"
                    + "(\(field["kind"]?.shown ?? "")) = \(field["value"]?.shown ?? "")\(note)")
            for source in field["sources"]?.items ?? [] {
                let mark: Mark =
                    source["shown"]?.boolean == true
                    ? .good : source["counts"]?.boolean == true ? .look : .wrong
                let arrived = source["arrived_at"]?.items.map(\.shown) ?? []
                Screen.line(
                    "  \(mark.text) \(source["value"]?.shown ?? "")  ——"
                        + "\(source["author"]?["name"]?.shown ?? "?") "
                        + "\(source["at"]?.shown ?? "")  \(source["entry"]?.shown ?? "")")
                Screen.line(
                    "    "
                        + (arrived.isEmpty
                            ? "还没有到其他节点 / no other node has said that it has it"
                            : "已到 / has arrived at: " + arrived.joined(separator: "、")))
            }
        }
        let missing = answer["missing"]?.items.map(\.shown) ?? []
        if !missing.isEmpty { Screen.line("未填 / missing: " + missing.joined(separator: "、")) }
    }
}

/// What a code means and what to do; no node has to run.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "解释一个代码;不写则全部列出 / what a code means, or all of them")

    @Flag(help: "输出 JSON / print JSON") var json = false
    @Argument(help: "代码,如 port_closed / a code") var code: String?

    func run() throws {
        guard let code else { return showAll() }
        guard let reason = Reason.known(code) else {
            let near = Reason.all.map(\.code).filter { $0.contains(code) || code.contains($0) }
                .filter { !$0.isEmpty }
            throw CommandFailure(
                .notFound,
                "没有代码“\(code)”" + (near.isEmpty ? "" : ",是否指 \(near.joined(separator: "、"))?"),
                "there is no code \"\(code)\""
                    + (near.isEmpty
                        ? "; gridctl explain lists all" : "; \(near.joined(separator: ", "))?"))
        }
        if json { return Screen.json(Self.value(reason)) }
        Screen.line("\(reason.code)(\(reason.kind.rawValue))")
        Screen.line("  \(reason.chinese)")
        Screen.line("  \(reason.english)")
        guard !reason.chineseRemedy.isEmpty else { return }
        Screen.line("  → \(reason.chineseRemedy)")
        Screen.line("  → \(reason.englishRemedy)")
    }

    private func showAll() {
        let reasons = Reason.all.filter { !$0.code.isEmpty }
        if json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.reasons/1"), "items": .list(reasons.map(Self.value)),
                ]))
        }
        var table = Table(["代码 code", "何处 where", "意思 meaning", "怎么办 what to do"])
        for reason in reasons {
            table.add([reason.code, reason.kind.rawValue, reason.chinese, reason.chineseRemedy])
        }
        table.show()
    }

    private static func value(_ reason: Reason) -> JSONValue {
        .object([
            "code": .text(reason.code), "kind": .text(reason.kind.rawValue),
            "zh": .text(reason.chinese), "en": .text(reason.english),
            "remedy_zh": .text(reason.chineseRemedy), "remedy_en": .text(reason.englishRemedy),
        ])
    }
}
