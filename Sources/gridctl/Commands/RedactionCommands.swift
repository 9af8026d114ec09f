// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Has what fields of a record hold, and ever held, destroyed on every node.
struct Redact: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "在所有节点上删除一条记录的内容,不能恢复 / destroy a record's values on every node",
        discussion: """
            删除的是内容(包括历史内容),条目和签名仍在,可以核对;同一条目里其他项目的内容不受影响。
            Values go, those in the history too; entries and signatures stay, and what else stood in \
            them.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "记录标识 / id") var id: String
    @Option(name: .customLong("field"), help: "字段,可写多次;不写就是全部 / a field, or more; all without")
    var fields: [String] = []
    @Option(help: "理由,会随日志上报 / why; the nodes above can read it") var reason: String
    @Flag(help: "确认:删除后不能恢复 / yes, there is no way back") var yes = false

    func run() throws {
        guard yes else {
            throw ValidationError("删除后不能恢复,请加 --yes 确认 / there is no way back; say it with --yes")
        }
        let answer = try DaemonClient(try common.folder()).send(
            .post, "/v1/redactions",
            .object([
                "collection": .text(collection), "id": .text(id),
                "fields": .list(fields.map { .text($0) }), "reason": .text(reason),
            ]))
        if common.json { return Screen.json(answer) }
        let names = (answer["fields"]?.items ?? []).compactMap(\.string)
        Screen.line(
            "已删除 \(collection)/\(id) 的 \(names.joined(separator: "、")),"
                + "涉及 \(answer["entries"]?.shown ?? "0") 个条目 / values destroyed here")
        Screen.line(
            "各节点下次联系时执行,进度见 gridctl redactions / others do so at their next contact")
    }
}

/// Which redactions there are, and who has carried them out.
struct Redactions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "删除了什么、谁已执行、谁还没有 / redactions, and who has carried them out")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/redactions")
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有删除过内容 / nothing was redacted") }
        for item in items {
            let fields = (item["fields"]?.items ?? []).compactMap(\.string)
            Screen.line(
                "\(item["id"]?.shown ?? "") \(item["collection"]?.shown ?? "")/"
                    + "\(item["record"]?.shown ?? "") \(item["area"]?.shown ?? ""):"
                    + fields.joined(separator: "、"))
            Screen.line(
                "  \(String((item["at"]?.shown ?? "").prefix(19))) "
                    + "\(item["by"]?["name"]?.shown ?? ""):\(item["reason"]?.shown ?? "")")
            guard item["counts"]?.boolean == true else {
                Screen.line("  签发者无权,不算数 / its issuer has no right to it")
                continue
            }
            var table = Table(["节点 node", "区域 area", "执行 carried out", "最近联系 last heard"])
            for node in item["done"]?.items ?? [] {
                table.add([
                    node["name"]?.shown ?? "", node["area"]?.shown ?? "",
                    String((node["at"]?.shown ?? "").prefix(19)), "",
                ])
            }
            for node in item["waiting"]?.items ?? [] {
                let heard = node["last_contact"]?.string.map { String($0.prefix(19)) }
                table.add([
                    node["name"]?.shown ?? "", node["area"]?.shown ?? "", "还没有 not yet",
                    heard ?? "从未 never",
                ])
            }
            table.show()
        }
    }
}

/// What was destroyed of a record, by whom, when and why.
struct RedactedFields {
    private let names: [String]
    private let redactions: [JSONValue]

    init(of record: JSONValue) {
        names = (record["redacted"]?.items ?? []).compactMap(\.string)
        redactions = record["redactions"]?.items ?? []
    }

    func add(to table: inout Table, _ labels: FieldLabels) {
        for name in names {
            let order = redactions.last { order in
                (order["fields"]?.items ?? []).contains { $0.string == name }
            }
            let by = order?["by"]?["name"]?.shown ?? ""
            let at = String((order?["at"]?.shown ?? "").prefix(19))
            table.add([
                labels[name], name, "",
                "已删除 redacted(\(by),\(at),\(order?["reason"]?.shown ?? ""))",
            ])
        }
    }
}
