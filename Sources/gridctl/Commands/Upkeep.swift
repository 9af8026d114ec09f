// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Replays the ledger and compares; or holds the tables against a peer's.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "重放日志核对所有表;写节点名则与对方核对 / replay and compare, or compare with a peer",
        discussion: """
            gridctl verify            本节点的表是否与日志相符 / whether the tables fit the ledger
            gridctl verify 节点 / PEER  双方日志相同时表是否也相同 / whether both have the same tables
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "名称、区划代码或公钥;不写则核对本节点 / name, area or key; this node without")
    var peer: String?

    func run() throws {
        if let peer { return try PeerTables.verify(peer, common) }
        let folder = try common.folder()
        let answer = try StoppedNode.orAsk(folder, StoppedNode.verify) {
            try $0.work("/v1/verify", .object([:]), "核对 / verifying")
        }
        if common.json {
            Screen.json(answer)
        } else {
            Screen.line(
                "核对了 \(answer["runs"]?.shown ?? "") 批、\(answer["entries"]?.shown ?? "") 条日志、"
                    + "\(answer["records"]?.shown ?? "") 条记录,用时 \(answer["seconds"]?.shown ?? "") 秒 "
                    + "/ runs, entries, records, seconds")
            for finding in answer["findings"]?.items ?? [] { Screen.line("! \(finding.shown)") }
            Screen.line(
                answer["ok"]?.boolean == true
                    ? "完全一致 / all agrees"
                    : "有不一致;可用 gridctl rebuild 重建 / differences; see gridctl rebuild")
        }
        guard answer["ok"]?.boolean == true else { throw ExitCode(1) }
    }
}

/// Builds all tables anew.
struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "从日志重建所有表 / build all tables anew from the ledger")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let folder = try common.folder()
        let answer = try StoppedNode.orAsk(folder, StoppedNode.rebuild) {
            try $0.work("/v1/rebuild", .object([:]), "重建 / rebuilding")
        }
        if common.json { return Screen.json(answer) }
        Answers.tellUnnoted(answer)
        Screen.line(
            "已重建 \(answer["records"]?.shown ?? "") 条记录,"
                + "用时 \(answer["seconds"]?.shown ?? "") 秒 / rebuilt")
        for finding in answer["findings"]?.items ?? [] { Screen.line("  \(finding.shown)") }
        for cut in answer["cuts"]?.items ?? [] {
            Screen.line(
                "  日志 / log \(cut["log"]?.shown ?? ""): \(cut["from"]?.shown ?? "") → "
                    + "\(cut["to"]?.shown ?? ""),其余将由其他节点补齐 / peers send the rest again")
        }
    }
}

/// Runs one reading statement.
struct SQL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "只读查询 / one reading SQL statement")

    @OptionGroup var common: CommonOptions
    @OptionGroup var plain: PlainOptions
    @Argument(help: "SELECT …") var statement: String

    func run() throws {
        var body: [String: JSONValue] = ["sql": .text(statement)]
        if let reason = try plain.given {
            body["plain"] = .boolean(true)
            body["reason"] = .text(reason)
        }
        let answer = try DaemonClient(try common.folder()).send(.post, "/v1/sql", .object(body))
        if common.json { return Screen.json(answer) }
        var table = Table(answer["columns"]?.items.map(\.shown) ?? [])
        for row in answer["rows"]?.items ?? [] { table.add(row.items.map(\.shown)) }
        table.show()
        let masked = answer["masked"]?.items.compactMap(\.string) ?? []
        if !masked.isEmpty {
            Screen.line(
                "(敏感项按空值显示 / masked, read as NULL: \(masked.joined(separator: ", ")))")
        }
        if answer["cut"]?.boolean == true { Screen.line("(只显示前 10000 行 / cut at 10,000 rows)") }
    }
}
