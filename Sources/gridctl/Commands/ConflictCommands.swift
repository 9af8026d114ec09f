// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Shows fields with more than one value.
struct Conflicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "列出冲突:同一项有不同的值 / fields with more than one value")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/conflicts")
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有冲突 / no conflicts") }
        for item in items {
            let (collection, id) = (item["collection"]?.shown ?? "", item["id"]?.shown ?? "")
            let field = item["field"]?.shown ?? ""
            Screen.line(
                "\(item["label"]?.shown ?? "") \(id)(\(item["area"]?.shown ?? "")) "
                    + "\(item["field_label"]?.shown ?? "") \(field)")
            for (index, value) in (item["values"]?.items ?? []).enumerated() {
                let shown = value["value"] == .null ? "(清空 cleared)" : value["value"]?.shown ?? ""
                Screen.line(
                    "  \(index + 1). \(shown)  ——\(value["author"]?["name"]?.shown ?? "?") "
                        + "\(value["at"]?.shown ?? "")\(index == 0 ? "  现显示 / displayed" : "")")
            }
            Screen.line(
                item["kind"]?.string == "fixed"
                    ? "  以最早登记的为准;如它是错的,请另建记录并归档这一条 / the first counts for ever"
                    : "  解决 / settle: gridctl resolve \(collection) \(id) \(field) --keep N")
        }
        if items.contains(where: { $0["masked"]?.boolean == true }) {
            Screen.line(
                "* 为遮盖,原值:gridctl history 类别 标识 --plain --reason 理由 / masked; see history")
        }
        Screen.line("共 \(items.count) 处 / \(items.count) in all")
    }
}

/// Settles a conflict.
struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "解决冲突:保留其中一个,或填写新值 / settle a conflict")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "记录标识 / id") var id: String
    @Argument(help: "字段 / field") var field: String
    @Option(help: "保留第几个 / keep the N-th") var keep: Int?
    @Option(name: .customLong("set"), help: "填写新值 / a new value") var value: String?

    func run() throws {
        var body: [String: JSONValue] = ["field": .text(field)]
        switch (keep, value) {
        case (let number?, nil): body["keep"] = .integer(Int64(number))
        case (nil, let text?): body["set"] = .text(text)
        case (nil, nil), (_?, _?):
            throw ValidationError("请给出 --keep N 或 --set 值 / give --keep N or --set VALUE")
        }
        let path = "/v1/records/\(DaemonClient.escaped(collection))/\(DaemonClient.escaped(id))"
        let answer = try DaemonClient(try common.folder())
            .send(.post, path + "/resolve", .object(body))
        try Answers.written(answer, common)
    }
}
