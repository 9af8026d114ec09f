// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridLog
import GridStore

/// Makes a code by which one node may join, once.
struct Invite: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "邀请下级节点:生成一次性入网码 / invite a node: make a one-use code")

    @OptionGroup var common: CommonOptions
    @Argument(help: "新节点的名称 / the new node's name") var name: String
    @Option(help: "新节点的区划代码 / its area code") var area: String
    @Option(help: "有效期,如 30m、12h、7d / how long the code lives") var expires = "7d"
    @Option(help: "本节点的地址,可多次 / where this node is called, HOST:PORT; may be repeated")
    var address: [String] = []
    @Option(help: "二维码:text 或 svg:文件 / a QR code: text, or svg:FILE; may be repeated")
    var qr: [String] = []

    func validate() throws {
        for each in qr where each != "text" && !(each.hasPrefix("svg:") && each.count > 4) {
            throw ValidationError("--qr 应为 text 或 svg:文件 / --qr is text or svg:FILE")
        }
        _ = try seconds()
    }

    func run() throws {
        let folder = try common.folder()
        let area = try Enrolment.area(area)
        try Enrolment.check(name: name)
        let listed = address.isEmpty ? Self.addresses(of: folder) : address
        let draft = InvitationDraft(
            name: name, area: area,
            addresses: try listed.map { text in
                guard let address = InvitationCode.Address(parsing: text) else {
                    throw ValidationError(
                        "“\(text)”不是 主机:端口 / \"\(text)\" is not HOST:PORT")
                }
                return address
            }, seconds: try seconds())
        let answer = try InvitationBook(folder).invite(draft)
        guard let code = answer["compact"]?.string, let picture = QRCode(code) else {
            throw CommandFailure(.failed, "节点的答复不完整。", "the daemon's answer is incomplete")
        }
        for file in qr where file.hasPrefix("svg:") {
            try Self.write(picture.svg, to: String(file.dropFirst(4)))
        }
        if common.json { return Screen.json(answer) }
        show(answer, picture)
    }

    private func show(_ answer: JSONValue, _ picture: QRCode) {
        Screen.line("已邀请 \(name)(\(area)),编号 \(answer["id"]?.string ?? "") / invited")
        Screen.line("呼叫地址 / to be called at  \(answer["addresses"]?.shown ?? "")")
        Screen.line("有效期至 / valid until      \(answer["expires_at"]?.string ?? "")")
        Screen.line()
        for row in answer["code"]?.string?.split(separator: "\n") ?? [] { Screen.line("  \(row)") }
        Screen.line()
        if qr.contains("text") { for line in picture.lines { Screen.line(line) } }
        for file in qr where file.hasPrefix("svg:") {
            Screen.line("二维码已写入 \(file.dropFirst(4)) / QR code written")
        }
        Screen.line("入网码只能用一次,只交给该村 / the code works once; give it to that node only")
        Screen.line("对方运行 / there: gridctl join --data DIR CODE")
        Screen.line(
            "然后在这里 / then here: gridctl requests,gridctl approve \(answer["id"]?.string ?? "")")
    }

    private func seconds() throws -> UInt64 {
        let units: [Character: UInt64] = ["m": 60, "h": 3_600, "d": 86_400]
        guard let last = expires.last, let unit = units[last],
            let number = UInt64(expires.dropLast()), number >= 1, number <= 1_000_000
        else {
            throw ValidationError("--expires 应如 30m、12h、7d / --expires is like 30m, 12h or 7d")
        }
        return number * unit
    }

    /// Where the running daemon of a folder listens; where that is everywhere, this machine's own
    /// addresses. None when it does not run, or takes no calls.
    private static func addresses(of folder: NodeFolder) -> [String] {
        guard let listen = try? DaemonClient(folder).get("/v1/status")["listen"]?.string,
            let address = InvitationCode.Address(parsing: listen)
        else { return [] }
        guard ["0.0.0.0", "::"].contains(address.host) else { return [listen] }
        return LocalAddresses.all().prefix(3).map { "\($0):\(address.port)" }
    }

    private static func write(_ text: String, to path: String) throws {
        do {
            // It holds a secret: for this user alone.
            try Data(text.utf8).write(
                to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            throw CommandFailure(
                .notAllowed, "不能写入 \(path)(文件已存在或没有权限)。",
                "cannot write \(path): it exists already, or permission is missing")
        }
    }
}

/// What has become of the codes.
struct Invitations: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "列出邀请;撤回 / list the invitations; withdraw one",
        subcommands: [ListInvitations.self, WithdrawInvitation.self],
        defaultSubcommand: ListInvitations.self)
}

struct ListInvitations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "列出邀请 / list the invitations")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try InvitationBook(try common.folder()).list()
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有邀请 / no invitations") }
        var table = Table(["编号 id", "节点 node", "区域 area", "状态 state", "有效期至 until", "公钥 key"])
        for item in items {
            let state = item["state"]?.string ?? ""
            let chinese =
                state == "expired" ? "已过期" : Invitation.State(rawValue: state)?.chinese ?? ""
            table.add([
                item["id"]?.string ?? "", item["name"]?.string ?? "",
                item["area"]?.string ?? "", "\(chinese) \(state)",
                item["expires_at"]?.string ?? "",
                String((item["request"]?["key"]?.string ?? "").prefix(16)),
            ])
        }
        table.show()
    }
}

struct WithdrawInvitation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "撤回邀请,入网码作废 / withdraw one: its code is void")

    @OptionGroup var common: CommonOptions
    @Argument(help: "编号 / its id") var id: String

    func run() throws {
        let answer = try InvitationBook(try common.folder()).withdraw(id.lowercased())
        if common.json { return Screen.json(answer) }
        Screen.line("已撤回 \(id)(\(answer["name"]?.string ?? "")) / withdrawn")
    }
}
