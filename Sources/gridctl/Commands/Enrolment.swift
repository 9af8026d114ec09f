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
            let issuer = Author(try Enrolment.key(at: folder.rootKeyPath))
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
        Screen.line(
            root
                ? "下一步:gridd --data \(folder.path) --listen 0.0.0.0:7440"
                : "下一步:gridctl request --data \(folder.path) "
                    + "--area \(area) --name \(name) --out FILE")
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

/// Answers a request with a certificate.
struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "批准入网申请,签发证书 / approve a request: issue a certificate")

    @OptionGroup var common: CommonOptions
    @Option(help: "申请文件 / the request file") var request: String
    @Option(help: "批准文件 / the grant file to write") var out: String
    @Option(help: "岗位 / the post that holds the key") var post = ""
    @Option(help: "有效天数,0 为不限 / days of validity, 0 for no end") var days: UInt64 = 0
    @Option(help: "权限 / rights: write,read,certify,redact") var rights: String?

    /// A hundred years.
    private static let daysMax: UInt64 = 36_500

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        let asked = try EnrolmentFiles.Request(request)
        try Enrolment.check(name: asked.name)
        let office = try IssuingOffice(folder)
        guard office.certificate.area.contains(asked.area) else {
            throw CommandFailure(
                .notAllowed, "\(asked.area) 不在本节点的区域 \(office.certificate.area) 之内。",
                "\(asked.area) lies outside this node's area \(office.certificate.area)")
        }
        let rights = try self.rights(for: asked.area)
        guard post.utf8.count <= ProtocolLimits.certificateNameBytesMax, !post.utf8.contains(0)
        else {
            throw CommandFailure(
                .badData, "岗位名称太长,最多 40 个字。",
                "a post has at most \(ProtocolLimits.certificateNameBytesMax) bytes")
        }
        guard days <= Self.daysMax else {
            throw ValidationError("--days 最多 \(Self.daysMax) / --days is at most \(Self.daysMax)")
        }
        let now = Enrolment.now
        let certificate = Certificate(
            subject: asked.key, name: asked.name, post: post, area: asked.area, rights: rights,
            validFrom: now, validUntil: days == 0 ? 0 : now + days * 86_400_000,
            issuedBy: office.author)
        let chain = CertificateChain(office.chain.certificates + [certificate])
        do {
            _ = try VerifiedChain.verify(chain, root: office.chain.certificates[0].subject)
        } catch {
            throw CommandFailure(
                .notAllowed, "不能签发这张证书(\(error.rawValue))。",
                "this certificate cannot be issued (\(error.rawValue))")
        }
        let grant = EnrolmentFiles.Grant(
            chain: chain, parentKey: office.nodeKey, parentName: office.certificate.name)
        try EnrolmentFiles.write(grant.json, to: out)
        do {
            try office.keep(certificate)
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

    private func rights(for area: AreaCode) throws -> Rights {
        guard let text = self.rights else {
            return area.level == .village ? [.write, .read] : .all
        }
        let rights = try text.split(separator: ",").reduce(into: Rights()) { rights, word in
            switch word {
            case "write": rights.insert(.write)
            case "read": rights.insert(.read)
            case "certify": rights.insert(.certify)
            case "redact": rights.insert(.redact)
            default: throw ValidationError("没有权限 \(word) / no such right: \(word)")
            }
        }
        guard !rights.isEmpty else {
            throw ValidationError("--rights 至少要一项 / --rights names at least one right")
        }
        return rights
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
        let key = try KeyFile.read(at: folder.nodeKeyPath)
        let store = try Store(folder)
        guard var node = try store.node() else {
            throw StoreFailure.notANode(path: folder.path)
        }
        let root = grant.chain.certificates[0].subject
        let chain: VerifiedChain
        do {
            chain = try VerifiedChain.verify(grant.chain, root: root)
        } catch {
            throw CommandFailure(
                .badData, "批准文件不成立(\(error.rawValue))。",
                "the grant proves nothing (\(error.rawValue))")
        }
        guard chain.leaf.subject == Author(key).key else {
            throw CommandFailure(
                .badData, "这份批准文件是给另一个节点的(\(chain.leaf.name))。",
                "this grant is for another node (\(chain.leaf.name))")
        }
        if let known = node.chain?.certificates.first?.subject, known != root {
            throw CommandFailure(
                .notAllowed, "这个节点已属于另一个根,不会更换。", "this node belongs to another root already")
        }
        node.name = chain.leaf.name
        node.area = chain.leaf.area
        node.chain = chain
        node.parentKey = grant.parentKey
        node.parentName = grant.parentName
        try store.setNode(node)
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
