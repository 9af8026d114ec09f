// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Changes of area codes.
struct Area: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "area", abstract: "区划代码变更 / changes of area codes",
        discussion: """
            gridctl area renumber 522730103210 522730103230 --date 2026-12-01
            gridctl area merge 522730103217 522730103210 --note 两村合并
            gridctl area split 522730103210 522730103231 --grids 003,004 --rest 522730103230
            旧记录不改写;此后在新代码下查到 / nothing is rewritten; records are found under the new code
            """,
        subcommands: [Renumber.self, Merge.self, Split.self, Changes.self])

    /// What both ways of changing a code take.
    struct Options: ParsableArguments {
        @OptionGroup var common: CommonOptions
        @OptionGroup var passphrase: PassphraseOptions
        @Argument(help: "旧代码:村或网格 / the old code, of a village or grid") var from: String
        @Argument(help: "新代码,同一乡镇 / the new code, in the same township") var to: String
        @Option(help: "生效日期,默认今天;报表按它算 / the first day, for reports") var date: String?
        @Option(help: "说明 / a note") var note = ""
    }

    struct Renumber: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "换代码:下级代码一起换 / another code; finer codes go along")
        @OptionGroup var options: Options

        func run() throws { try AreaChanging(options: options).run(.renumber) }
    }

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "并入另一个:下级代码不变 / into another; finer codes stay")
        @OptionGroup var options: Options

        func run() throws { try AreaChanging(options: options).run(.merge) }
    }

    struct Changes: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "全部变更 / all changes")
        @OptionGroup var common: CommonOptions

        func run() throws {
            let answer = try DaemonClient(try common.folder()).get("/v1/authority/areas")
            if common.json { return Screen.json(answer) }
            let items = answer["items"]?.items ?? []
            guard !items.isEmpty else {
                return Screen.line("没有区划变更 / no area code was changed")
            }
            var table = Table([
                "旧代码 from", "", "新代码 to", "现在 now", "生效 date", "由谁 by", "说明 note", "",
            ])
            let kinds = ["renumber": "换码", "merge": "并入", "split": "分出"]
            let standings = [
                "counts": "", "contradicted": "矛盾,不算数 / contradicted",
                "lapsed": "签发者已停用,不算数 / lapsed", "without_weight": "无权,不算数 / without weight",
            ]
            for item in items {
                table.add([
                    item["from"]?.shown ?? "", kinds[item["kind"]?.shown ?? ""] ?? "",
                    item["to"]?.shown ?? "", item["now"]?.shown ?? "", item["date"]?.shown ?? "",
                    item["issuer"]?["name"]?.shown ?? "", item["note"]?.shown ?? "",
                    standings[item["standing"]?.shown ?? ""] ?? item["standing"]?.shown ?? "",
                ])
            }
            table.show()
        }
    }
}
