// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Who holds which post, and who held it.
struct Posts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "岗位:现在由谁担任,以前由谁担任 / posts, who holds them and who held them")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/authority/posts")
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("还没有签发证书 / no certificate was issued") }
        var table = Table([
            "区域 area", "岗位 post", "节点 node", "任职人 holder", "从 since", "到 until", "证书到期 expires",
            "条数 entries", "公钥 key",
        ])
        for item in items {
            let reason = item["reason"]?.string.flatMap { CutOffWords.table[$0] } ?? ""
            table.add([
                item["area"]?.shown ?? "", item["title"]?.shown ?? "", item["name"]?.shown ?? "",
                item["holder"]?.shown ?? "", day(item["since"]),
                item["state"]?.string == "holds" ? "在任 now" : day(item["until"]) + " " + reason,
                day(item["valid_until"])
                    + (item["expiry"]?.string == "expired" ? " 已到期 expired" : ""),
                item["entries"]?.integer.map { "\($0)" } ?? "",
                String((item["key"]?.shown ?? "").prefix(16)),
            ])
        }
        table.show()
    }

    private func day(_ value: JSONValue?) -> String { String((value?.string ?? "").prefix(10)) }
}

/// Gives a post to another person: a new key on its machine, approved under the new name.
struct Handover: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "岗位交接:换人、换密钥,岗位和历史不变 / hand a post over: another holder and key, one post",
        discussion: """
            先在该节点上运行 gridctl key rotate(没有网络时加 --out 文件),再在上级运行本命令。
            first run gridctl key rotate on that node (--out FILE without a network), then this at its office
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "节点名称、区划代码或公钥 / the node's name, area or key") var node: String
    @Option(help: "新的任职人 / who holds the post from now on") var to: String
    @Option(help: "核对用的四个词 / the four check words, as the other side reads them")
    var words: String?
    @Option(help: "换钥申请文件 / the file of gridctl key rotate --out") var request: String?
    @Option(help: "批准文件 / the grant file to write") var out: String?
    @Option(help: "有效天数,0 为不限 / days of validity, 0 for no end") var days: UInt64?
    @OptionGroup var passphrase: PassphraseOptions

    func validate() throws {
        guard (request == nil) == (out == nil) else {
            throw ValidationError("--request 和 --out 要一起给出 / give --request and --out together")
        }
    }

    func run() throws {
        try Sodium.start()
        var terms = CertificateTerms()
        terms.post = ""
        terms.holder = to
        terms.days = days
        terms.rights = nil
        try terms.check()
        guard !to.isEmpty else {
            throw ValidationError("--to 要给出姓名 / --to names the new holder")
        }
        let folder = try common.folder()
        let granting = Granting(common: common, passphrase: passphrase, terms: terms)
        if let request, let out {
            guard let rotation = try EnrolmentFiles.rotation(request) else {
                throw CommandFailure(
                    .badData, "\(request) 不是换钥申请文件。请在该节点运行 gridctl key rotate --out 文件。",
                    "\(request) is no request for another key; run gridctl key rotate --out FILE there"
                )
            }
            return try granting.approve(rotation, out: out, holder: to)
        }
        let held = try PostBook(folder).live(node)
        let waiting = try InvitationBook(folder).waiting().first {
            $0.replaces?.subject == held.key
        }
        guard let waiting else {
            throw CommandFailure(
                .tryAgain,
                "\(held.certificate.name) 还没有申请新密钥:请先在那台机器上停止 gridd,运行 gridctl key rotate。",
                """
                \(held.certificate.name) has not asked for a new key yet: stop gridd there and run \
                gridctl key rotate first
                """)
        }
        try granting.approve(waiting, saying: words, holder: to)
    }
}

/// Issues a new certificate for the same key and post.
struct Renew: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "续期证书,密钥和岗位不变 / renew a certificate, for the same key and post")

    @OptionGroup var common: CommonOptions
    @Argument(help: "节点名称、区划代码或公钥 / the node's name, area or key") var node: String
    @Option(help: "有效天数,0 为不限;默认与原来一样长 / days of validity, 0 for no end; as long as before")
    var days: UInt64?
    @OptionGroup var passphrase: PassphraseOptions

    func run() throws {
        try Sodium.start()
        var terms = CertificateTerms()
        (terms.post, terms.holder, terms.rights) = ("", "", nil)
        terms.days = days
        try terms.check()
        let folder = try common.folder()
        let held = try PostBook(folder).live(node)
        let office = try IssuingOffice(folder, passphrase: passphrase)
        let chain = try office.issue(
            after: held.certificate, to: held.key, holder: nil, terms: terms)
        try office.keep(chain.leaf)
        let until = ChinaTime.text(of: Int64(clamping: chain.leaf.validUntil))
        if common.json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.renew/1"), "name": .text(chain.leaf.name),
                    "key": .text(held.key.description),
                    "valid_until": chain.leaf.validUntil == 0
                        ? .null : until.map { .text($0) } ?? .null,
                ]))
        }
        let end = chain.leaf.validUntil == 0 ? "不限期" : "到 \((until ?? "").prefix(10))"
        Screen.line("已续期 \(chain.leaf.name)(\(chain.leaf.area)),\(end) / renewed")
        Screen.line("该节点下次同步时自动换用 / that node goes by it from its next contact on")
    }
}
