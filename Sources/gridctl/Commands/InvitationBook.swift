// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// The invitations of a node: asks the daemon, or looks into the folder when none runs.
struct InvitationBook {
    private let folder: NodeFolder

    init(_ folder: NodeFolder) { self.folder = folder }

    func invite(_ draft: InvitationDraft) throws -> JSONValue {
        try StoppedNode.orAsk(
            folder,
            { folder in
                let store = try Store(folder)
                let chain = try Self.chain(store)
                let now = Enrolment.now
                let (code, invitation) = try draft.invitation(
                    by: chain.leaf, root: chain.certificates[0].subject,
                    called: chain.leaf.subject, dice: Random.bytes(20), now: now)
                try store.add(invitation)
                return invitation.json(code: code, now: now)
            },
            ask: { client in
                try client.send(
                    .post, "/v1/invitations",
                    .object([
                        "name": .text(draft.name), "area": .text(draft.area.description),
                        "addresses": .list(draft.addresses.map { .text("\($0)") }),
                        "seconds": .integer(Int64(clamping: draft.seconds)),
                    ]))
            })
    }

    func list() throws -> JSONValue {
        try StoppedNode.orAsk(
            folder,
            { folder in
                let now = Enrolment.now
                return Self.answer(
                    "invitations", try Store(folder).invitations().map { $0.json(now: now) })
            }, ask: { try $0.get("/v1/invitations") })
    }

    /// Those that wait for people.
    func requests() throws -> JSONValue {
        try StoppedNode.orAsk(
            folder,
            { folder in
                let store = try Store(folder)
                let chain = try Self.chain(store)
                let waiting = try store.invitations().filter { $0.state == .waiting }
                return Self.answer(
                    "requests",
                    waiting.map {
                        $0.json(
                            now: Enrolment.now,
                            words: $0.words(
                                root: chain.certificates[0].subject, called: chain.leaf.subject))
                    })
            }, ask: { try $0.get("/v1/requests") })
    }

    /// Those that can be read, as they are shown.
    func waiting() throws -> [WaitingRequest] {
        (try requests()["items"]?.items ?? []).compactMap { WaitingRequest($0) }
    }

    func request(_ id: String) throws -> WaitingRequest {
        let items = try requests()["items"]?.items ?? []
        guard let item = items.first(where: { $0["id"]?.string == id.lowercased() }) else {
            throw CommandFailure(
                .notFound, "没有编号为 \(id) 的待批申请,请查看 gridctl requests。",
                "no request \(id) is waiting; see gridctl requests")
        }
        guard let request = WaitingRequest(item) else {
            throw CommandFailure(.failed, "节点的答复不完整。", "the daemon's answer is incomplete")
        }
        return request
    }

    func withdraw(_ id: String) throws -> JSONValue {
        try settle("/v1/invitations/\(DaemonClient.escaped(id))/withdraw", .object([:])) {
            try $0.withdraw(id, now: Enrolment.now)
        }
    }

    func reject(_ id: String, reason: String) throws -> JSONValue {
        try settle(
            "/v1/requests/\(DaemonClient.escaped(id))/reject",
            .object(["reason": .text(reason)])
        ) { try $0.reject(id, reason: reason, now: Enrolment.now) }
    }

    func approve(_ id: String, _ chain: VerifiedChain) throws -> JSONValue {
        let bytes = CertificateChain(chain.certificates).encoded
        return try settle(
            "/v1/requests/\(DaemonClient.escaped(id.lowercased()))/approve",
            .object(["chain": .text(Hexadecimal.text(bytes))])
        ) { try $0.approve(id.lowercased(), chain: chain, now: Enrolment.now) }
    }

    private func settle(
        _ path: String, _ body: JSONValue, _ change: (Store) throws -> Invitation
    ) throws -> JSONValue {
        try StoppedNode.orAsk(
            folder,
            { folder in
                guard case .object(var parts) = try change(Store(folder)).json(now: Enrolment.now)
                else { return .null }
                parts["schema"] = .text("onegrid.invitation/1")
                return .object(parts)
            }, ask: { try $0.send(.post, path, body) })
    }

    private static func chain(_ store: Store) throws -> VerifiedChain {
        guard let node = try store.node() else {
            throw StoreFailure.notANode(path: store.folder.path)
        }
        guard let chain = node.chain else {
            throw StoreFailure.notEnrolled(path: store.folder.path)
        }
        return chain
    }

    private static func answer(_ name: String, _ items: [JSONValue]) -> JSONValue {
        .object(["schema": .text("onegrid.\(name)/1"), "items": .list(items)])
    }
}

/// One that waits for people.
struct WaitingRequest {
    let id: String
    let name: String
    let area: AreaCode
    let key: PublicKey
    let words: String
    let pinyin: String
    /// The certificate of the key whose place this one is to take; nil where somebody joins.
    let replaces: Certificate?
    private let english: String
    private let from: String
    private let askedAt: String
    private let saidName: String

    init?(_ item: JSONValue) {
        guard let id = item["id"]?.string, let name = item["name"]?.string,
            let area = item["area"]?.string.flatMap({ try? AreaCode(parsing: $0) }),
            let request = item["request"],
            let key = request["key"]?.string.flatMap(Hexadecimal.bytes).flatMap({ Bytes32($0) }),
            let words = item["words"]?["zh"]?.string,
            let pinyin = item["words"]?["pinyin"]?.string
        else { return nil }
        (self.id, self.name, self.area, self.key) = (id, name, area, PublicKey(key))
        (self.words, self.pinyin) = (words, pinyin)
        replaces = item["replaces"]?["certificate"]?.string.flatMap(Hexadecimal.bytes)
            .flatMap { try? Certificate(decoding: $0) }
        english = item["words"]?["en"]?.string ?? ""
        from = request["from"]?.string ?? ""
        askedAt = request["asked_at"]?.string ?? ""
        saidName = request["said_name"]?.string ?? ""
    }

    func show() {
        Screen.line("编号 / id        \(id)")
        Screen.line("节点 / node      \(name)(\(area))")
        if !saidName.isEmpty, saidName != name {
            Screen.line("自称 / says      \(Screen.plain(saidName))")
        }
        Screen.line("公钥 / key       \(key)")
        if let replaces {
            Screen.line("更换 / replaces  \(replaces.subject)")
            if !replaces.post.isEmpty || !replaces.holder.isEmpty {
                Screen.line("岗位 / post      \(replaces.post)  \(replaces.holder)")
            }
        }
        Screen.line("来自 / from      \(from)  \(askedAt)")
        Screen.line("核对词 / words   \(words)")
        Screen.line("                 \(pinyin)")
        Screen.line("                 \(english)")
        Screen.flush()
    }
}
