// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridTransport
import Logging
import Testing

@testable import GridNode

/// Nodes that come with a code, and strangers that come with something else, on real sockets.
@Suite(.timeLimit(.minutes(2)))
struct JoiningLoopbackTests {
    private static let chaxiang = "522730103210"

    /// A township that listens, and a code that it has given out.
    private func withInvitation(
        seconds: Int = 3_600,
        _ body: (TestCounty, RunningNode, InvitationCode, String) async throws -> Void
    ) async throws {
        let county = try TestCounty()
        defer { county.remove() }
        try await RunningNode.run(try county.makeTownship(), listen: true) { node in
            _ = try await node.address()
            let answer = try await node.desk.invite(
                name: "茶香村", area: Self.chaxiang, addresses: [], seconds: seconds)
            let code = try InvitationCode(parsing: try #require(answer.at("compact")?.text))
            try await body(county, node, code, try #require(answer.at("id")?.text))
        }
    }

    private func bytes(
        _ code: InvitationCode, key: SigningKey, secret: [UInt8]? = nil, name: String = ""
    ) -> [UInt8] {
        JoinRequest(
            key: Author(key).key, secret: secret ?? code.secret, name: name, software: "test"
        ).encoded
    }

    /// What the node answers to bytes under the link key of `key`.
    private func call(
        _ code: InvitationCode, key: SigningKey, _ request: [UInt8]
    ) async throws -> [UInt8] {
        let address = code.addresses[0]
        return try await LinkDialer(identity: key.agreementKey).withLink(
            to: LinkAddress(host: address.host, port: Int(address.port)),
            remoteKey: try #require(Ed25519.agreementPublicKey(of: code.called.bytes.array)),
            greeting: request, purpose: .enrolment
        ) { $0.remoteGreeting }
    }

    private func ask(
        _ code: InvitationCode, key: SigningKey, secret: [UInt8]? = nil
    ) async throws -> JoinAnswer {
        try JoinAnswer(
            decoding: try await call(code, key: key, bytes(code, key: key, secret: secret)))
    }

    /// Issues as the township's root does.
    private func chain(_ county: TestCounty, for key: SigningKey, area: String = chaxiang) throws
        -> String
    {
        let leaf = Certificate(
            subject: Author(key).key, name: "茶香村", area: try AreaCode(parsing: area),
            rights: [.write, .read], validFrom: 1, issuedBy: Author(county.rootKey))
        return Hexadecimal.text(CertificateChain([county.root, leaf]).encoded)
    }

    private func state(_ node: RunningNode) -> String? {
        (try? node.desk.invitations())?.at("items")?.items.first?.at("state")?.text
    }

    @Test func whoComesWithACodeWaitsAndGetsItsCertificateWhenPeopleHaveDecided() async throws {
        try await withInvitation { county, node, code, id in
            let key = SigningKey.generate()
            #expect(state(node) == "open")
            let area = try AreaCode(parsing: Self.chaxiang)
            let waiting = JoinAnswer.waiting(name: "茶香村", area: area, office: "谷脚镇")
            for _ in 0..<3 { #expect(try await ask(code, key: key) == waiting) }
            let request = try #require(try node.desk.requests().at("items")?.items.first)
            let words = try #require(
                CheckWords(
                    root: code.root, called: code.called, joining: Author(key).key,
                    secret: InvitationCode.digest(ofSecret: code.secret)))
            #expect(request.at("words", "zh")?.text == words.chinese)
            #expect(request.at("request", "from")?.text == "127.0.0.1")
            let codes = node.desk.status().at("findings")?.items.map { $0.at("code")?.text }
            #expect(codes == ["request_waiting"])
            _ = try await node.desk.approve(request: id, chain: try chain(county, for: key))
            guard case .approved(let chain, let office) = try await ask(code, key: key) else {
                Issue.record("not approved")
                return
            }
            #expect(office == "谷脚镇")
            let verified = try GrantCheck.verify(
                chain, root: code.root, key: Author(key).key, belongsTo: nil, toldArea: area)
            #expect(verified.leaf.area == area)
            let known = try await eventually {
                node.engine.current.directory.chain(of: Author(key).key)
            }
            #expect(known.leaf == verified.leaf)
            #expect(try node.desk.requests().at("items")?.items.isEmpty == true)
        }
    }

    @Test func aCodeThatWasUsedIsNothingToASecondKey() async throws {
        try await withInvitation { county, node, code, id in
            let (first, thief) = (SigningKey.generate(), SigningKey.generate())
            _ = try await ask(code, key: first)
            #expect(try await ask(code, key: thief) == .notTaken)
            _ = try await node.desk.approve(request: id, chain: try chain(county, for: first))
            #expect(try await ask(code, key: thief) == .notTaken)
            guard case .approved = try await ask(code, key: first) else {
                Issue.record("the first key lost its code")
                return
            }
        }
    }

    /// Unknown, expired, withdrawn, used by another: the same bytes.
    @Test func whyACodeIsNotTakenIsNotSaid() async throws {
        try await withInvitation { _, node, code, id in
            let (first, other) = (SigningKey.generate(), SigningKey.generate())
            let guess = [UInt8](repeating: 0, count: 16)
            let unknown = try await call(
                code, key: first, bytes(code, key: first, secret: guess))
            #expect(state(node) == "open")
            _ = try await ask(code, key: first)
            let used = try await call(code, key: other, bytes(code, key: other))
            _ = try await node.desk.withdraw(invitation: id)
            let withdrawn = try await call(code, key: first, bytes(code, key: first))
            #expect(unknown == [1, 0])
            #expect(used == unknown)
            #expect(withdrawn == unknown)
        }
    }

    @Test func anExpiredCodeIsNotTakenButWhoCameInTimeGoesOn() async throws {
        try await withInvitation { _, node, code, _ in
            let (early, late) = (SigningKey.generate(), SigningKey.generate())
            let keeper = Doorkeeper(
                engine: node.engine, board: node.board, logger: Logger(label: "test"))
            let after = (code.expires + 2) * 60_000
            func answer(_ key: SigningKey, at now: UInt64) async -> [UInt8]? {
                await keeper.answer(
                    bytes(code, key: key), linkKey: key.agreementKey.publicKey,
                    from: "10.8.0.9", now: now)
            }
            #expect(await answer(late, at: after) == JoinAnswer.notTaken.encoded)
            #expect(state(node) == "open")
            let waiting = await answer(early, at: WallClock.now)
            #expect(waiting != JoinAnswer.notTaken.encoded)
            #expect(await answer(early, at: after) == waiting)
        }
    }

    @Test func whoIsTurnedAwayHearsWhy() async throws {
        try await withInvitation { _, node, code, id in
            let key = SigningKey.generate()
            _ = try await ask(code, key: key)
            _ = try await node.desk.reject(request: id, reason: "不认识")
            #expect(try await ask(code, key: key) == .rejected(reason: "不认识"))
            #expect(try await ask(code, key: .generate()) == .notTaken)
        }
    }

    /// A recording binds the code to the key that made it, and tells whoever replays it nothing.
    @Test func aRecordedRequestThatIsSentAgainChangesNothing() async throws {
        try await withInvitation { _, node, code, _ in
            let key = SigningKey.generate()
            var handshake = NoiseHandshake(
                .ik, role: .initiator, prologue: TransportLimits.enrolmentPreface,
                staticKey: key.agreementKey,
                remoteStaticKey: Ed25519.agreementPublicKey(of: code.called.bytes.array))
            let message = try handshake.writeMessage(bytes(code, key: key, name: "茶香"))
            let recording =
                TransportLimits.enrolmentPreface
                + [UInt8(message.count >> 8), UInt8(message.count & 255)] + message
            let socket = try PlainSocket(port: Int(code.addresses[0].port))
            socket.send(recording)
            try await eventually { socket.hasBytes ? () : nil }
            let before = try node.desk.requests()
            let again = try PlainSocket(port: Int(code.addresses[0].port))
            again.send(recording)
            try await eventually { again.hasBytes ? () : nil }
            #expect(try node.desk.requests().at("items") == before.at("items"))
            #expect(try await ask(code, key: .generate()) == .notTaken)
        }
    }

    /// Bytes that are no request, and a key that is not the link's, are hung up on.
    @Test func garbageIsHungUpOn() async throws {
        try await withInvitation { _, node, code, _ in
            let key = SigningKey.generate()
            let foreign = bytes(code, key: .generate())
            let requests: [[UInt8]] = [
                [], [1], Random.bytes(200), [2] + foreign.dropFirst(), foreign,
            ]
            for request in requests {
                await #expect(throws: LinkFailure.refused) {
                    _ = try await call(code, key: key, request)
                }
            }
            #expect(state(node) == "open")
        }
    }

    /// What is announced as longer than a request may be is not even waited for.
    @Test func anOversizedRequestIsHungUpOnAtItsLength() async throws {
        #expect(ProtocolLimits.joinRequestBytesMax == TransportLimits.joinRequestBytesMax)
        try await withInvitation { _, _, code, _ in
            let key = SigningKey.generate()
            await #expect(throws: LinkFailure.refused) {
                _ = try await call(code, key: key, [UInt8](repeating: 1, count: 1_025))
            }
            let socket = try PlainSocket(port: Int(code.addresses[0].port))
            socket.send(TransportLimits.enrolmentPreface + [0x04, 0x61])
            try await eventually { socket.isClosed ? () : nil }
        }
    }

