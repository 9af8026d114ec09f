// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridCrypto
import GridLog
import GridStore

/// Codes for nodes that are to join, and what is decided about those that ask.
extension Desk {
    /// Makes a code.
    ///
    /// - Parameters:
    ///   - addresses: `HOST:PORT`; none: where this node listens, unless that is everywhere.
    ///   - seconds: the code's life.
    package func invite(
        name: String, area: String, addresses: [String], seconds: Int
    ) async throws -> JSONValue {
        let current = engine.current
        guard let code = try? AreaCode(parsing: area) else {
            throw DeskRefusal(
                .wrongValues, "bad_area", chinese: "“\(area)”不是区划代码。",
                english: "\"\(area)\" is no area code.")
        }
        let listed = addresses.isEmpty ? listening : addresses
        let parsed = listed.compactMap { InvitationCode.Address(parsing: $0) }
        guard parsed.count == listed.count else { throw DeskRefusal(.badAddresses) }
        let draft = InvitationDraft(
            name: name, area: code, addresses: parsed, seconds: UInt64(clamping: seconds))
        let now = WallClock.now
        do {
            let (code, invitation) = try draft.invitation(
                by: current.chain.leaf, root: current.directory.root,
                called: current.chain.leaf.subject, dice: Random.bytes(20), now: now)
            try await engine.changeInvitations { try $0.add(invitation) }
            return invitation.json(code: code, now: now)
        } catch let refusal as InvitationRefusal {
            throw DeskRefusal(refusal)
        }
    }

    package func invitations() throws -> JSONValue {
        let now = WallClock.now
        return Self.answer(
            "invitations",
            ["items": .list(try engine.store.invitations().map { $0.json(now: now) })])
    }

    /// Those that wait for people, with the words to compare.
    package func requests() throws -> JSONValue {
        let now = WallClock.now
        let waiting = try engine.store.invitations().filter { $0.state == .waiting }
        return Self.answer(
            "requests",
            ["items": .list(waiting.map { $0.json(now: now, words: words(of: $0)) })])
    }

    /// What people have to decide, for the screen that they look at anyway.
    var waitingRequests: [JSONValue] {
        let waiting = (try? engine.store.invitations())?.filter { $0.state == .waiting } ?? []
        return waiting.map { invitation in
            Self.finding(
                "request_waiting", "\(invitation.name) 申请入网,等待批准:gridctl requests",
                "\(invitation.name) asks to join and waits: gridctl requests")
        }
    }

    package func withdraw(invitation id: String) async throws -> JSONValue {
        try await settle { try $0.withdraw(id, now: WallClock.now) }
    }

    package func reject(request id: String, reason: String) async throws -> JSONValue {
        guard reason.utf8.count <= 200, !reason.utf8.contains(0) else {
            throw DeskRefusal(
                .wrongValues, "bad_reason", chinese: "理由最多 66 个字。",
                english: "A reason has at most 200 bytes.")
        }
        return try await settle { try $0.reject(id, reason: reason, now: WallClock.now) }
    }

    /// Takes the certificate that this node's admin has issued for a request.
    ///
    /// - Parameter chain: the certificate with all above it, in hexadecimal.
    package func approve(request id: String, chain hexadecimal: String) async throws -> JSONValue {
        guard let bytes = Hexadecimal.bytes(hexadecimal),
            let shown = try? CertificateChain(decoding: bytes)
        else {
            throw DeskRefusal(
                .malformed, "bad_certificate", chinese: "这不是证书。",
                english: "This is no certificate.")
        }
        let chain: VerifiedChain
        do throws(ChainRefusal) {
            chain = try VerifiedChain.verify(shown, root: engine.current.directory.root)
        } catch {
            throw DeskRefusal(
                .wrongValues, error.rawValue, chinese: "证书不成立(\(error.rawValue))。",
                english: "The certificate proves nothing (\(error.rawValue)).")
        }
        let answer = try await settle { try $0.approve(id, chain: chain, now: WallClock.now) }
        await engine.publishAuthority()
        return answer
    }

    private func settle(
        _ change: @Sendable (Store) throws -> Invitation
    ) async throws -> JSONValue {
        do {
            let invitation = try await engine.changeInvitations(change)
            guard case .object(let parts) = invitation.json(now: WallClock.now) else {
                return .null
            }
            return Self.answer("invitation", parts)
        } catch let refusal as InvitationRefusal {
            throw DeskRefusal(refusal)
        }
    }

    private func words(of invitation: Invitation) -> CheckWords? {
        invitation.words(
            root: engine.current.directory.root, called: engine.current.chain.leaf.subject)
    }

    /// Where this node listens, when others can call it there.
    private var listening: [String] {
        guard let address = board.listening, !address.hasPrefix("0.0.0.0:"),
            !address.hasPrefix("[::]:")
        else { return [] }
        return [address]
    }
}

extension DeskRefusal {
    init(_ refusal: InvitationRefusal) {
        let kind: Kind =
            switch refusal {
            case .mayNotCertify, .outsideArea: .notAllowed
            case .badName, .badAddresses, .badLifetime, .otherCertificate: .wrongValues
            case .unknown: .notFound
            case .tooMany, .idTaken, .wrongState: .notPossible
            }
        self.init(
            kind, refusal.code, chinese: refusal.chinese, english: refusal.english + ".")
    }
}
