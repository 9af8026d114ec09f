// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// What has changed on this node, and what changes now.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "记录的变更,先后为序 / changes of records, in order")

    @OptionGroup var common: CommonOptions
    @Flag(help: "一直跟随,节点重启后接着读 / follow, also over the daemon's restart") var follow = false
    @Flag(help: "先给出现有记录 / the records that are here come first") var snapshot = false
    @Option(help: "从这个位置之后 / after this position") var since: String?
    @Option(help: "只看这些类别,逗号分隔 / only these collections") var collections: String?
    @Option(help: "区域 / area") var area: String?
    @Option(help: "最近几条,1...500 / so many of the last") var limit = 50

    func validate() throws {
        guard (1...500).contains(limit) else {
            throw ValidationError("--limit 应为 1 到 500 / --limit is 1...500")
        }
    }

    /// A rebuild of the tables, as after a redaction, begins the feed anew.
    private static let none =
        "变更流里还没有变更(重建表之后重新记起) / no changes since the feed began (it does so anew when tables are rebuilt)"

    func run() async throws {
        if follow { return try await followFeed() }
        let client = DaemonClient(try common.folder())
        let answer = try client.get(
            "/v1/changes", query: query(since: since) + [("limit", String(limit))])
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line(Self.none) }
        for item in items { show(item) }
        Screen.line("接着看 / go on: --since \(answer["next"]?.string ?? "")")
    }

    private func query(since: String?) -> [(String, String)] {
        var query: [(String, String)] = []
        if let since {
            query.append(("since", since))
        } else if !snapshot {
            query.append(("last", String(limit)))
        }
        if snapshot { query.append(("snapshot", "1")) }
        if let collections { query.append(("collection", collections)) }
        if let area { query.append(("area", area)) }
        return query
    }

    /// Reads until the user stops it. The daemon may come and go.
    private func followFeed() async throws {
        let stream = DaemonStream(try common.folder())
        var position = since
        var isOver = false
        while !isOver {
            do {
                try await stream.lines("/v1/changes", query: query(since: position)) { event in
                    position = event["id"]?.string ?? position
                    isOver = event["event"]?.string == "reset" && !snapshot
                    if common.json { Screen.json(event) } else { show(event) }
                    Screen.flush()
                }
            } catch let failure as CommandFailure where failure.kind == .notRunning {
                // Not running at all is worth saying; gone for a while is not.
                guard position != nil else { throw failure }
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func show(_ event: JSONValue) {
        let record = event["record"] ?? .null
        switch event["event"]?.string {
        case "change":
            let fields = (record["fields"]?.parts ?? []).prefix(4)
                .map { "\($0.key)=\($0.value.shown)" }.joined(separator: " ")
            Screen.line(
                "\(event["sequence"]?.shown ?? "") \(Self.word(event["operation"]?.string))  "
                    + "\(record["collection"]?.shown ?? "")/\(record["id"]?.shown ?? "")  "
                    + "\(record["area"]?.shown ?? "")  \(Screen.plain(fields))")
        case "live": Screen.line("以上是现有记录,以下是新的变更 / the records so far; changes follow")
        case "reset":
            Screen.error("! \(event["zh"]?.shown ?? "") / \(event["en"]?.shown ?? "")")
        default: break
        }
    }

    private static func word(_ operation: String?) -> String {
        switch operation {
        case "created": "新增 created"
        case "changed": "修改 changed"
        case "archived": "归档 archived"
        case let other: "现有 \(other ?? "")"
        }
    }
}