    /// An ordinary greeting is no request and a request no greeting: the prefaces are prologues.
    @Test func whatIsSaidForOnePurposeIsNotTakenForTheOther() async throws {
        try await withInvitation { _, node, code, _ in
            let key = SigningKey.generate()
            for (preface, prologue) in [
                (TransportLimits.preface, TransportLimits.enrolmentPreface),
                (TransportLimits.enrolmentPreface, TransportLimits.preface),
            ] {
                var handshake = NoiseHandshake(
                    .ik, role: .initiator, prologue: prologue, staticKey: key.agreementKey,
                    remoteStaticKey: Ed25519.agreementPublicKey(of: code.called.bytes.array))
                let message = try handshake.writeMessage(bytes(code, key: key))
                let socket = try PlainSocket(port: Int(code.addresses[0].port))
                socket.send(
                    preface + [UInt8(message.count >> 8), UInt8(message.count & 255)] + message)
                try await eventually { socket.isClosed ? () : nil }
            }
            #expect(state(node) == "open")
            let address = code.addresses[0]
            await #expect(throws: LinkFailure.refused) {
                _ = try await LinkDialer(identity: key.agreementKey).withLink(
                    to: LinkAddress(host: address.host, port: Int(address.port)),
                    remoteKey: try #require(
                        Ed25519.agreementPublicKey(of: code.called.bytes.array)),
                    greeting: bytes(code, key: key)
                ) { $0.remoteGreeting }
            }
        }
    }

    @Test func whoGuessesTooOftenIsHungUpOnAndTheHonestFromElsewhereAreNot() async throws {
        try await withInvitation { _, node, code, _ in
            let (key, honest) = (SigningKey.generate(), SigningKey.generate())
            let keeper = Doorkeeper(
                engine: node.engine, board: node.board, logger: Logger(label: "test"))
            func guess() async -> [UInt8]? {
                await keeper.answer(
                    bytes(code, key: key, secret: Random.bytes(16)),
                    linkKey: key.agreementKey.publicKey, from: "10.8.0.1", steady: 1_000)
            }
            for _ in 0..<ProtocolLimits.joinTriesPerAddressMax {
                #expect(await guess() == JoinAnswer.notTaken.encoded)
            }
            #expect(await guess() == nil)
            let answer = await keeper.answer(
                bytes(code, key: honest), linkKey: honest.agreementKey.publicKey,
                from: "10.8.0.2", steady: 1_000)
            #expect(answer != nil && answer != JoinAnswer.notTaken.encoded)
            let reasons = node.board.turnedAway.map(\.reason)
            #expect(reasons.contains("join_not_taken"))
            #expect(reasons.last == "join_too_many_tries")
        }
    }

    @Test func aCertificateOfAnotherRootAreaOrKeyIsNotHandedOut() async throws {
        try await withInvitation { county, node, code, id in
            let key = SigningKey.generate()
            _ = try await ask(code, key: key)
            let other = try TestCounty()
            defer { other.remove() }
            for (chain, reason) in [
                (try self.chain(other, for: key), "foreign_root"),
                (try self.chain(county, for: .generate()), "other_certificate"),
                (try self.chain(county, for: key, area: "522730103211"), "other_certificate"),
                (try self.chain(county, for: key, area: "522730"), "area_widened"),
                ("00", "bad_certificate"),
            ] {
                let refusal = await #expect(throws: DeskRefusal.self) {
                    _ = try await node.desk.approve(request: id, chain: chain)
                }
                #expect(refusal?.code == reason)
            }
            #expect(state(node) == "waiting")
        }
    }

    /// The root is the code's: what somebody else's node answers leads elsewhere.
    @Test func theJoiningNodeTakesNoCertificateOfAnotherRoot() async throws {
        try await withInvitation { county, node, code, id in
            let key = SigningKey.generate()
            _ = try await ask(code, key: key)
            _ = try await node.desk.approve(request: id, chain: try chain(county, for: key))
            guard case .approved(let chain, _) = try await ask(code, key: key) else {
                Issue.record("not approved")
                return
            }
            let pinned = Author(SigningKey.generate()).key
            #expect(throws: GrantRefusal.chain(.foreignRoot)) {
                try GrantCheck.verify(
                    chain, root: pinned, key: Author(key).key, belongsTo: nil)
            }
        }
    }

    @Test func aNodeThatIsPausedOrHasNoInvitationTakesNobody() async throws {
        try await withInvitation { _, node, code, _ in
            let key = SigningKey.generate()
            node.board.pause(nil)
            await #expect(throws: LinkFailure.refused) { _ = try await ask(code, key: key) }
            node.board.resume(nil)
            guard case .waiting = try await ask(code, key: key) else {
                Issue.record("not taken")
                return
            }
        }
    }

    @Test func whatTheDeskCannotDoItSays() async throws {
        try await withInvitation { _, node, _, id in
            for (area, seconds, addresses, code) in [
                ("522731101201", 3_600, ["a:1"], "outside_area"), ("x", 3_600, ["a:1"], "bad_area"),
                (Self.chaxiang, 1, ["a:1"], "bad_lifetime"),
                (Self.chaxiang, 3_600, ["nowhere"], "bad_addresses"),
            ] {
                let refusal = await #expect(throws: DeskRefusal.self) {
                    _ = try await node.desk.invite(
                        name: "村", area: area, addresses: addresses, seconds: seconds)
                }
                #expect(refusal?.code == code)
            }
            let state = await #expect(throws: DeskRefusal.self) {
                _ = try await node.desk.reject(request: id, reason: "")
            }
            #expect(state?.code == "wrong_state")
            let long = await #expect(throws: DeskRefusal.self) {
                _ = try await node.desk.reject(
                    request: id, reason: String(repeating: "长", count: 67))
            }
            #expect(long?.code == "bad_reason")
            let unknown = await #expect(throws: DeskRefusal.self) {
                _ = try await node.desk.withdraw(invitation: "zzzzzz")
            }
            #expect(unknown?.code == "unknown_invitation")
        }
    }
}
