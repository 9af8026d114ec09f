// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Joins by a code: asks, shows the words, waits, and takes the certificate.
struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "用入网码加入;中断后不带入网码再运行即可继续 / join by a code; without one it goes on")

    @OptionGroup var common: CommonOptions
    @Argument(help: "入网码,- 表示从标准输入读 / the code; - reads it from standard input")
    var code: [String] = []
    @Option(help: "本节点自称的名称,供上级核对 / what this node calls itself, for the parent to see")
    var name = ""
    @Option(help: "最多等多少秒,0 为只问一次 / wait so many seconds at most, 0 asks once")
    var wait: Int?

    /// How long between two questions, in seconds.
    private static let pauses = 2...10

    func run() async throws {
        try Sodium.start()
        let folder = try common.folder()
        let given = try givenCode()
        if !name.isEmpty { try Enrolment.check(name: name) }
        let fresh = !FileManager.default.fileExists(atPath: folder.databasePath)
        guard given != nil || !fresh else { throw Self.noCode(folder) }
        let key = try Enrolment.makeFolder(folder)
        let store = try Store(folder)
        if let node = try store.node(), node.chain != nil {
            throw CommandFailure(
                .notAllowed, "这个节点已经入网(\(node.name))。",
                "this node is enrolled already (\(node.name))")
        }
        let begun = try store.joiningCode()
        if let given, given.encoded != begun { try store.setJoiningCode(given.encoded) }
        guard let bytes = try store.joiningCode() else { throw Self.noCode(folder) }
        let joining = Joining(
            folder: folder, store: store, key: key, code: try InvitationCode(decoding: bytes),
            toldArea: bytes == begun ? try store.node()?.area : nil, options: self)
        try await joining.run()
    }

    private func givenCode() throws -> InvitationCode? {
        guard !code.isEmpty else { return nil }
        var text = code.joined(separator: " ")
        if text == "-" {
            text = ""
            while text.utf8.count < 4_096, let line = readLine() { text += line + "\n" }
        }
        do throws(InvitationCode.Violation) {
            return try InvitationCode(parsing: text)
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func noCode(_ folder: NodeFolder) -> CommandFailure {
        CommandFailure(
            .notFound, "\(folder.path) 里没有进行中的入网,请给出入网码:gridctl join --data DIR CODE",
            "no join is under way in \(folder.path); give the code: gridctl join --data DIR CODE")
    }

    /// The next pause after one, in seconds.
    static func pause(after pause: Int) -> Int { min(pause + 1, pauses.upperBound) }
    static var firstPause: Int { pauses.lowerBound }
}

/// One join under way.
private struct Joining {
    let folder: NodeFolder
    let store: Store
    let key: SigningKey
    let code: InvitationCode
    /// What an earlier call with the same code was told.
    let toldArea: AreaCode?
    let options: Join

    private var own: PublicKey { Author(key).key }

    func run() async throws {
        let call = JoinCall(code: code, key: key, name: options.name)
        let began = ContinuousClock.now
        var pause = Join.firstPause
        var hasShown = false
        var toldArea = toldArea
        while true {
            let answer: (JoinAnswer, InvitationCode.Address)
            do {
                answer = try await call.ask()
            } catch let failure as CommandFailure where failure.kind == .notRunning && hasShown {
                // It has answered before: a link that comes and goes is nothing to give up for.
                try await rest(&pause, since: began)
                continue
            }
            switch answer.0 {
            case .notTaken: throw notTaken()
            case .rejected(let said):
                let reason = Screen.plain(said)
                throw CommandFailure(
                    .notAllowed, "上级拒绝了申请\(reason.isEmpty ? "" : ":\(reason)")。",
                    "the parent has turned the request away\(reason.isEmpty ? "" : ": \(reason)")")
            case .waiting(let name, let area, let office):
                if !hasShown { try told(name, area, office) }
                hasShown = true
                toldArea = area
            case .approved(let chain, let office):
                return try take(chain, office, at: answer.1, toldArea: toldArea)
            }
            try await rest(&pause, since: began)
        }
    }

    private func rest(_ pause: inout Int, since began: ContinuousClock.Instant) async throws {
        if let wait = options.wait, ContinuousClock.now - began >= .seconds(wait) {
            throw CommandFailure(
                .tryAgain, "上级还没有批准。稍后继续:gridctl join --data \(folder.path)",
                "not approved yet; go on later: gridctl join --data \(folder.path)")
        }
        try await Task.sleep(for: .seconds(pause))
        pause = Join.pause(after: pause)
    }

    /// The first answer: who this node is to be, and the words to compare.
    private func told(_ name: String, _ area: AreaCode, _ office: String) throws {
        var node = try store.node() ?? NodeRecord(name: name, area: area, nonce: .random())
        node.name = name
        node.area = area
        try store.setNode(node)
        guard
            let words = CheckWords(
                root: code.root, called: code.called, joining: own,
                secret: InvitationCode.digest(ofSecret: code.secret))
        else {
            throw CommandFailure(.failed, "内存不足,请关闭其他程序。", "not enough memory; close programs")
        }
        if options.common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.join/1"), "state": .text("waiting"),
                    "name": .text(name), "area": .text(area.description),
                    "office": .text(office), "key": .text(own.description),
                    "words": .object([
                        "zh": .text(words.chinese), "pinyin": .text(words.pinyin),
                        "en": .text(words.english),
                    ]),
                ]))
        } else {
            let (name, office) = (Screen.plain(name), Screen.plain(office))
            Screen.line("已向 \(office) 申请加入:\(name)(\(area)) / asked \(office)")
            Screen.line("本机公钥 / key   \(own)")
            Screen.line()
            Screen.line("核对词 / words   \(words.chinese)")
            Screen.line("                 \(words.pinyin)")
            Screen.line("                 \(words.english)")
            Screen.line()
            Screen.line(
                "请打电话把这四个词念给 \(office),一致后由对方批准。等待中,可以中断后再运行。"
                    + " / read the words to \(office) by telephone; waiting, may be interrupted")
        }
        Screen.flush()
    }

    private func take(
        _ chain: CertificateChain, _ office: String, at address: InvitationCode.Address,
        toldArea: AreaCode?
    ) throws {
        let known = try store.node()
        guard let leaf = chain.certificates.last else {
            throw CommandFailure(GrantRefusal.chain(.empty))
        }
        var node = known ?? NodeRecord(name: leaf.name, area: leaf.area, nonce: .random())
        try Enrolment.enrol(
            &node, in: store, chain: chain, root: code.root, key: own, parent: code.called,
            office: office, toldArea: toldArea)
        try store.setJoiningCode(nil)
        let isWritten = try PeerSetting.add("\(address)", to: folder)
        if options.common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.join/1"), "state": .text("enrolled"),
                    "name": .text(node.name), "area": .text(node.area.description),
                    "office": .text(office), "key": .text(own.description),
                    "root_key": .text(code.root.description),
                    "parent_key": .text(code.called.description), "peer": .text("\(address)"),
                ]))
            return
        }
        Screen.line(
            "已入网:\(Screen.plain(node.name))(\(node.area)),上级 \(Screen.plain(office)) / enrolled")
        Screen.line("根公钥 / root key  \(code.root)")
        if isWritten {
            Screen.line("上级地址 \(address) 已写入 \(folder.configurationPath) / address noted")
        }
        Screen.line(
            "下一步 / next: gridd --data \(folder.path)" + (isWritten ? "" : " --peer \(address)"))
    }

    /// The other side does not say why; the code itself knows when it ends.
    private func notTaken() -> CommandFailure {
        if Enrolment.now / 60_000 > code.expires {
            return CommandFailure(
                .notAllowed, "入网码已过期,请上级重新邀请。", "the code has expired; ask for a new one")
        }
        return CommandFailure(
            .notAllowed, "入网码无效:已被另一个节点使用,或已撤回。请告诉上级,并请重新邀请。",
            """
            the code is not taken: another node has used it, or it was withdrawn; tell the parent, and \
            ask for a new one
            """)
    }
}
