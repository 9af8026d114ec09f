// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore

/// What waits for whom, since when, and why.
struct Lag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "还有多少没有送达、从什么时候起、为什么 / what waits, since when, and why")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/lag")
        if common.json { return Screen.json(answer) }
        Self.show(answer)
    }

    static func show(_ answer: JSONValue) {
        let now = answer["now"]?.string
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有其他节点 / no peers") }
        var table = Table([
            "节点", "状态", "最后联系 last contact", "待发 out", "字节 bytes", "最早 since", "待收 in",
            "对方最近填写 newest",
        ])
        for item in items {
            let out = item["out"] ?? .null
            let waits = (out["waiting_entries"]?.integer ?? 0) > 0
            table.add([
                item["name"]?.shown ?? "", item["state"]?.shown ?? "",
                Age.text(since: item["last_contact"]?.string, now: now),
                lanes(out), waits ? Bytes.text(out["waiting_bytes"]?.integer) : "",
                waits ? Age.text(since: out["since"]?.string, now: now) : "",
                item["in"]?["waiting_entries"]?.shown ?? "",
                item["newest_written"]?.string == nil
                    ? "" : Age.text(since: item["newest_written"]?.string, now: now),
            ])
        }
        table.show()
        for item in items {
            BundleText.showRoad(item["out"]?["on_the_road"], name: item["name"]?.shown ?? "")
        }
        for item in items
        where item["state"]?.string != "connected" || item["reason"]?.string?.isEmpty == false {
            let name = item["name"]?.shown ?? ""
            Screen.line(
                "\(Mark.look.text) \(name):\(item["reason_zh"]?.shown ?? "") / "
                    + (item["reason_en"]?.shown ?? ""))
            let remedy = item["remedy_zh"]?.shown ?? ""
            if !remedy.isEmpty {
                Screen.line("  → \(remedy) / \(item["remedy_en"]?.shown ?? "")")
            }
        }
        let (settled, all) = (
            answer["out"]?["settled_peers"]?.shown ?? "", answer["out"]?["peers"]?.shown ?? ""
        )
        Screen.line("\(all) 个节点中 \(settled) 个已有本节点的全部内容 / \(settled) of \(all) have everything")
        if let budget = answer["budget"] { showBudget(budget) }
    }

    /// What the links have cost today; with what they may, where that is limited.
    private static func showBudget(_ budget: JSONValue) {
        let counted = Bytes.text(budget["counted_bytes"]?.integer)
        let may = budget["day_bytes"]?.integer.map { " / \(Bytes.text($0))" } ?? ""
        let session = budget["session_bytes"]?.integer.map {
            ",每次连接 \(Bytes.text($0)) / a session \(Bytes.text($0))"
        }
        var line = "今天的流量 / traffic today:\(counted)\(may)\(session ?? "")"
        let hours = (budget["cheap_hours"]?.items ?? []).compactMap(\.string)
        if !hours.isEmpty {
            line +=
                ";便宜时段 / cheap hours \(hours.joined(separator: "、")) "
                + "\(Bytes.text(budget["free_bytes"]?.integer))"
        }
        if let resumes = budget["resumes_at"]?.string {
            line += ";已用完,\(resumes) 恢复 / spent until then"
        }
        Screen.line(line)
    }

    /// Entries that wait, and how many of them are urgent.
    private static func lanes(_ out: JSONValue) -> String {
        let all = out["waiting_entries"]?.shown ?? ""
        let urgent = out["lanes"]?.items.first { $0["lane"]?.string == "urgent" }
        guard let count = urgent?["entries"]?.integer, count > 0 else { return all }
        return "\(all)(急 \(count))"
    }
}

/// Calls at once, and waits until both sides have everything.
struct Sync: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "马上同步,并等到双方都有全部内容 / call now, and wait until both sides have everything")

    @OptionGroup var common: CommonOptions
    @Argument(help: "名称、区划代码或公钥;不写则为全部 / name, area or key; all without") var peer: String?
    @Option(help: "最多等多少秒 / seconds to wait") var timeout = 60

    func validate() throws {
        guard (1...86_400).contains(timeout) else {
            throw ValidationError("--timeout 应为 1 到 86400 秒 / --timeout is 1...86400 s")
        }
    }

    func run() throws {
        let client = DaemonClient(try common.folder())
        let called = try client.send(
            .post, "/v1/sync", .object(["peer": peer.map { .text($0) } ?? .null]))
        let wanted = try peer.map { try names($0, client) }
        let deadline = ContinuousClock.now + .seconds(timeout)
        let progress = Progress()
        while true {
            let lag = try client.get("/v1/lag")
            let items = (lag["items"]?.items ?? []).filter { item in
                wanted.map { $0.contains(item["node"]?.string ?? "") } ?? isMeant(item, called)
            }
            let open = items.filter { !Self.isSettled($0) }
            if open.isEmpty || ContinuousClock.now >= deadline {
                progress.end()
                return try tell(items, open: open, lag: lag)
            }
            progress.show(
                open.map {
                    "\($0["name"]?.shown ?? "") ↑\($0["out"]?["waiting_entries"]?.shown ?? "") "
                        + "↓\($0["in"]?["waiting_entries"]?.shown ?? "")"
                }.joined(separator: "  "))
            Thread.sleep(forTimeInterval: 0.2)
        }
    }

    /// Without a name: those that were called now, and those that a link is up with.
    private func isMeant(_ item: JSONValue, _ called: JSONValue) -> Bool {
        let names = called["called"]?.items.compactMap(\.string) ?? []
        return item["state"]?.string == "connected" || names.contains(item["name"]?.string ?? "")
    }

    private func names(_ peer: String, _ client: DaemonClient) throws -> Set<String> {
        let answer = try client.get("/v1/why/peers/" + DaemonClient.escaped(peer))
        return Set([answer["node"]?.string].compactMap { $0 })
    }

    private static func isSettled(_ item: JSONValue) -> Bool {
        item["state"]?.string == "connected" && item["out"]?["waiting_entries"]?.integer == 0
            && item["in"]?["waiting_entries"]?.integer == 0
    }

    private func tell(_ items: [JSONValue], open: [JSONValue], lag: JSONValue) throws {
        if common.json { Screen.json(lag) }
        if !common.json {
            for item in items where Self.isSettled(item) {
                Screen.line(
                    "\(Mark.good.text) \(item["name"]?.shown ?? ""):双方内容一致 / both have everything")
            }
            for item in open {
                let reason =
                    item["state"]?.string == "connected" && item["reason"]?.string?.isEmpty != false
                    ? "还在传送 / still under way"
                    : "\(item["reason_zh"]?.shown ?? "") / \(item["reason_en"]?.shown ?? "")"
                Screen.line("\(Mark.wrong.text) \(item["name"]?.shown ?? ""):\(reason)")
            }
            if items.isEmpty {
                Screen.line("没有可以呼叫的节点;由下级来呼叫本节点 / nobody to call: those below call this node")
            }
        }
        if !open.isEmpty { throw ExitCode(CommandFailure.Kind.tryAgain.rawValue) }
    }
}
