// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridStore

/// Every finding with its remedy.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "检查节点,每个问题都给出办法 / what is wrong, and what to do about each")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let folder = try common.folder()
        var items = LocalChecks.findings(folder)
        do {
            items += try DaemonClient(folder).get("/v1/doctor")["items"]?.items ?? []
        } catch let failure as CommandFailure where failure.kind == .notRunning {
            items.insert(LocalChecks.notRunning(folder), at: 0)
        }
        let wrong = items.filter { $0["weight"]?.string == "wrong" }
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.doctor/1"), "healthy": .boolean(wrong.isEmpty),
                    "wrong": .integer(Int64(wrong.count)),
                    "looks": .integer(Int64(items.count - wrong.count)), "items": .list(items),
                ]))
        } else {
            for item in items {
                Screen.advice(item["weight"]?.string == "wrong" ? .wrong : .look, item)
            }
            Screen.line(
                wrong.isEmpty
                    ? "\(Mark.good.text) 没有故障 / nothing is wrong"
                    : "\(wrong.count) 个问题 / \(wrong.count) wrong")
        }
        if !wrong.isEmpty { throw ExitCode(1) }
    }
}

/// What can be seen without the daemon.
enum LocalChecks {
    static func notRunning(_ folder: NodeFolder) -> JSONValue {
        let isNode = FileManager.default.fileExists(atPath: folder.databasePath)
        let place = folder.path
        return finding(
            "not_running",
            isNode ? "\(place) 的 gridd 没有运行" : "\(place) 里没有节点",
            isNode ? "the gridd of \(place) is not running" : "there is no node in \(place)",
            isNode ? "gridd --data \(place)" : "gridctl init / join --data \(place)")
    }

    /// Key files that others may read.
    static func findings(_ folder: NodeFolder) -> [JSONValue] {
        [folder.nodeKeyPath, folder.rootKeyPath].compactMap { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 != 0 else {
                return nil
            }
            return finding(
                "key_exposed", "其他用户能读密钥文件 \(path)", "other users can read \(path)",
                "chmod 600 \(path)")
        }
    }

    private static func finding(
        _ code: String, _ chinese: String, _ english: String, _ remedy: String
    ) -> JSONValue {
        .object([
            "code": .text(code), "weight": .text("wrong"), "zh": .text(chinese),
            "en": .text(english), "remedy_zh": .text(remedy), "remedy_en": .text(remedy),
        ])
    }
}

/// A probe for monitoring: one line, and an exit code that Nagios, Zabbix and cron understand.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "供监控调用:一行结果,退出码 0 正常、1 注意、2 故障、3 未知 / a monitoring probe")

    @OptionGroup var common: CommonOptions
    @Option(help: "多少小时没有联系算故障 / hours of silence that are critical") var silence = 24
    @Option(help: "等待超过多少小时算注意 / hours of waiting that are a warning") var waiting = 24

    private enum Verdict: Int32 {
        case good = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        var word: String {
            switch self {
            case .good: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    func validate() throws {
        guard silence >= 1, waiting >= 1 else {
            throw ValidationError("小时数至少为 1 / hours are 1 or more")
        }
    }

    func run() throws {
        let client = DaemonClient(try common.folder())
        let (lag, doctor): (JSONValue, JSONValue)
        do {
            (lag, doctor) = (try client.get("/v1/lag"), try client.get("/v1/doctor"))
        } catch let failure as CommandFailure {
            let verdict: Verdict = failure.kind == .notRunning ? .critical : .unknown
            return try end(verdict, [failure.english], figures: [:])
        }
        try judge(lag, doctor)
    }

    private func judge(_ lag: JSONValue, _ doctor: JSONValue) throws {
        var verdict = Verdict.good
        var words: [String] = []
        func raise(_ to: Verdict, _ word: String) {
            if to.rawValue > verdict.rawValue { verdict = to }
            words.append(word)
        }
        // Links are judged below, by how long they have been missing.
        let links: Set = ["not_delivered", "village_silent"]
        for item in doctor["items"]?.items ?? []
        where item["weight"]?.string == "wrong" && !links.contains(item["code"]?.string ?? "") {
            raise(.critical, "\(item["code"]?.shown ?? ""): \(item["en"]?.shown ?? "")")
        }
        let now = lag["now"]?.string
        for item in lag["items"]?.items ?? [] {
            let name = item["name"]?.shown ?? ""
            if let hours = Self.hours(since: item["last_contact"]?.string, now),
                item["state"]?.string != "connected", hours >= silence
            {
                raise(.critical, "\(name) silent for \(hours) h (\(item["reason"]?.shown ?? ""))")
            }
            if let hours = Self.hours(since: item["out"]?["since"]?.string, now), hours >= waiting {
                raise(.warning, "\(name): entries wait for \(hours) h")
            }
        }
        let waits = lag["out"]?["waiting_entries"]?.integer ?? 0
        try end(
            verdict, words,
            figures: [
                "waiting_entries": waits, "wrong": doctor["wrong"]?.integer ?? 0,
                "looks": doctor["looks"]?.integer ?? 0,
            ])
    }

    private static func hours(since then: String?, _ now: String?) -> Int? {
        guard let then = then.flatMap({ ChinaTime.milliseconds(parsing: $0) }),
            let now = now.flatMap({ ChinaTime.milliseconds(parsing: $0) })
        else { return nil }
        return Int(max(0, now - then) / 3_600_000)
    }

    private func end(_ verdict: Verdict, _ words: [String], figures: [String: Int64]) throws {
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.check/1"), "verdict": .text(verdict.word),
                    "words": .list(words.map { .text($0) }),
                    "figures": .object(figures.mapValues { .integer($0) }),
                ]))
        } else {
            let text = words.isEmpty ? "nothing is wrong" : words.joined(separator: "; ")
            let figures = figures.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            Screen.line(
                "\(verdict.word) \(text)"
                    + (figures.isEmpty ? "" : " | " + figures.joined(separator: " ")))
        }
        if verdict != .good { throw ExitCode(verdict.rawValue) }
    }
}
