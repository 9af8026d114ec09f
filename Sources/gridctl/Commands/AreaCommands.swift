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
            旧记录不改写;此后在新代码下查到 / nothing is rewritten; records are found under the new code
            """,
        subcommands: [Renumber.self, Merge.self, Changes.self])

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

        func run() throws { try AreaChanging(options: options, kind: .renumber).run() }
    }

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "并入另一个:下级代码不变 / into another; finer codes stay")
        @OptionGroup var options: Options

        func run() throws { try AreaChanging(options: options, kind: .merge).run() }
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
            let kinds = ["renumber": "换码", "merge": "并入"]
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

/// Signs a change with the office's key and hands it to the daemon.
private struct AreaChanging {
    let options: Area.Options
    let kind: AreaMap.Kind

    func run() throws {
        try Sodium.start()
        let folder = try options.common.folder()
        try CutOffOrder.check(note: options.note)
        let step = AreaMap.Step(
            from: try Self.code(options.from), to: try Self.code(options.to), kind: kind)
        guard step.isSound else {
            throw CommandFailure(
                .badData, "应为同一乡镇里同一级的两个村或两个网格。没有改动。",
                "it takes two villages or two grids of one township; nothing was changed")
        }
        let day = try self.day
        let client = DaemonClient(folder)
        let known = try client.get("/v1/authority/areas")
        guard let order = known["next_order"]?.integer, order > 0 else {
            throw CommandFailure(.failed, "节点的答复不完整。", "the daemon's answer is incomplete")
        }
        let office = try IssuingOffice(folder, passphrase: options.passphrase)
        let change = AreaChange(
            step, day: day, order: UInt64(order), note: options.note, issuedAt: Enrolment.now,
            issuedBy: office.author)
        let answer = try client.send(
            .post, "/v1/authority/areas",
            .object(["change": .text(Hexadecimal.text(change.encoded))]))
        if options.common.json { return Screen.json(answer) }
        Screen.line("\(step.from) → \(step.to),各节点下次联系时得知 / others learn it at their next contact")
        Screen.line("旧记录不改写,在新代码下查到 / nothing is rewritten; records are found under the new code")
    }

    private var day: UInt64 {
        get throws {
            let text = options.date
            let today = ChinaTime.day(of: Int64(clamping: Enrolment.now))
            guard let text else { return UInt64(clamping: today) }
            guard let date = CivilDate(parsing: text), date.days >= 0 else {
                throw CommandFailure(
                    .badData, "日期“\(text)”看不懂,应为 2026-12-01。",
                    "\"\(text)\" is no date; write 2026-12-01")
            }
            return UInt64(date.days)
        }
    }

    private static func code(_ text: String) throws -> AreaCode {
        guard let code = try? AreaCode(parsing: text) else {
            throw CommandFailure(
                .badData, "“\(text)”不是区划代码。", "\"\(text)\" is no area code")
        }
        return code
    }
}
