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
        if let rotation = try EnrolmentFiles.rotation(request) {
            return try Granting(common: common, passphrase: passphrase, terms: terms)
                .approve(rotation, out: out, holder: terms.holder.isEmpty ? nil : terms.holder)
        }
        let asked = try EnrolmentFiles.Request(request)
        try Enrolment.check(name: asked.name)
        let office = try IssuingOffice(folder, passphrase: passphrase)
        let chain = try office.issue(
            to: asked.key, name: asked.name, area: asked.area, terms: terms)
        try office.grant(chain, out: out)
        Granting.show(chain.leaf, file: out, json: common.json)
        guard !common.json else { return }
        Screen.line("请把 \(out) 交回该节点,在那里运行 gridctl accept。")
    }

    private func approve(id: String, _ folder: NodeFolder) throws {
        let waiting = try InvitationBook(folder).request(id)
        try Granting(common: common, passphrase: passphrase, terms: terms).approve(
            waiting, saying: words, holder: terms.holder.isEmpty ? nil : terms.holder)
    }
}
