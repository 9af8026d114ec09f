// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// What this node and a peer have apart: logs, and records where the logs are the same.
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "与另一节点有哪些不同 / what differs from a peer")

    @OptionGroup var common: CommonOptions
    @Argument(help: "名称、区划代码或公钥 / name, area or key") var peer: String

    func run() throws {
        let answer = try PeerTables.ask(peer, "diff", common)
        if common.json {
            Screen.json(answer)
        } else {
            Self.showLogs(answer)
            PeerTables.show(answer)
            Self.showRecords(answer)
        }
        guard answer["state"]?.string != "differ" else { throw ExitCode(1) }
    }

    private static func showLogs(_ answer: JSONValue) {
        let logs = answer["logs"]?.items ?? []
        guard !logs.isEmpty else {
            return Screen.line("日志一样 / the logs are the same, as far as it has said")
        }
        var table = Table([
            "区域 area", "级 lane", "写入者 author", "这里 here", "对方 there", "条 entries", "字节 bytes",
        ])
        for log in logs {
            table.add([
                log["area"]?.shown ?? "", log["lane"]?.shown ?? "",
                log["author"]?["name"]?.shown ?? "", log["here"]?.shown ?? "",
                log["there"]?.shown ?? "", log["entries"]?.shown ?? "",
                Bytes.text(log["bytes"]?.integer),
            ])
        }
        table.show()
        let (out, into) = (answer["out"] ?? .null, answer["in"] ?? .null)
        Screen.line(
            "对方缺 \(out["entries"]?.shown ?? "0") 条(\(Bytes.text(out["bytes"]?.integer))),"
                + "这里缺 \(into["entries"]?.shown ?? "0") 条 / it lacks, this node lacks")
    }

    private static func showRecords(_ answer: JSONValue) {
        for record in answer["records"]?.items ?? [] {
            Screen.line(
                "\(record["collection"]?.shown ?? "") \(record["id"]?.shown ?? "")  "
                    + PeerTables.words(record["kind"]?.string))
            guard case .object(let fields)? = record["fields"] else { continue }
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) where value != .null {
                Screen.line("    \(name) = \(value.shown)")
            }
        }
    }
}

/// Holding tables against a peer's, for people.
enum PeerTables {
    static func ask(_ peer: String, _ what: String, _ common: CommonOptions) throws -> JSONValue {
        try DaemonClient(try common.folder()).send(
            .post, "/v1/peers/\(DaemonClient.escaped(peer))/\(what)", .object([:]), seconds: nil)
    }

    static func verify(_ peer: String, _ common: CommonOptions) throws {
        let answer = try ask(peer, "verify", common)
        if common.json {
            Screen.json(answer)
        } else {
            show(answer)
        }
        switch answer["state"]?.string {
        case "equal": return
        case "differ": throw ExitCode(1)
        default: throw ExitCode(CommandFailure.Kind.tryAgain.rawValue)
        }
    }

    static func show(_ answer: JSONValue) {
        let name = answer["name"]?.shown ?? ""
        for area in answer["areas"]?.items ?? [] {
            let code = area["area"]?.shown ?? ""
            switch area["state"]?.string {
            case "equal":
                Screen.line(
                    "\(Mark.good.text) \(code):\(area["here"]?.shown ?? "") 条记录,双方相同 / "
                        + "records, the same on both")
            case "differ":
                let records = area["records"]?.items ?? []
                let more = area["whole"]?.boolean == false ? "至少 / at least " : ""
                Screen.advice(.wrong, area)
                Screen.line("  \(code):\(more)\(records.count) 条记录 / records")
                for record in records {
                    Screen.line(
                        "    \(record["collection"]?.shown ?? "") \(record["id"]?.shown ?? "")  "
                            + words(record["kind"]?.string))
                }
            default:
                Screen.advice(.look, area, indent: "\(code) ")
                if let here = area["entries_here"], let there = area["entries_there"] {
                    Screen.line(
                        "    日志条数 / entries: 这里 / here \(here.shown),对方 / there \(there.shown)")
                }
            }
        }
        switch answer["state"]?.string {
        case "equal": Screen.line("与 \(name) 完全相同 / the same as on \(name)")
        case "differ":
            Screen.line(
                "与 \(name) 有 \(answer["differing"]?.shown ?? "") 条记录不同 / records differ from \(name)"
            )
        default: Screen.line("与 \(name) 暂时不能全部核对 / not all can be compared with \(name) yet")
        }
    }

    static func words(_ kind: String?) -> String {
        switch kind {
        case "missing_here": "这里没有 / missing here"
        case "missing_there": "对方没有 / missing there"
        default: "不同 / differs"
        }
    }
}
