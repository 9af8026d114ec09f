// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Gives the node another key; its post and all that it wrote stay.
struct RotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "更换本节点的密钥,岗位和历史不变 / replace this node's key; post and history stay",
        discussion: """
            先停止 gridd。中断后再运行即可继续;批准之前随时可以重新启动 gridd,照旧填写。
            没有网络:rotate --out 申请文件;上级 approve --request 申请文件 --out 批准文件;rotate --grant 批准文件
            stop gridd first; interrupted, it goes on when run again; until it is granted gridd may be
            started and used as before; without a network use --out, and --grant with what comes back
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "上级的地址 / where the parent takes calls, HOST:PORT; else from gridd.yaml")
    var address: [String] = []
    @Option(help: "最多等多少秒,0 为只问一次 / wait so many seconds at most, 0 asks once")
    var wait: Int?
    @Option(help: "把申请写入文件 / write the request into a file") var out: String?
    @Option(help: "上级给的批准文件 / the grant file that came back") var grant: String?

    @Option(
        help: ArgumentHelp(
            "换人时:指定给前任设备查看的记录,接任者可以继续看(keep)还是不看(drop) / with another holder: keep or drop what was sealed for this device",
            valueName: "keep|drop"))
    var sealed: Sealed?

    /// What becomes of records that name this device when another person holds it.
    enum Sealed: String, ExpressibleByArgument {
        case keep, drop
    }

    func validate() throws {
        guard out == nil || grant == nil else {
            throw ValidationError("--out 与 --grant 只能用一个 / one of --out and --grant only")
        }
    }

    func run() async throws {
        try Sodium.start()
        let folder = try common.folder()
        let key = try OpenedKeys.key(of: folder)
        let store = try Store(folder)
        // The file may have been put in its place by a call that was ended before it said so.
        if let node = try store.carryOutRotation(to: Author(key).key) { return done(node) }
        guard let node = try store.node() else { throw StoreFailure.notANode(path: folder.path) }
        guard let chain = node.chain, chain.leaf.subject == Author(key).key else {
            throw StoreFailure.notEnrolled(path: folder.path)
        }
        guard !chain.leaf.rights.contains(.certify), let parent = node.parentKey else {
            throw CommandFailure(
                .notAllowed, "本节点签发证书,下级按它的公钥呼叫它,不能这样更换密钥。",
                "this node issues certificates and is called by its key; it cannot be replaced so")
        }
        let next = try OpenedKeys.next(of: folder)
        let rotation = Rotating(
            folder: folder, store: store, node: node, chain: chain, parent: parent, key: key,
            next: next, options: self)
        if let out { return try rotation.write(to: out) }
        if let grant {
            try rotation.take(EnrolmentFiles.Grant(grant).chain)
        } else {
            try await rotation.take(rotation.ask())
        }
        guard let rotated = try store.carryOutRotation(to: Author(next).key) else {
            throw CommandFailure(.failed, "没有换成,请再运行一次。", "not replaced; run it again")
        }
        done(rotated)
    }

    private func done(_ node: NodeRecord) {
        let key = node.chain?.leaf.subject.description ?? ""
        if common.json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.rotate/1"), "state": .text("replaced"),
                    "name": .text(node.name), "area": .text(node.area.description),
                    "key": .text(key),
                ]))
        }
        Screen.line("密钥已更换:\(node.name)(\(node.area)),新公钥 \(key) / replaced")
        Screen.line("旧密钥写的内容都算数;上级得知后停用旧密钥 / all it wrote counts; the office ends the old key")
        Screen.line("下一步 / next: gridd --data \((try? common.folder().path) ?? "DIR")")
    }
}

/// One rotation under way.
private struct Rotating {
    let folder: NodeFolder
    let store: Store
    let node: NodeRecord
    let chain: VerifiedChain
    let parent: PublicKey
    let key: SigningKey
    let next: SigningKey
    let options: RotateKey

    private var request: RotationRequest {
        RotationRequest(from: Author(key), to: Author(next), software: JoinCall.software)
    }

    func write(to path: String) throws {
        try EnrolmentFiles.write(EnrolmentFiles.json(request), to: path)
        if options.common.json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.rotate/1"), "state": .text("requested"),
                    "file": .text(path), "key": .text(request.key.description),
                ]))
        }
        Screen.line("换钥申请已写入 \(path),新公钥 \(request.key) / request written")
        Screen.line("请交给上级运行 gridctl approve --request,再在这里运行 gridctl key rotate --grant。")
    }

    /// Checks what was granted, keeps it with the old key's last word, and puts the new key in place.
    func take(_ granted: CertificateChain) throws {
        let verified: VerifiedChain
        do throws(GrantRefusal) {
            verified = try GrantCheck.verify(
                granted, root: chain.certificates[0].subject, key: request.key,
                belongsTo: chain.certificates[0].subject, toldArea: node.area)
        } catch {
            throw CommandFailure(error)
        }
        let rows = try store.logs().filter {
            $0.identity.key == request.replaced && $0.height > 0
        }.map { CutOff.Row(log: $0.identity.log, height: $0.height, head: $0.head) }
        let succession = Succession(of: Author(key), by: request.key, rows: rows)
        try store.wrapFolderKey(for: Author(next))
        try settleSealed(verified.leaf)
        try store.prepare(
            PreparedRotation(
                chain: CertificateChain(verified.certificates), succession: succession))
        try KeyFile.move(folder.nextKeyPath, to: folder.nodeKeyPath)
    }

    /// The same holder goes on reading what names this device. Another does when somebody says so:
    /// where no other device is named, nobody reads it else.
    private func settleSealed(_ granted: Certificate) throws {
        if granted.holder == chain.leaf.holder || options.sealed == .keep {
            return _ = try store.keepReaderKeys(openedBy: Author(key))
        }
        let count = try store.sealedRecordCount(openedBy: Author(key))
        guard count == 0 || options.sealed == .drop else {
            throw CommandFailure(
                .notAllowed,
                "有 \(count) 条记录只许指定的设备查看,其中有本设备。岗位换了人:接任者可以继续看,加 --sealed keep;不可以,加 --sealed drop(没有指定其他设备的,以后谁也看不到)。",
                """
                \(count) record(s) name this device as a reader, and the post has another holder: \
                --sealed keep lets the new one read them, --sealed drop does not (what names no \
                other device, nobody reads any more)
                """)
        }
        try store.forgetReaderKeys()
    }

    /// Asks the office until it has decided.
    func ask() async throws -> CertificateChain {
        let call = JoinCall(
            called: parent, addresses: try addresses, key: next, request: request)
        let began = ContinuousClock.now
        var pause = Join.firstPause
        var hasShown = false
        while true {
            do {
                switch try await call.ask().0 {
                case .notTaken: throw notTaken
                case .rejected(let said):
                    // The next call asks with another key.
                    try KeyFile.remove(at: folder.nextKeyPath)
                    let reason = Screen.plain(said)
                    throw CommandFailure(
                        .notAllowed, "上级拒绝了换钥申请\(reason.isEmpty ? "" : ":\(reason)")。密钥没有变。",
                        "the office has turned it away\(reason.isEmpty ? "" : ": \(reason)"); nothing changed"
                    )
                case .approved(let chain, _): return chain
                case .waiting(_, _, let office):
                    if !hasShown { try showWords(office) }
                    hasShown = true
                }
            } catch let failure as CommandFailure where failure.kind == .notRunning && hasShown {
                // It has answered before: a link that comes and goes is nothing to give up for.
            }
            if let wait = options.wait, ContinuousClock.now - began >= .seconds(wait) {
                throw CommandFailure(
                    .tryAgain, "上级还没有批准。可以先启动 gridd 照旧使用;以后再运行 gridctl key rotate 继续。",
                    "not approved yet; gridd may be started meanwhile; go on later: gridctl key rotate"
                )
            }
            try await Task.sleep(for: .seconds(pause))
            pause = Join.pause(after: pause)
        }
    }

    private func showWords(_ office: String) throws {
        guard
            let words = CheckWords(
                root: chain.certificates[0].subject, called: parent, joining: request.key,
                secret: request.digest)
        else {
            throw CommandFailure(.failed, "内存不足,请关闭其他程序。", "not enough memory; close programs")
        }
        if options.common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.rotate/1"), "state": .text("waiting"),
                    "office": .text(office), "key": .text(request.key.description),
                    "words": .object([
                        "zh": .text(words.chinese), "pinyin": .text(words.pinyin),
                        "en": .text(words.english),
                    ]),
                ]))
        } else {
            let office = Screen.plain(office)
            Screen.line("已向 \(office) 申请更换密钥 / asked \(office) for another key")
            Screen.line("新公钥 / new key  \(request.key)")
            Screen.line("核对词 / words    \(words.chinese)")
            Screen.line("                  \(words.pinyin)")
            Screen.line("                  \(words.english)")
            Screen.line("请打电话把这四个词念给 \(office)。等待中,可以中断后再运行 / waiting, may be interrupted")
        }
        Screen.flush()
    }

    private var notTaken: CommandFailure {
        CommandFailure(
            .notAllowed, "上级不接受:它不认识本节点现在的公钥,或这个公钥已停用。请重新入网:gridctl join。",
            "the office does not take it: it does not know this node's key, or has cut it off; join anew"
        )
    }

    private var addresses: [InvitationCode.Address] {
        get throws {
            let texts =
                options.address.isEmpty ? PeerSetting.addresses(in: folder) : options.address
            let parsed = texts.compactMap { InvitationCode.Address(parsing: $0) }
            guard !parsed.isEmpty, parsed.count == texts.count else {
                throw CommandFailure(
                    .badData, "不知道上级的地址:请用 --address 主机:端口 给出。",
                    "where does the parent take calls? give --address HOST:PORT")
            }
            return parsed
        }
    }
}
