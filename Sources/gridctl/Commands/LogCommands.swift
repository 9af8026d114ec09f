// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// The logs that are here, and what was applied last.
struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "本节点的日志和最近的条目(不含内容) / the logs here and their latest entries")

    @OptionGroup var common: CommonOptions
    @Option(help: "只看这个区域 / of this area") var area: String?
    @Option(help: "只看谁写的:名称、区划代码或公钥 / by this writer") var author: String?
    @Option(help: "最近多少条 / how many entries") var limit = 20

    func run() throws {
        var query = [("limit", "\(limit)")]
        if let area { query.append(("area", area)) }
        if let author { query.append(("author", author)) }
        let answer = try DaemonClient(try common.folder()).get("/v1/log", query: query)
        if common.json { return Screen.json(answer) }
        var logs = Table(["日志 log", "写入者 author", "条目 entries", "最近 newest"])
        for item in answer["logs"]?.items ?? [] {
            let own = item["own"]?.boolean == true ? "(本节点)" : ""
            logs.add([
                item["log"]?.shown ?? "", (item["author"]?["name"]?.shown ?? "") + own,
                item["entries"]?.shown ?? "", item["newest"]?.shown ?? "",
            ])
        }
        logs.show()
        Screen.line()
        var entries = Table(["时间 at", "写入者 author", "区域 area", "记录 records"])
        for item in answer["entries"]?.items ?? [] {
            entries.add([
                item["at"]?.shown ?? "", item["author"]?["name"]?.shown ?? "",
                item["area"]?.shown ?? "", Self.records(item),
            ])
        }
        entries.show()
    }

    private static func records(_ item: JSONValue) -> String {
        let records = item["records"]?.items ?? []
        let shown = records.prefix(2).map { record in
            let label = record["label"]?.shown ?? ""
            // Fields without a name are those of the system's own collections: numbers, no help.
            let fields = (record["fields"]?.items.map(\.shown) ?? [])
                .filter { !$0.hasPrefix("#") }.joined(separator: ",")
            let name = label.isEmpty ? record["collection"]?.shown ?? "" : label
            return "\(name) \(record["id"]?.shown ?? "") \(fields)"
        }
        let rest = records.count - shown.count
        return shown.joined(separator: ";") + (rest > 0 ? " +\(rest)" : "")
    }
}

/// The areas that this node carries.
struct Scopes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "本节点保存哪些区域,谁可以读 / the areas carried here, and who may read them")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/scopes")
        if common.json { return Screen.json(answer) }
        let rights = answer["rights"]?.items.map(\.shown).joined(separator: ", ") ?? ""
        Screen.line("本节点 / own area: \(answer["own"]?.shown ?? "")  权利 / rights: \(rights)")
        var table = Table([
            "区域 area", "日志 logs", "条目 entries", "可写 writable", "写入者 writers", "可读者 readers",
        ])
        for item in answer["items"]?.items ?? [] {
            table.add([
                item["area"]?.shown ?? "", item["logs"]?.shown ?? "",
                item["entries"]?.shown ?? "", item["writable"]?.shown ?? "",
                (item["writers"]?.items ?? []).map { $0["name"]?.shown ?? "" }
                    .joined(separator: "、"),
                item["readers"]?.items.map(\.shown).joined(separator: "、") ?? "",
            ])
        }
        table.show()
    }
}
