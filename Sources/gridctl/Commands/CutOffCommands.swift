// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Ends the key of a lost machine, or of one that another has replaced.
struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "停用一个节点的公钥(丢失、更换、离任) / cut off a node's key")

    @OptionGroup var common: CommonOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Argument(help: "节点名称、区划代码或公钥 / the node's name, area or key") var node: String
    @Option(help: "原因 / lost, replaced or left") var reason: String
    @Option(help: "这个时间以后写的都不算 / nothing from this time on counts, e.g. 2026-11-20T18:00")
    var since: String?
    @Option(help: "说明 / a note") var note = ""

    func run() throws {
        guard let reason = CutOff.Reason.allCases.first(where: { $0.word == self.reason }),
            [.lost, .replaced, .left].contains(reason)
        else {
            throw ValidationError(
                "--reason 应为 lost、replaced 或 left / --reason is lost, replaced or left")
        }
        try CuttingOff(
            common: common, passphrase: passphrase, node: node, reason: reason, since: since,
            note: note
        ).run()
    }
}

/// Says that a device which has been silent is no longer waited for.
struct Retire: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "让长期不出现的设备退役 / retire a device that is no longer waited for")

    @OptionGroup var common: CommonOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Argument(help: "节点名称、区划代码或公钥 / the node's name, area or key") var node: String
    @Option(help: "说明 / a note") var note = ""

    func run() throws {
        try CuttingOff(
            common: common, passphrase: passphrase, node: node, reason: .retired, since: nil,
            note: note
        ).run()
    }
}

/// What all commands that sign a cut-off have in common.
enum CutOffOrder {
    static func check(note: String) throws {
        guard note.utf8.count <= ProtocolLimits.certificateNameBytesMax, !note.utf8.contains(0)
        else {
            throw CommandFailure(
                .badData, "说明太长,最多 40 个字。",
                "a note has at most \(ProtocolLimits.certificateNameBytesMax) bytes")
        }
    }

    /// Hands a cut-off to the daemon, which writes it into lane 0.
    static func publish(_ cutOff: CutOff, by client: DaemonClient) throws {
        _ = try client.send(
            .post, "/v1/authority/cutoffs",
            .object(["cutoff": .text(Hexadecimal.text(cutOff.encoded))]))
    }
}

/// Signs a cut-off with the office's key and hands it to the daemon.
private struct CuttingOff {
    let common: CommonOptions
    let passphrase: PassphraseOptions
    let node: String
    let reason: CutOff.Reason
    let since: String?
    let note: String

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        try CutOffOrder.check(note: note)
        let client = DaemonClient(folder)
        var question: [String: JSONValue] = ["peer": .text(node)]
        if let since { question["since"] = .text(since) }
        let draft = try client.send(.post, "/v1/authority/cutoffs/draft", .object(question))
        let office = try IssuingOffice(folder, passphrase: passphrase)
        let cutOff = try Self.cutOff(
            draft, reason: reason, note: note, issuedBy: office.author)
        try CutOffOrder.publish(cutOff, by: client)
        if common.json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.revoke/1"), "key": draft["key"] ?? .null,
                    "name": draft["name"] ?? .null, "area": draft["area"] ?? .null,
                    "reason": .text(reason.word), "digest": .text("\(cutOff.digest)"),
                    "logs": .list(
                        cutOff.rows.map {
                            .object([
                                "log": .text("\($0.log)"),
                                "height": .integer(Int64(clamping: $0.height)),
                            ])
                        }),
                ]))
        }
        let entries = cutOff.rows.reduce(UInt64(0)) { $0 + $1.height }
        Screen.line(
            "已停用 \(draft["name"]?.shown ?? "")(\(draft["area"]?.shown ?? "")),"
                + "公钥 \(draft["key"]?.shown ?? "") / cut off")
        Screen.line(
            "它写的 \(entries) 条仍然有效,以后的一律不收 / its \(entries) entries here count, nothing after them")
        Screen.line(
            "各节点下次联系时得知;不算数的内容用 gridctl quarantine 查看 / others learn it at their next contact")
    }

    private static func cutOff(
        _ draft: JSONValue, reason: CutOff.Reason, note: String, issuedBy author: Author
    ) throws -> CutOff {
        let rows = try (draft["rows"]?.items ?? []).map { row -> CutOff.Row in
            guard let area = row["area"]?.string.flatMap({ try? AreaCode(parsing: $0) }),
                let lane = row["lane"]?.integer.flatMap({ Lane(rawValue: UInt8(clamping: $0)) }),
                let replica = row["replica"]?.string.flatMap(ReplicaID.init(hexadecimal:)),
                let height = row["height"]?.integer, height > 0,
                let head = row["head"]?.string.flatMap(Hexadecimal.bytes).flatMap({ Bytes32($0) })
            else { throw incomplete }
            return CutOff.Row(
                log: LogID(replica: replica, domain: Domain(area: area, lane: lane)),
                height: UInt64(height), head: head)
        }
        let kept = try (draft["kept"]?.items ?? []).map { item -> CertificateReference in
            guard let id = item.string.flatMap(ReplicaID.init(hexadecimal:)) else {
                throw incomplete
            }
            return CertificateReference(high: id.high, low: id.low)
        }
        guard let key = draft["key"]?.string.flatMap(Hexadecimal.bytes).flatMap({ Bytes32($0) })
        else { throw incomplete }
        guard rows.count <= ProtocolLimits.cutOffRowsMax,
            kept.count <= ProtocolLimits.cutOffKeptMax
        else {
            throw CommandFailure(
                .notAllowed, "这个公钥的日志或签发的证书太多,一份停用决定写不下。",
                "this key has too many logs or certificates for one cut-off")
        }
        return CutOff(
            subject: PublicKey(key), reason: reason, note: note, issuedAt: Enrolment.now,
            rows: rows, kept: kept, issuedBy: author)
    }

    private static let incomplete = CommandFailure(
        .failed, "节点的答复不完整。", "the daemon's answer is incomplete")
}

/// Who was cut off.
struct CutOffs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cutoffs", abstract: "已停用的公钥 / keys that were cut off")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/authority/cutoffs")
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else {
            return Screen.line("没有停用任何公钥 / no key was cut off")
        }
        var table = Table([
            "节点", "区域 area", "原因 reason", "时间 when", "由谁 by", "有效条数 entries", "公钥 key", "",
        ])
        for item in items {
            let entries = (item["logs"]?.items ?? []).reduce(Int64(0)) {
                $0 + ($1["height"]?.integer ?? 0)
            }
            table.add([
                item["name"]?.shown ?? "", item["area"]?.shown ?? "",
                (CutOffWords.table[item["reason"]?.string ?? ""] ?? "") + " "
                    + (item["reason"]?.shown ?? ""),
                item["issued_at"]?.shown ?? "", item["issuer"]?["name"]?.shown ?? "", "\(entries)",
                String((item["key"]?.shown ?? "").prefix(16)),
                item["counts"] == .boolean(true) ? "" : "无权,不算数 / without weight",
            ])
        }
        table.show()
    }

}

/// What the reasons of cut-offs say to people.
enum CutOffWords {
    static let table = [
        "lost": "丢失", "replaced": "更换", "left": "离任", "retired": "退役", "fork_closed": "分叉已定",
    ]
}
