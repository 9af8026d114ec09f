// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import GridCore
import GridLog
import GridStore

/// What approving a request comes to, whichever command does it.
struct Granting {
    let common: CommonOptions
    let passphrase: PassphraseOptions
    let terms: CertificateTerms

    /// Grants what somebody asks for over a link.
    ///
    /// - Parameters:
    ///   - words: those that the other side has read; nil asks for them.
    ///   - holder: who holds the post from now on; nil for whoever did.
    func approve(_ waiting: WaitingRequest, saying words: String?, holder: String?) throws {
        let folder = try common.folder()
        if words == nil, !common.json { waiting.show() }
        try confirm(waiting, words)
        let office = try IssuingOffice(folder, passphrase: passphrase)
        let chain =
            try waiting.replaces.map {
                try office.issue(after: $0, to: waiting.key, holder: holder, terms: terms)
            }
            ?? office.issue(to: waiting.key, name: waiting.name, area: waiting.area, terms: terms)
        _ = try InvitationBook(folder).approve(waiting.id, chain)
        Self.show(chain.leaf, file: nil, json: common.json)
        guard !common.json else { return }
        let command = waiting.replaces == nil ? "join" : "key rotate"
        Screen.line("对方的 gridctl \(command) 会自动取走证书 / its gridctl \(command) fetches it")
    }

    /// Grants a file's request for another key.
    func approve(_ request: RotationRequest, out: String, holder: String?) throws {
        let folder = try common.folder()
        guard request.isGenuine else {
            throw CommandFailure(
                .badData, "申请文件的签名不成立,文件可能被改动。",
                "the signatures in the request do not hold; it may have been altered")
        }
        let held = try PostBook(folder).live().first { $0.key == request.replaced }
        guard let held else {
            throw CommandFailure(
                .notFound, "没有公钥为 \(request.replaced) 的在任节点,不能更换它的密钥。",
                "no node holds a post by the key \(request.replaced); it cannot be replaced")
        }
        let office = try IssuingOffice(folder, passphrase: passphrase)
        let chain = try office.issue(
            after: held.certificate, to: request.key, holder: holder, terms: terms)
        try office.grant(chain, out: out)
        Self.show(chain.leaf, file: out, json: common.json)
        guard !common.json else { return }
        Screen.line("请把 \(out) 交回该节点,在那里运行 gridctl key rotate --grant。")
    }

    static func show(_ leaf: Certificate, file: String?, json: Bool) {
        guard json else {
            let holder = leaf.holder.isEmpty ? "" : ",任职人 \(leaf.holder)"
            return Screen.line(
                "已批准 \(leaf.name)(\(leaf.area))\(holder),公钥 \(leaf.subject) / approved")
        }
        Screen.json(
            .object([
                "schema": .text("onegrid.approve/1"), "file": file.map { .text($0) } ?? .null,
                "name": .text(leaf.name), "area": .text(leaf.area.description),
                "post": .text(leaf.post), "holder": .text(leaf.holder),
                "key": .text(leaf.subject.description),
            ]))
    }

    /// The words have to come from the other side: whoever approves types what was read to him.
    private func confirm(_ waiting: WaitingRequest, _ words: String?) throws {
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

extension IssuingOffice {
    /// Writes a grant file and keeps its certificate.
    func grant(_ chain: VerifiedChain, out: String) throws {
        let grant = EnrolmentFiles.Grant(
            chain: CertificateChain(chain.certificates), parentKey: nodeKey,
            parentName: certificate.name, parentChain: CertificateChain(nodeChain.certificates))
        try EnrolmentFiles.write(grant.json, to: out)
        do {
            try keep(chain.leaf)
        } catch {
            // A grant that the office does not know of must not get around.
            unlink(out)
            throw error
        }
    }
}
