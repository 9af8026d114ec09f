// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Logs of which two versions are signed: looked at, and decided upon.
struct ForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork", abstract: "分叉的日志:查看、裁定 / logs that go on in two ways: look, decide",
        subcommands: [Listing.self, Show.self, Close.self], defaultSubcommand: Listing.self)

    private static let states = [
        "open": "未裁定 open", "awaiting": "已裁定,待取回 awaiting its branch", "closed": "已裁定 closed",
    ]

    struct Listing: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "所有分叉的日志 / all forked logs")
        @OptionGroup var common: CommonOptions

        func run() throws {
            let answer = try DaemonClient(try common.folder()).get("/v1/forks")
            if common.json { return Screen.json(answer) }
            let items = answer["items"]?.items ?? []
            guard !items.isEmpty else { return Screen.line("没有分叉的日志 / no log is forked") }
            var table = Table([
                "节点", "区域/线路 area/lane", "分叉于 at", "版本 branches", "状态 state", "日志 replica",
            ])
            for item in items {
                table.add([
                    item["name"]?.shown ?? "",
                    "\(item["log_area"]?.shown ?? "")/\(item["lane"]?.shown ?? "")",
                    "\((item["common_height"]?.integer ?? 0) + 1)",
                    "\(item["branches"]?.items.count ?? 0)",
                    ForkCommand.states[item["state"]?.string ?? ""] ?? "",
                    item["replica"]?.shown ?? "",
                ])
            }
            table.show()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "两个版本各写了什么 / what each version holds")
        @OptionGroup var common: CommonOptions
        @Argument(help: "日志名的开头,或节点名称 / how the log's name begins, or the node") var log: String

        func run() throws {
            let answer = try DaemonClient(try common.folder()).send(
                .post, "/v1/forks/show", .object(["log": .text(log)]))
            if common.json { return Screen.json(answer) }
            Screen.line(
                "\(answer["name"]?.shown ?? "") 的日志 \(answer["log"]?.shown ?? ""),"
                    + "前 \(answer["common_height"]?.shown ?? "0") 条相同 / the same up to there")
            Screen.line(ForkCommand.states[answer["state"]?.string ?? ""] ?? "")
            for branch in answer["branches"]?.items ?? [] {
                ForkCommand.show(branch)
            }
        }
    }

    private static func show(_ branch: JSONValue) {
        Screen.line("")
        Screen.line(
            "版本 \(branch["number"]?.shown ?? "") branch  \((branch["first"]?.shown ?? "").prefix(16))  "
                + "已知 \(branch["entries_known"]?.shown ?? "") 条,本节点有 "
                + "\(branch["entries_held"]?.shown ?? "") 条 / entries known, and here")
        for item in branch["items"]?.items ?? [] {
            Screen.line(
                "  \(item["at"]?.shown ?? "")  \(item["label"]?.shown ?? "") "
                    + "\(item["collection"]?.shown ?? "") \(item["id"]?.shown ?? "")")
            for write in item["writes"]?.items ?? [] {
                Screen.line(
                    "      \(write["label"]?.shown ?? "") \(write["field"]?.shown ?? "") "
                        + "\(write["operation"]?.shown ?? "") = \(write["value"]?.shown ?? "")")
            }
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "裁定哪个版本算数,日志到此为止 / say which version counts; the log ends there")
        @OptionGroup var common: CommonOptions
        @OptionGroup var passphrase: PassphraseOptions
        @Argument(help: "日志名的开头,或节点名称 / how the log's name begins, or the node") var log: String
        @Option(help: "版本号,或其首条哈希的开头 / the branch's number, or how its first hash begins")
        var keep: String
        @Option(help: "说明 / a note") var note = ""

        func run() throws {
            try Sodium.start()
            let folder = try common.folder()
            try CutOffOrder.check(note: note)
            let client = DaemonClient(folder)
            let fork = try client.send(.post, "/v1/forks/show", .object(["log": .text(log)]))
            let branch = try branch(of: fork)
            let (key, row) = try Self.row(fork, branch)
            let office = try IssuingOffice(folder, passphrase: passphrase)
            let cutOff = CutOff(
                subject: key, reason: .forkClosed, note: note, issuedAt: Enrolment.now, rows: [row],
                issuedBy: office.author)
            try CutOffOrder.publish(cutOff, by: client)
            if common.json {
                return Screen.json(
                    .object([
                        "schema": .text("onegrid.fork-close/1"), "log": .text("\(row.log)"),
                        "height": .integer(Int64(clamping: row.height)),
                        "head": .text("\(row.head)"), "digest": .text("\(cutOff.digest)"),
                    ]))
            }
            Screen.line(
                "已裁定:\(fork["name"]?.shown ?? "") 的这个日志以版本 \(branch["number"]?.shown ?? "") 的第 "
                    + "\(row.height) 条为止 / closed: the log ends there")
            Screen.line(
                "其余版本留在隔离区,可用 gridctl quarantine adopt 认领 / the other version stays in quarantine")
            if branch["entries_held"] != branch["entries_known"] {
                Screen.line("这个版本本节点还不全,等其他节点送来 / its entries are still to come from peers")
            }
        }

        private func branch(of fork: JSONValue) throws -> JSONValue {
            let matches = (fork["branches"]?.items ?? []).filter { branch in
                branch["number"]?.shown == keep
                    || keep.count >= 8
                        && (branch["first"]?.string ?? "").hasPrefix(keep.lowercased())
            }
            guard let branch = matches.first, matches.count == 1 else {
                throw CommandFailure(
                    .notFound, "没有版本“\(keep)”。用 gridctl fork show 查看。没有改动。",
                    "there is no branch \"\(keep)\"; see gridctl fork show; nothing was changed")
            }
            return branch
        }

        private static func row(
            _ fork: JSONValue, _ branch: JSONValue
        ) throws -> (PublicKey, CutOff.Row) {
            guard let key = fork["key"]?.string.flatMap(Hexadecimal.bytes).flatMap({ Bytes32($0) }),
                let area = fork["log_area"]?.string.flatMap({ try? AreaCode(parsing: $0) }),
                let lane = fork["lane"]?.integer.flatMap({ Lane(rawValue: UInt8(clamping: $0)) }),
                let replica = fork["replica"]?.string.flatMap(ReplicaID.init(hexadecimal:)),
                let height = branch["height"]?.integer, height > 0,
                let head = branch["head"]?.string.flatMap(Hexadecimal.bytes)
                    .flatMap({ Bytes32($0) })
            else {
                throw CommandFailure(.failed, "节点的答复不完整。", "the daemon's answer is incomplete")
            }
            let log = LogID(replica: replica, domain: Domain(area: area, lane: lane))
            return (
                PublicKey(key), CutOff.Row(log: log, height: UInt64(height), head: head)
            )
        }
    }
}
