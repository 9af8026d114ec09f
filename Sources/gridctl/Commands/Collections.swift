// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// What kinds of records there are, or the fields of one.
struct Collections: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "列出记录类别,或一类记录的字段 / kinds of records, or the fields of one")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String?

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/collections")
        let items = answer["items"]?.items ?? []
        guard let collection else {
            if common.json { return Screen.json(answer) }
            var table = Table(["类别", "collection", "字段数 fields"])
            for item in items {
                table.add([
                    item["label"]?.shown ?? "", item["collection"]?.shown ?? "",
                    String(item["fields"]?.items.count ?? 0),
                ])
            }
            return table.show()
        }
        guard let item = items.first(where: { $0["collection"]?.string == collection }) else {
            throw CommandFailure(
                .notFound, "没有“\(collection)”这类记录。", "no collection \"\(collection)\"")
        }
        if common.json {
            guard case .object(var parts) = item else { return }
            parts["schema"] = .text("onegrid.collection/1")
            return Screen.json(.object(parts))
        }
        Screen.line("\(item["label"]?.shown ?? "") \(collection)")
        var table = Table(["字段", "field", "必填 required", "方式 kind", "内容 type"])
        for field in item["fields"]?.items ?? [] {
            table.add(
                ["label", "field", "required", "kind", "type"].map { field[$0]?.shown ?? "" })
        }
        table.show()
    }
}
