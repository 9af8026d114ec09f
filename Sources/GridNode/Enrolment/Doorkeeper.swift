// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import Logging
import Synchronization

/// Answers nodes without a certificate that come with a code (Protocol/enrolment.md).
///
/// A request may be a recording that somebody sends again. All that it changes is whose the code is,
/// and it says that itself; the answer can be read by the holder of that key only.
final class Doorkeeper: Sendable {
    private let engine: ReplicationEngine
    private let board: LinkBoard
    private let logger: Logger
    private let allowance = Mutex(JoinAllowance())

    init(engine: ReplicationEngine, board: LinkBoard, logger: Logger) {
        self.engine = engine
        self.board = board
        self.logger = logger
    }

    /// What a caller is answered; nil to hang up: bytes that are no request, a key that is not the
    /// link's, too many tries, a failure of this node.
    ///
    /// - Parameters:
    ///   - linkKey: the caller's X25519 key, proved by the handshake.
    ///   - address: where it calls from.
    ///   - now: milliseconds since 1970.
    ///   - steady: milliseconds on a clock that only goes forward.
    func answer(
        _ bytes: [UInt8], linkKey: [UInt8], from address: String, now: UInt64 = WallClock.now,
        steady: UInt64 = WallClock.steady
    ) async -> [UInt8]? {
        guard !board.isAllPaused else { return turnAway("paused", now) }
        guard allowance.withLock({ $0.take(address, now: steady) }) else {
            return turnAway("join_too_many_tries", now)
        }
        guard let request = Request(bytes) else { return turnAway("join_malformed", now) }
        guard Ed25519.agreementPublicKey(of: request.key.bytes.array) == linkKey else {
            return turnAway("key_mismatch", now)
        }
        do {
            let answer =
                switch request {
                case .join(let request): try await judge(request, from: address, now: now)
                case .rotation(let request): try await judge(request, from: address, now: now)
                }
            if answer == .notTaken {
                _ = turnAway("join_not_taken", now)
            } else {
                allowance.withLock { $0.giveBack(address) }
            }
            return answer.encoded
        } catch {
            logger.error("join not answered", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func judge(
        _ request: JoinRequest, from address: String, now: UInt64
    ) async throws -> JoinAnswer {
        guard var invitation = try find(request.secret) else { return .notTaken }
        if invitation.state == .open, !invitation.isExpired(at: now) {
            let guest = Invitation.Guest(
                key: request.key, name: request.name, software: request.software,
                remote: address, askedAt: now)
            let id = invitation.id
            try await engine.changeInvitations { try $0.claim(id, by: guest) }
            guard let claimed = try find(request.secret) else { return .notTaken }
            invitation = claimed
        }
        guard invitation.guest?.key == request.key else { return .notTaken }
        let office = engine.current.chain.leaf.name
        switch invitation.state {
        case .open, .withdrawn: return .notTaken
        case .waiting:
            return .waiting(name: invitation.name, area: invitation.area, office: office)
        case .rejected: return .rejected(reason: invitation.reason ?? "")
        case .approved:
            guard let chain = invitation.chain else { return .notTaken }
            return .approved(chain, office: office)
        }
    }

    /// A certified key asks that another take its place. Who holds both keys is told so much; whether
    /// it is the right one who holds them, people ask.
    private func judge(
        _ request: RotationRequest, from address: String, now: UInt64
    ) async throws -> JoinAnswer {
        guard request.isGenuine else { return .notTaken }
        let current = engine.current
        let own = current.chain.leaf
        guard let holding = current.directory.holding(of: request.replaced),
            own.rights.contains(.certify), own.area.contains(holding.certificate.area)
        else { return .notTaken }
        var known = try engine.store.rotation(request)
        if known == nil {
            guard holding.isLive, current.directory.chain(of: request.key) == nil else {
                return .notTaken
            }
            known = try await engine.changeInvitations {
                try $0.add(
                    request, replacing: holding.certificate, from: address,
                    dice: Random.bytes(4), now: now)
            }
        }
        switch known?.state {
        case nil, .open, .withdrawn: return .notTaken
        case .waiting:
            return .waiting(
                name: holding.certificate.name, area: holding.certificate.area,
                office: own.name)
        case .rejected: return .rejected(reason: known?.reason ?? "")
        case .approved:
            guard let chain = known?.chain else { return .notTaken }
            return .approved(chain, office: own.name)
        }
    }

    /// The invitation with this secret, compared with all of them in equal time.
    private func find(_ secret: [UInt8]) throws -> Invitation? {
        let digest = InvitationCode.digest(ofSecret: secret).array
        var found: Invitation?
        for invitation in try engine.store.invitations()
        where ConstantTime.equal(invitation.secret.array, digest) {
            found = invitation
        }
        return found
    }

    private func turnAway(_ reason: String, _ now: UInt64) -> [UInt8]? {
        board.turnAway(reason, at: now)
        logger.debug("join turned away", metadata: ["reason": "\(reason)"])
        return nil
    }
}

/// What a caller may want, by the first byte.
private enum Request {
    case join(JoinRequest)
    case rotation(RotationRequest)

    init?(_ bytes: [UInt8]) {
        if bytes.first == RotationRequest.version {
            guard let request = try? RotationRequest(decoding: bytes) else { return nil }
            self = .rotation(request)
        } else {
            guard let request = try? JoinRequest(decoding: bytes) else { return nil }
            self = .join(request)
        }
    }

    var key: PublicKey {
        switch self {
        case .join(let request): request.key
        case .rotation(let request): request.key
        }
    }
}
