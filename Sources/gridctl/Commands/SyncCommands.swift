// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// The node's whole state on one screen.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "节点状态一览 / the node's state")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let status = try DaemonClient(try common.folder()).get("/v1/status")
        if common.json { return Screen.json(status) }
        let node = status["node"] ?? .null
        let now = status["now"]?.string
        Screen.line(
            "\(node["name"]?.shown ?? "")(\(node["area"]?.shown ?? ""))  gridd "
                + "\(status["version"]?.shown ?? "")  启动于 / since "
                + (status["started_at"]?.shown ?? ""))
        Screen.line(
            "公钥 / key \(node["key"]?.shown ?? "")  监听 / listens "
                + (status["listen"]?.string ?? "—"))
        if let upstream = status["upstream"], upstream != .null {
            Screen.line(Self.upstream(upstream, now: now))
            BundleText.showRoad(
                upstream["on_the_road"], name: "  " + (upstream["name"]?.shown ?? ""))
        }
        let villages = status["villages"] ?? .null
        if let known = villages["known"]?.integer, known > 0 {
            let connected = villages["connected"]?.integer ?? 0
            Screen.line(
                "下级 \(known) 个,在线 \(connected) 个 / \(connected) of \(known) below are connected")
            for silent in villages["silent"]?.items ?? [] {
                let age = Age.text(since: silent["last_contact"]?.string, now: now)
                Screen.line("  未连接 / silent: \(silent["name"]?.shown ?? "") \(age)")
            }
        }
        Screen.line()
        var table = Table(["类别", "collection", "条数", "归档", "不完整", "冲突"])
        for item in status["records"]?.items ?? [] {
            table.add(
                ["label", "collection", "records", "archived", "incomplete", "conflicts"]
                    .map { item[$0]?.shown ?? "" })
        }
        table.show()
        let ledger = status["ledger"] ?? .null
        Screen.line(
            "日志 \(ledger["logs"]?.shown ?? "") 本,\(ledger["entries"]?.shown ?? "") 条,"
                + "\(ledger["bytes"]?.shown ?? "") 字节;冲突 \(status["conflicts"]?.shown ?? "0") 处,"
                + "并行修改 \(status["parallel_updates"]?.shown ?? "0") 次 / "
                + "logs, entries, bytes; conflicts, parallel updates")
        Screen.line(Self.backups(status["backups"] ?? .null, now: now))
        for incident in status["incidents"]?.items ?? [] where incident["ended_at"] != .null {
            Screen.line("✓ \(incident["zh"]?.shown ?? "") / \(incident["en"]?.shown ?? "")")
        }
        let findings = status["findings"]?.items ?? []
        if findings.isEmpty { Screen.line("没有异常 / nothing wrong") }
        for finding in findings {
            Screen.line("! \(finding["zh"]?.shown ?? "") / \(finding["en"]?.shown ?? "")")
        }
    }

    private static func backups(_ backups: JSONValue, now: String?) -> String {
        let backup = Age.text(since: backups["last_backup"]?["taken_at"]?.string, now: now)
        let drill = Age.text(since: backups["last_drill"]?["at"]?.string, now: now)
        return "上次备份 / last backup \(backup);上次恢复演练 / last drill \(drill)"
    }

    private static func upstream(_ upstream: JSONValue, now: String?) -> String {
        let name = upstream["name"]?.shown ?? ""
        let waiting = upstream["waiting_entries"]?.integer ?? 0
        guard upstream["last_contact"]?.string != nil else {
            return "上级 \(name):从未连上,原因:\(upstream["reason_zh"]?.shown ?? "") / "
                + "never reached: \(upstream["reason_en"]?.shown ?? "")"
        }
        if waiting == 0 {
            let age = Age.text(since: upstream["last_contact"]?.string, now: now)
            let link =
                upstream["state"]?.string == "connected"
                ? ""
                : ";现在未连接,原因:\(upstream["reason_zh"]?.shown ?? "") / "
                    + "not connected: \(upstream["reason_en"]?.shown ?? "")"
            return "上级 \(name):全部已送达 / all delivered(最后联系 \(age))" + link
        }
        if upstream["state"]?.string == "connected" {
            return "上级 \(name):还有 \(waiting) 条正在送达 / \(waiting) entries on their way"
        }
        return "上级 \(name):还有 \(waiting) 条未送达,原因:\(upstream["reason_zh"]?.shown ?? "") / "
            + "\(waiting) entries not delivered: \(upstream["reason_en"]?.shown ?? "")"
    }
}

