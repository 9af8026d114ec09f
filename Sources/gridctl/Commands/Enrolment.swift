// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Makes a node's folder; with `--root` one that issues certificates.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "新建节点目录;--root 表示本节点是根(县或镇) / make a node's folder; --root: of a root")

    @OptionGroup var common: CommonOptions
    @Option(help: "区划代码 / area code, 6, 9 or 12 digits") var area: String
    @Option(help: "节点名称 / the node's name") var name: String
    @Flag(help: "作为根,自己签发证书 / a root, which issues certificates itself") var root = false
    @Flag(help: "根密钥不设口令(不建议) / leave the root's key without a passphrase (not advised)")
    var noPassphrase = false
    @OptionGroup var passphrase: PassphraseOptions

    func validate() throws {
        guard root || (!noPassphrase && passphrase.passphraseFile == nil) else {
            throw ValidationError("口令只用于 --root / a passphrase goes with --root only")
        }
        guard !noPassphrase || passphrase.passphraseFile == nil else {
            throw ValidationError(
                "--no-passphrase 与 --passphrase-file 只能用一个 / one of the two only")
        }
    }

    func run() throws {
        let folder = try common.folder()
        let area = try Enrolment.area(area)
        try Enrolment.check(name: name)
        let key = try Enrolment.makeFolder(folder)
        var node = NodeRecord(name: name, area: area, nonce: .random())
        let store = try Store(folder)
        guard try store.node() == nil else {
            throw StoreFailure.alreadyANode(path: folder.path)
        }
        if root {
            let issuer = Author(try rootKey(at: folder.rootKeyPath))
            let now = Enrolment.now
            let top = Certificate(
                subject: issuer.key, name: name, area: area, rights: .all, validFrom: now,
                issuedBy: issuer)
            let own = Certificate(
                subject: Author(key).key, name: name, area: area, rights: .all, validFrom: now,
                issuedBy: issuer)
            node.chain = try VerifiedChain.verify(
                CertificateChain([top, own]), root: issuer.key)
            for certificate in [top, own] { try store.add(certificate, waiting: true) }
        }
        // This is what makes it a node; until then the command may be given again.
        try store.setNode(node)
        let own = Author(key).key
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.init/1"), "name": .text(name),
                    "area": .text(area.description), "key": .text(own.description),
                    "root": .boolean(root), "data": .text(folder.path),
                ]))
            return
        }
        Screen.line("已建立节点 \(name)(\(area)),公钥 \(own) / node made")
        if root, noPassphrase {
            Screen.error(
                "注意:根密钥没有口令,谁拿到 \(folder.rootKeyPath) 谁就能签发证书;请运行 gridctl key change-passphrase"
                    + " / warning: whoever gets that file can issue certificates")
        }
        Screen.line(
            root
                ? "下一步:gridd --data \(folder.path) --listen 0.0.0.0:7440"
                : "下一步:gridctl join --data \(folder.path) 入网码,没有网络时 gridctl request "
                    + "--data \(folder.path) --area \(area) --name \(name) --out FILE")
    }
}

extension Init {
    /// The root's key: new and sealed, unless a command that was ended early has made it.
    private func rootKey(at path: String) throws -> SigningKey {
        if FileManager.default.fileExists(atPath: path) {
            return try KeyFile.content(at: path).open { try passphrase.existing(of: path) }
        }
        let key = SigningKey.generate()
        guard !noPassphrase else {
            try KeyFile.create(key, at: path)
            return key
        }
        let chosen = try PassphraseOptions.new(
            file: passphrase.passphraseFile, option: "--passphrase-file(或 / or --no-passphrase)")
        try KeyFile.create(key, at: path, sealedBy: KeyFile.Seal(chosen))
        return key
    }
}

/// Asks the parent for a certificate, by a file.
struct Request: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "生成入网申请文件(没有网络也行) / write a request file for the parent node")

    @OptionGroup var common: CommonOptions
    @Option(help: "区划代码 / area code") var area: String
    @Option(help: "节点名称 / the node's name") var name: String
    @Option(help: "申请文件 / the request file to write") var out: String

    func run() throws {
        let folder = try common.folder()
        let area = try Enrolment.area(area)
        try Enrolment.check(name: name)
        let key = try Enrolment.makeFolder(folder)
        let store = try Store(folder)
        var node = try store.node() ?? NodeRecord(name: name, area: area, nonce: .random())
        guard node.chain == nil else {
            throw CommandFailure(
                .notAllowed, "这个节点已经入网(\(node.name))。",
                "this node is enrolled already (\(node.name))")
        }
        node.name = name
        node.area = area
        try store.setNode(node)
        let request = EnrolmentFiles.Request(name: name, area: area, key: Author(key).key)
        try EnrolmentFiles.write(request.json(signedBy: key), to: out)
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.request/1"), "file": .text(out),
                    "key": .text(request.key.description),
                ]))
            return
        }
        Screen.line("申请已写入 \(out),公钥 \(request.key) / request written")
        Screen.line("请把文件交给上级节点,在那里运行 gridctl approve,并核对公钥。")
    }
}

/// Takes the parent's answer.
struct Accept: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "接受批准文件,完成入网 / take the grant file: the node is enrolled")

    @OptionGroup var common: CommonOptions
    @Option(help: "批准文件 / the grant file") var grant: String

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        let grant = try EnrolmentFiles.Grant(grant)
        let key = try OpenedKeys.key(of: folder)
        let store = try Store(folder)
        guard var node = try store.node() else {
            throw StoreFailure.notANode(path: folder.path)
        }
        let root = grant.chain.certificates[0].subject
        try Enrolment.enrol(
            &node, in: store, chain: grant.chain, root: root, key: Author(key).key,
            parent: grant.parentKey, office: grant.parentName, officeChain: grant.parentChain)
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.accept/1"), "name": .text(node.name),
                    "area": .text(node.area.description), "root_key": .text(root.description),
                    "parent_key": .text(grant.parentKey.description),
                ]))
            return
        }
        Screen.line("已入网:\(node.name)(\(node.area)),上级 \(grant.parentName) / enrolled")
        Screen.line("根公钥 \(root)(请与上级核对 / compare with the parent)")
        Screen.line("下一步:gridd --data \(folder.path) --peer 上级地址:端口")
    }
}
