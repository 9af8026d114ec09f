// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Writes one act into a record's timeline.
struct ActCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "act", abstract: "办理一步:受理、派单、调解…… / act on a record",
        discussion: """
            gridctl act matters ID accept by=STAFF until=2026-12-01 note=…
            现在不能办的会被拒绝,并说明现在可以怎样办。
            What is not legal now is turned away, with what is.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "记录标识 / id") var id: String
    @Argument(help: "动作 / action") var action: String
    @Argument(help: "项=值 … / PART=VALUE …") var words: [String] = []

    func run() throws {
        var body: [String: JSONValue] = [:]
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw ValidationError("“\(word)”应写成 项=值 / write PART=VALUE, not \"\(word)\"")
            }
            body[String(word[..<equals])] = .text(String(word[word.index(after: equals)...]))
        }
        body["action"] = .text(action)
        let path =
            "/v1/records/\(DaemonClient.escaped(collection))/\(DaemonClient.escaped(id))/acts"
        let answer = try DaemonClient(try common.folder()).send(.post, path, .object(body))
        if common.json { return Screen.json(answer) }
        let light = FoldedView.light(answer["derived"]?["light"]?.string)
        Screen.line("已办理 \(id) / done:\(answer["state"]?.shown ?? "") \(light)")
        FoldedView.showLegal(answer)
        for advice in answer["advice"]?.items ?? [] {
            Screen.line("  提示:\(advice["zh"]?.string ?? "") / \(advice["en"]?.string ?? "")")
        }
    }
}

/// What the timelines of a record amount to, for people.
enum FoldedView {
    static func light(_ light: String?) -> String {
        switch light {
        case "normal": "正常"
        case "near": "临期"
        case "yellow": "黄灯"
        case "red": "红灯"
        default: ""
        }
    }

    /// What may be done next.
    static func showLegal(_ record: JSONValue) {
        let legal = record["legal"]?.items.map(\.shown) ?? []
        guard !legal.isEmpty else { return }
        Screen.line("现在可以 / legal now: " + legal.joined(separator: " "))
    }

    static func show(_ record: JSONValue, _ labels: FieldLabels) {
        guard let state = record["state"]?.string else { return }
        var parts = ["状态 / state: \(state)"]
        for (name, value) in record["derived"]?.parts ?? [] {
            let shown = name == "light" ? light(value.string) : value.shown
            parts.append("\(labels[name]): \(shown)")
        }
        Screen.line(parts.joined(separator: "  "))
        for flag in record["flags"]?.items ?? [] { Screen.line("! \(flag.shown)") }
        showLegal(record)
        let acts = record["acts"]?.items ?? []
        guard !acts.isEmpty else { return }
        var table = Table(["时间 at", "动作 action", "谁 who", "之后 state", "结果", "编号 act"])
        for act in acts {
            let void = act["outcome"]?.string == "void"
            table.add([
                act["at"]?.shown ?? "",
                "\(act["label"]?.shown ?? "") \(act["action"]?.shown ?? "")",
                act["author"]?["name"]?.shown ?? "", act["state"]?.shown ?? "",
                void
                    ? "无效 void: \(act["reason_zh"]?.shown ?? "")"
                    : (act["corrected"]?.boolean == true ? "已更正 corrected" : ""),
                act["act"]?.shown ?? "",
            ])
        }
        table.show()
    }
}
