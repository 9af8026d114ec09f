// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// What keys wrote that does not count, until somebody decides.
struct Quarantine: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "被隔离的内容:查看、认领、丢弃、带给上级 / entries that do not count: look, adopt, discard, carry",
        subcommands: [
            Listing.self, Show.self, Adopt.self, Discard.self, Export.self, Import.self,
        ],
        defaultSubcommand: Listing.self)

    struct Listing: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "都有谁写的 / whose they are")
        @OptionGroup var common: CommonOptions

        func run() throws {
            let answer = try DaemonClient(try common.folder()).get("/v1/quarantine")
            if common.json { return Screen.json(answer) }
            let items = answer["items"]?.items ?? []
            guard !items.isEmpty else { return Screen.line("没有被隔离的内容 / nothing in quarantine") }
            var table = Table([
                "节点", "区域 area", "条数 entries", "从 first", "到 last", "公钥 key", "带来者 carried by",
            ])
            for item in items {
                table.add([
                    item["name"]?.shown ?? "", item["area"]?.shown ?? "",
                    item["entries"]?.shown ?? "", item["first_at"]?.shown ?? "",
                    item["last_at"]?.shown ?? "", String((item["key"]?.shown ?? "").prefix(16)),
                    Quarantine.carriers(item),
                ])
            }
            table.show()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "逐条查看 / each change")
        @OptionGroup var common: CommonOptions
        @Argument(help: "节点名称、区划代码或公钥 / the node's name, area or key") var node: String

        func run() throws {
            let answer = try DaemonClient(try common.folder()).send(
                .post, "/v1/quarantine/show", .object(["peer": .text(node)]))
            if common.json { return Screen.json(answer) }
            let carriers = Quarantine.carriers(answer)
            if !carriers.isEmpty { Screen.line("由 \(carriers) 带来 / carried here by it") }
            for item in answer["items"]?.items ?? [] {
                let kind =
                    item["archives"] == .boolean(true)
                    ? "归档 archive" : item["new"] == .boolean(true) ? "新建 new" : "修改 change"
                Screen.line(
                    "\(item["at"]?.shown ?? "")  \(kind)  \(item["label"]?.shown ?? "") "
                        + "\(item["collection"]?.shown ?? "") \(item["id"]?.shown ?? "")")
                for write in item["writes"]?.items ?? [] {
                    Screen.line(
                        "    \(write["label"]?.shown ?? "") \(write["field"]?.shown ?? "") "
                            + "\(write["operation"]?.shown ?? "") = \(write["value"]?.shown ?? "")")
                }
            }
            if let count = answer["unreadable"]?.integer, count > 0 {
                Screen.line("另有 \(count) 条接不上,读不出来 / \(count) more cannot be read")
            }
        }
    }

    struct Adopt: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "以本节点的名义重新写入 / write them again in this node's name")
        @OptionGroup var common: CommonOptions
        @Argument(help: "节点名称、区划代码或公钥 / the node's name, area or key") var node: String

        func run() throws {
            let answer = try DaemonClient(try common.folder()).send(
                .post, "/v1/quarantine/adopt", .object(["peer": .text(node)]))
            if common.json { return Screen.json(answer) }
            Screen.line(
                "已认领 \(answer["entries"]?.shown ?? "0") 条:新建 \(answer["created"]?.shown ?? "0"),"
                    + "修改 \(answer["changed"]?.shown ?? "0") / adopted, in this node's name")
            for item in answer["skipped"]?.items ?? [] {
                Screen.line(
                    "  未改:\(item["collection"]?.shown ?? "") \(item["id"]?.shown ?? "") 的 "
                        + "\(item["field"]?.shown ?? ""),别人后来改过 / left alone: changed by others since"
                )
            }
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "丢弃,不能恢复 / throw them away for good")
        @OptionGroup var common: CommonOptions
        @Argument(help: "节点名称、区划代码或公钥 / the node's name, area or key") var node: String
        @Flag(help: "确认丢弃 / yes, for good") var yes = false

        func run() throws {
            guard yes else {
                throw ValidationError(
                    "丢弃后不能恢复;确认请加 --yes / this cannot be undone; add --yes")
            }
            let answer = try DaemonClient(try common.folder()).send(
                .post, "/v1/quarantine/discard", .object(["peer": .text(node)]))
            if common.json { return Screen.json(answer) }
            Screen.line("已丢弃 \(answer["entries"]?.shown ?? "0") 条 / thrown away")
        }
    }
}