/// Every peer: what it has, what waits, and why.
struct Peers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "各节点:状态、最后联系、待传条数、原因 / peers and what waits")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let client = DaemonClient(try common.folder())
        let answer = try client.get("/v1/peers")
        if common.json { return Screen.json(answer) }
        let now = try client.get("/v1/status")["now"]?.string
        var table = Table([
            "节点", "区域 area", "状态 state", "最后联系 last contact", "已收 has", "待发 out", "待收 in",
            "原因 reason",
        ])
        for item in answer["items"]?.items ?? [] {
            let state = item["state"]?.string ?? ""
            let reason = state == "connected" ? "" : item["reason_zh"]?.shown ?? ""
            table.add([
                item["name"]?.shown ?? "", item["area"]?.shown ?? "",
                (Self.words[state] ?? "") + " " + state,
                Age.text(since: item["last_contact"]?.string, now: now),
                item["has"]?["entries"]?.shown ?? "",
                item["out"]?["waiting_entries"]?.shown ?? "",
                item["in"]?["waiting_entries"]?.shown ?? "", reason,
            ])
        }
        table.show()
        for item in answer["items"]?.items ?? [] {
            BundleText.showRoad(
                item["out"]?["on_the_road"], name: Screen.plain(item["name"]?.shown ?? ""))
        }
    }

    private static let words = [
        "connected": "在线", "connecting": "连接中", "waiting": "等待重试", "paused": "已暂停",
        "absent": "未连接",
    ]
}

/// Digests that are equal on converged replicas.
struct Digest: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "各区域的摘要,两个节点相同即数据相同 / digests by area")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/digest")
        if common.json { return Screen.json(answer) }
        var table = Table(["区域 area", "日志 logs", "条目 entries", "记录 records", "frontier", "tables"])
        for item in answer["areas"]?.items ?? [] {
            table.add(
                ["area", "logs", "entries", "records", "frontier"].map { item[$0]?.shown ?? "" }
                    + [String((item["tables"]?.string ?? "").prefix(32))])
        }
        table.show()
    }
}

/// Closes links and opens none until `resume`.
struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "暂停与某个或全部节点的连接 / pause one link or all")

    @OptionGroup var common: CommonOptions
    @Argument(help: "名称、区划代码或公钥 / name, area or key") var peer: String?

    func run() throws { try LinkOrder.send("/v1/pause", peer: peer, common) }
}

/// Ends a pause.
struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "恢复连接 / end a pause")

    @OptionGroup var common: CommonOptions
    @Argument(help: "名称、区划代码或公钥 / name, area or key") var peer: String?

    func run() throws { try LinkOrder.send("/v1/resume", peer: peer, common) }
}

private enum LinkOrder {
    static func send(_ path: String, peer: String?, _ common: CommonOptions) throws {
        let answer = try DaemonClient(try common.folder()).send(
            .post, path, .object(["peer": peer.map { .text($0) } ?? .null]))
        if common.json { return Screen.json(answer) }
        Answers.tellUnnoted(answer)
        if answer["all"]?.boolean == true {
            return Screen.line("已暂停全部连接,用 gridctl resume 恢复 / all links are paused")
        }
        let paused = answer["paused"]?.items.compactMap(\.string) ?? []
        Screen.line(
            paused.isEmpty
                ? "没有暂停的连接 / nothing is paused"
                : "已暂停 / paused: " + paused.joined(separator: "、"))
    }
}
