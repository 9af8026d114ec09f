// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog

/// Shows what of a record has arrived above, or checks a proof of it.
struct Receipts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "送达回执:receipt 类别 标识 查看,receipt verify FILE 核对 / signed receipts of delivery",
        subcommands: [ShowReceipts.self, VerifyReceipt.self], defaultSubcommand: ShowReceipts.self)
}

/// Shows for each entry of a record who has signed for it.
struct ShowReceipts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "每条修改是否已送达上级 / whether each entry has arrived above")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "记录标识 / id") var id: String
    @Option(help: "写出最新一条的证明,可交任何人离线核对 / write a proof of the newest entry")
    var export: String?

    func run() throws {
        let client = DaemonClient(try common.folder())
        let path = "/v1/records/\(DaemonClient.escaped(collection))/\(DaemonClient.escaped(id))"
        if let export { return try write(try client.get(path + "/proofs"), to: export) }
        let answer = try client.get(path + "/history")
        if common.json { return Screen.json(answer) }
        for item in answer["items"]?.items ?? [] {
            let fields = (item["changes"]?.items ?? []).compactMap { $0["label"]?.string }
            Screen.line(
                "\(item["at"]?.shown ?? "") \(item["author"]?["name"]?.shown ?? "") "
                    + "\(fields.joined(separator: "、"))  #\(item["sequence"]?.shown ?? "")")
            let receipts = item["receipts"]?.items ?? []
            if receipts.isEmpty { Screen.line("  尚无回执,可能尚未送达 / no receipt yet") }
            for receipt in receipts { Screen.line("  " + Self.words(receipt)) }
        }
    }

    private static func words(_ receipt: JSONValue) -> String {
        let name = receipt["issuer"]?["name"]?.shown ?? ""
        let time = (receipt["at"]?.shown ?? "").prefix(16).split(separator: "T")
            .joined(separator: " ")
        let number = receipt["number"]?.shown ?? ""
        return "已送达 \(name),\(time),回执 \(number) / received by \(name), \(time), receipt \(number)"
    }

    private func write(_ answer: JSONValue, to file: String) throws {
        guard let item = answer["items"]?.items.last,
            let bytes = item["proof"]?.string.flatMap(Hexadecimal.bytes)
        else {
            throw CommandFailure(
                .notFound, "还没有上级为这条记录出具回执。", "nobody above has signed for this record yet")
        }
        do {
            try Data(bytes).write(
                to: URL(fileURLWithPath: file), options: .withoutOverwriting)
        } catch {
            throw CommandFailure(
                .notAllowed, "不能写入 \(file)(文件已存在或没有权限)。",
                "cannot write \(file): it exists already, or permission is missing")
        }
        if common.json { return Screen.json(item) }
        Screen.line("证明已写入 \(file)(\(bytes.count) 字节,不含记录内容) / proof written, without values")
        Screen.line("  " + Self.words(item["receipt"] ?? .null))
        Screen.line("核对 / check: gridctl receipt verify \(file) --root 根公钥")
    }
}

/// Checks a proof of delivery, on any machine, without a folder.
struct VerifyReceipt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "离线核对送达证明 / check a proof of delivery offline")

    @Argument(help: "证明文件 / the proof") var file: String
    @Option(help: "信任的根公钥(64 位十六进制) / the root key that is trusted") var root: String
    @Flag(help: "输出 JSON / print JSON") var json = false

    func run() throws {
        try Sodium.start()
        guard let root = Hexadecimal.bytes(root).flatMap({ Bytes32($0) }) else {
            throw ValidationError("--root 应为 64 位十六进制 / --root has 64 hexadecimal digits")
        }
        let proof = try read()
        do throws(ProofRefusal) {
            let (issuer, hash) = try proof.verify(root: PublicKey(root))
            show(proof, issuer, hash)
        } catch {
            throw CommandFailure(
                .different, "证明不成立(\(error.code))。", "the proof does not hold (\(error.code))")
        }
    }

    private func read() throws -> ReceiptProof {
        guard let file = FileHandle(forReadingAtPath: file),
            let data = try file.read(upToCount: ProtocolLimits.proofBytesMax + 1)
        else { throw CommandFailure(.notFound, "读不到文件 \(file)。", "cannot read \(file)") }
        do throws(DecodingViolation) {
            return try ReceiptProof(decoding: Array(data))
        } catch {
            throw CommandFailure(
                .badData, "\(self.file) 不是送达证明(\(error.rawValue))。",
                "\(self.file) is no proof of delivery (\(error.rawValue))")
        }
    }

    private func show(_ proof: ReceiptProof, _ issuer: Certificate, _ hash: Bytes32) {
        let time = ChinaTime.text(of: Int64(clamping: proof.receipt.time)) ?? ""
        let entry = "\(proof.entries.identity.log)#\(proof.entries.first)"
        if json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.receipt_verified/1"), "entry": .text(entry),
                    "hash": .text(hash.description),
                    "author": .text("\(proof.entries.identity.key)"),
                    "issuer": .object([
                        "key": .text(issuer.subject.description), "name": .text(issuer.name),
                        "area": .text(issuer.area.description),
                    ]),
                    "at": .text(time), "number": .text(proof.receipt.number),
                ]))
        }
        Screen.line(
            "证明成立:已送达 \(issuer.name)(\(issuer.area)),\(time),回执 \(proof.receipt.number) / "
                + "the proof holds: received, when, receipt")
        Screen.line("日志 / entry \(entry)")
        Screen.line("哈希 / hash \(hash)(与 gridctl history --json 所示比较 / compare with history)")
    }
}
