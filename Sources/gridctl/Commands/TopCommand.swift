// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore

/// The node as it is now, again and again.
struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "实时状态,Ctrl-C 结束;不在终端时只印一次 / live state; prints once where no terminal is")

    @OptionGroup var common: CommonOptions
    @Option(help: "每隔多少秒 / seconds between looks") var interval = 2

    func validate() throws {
        guard (1...3600).contains(interval) else {
            throw ValidationError("--interval 应为 1 到 3600 秒 / --interval is 1...3600 s")
        }
    }

    func run() throws {
        let client = DaemonClient(try common.folder())
        let isLive = isatty(STDOUT_FILENO) == 1 && !common.json
        repeat {
            let (status, peers) = (try client.get("/v1/status"), try client.get("/v1/peers"))
            let lag = try client.get("/v1/lag")
            if common.json {
                return Screen.json(
                    .object([
                        "schema": .text("onegrid.top/1"), "status": status, "peers": peers,
                        "lag": lag,
                    ]))
            }
            // Home, and clear what was below: no flicker.
            if isLive { Screen.line("\u{1B}[H\u{1B}[2J", ends: false) }
            Self.show(status, peers, lag)
            Screen.flush()
            guard isLive else { return }
            Thread.sleep(forTimeInterval: Double(interval))
        } while true
    }

    private static func show(_ status: JSONValue, _ peers: JSONValue, _ lag: JSONValue) {
        let node = status["node"] ?? .null
        let ledger = status["ledger"] ?? .null
        let all = status["peers"] ?? .null
        Screen.line(
            "\(node["name"]?.shown ?? "")(\(node["area"]?.shown ?? ""))  "
                + (status["now"]?.shown ?? ""))
        Screen.line(
            "在线 / connected \(all["connected"]?.shown ?? "")/\(all["total"]?.shown ?? "")  "
                + "条目 / entries \(ledger["entries"]?.shown ?? "")  "
                + "账本 / ledger \(Bytes.text(ledger["bytes"]?.integer))  "
                + "冲突 / conflicts \(status["conflicts"]?.shown ?? "")")
        var table = Table(["节点", "状态 state", "待发 out", "待收 in", "已发 sent", "已收 received", "最后联系"])
        let now = status["now"]?.string
        for item in peers["items"]?.items ?? [] {
            table.add([
                item["name"]?.shown ?? "", item["state"]?.shown ?? "",
                item["out"]?["waiting_entries"]?.shown ?? "",
                item["in"]?["waiting_entries"]?.shown ?? "",
                Bytes.text(item["out"]?["bytes"]?.integer),
                Bytes.text(item["in"]?["bytes"]?.integer),
                Age.text(since: item["last_contact"]?.string, now: now),
            ])
        }
        table.show()
        for finding in status["findings"]?.items ?? [] {
            Screen.line(
                "\(Mark.look.text) \(finding["zh"]?.shown ?? "") / \(finding["en"]?.shown ?? "")")
        }
    }
}
