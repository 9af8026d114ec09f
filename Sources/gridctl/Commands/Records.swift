// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Writes a record.
struct Put: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "新增或修改记录 / write a record",
        discussion: """
            字段=值 赋值,字段= 清空,字段+=值 加入集合或追加过程,字段-=值 移出集合。
            FIELD=VALUE assigns, FIELD= clears, FIELD+=VALUE adds to a set or appends to a \
            timeline, FIELD-=VALUE removes from a set.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "[记录标识] 字段=值 … / [ID] FIELD=VALUE …") var words: [String] = []
    @Option(help: "新记录所属区域 / area of a new record") var area: String?
    @Flag(help: "归档 / archive the record") var archive = false

    func run() throws {
        let isUpdate = words.first.map { !$0.contains("=") } ?? false
        var assigned: [String: JSONValue] = [:]
        var added: [String: JSONValue] = [:]
        var removed: [String: JSONValue] = [:]
        for word in isUpdate ? words.dropFirst() : words[...] {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw ValidationError("“\(word)”应写成 字段=值 / write FIELD=VALUE, not \"\(word)\"")
            }
            let value = String(word[word.index(after: equals)...])
            let name = String(word[..<equals])
            switch name.last {
            case "+": added[String(name.dropLast())] = .text(value)
            case "-": removed[String(name.dropLast())] = .text(value)
            default: assigned[name] = value.isEmpty ? .null : .text(value)
            }
        }
        guard isUpdate || !assigned.isEmpty || !added.isEmpty || archive || !removed.isEmpty else {
            throw ValidationError("至少要填写一项:字段=值 / give at least one FIELD=VALUE")
        }
        guard isUpdate || (removed.isEmpty && !archive) else {
            throw ValidationError("要先给出记录标识 / give the record's ID first")
        }
        let client = DaemonClient(try common.folder())
        let path = "/v1/records/\(DaemonClient.escaped(collection))"
        let answer: JSONValue
        if isUpdate {
            answer = try client.send(
                .patch, path + "/\(DaemonClient.escaped(words[0]))",
                .object([
                    "fields": .object(assigned), "add": .object(added),
                    "remove": .object(removed), "archive": .boolean(archive),
                ]))
        } else {
            assigned.merge(added) { $1 }
            var body: [String: JSONValue] = ["fields": .object(assigned)]
            if let area { body["area"] = .text(area) }
            answer = try client.send(.post, path, .object(body))
        }
        try Answers.written(answer, common)
    }
}

/// Shows a record.
struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "查看记录 / show a record")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "记录标识 / id") var id: String
    @OptionGroup var plain: PlainOptions

    func run() throws {
        let client = DaemonClient(try common.folder())
        let path = "/v1/records/\(DaemonClient.escaped(collection))/\(DaemonClient.escaped(id))"
        let record = try client.get(path, query: try plain.query)
        if common.json { return Screen.json(record) }
        let labels = try FieldLabels(client, collection: collection)
        let state = record["archived"]?.boolean == true ? "(已归档 / archived)" : ""
        Screen.line("\(labels.collection) \(id) \(record["area"]?.shown ?? "")\(state)")
        let conflicts = Set(record["conflicts"]?.items.compactMap(\.string) ?? [])
        let masked = Set(record["masked"]?.items.compactMap(\.string) ?? [])
        // A record is read whole: nothing in it is cut.
        var table = Table(["项目", "字段 field", "内容 value", ""], cellWidthMax: .max)
        for (name, value) in record["fields"]?.parts ?? [] {
            table.add([
                labels[name], name, value.shown,
                [
                    conflicts.contains(name) ? "冲突 conflict" : nil,
                    masked.contains(name) ? "已遮盖 masked" : nil,
                ].compactMap { $0 }.joined(separator: " "),
            ])
        }
        RedactedFields(of: record).add(to: &table, labels)
        for void in record["void"]?.items ?? [] {
            let name = void["field"]?.string ?? ""
            table.add([
                labels[name], name, void["value"]?.shown ?? "",
                "无效 void(\(void["author"]?["name"]?.string ?? ""))",
            ])
        }
        table.show()
        FoldedView.show(record, labels)
        if let sealed = record["sealed"] { Self.showReaders(sealed, labels) }
        let missing = record["missing"]?.items.compactMap(\.string) ?? []
        if !missing.isEmpty {
            Screen.line("尚缺 / missing: " + missing.map { labels[$0] }.joined(separator: "、"))
        }
    }
}

extension Get {
    /// Who may read a record for named devices: their names for one of them, their number for others.
    private static func showReaders(_ sealed: JSONValue, _ labels: FieldLabels) {
        let names = sealed["names"]?.items.compactMap { $0["name"]?.string } ?? []
        guard sealed["opens"]?.boolean == true else {
            return Screen.line(
                "\(Masking.sealed): \(sealed["readers"]?.shown ?? "") 台 / devices; 不包括本机 / not this one"
            )
        }
        Screen.line("可见设备 / readers: " + names.map { Screen.plain($0) }.joined(separator: "、"))
        let wrong = sealed["wrong"]?.items.compactMap(\.string) ?? []
        guard !wrong.isEmpty else { return }
        Screen.line("格式不对 / ill-typed: " + wrong.map { labels[$0] }.joined(separator: "、"))
    }
}

/// Lists records.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "列出记录 / list records")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "字段=值 / FIELD=VALUE") var filters: [String] = []
    @Option(help: "最多几条,1...1000 / at most so many") var limit = 100
    @Option(help: "区域 / area") var area: String?
    @Option(help: "从上一页的 next 接着列 / go on after") var after: String?
    @Option(help: "排序:created_at、updated_at 或字段,前加 - 倒序 / order; - turns it round")
    var order: String?
    @Flag(help: "包括已归档的 / archived ones too") var archived = false

    func run() throws {
        var query: [(String, String)] = [("limit", String(limit))]
        if let area { query.append(("area", area)) }
        if let after { query.append(("after", after)) }
        if let order { query.append(("order", order)) }
        if archived { query.append(("archived", "1")) }
        for filter in filters {
            let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw ValidationError("“\(filter)”应写成 字段=值 / write FIELD=VALUE")
            }
            query.append((String(parts[0]), String(parts[1])))
        }
        let client = DaemonClient(try common.folder())
        let answer = try client.get("/v1/records/\(DaemonClient.escaped(collection))", query: query)
        if common.json { return Screen.json(answer) }
        let labels = try FieldLabels(client, collection: collection)
        let items = answer["items"]?.items ?? []
        let names = labels.names.filter { name in
            items.contains { $0["fields"]?[name] != nil }
        }.prefix(6)
        let isFolded = items.contains { $0["state"] != nil }
        var table = Table(
            ["标识 id", "区域 area"] + (isFolded ? ["状态 state", "灯 light"] : [])
                + names.map { labels[$0] } + ["备注"])
        for item in items {
            let marks = [
                item["conflicts"]?.items.isEmpty == false ? "冲突" : nil,
                item["missing"]?.items.isEmpty == false ? "不完整" : nil,
                item["archived"]?.boolean == true ? "已归档" : nil,
            ].compactMap { $0 }
            table.add(
                [item["id"]?.shown ?? "", item["area"]?.shown ?? ""]
                    + (isFolded
                        ? [
                            item["state"]?.shown ?? "",
                            FoldedView.light(item["derived"]?["light"]?.string),
                        ] : [])
                    + names.map { item["fields"]?[$0]?.shown ?? "" }
                    + [marks.joined(separator: " ")])
        }
        table.show()
        if let next = answer["next"]?.string {
            Screen.line("还有更多:--after \(next) / more: --after \(next)")
        }
    }
}

/// Shows who wrote what of a record, and when.
struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "查看记录的来历:谁、何时、哪一条日志 / a record's history")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "记录标识 / id") var id: String
    @OptionGroup var plain: PlainOptions

    func run() throws {
        let client = DaemonClient(try common.folder())
        let answer = try client.get(
            "/v1/records/\(DaemonClient.escaped(collection))/\(DaemonClient.escaped(id))/history",
            query: try plain.query)
        if common.json { return Screen.json(answer) }
        var table = Table([
            "时间 at", "谁 who", "项目", "操作", "内容 value", "签名", "日志 entry", "已送达 received",
        ])
        for item in answer["items"]?.items ?? [] {
            let archive = item["archives"]?.boolean == true
            let changes = item["changes"]?.items ?? []
            for change in changes.isEmpty ? [JSONValue.null] : changes {
                table.add([
                    item["at"]?.shown ?? "", item["author"]?["name"]?.shown ?? "",
                    change["label"]?.shown ?? "",
                    archive ? "归档 archive" : change["operation"]?.shown ?? "",
                    change["value"]?.shown ?? "",
                    item["verified"]?.boolean == true ? "有效 ok" : "无效 BAD",
                    String((item["entry"]?.string ?? "").prefix(8))
                        + "#\(item["sequence"]?.integer ?? 0)",
                    (item["receipts"]?.items ?? []).compactMap { $0["issuer"]?["name"]?.string }
                        .joined(separator: "、"),
                ])
            }
        }
        table.show()
    }
}

/// What several commands say.
enum Answers {
    /// Says that an act is not in the audit trail, where the daemon says so.
    static func tellUnnoted(_ answer: JSONValue) {
        guard answer["noted"] == .boolean(false) else { return }
        Screen.error("! 已完成,但没有记入操作日志,请检查磁盘 / done, but not in the audit trail")
    }

    static func written(_ answer: JSONValue, _ common: CommonOptions) throws {
        if common.json { return Screen.json(answer) }
        let id = answer["id"]?.string ?? ""
        let isNew = answer["entries"]?.items.isEmpty == false
        Screen.line(isNew ? "已保存 \(id) / saved" : "没有变化 \(id) / nothing to change")
        for advice in answer["advice"]?.items ?? [] {
            Screen.line("  提示:\(advice["zh"]?.string ?? "") / \(advice["en"]?.string ?? "")")
        }
    }
}

/// The Chinese names of a collection and its fields, from the daemon.
struct FieldLabels {
    let collection: String
    /// Field names in the catalogue's order.
    let names: [String]
    private let labels: [String: String]

    init(_ client: DaemonClient, collection name: String) throws {
        let items = try client.get("/v1/collections")["items"]?.items ?? []
        let found = items.first { $0["collection"]?.string == name }
        collection = found?["label"]?.string ?? name
        let fields = found?["fields"]?.items ?? []
        names = fields.compactMap { $0["field"]?.string }
        labels = Dictionary(
            fields.map { ($0["field"]?.string ?? "", $0["label"]?.string ?? "") },
            uniquingKeysWith: { $1 })
    }

    subscript(name: String) -> String { labels[name] ?? name }
}
