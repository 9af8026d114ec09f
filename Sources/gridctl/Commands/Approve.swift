// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Answers a request with a certificate: one that came with a code, or one in a file.
struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "批准入网申请,签发证书 / approve a request: issue a certificate",
        discussion: """
            带入网码来的申请:gridctl approve 编号;文件申请:gridctl approve --request 文件 --out 文件
            a request that came with a code: gridctl approve ID; one in a file: --request and --out
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "申请编号,见 gridctl requests / the request's id") var id: String?
    @Option(help: "核对用的四个词 / the four check words, as the other side reads them")
    var words: String?
    @Option(help: "申请文件 / the request file") var request: String?
    @Option(help: "批准文件 / the grant file to write") var out: String?
    @OptionGroup var terms: CertificateTerms
    @OptionGroup var passphrase: PassphraseOptions

    func validate() throws {
        switch (id, request, out, words) {
        case (_?, nil, nil, _), (nil, _?, _?, nil): return
        case (_, _, _, _):
            throw ValidationError(
                "请给出申请编号,或 --request 和 --out / give a request's id, or --request and --out")
        }
    }

    func run() throws {
        try Sodium.start()
        try terms.check()
        let folder = try common.folder()
        if let id {
            try approve(id: id, folder)
        } else if let request, let out {
            try approve(file: request, out: out, folder)
        }
    }

    private func approve(file request: String, out: String, _ folder: NodeFolder) throws {
        let asked = try EnrolmentFiles.Request(request)
        try Enrolment.check(name: asked.name)
        let office = try IssuingOffice(folder, passphrase: passphrase)
        let chain = try office.issue(
            to: asked.key, name: asked.name, area: asked.area, terms: terms)
        let grant = EnrolmentFiles.Grant(
            chain: CertificateChain(chain.certificates), parentKey: office.nodeKey,
            parentName: office.certificate.name)
        try EnrolmentFiles.write(grant.json, to: out)
        do {
            try office.keep(chain.leaf)
        } catch {
            // A grant that the office does not know of must not get around.
            unlink(out)
            throw error
        }
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.approve/1"), "file": .text(out),
                    "name": .text(asked.name), "area": .text(asked.area.description),
                    "key": .text(asked.key.description),
                ]))
            return
        }
        Screen.line("已批准 \(asked.name)(\(asked.area)),公钥 \(asked.key) / approved")
        Screen.line("请把 \(out) 交回该节点,在那里运行 gridctl accept。")
    }

    private func approve(id: String, _ folder: NodeFolder) throws {
        let waiting = try InvitationBook(folder).request(id)
        if words == nil, !common.json { waiting.show() }
        try confirm(waiting)
        let office = try IssuingOffice(folder, passphrase: passphrase)
        let chain = try office.issue(
            to: waiting.key, name: waiting.name, area: waiting.area, terms: terms)
        _ = try InvitationBook(folder).approve(id, chain)
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.approve/1"), "file": .null,
                    "name": .text(waiting.name), "area": .text(waiting.area.description),
                    "key": .text(waiting.key.description),
                ]))
            return
        }
        Screen.line("已批准 \(waiting.name)(\(waiting.area)),公钥 \(waiting.key) / approved")
        Screen.line("对方的 gridctl join 会自动取走证书 / its gridctl join fetches the certificate")
    }

    /// The words have to come from the other side: whoever approves types what was read to him.
    private func confirm(_ waiting: WaitingRequest) throws {
        let said: String
        if let words {
            said = words
        } else {
            guard Terminal.isThere else {
                throw CommandFailure(
                    .badData, "没有终端可以核对四个词:请用 --words 给出对方念的词。",
                    "there is no terminal to compare the words on; give --words")
            }
            said =
                Terminal.line("请输入对方念出的四个词(拼音也行) / type the four words that the other side reads: ")
                ?? ""
        }
        guard CheckWords.isSaid(by: said, chinese: waiting.words, pinyin: waiting.pinyin) else {
            throw CommandFailure(
                .notAllowed, "四个词不一致,没有签发证书。请再核对;仍不一致就拒绝:gridctl reject \(waiting.id)",
                """
                the words differ, no certificate was issued; compare again, and if they still differ: \
                gridctl reject \(waiting.id)
                """)
        }
    }
}
