// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridCrypto
package import GridLog
import GridStore
import GridSync
package import GridTransport
package import Logging
import Synchronization

/// A node to be called, and where.
package struct PeerAddress: Hashable, Sendable {
    package let key: PublicKey
    package let address: LinkAddress

    package init(key: PublicKey, address: LinkAddress) {
        self.key = key
        self.address = address
    }
}

/// Keeps this node's links alive: takes calls, and calls its peers again and again.
package struct LinkSupervisor: Sendable {
    /// The first wait after a failure; it doubles up to the longest, and each is drawn between a
    /// half and the whole, so that villages do not all call at once when the township is back. The
    /// longest is short beside a link that is there for three minutes a day.
    private static let retryMillisecondsMin = 500
    private static let retryMillisecondsMax = 15_000
    /// A link that lived this long counts as a success, after which waiting starts over.
    private static let steadyMilliseconds: UInt64 = 10_000

    private let engine: ReplicationEngine
    private let board: LinkBoard
    private let greeter: Greeter
    private let doorkeeper: Doorkeeper
    private let identity: AgreementKey
    private let limits: LinkLimits
    private let logger: Logger

    package init(
        engine: ReplicationEngine, board: LinkBoard, identity: AgreementKey, software: String,
        credit: UInt64, limits: LinkLimits = LinkLimits(), logger: Logger
    ) {
        self.engine = engine
        self.board = board
        greeter = Greeter(engine: engine, board: board, software: software, credit: credit)
        doorkeeper = Doorkeeper(engine: engine, board: board, logger: logger)
        self.identity = identity
        self.limits = limits
        self.logger = logger
    }

    /// Takes calls until cancelled. Throws `LinkFailure.listenFailed`.
    package func listen(at address: LinkAddress) async throws {
        let listener = LinkListener(
            address: address, identity: identity, limits: limits, logger: logger)
        try await listener.run(
            listening: { board.listening = "\($0)" },
            answer: { (key, bytes) async throws(LinkRefusal) in
                do throws(GreetingRefusal) {
                    let peer = try greeter.peer(bytes, linkKey: key)
                    let mine = await greeter.announcement(answering: peer)
                    return LinkAnswer(
                        greeting: mine.greeting.encoded, context: (mine: mine, peer: peer))
                } catch {
                    board.turnAway(error.code, at: WallClock.now)
                    logger.debug("call turned away", metadata: ["reason": "\(error.code)"])
                    guard let word = error.lastWord else { return nil }
                    throw word
                }
            },
            enrol: { key, request, address in
                await doorkeeper.answer(request, linkKey: key, from: address)
            },
            serve: { link, hello in
                guard !board.isPaused(hello.peer.chain.leaf.subject) else { return }
                _ = await converse(
                    link, mine: hello.mine, peer: hello.peer, direction: .inbound)
            })
    }

    /// Calls one peer, again and again, until cancelled.
    package func call(_ peer: PeerAddress) async {
        guard let key = Ed25519.agreementPublicKey(of: peer.key.bytes.array) else {
            board.update(peer.key) { $0.reason = "key_not_valid" }
            return
        }
        let dialer = LinkDialer(identity: identity, limits: limits)
        var wait = Self.retryMillisecondsMin
        // A peer that was put back to an older state does not know what it once heard, and can only
        // hang up: after a call that led to nothing everything is said again.
        var isMet = (try? engine.store.hasMet(peer.key)) ?? false
        while !Task.isCancelled {
            guard !board.isPaused(peer.key) else {
                board.update(peer.key) { status in
                    status.state = .paused
                    status.reason = "paused"
                }
                try? await Task.sleep(for: .milliseconds(200))
                continue
            }
            let began = WallClock.steady
            let (reason, isLinked) = await attempt(peer, dialer: dialer, key: key, isMet: isMet)
            isMet = isLinked
            if WallClock.steady - began >= Self.steadyMilliseconds {
                wait = Self.retryMillisecondsMin
            }
            board.update(peer.key) { status in
                guard status.state != .connected else { return }
                status.state = .waiting
                status.reason = reason
                status.address = "\(peer.address)"
            }
            logger.debug(
                "link ended", metadata: ["peer": "\(peer.address)", "reason": "\(reason)"])
            await board.rest(Int.random(in: wait / 2...wait), before: peer)
            wait = min(wait * 2, Self.retryMillisecondsMax)
        }
    }

    private func attempt(
        _ peer: PeerAddress, dialer: LinkDialer, key: [UInt8], isMet: Bool
    ) async -> (reason: String, isLinked: Bool) {
        board.update(peer.key) { status in
            // The peer may have called meanwhile, or be reached at another address.
            if status.state != .connected { status.state = .connecting }
        }
        let mine = await greeter.announcement(calling: peer.key, isMet: isMet)
        do {
            return try await dialer.withLink(
                to: peer.address, remoteKey: key, greeting: mine.greeting.encoded
            ) { link in
                do throws(GreetingRefusal) {
                    let peer = try greeter.peer(link.remoteGreeting, linkKey: link.remoteKey)
                    return (
                        await converse(link, mine: mine, peer: peer, direction: .outbound), true
                    )
                } catch {
                    return (error.code, false)
                }
            }
        } catch let failure as LinkFailure {
            return (failure.code, false)
        } catch {
            return ("closed", false)
        }
    }

    private func converse(
        _ link: SecureLink, mine: Announcement, peer: GreetedPeer,
        direction: LinkStatus.Direction
    ) async -> String {
        let key = peer.chain.leaf.subject
        let token = Mutex<UInt64?>(nil)
        let reason = await PeerLink(
            link: link, engine: engine, board: board, peer: peer.chain,
            meet: {
                let signedOn = board.signOn(
                    key,
                    replica: LogIdentity.replica(key: key, nonce: peer.greeting.nonce),
                    address: link.remoteAddress, direction: direction,
                    traffic: { link.traffic }, close: { link.close() })
                token.withLock { $0 = signedOn }
                // Paused between the answer and this moment: nobody else knows of the link.
                if board.isPaused(key) { link.close() }
                await engine.meet(peer.chain, greeting: peer.greeting)
            }, logger: logger
        ).run(mine: mine, theirs: peer.greeting)
        // A newer link with the same peer goes on with what was parked.
        if let token = token.withLock({ $0 }), board.signOff(key, token: token, reason: reason) {
            await engine.part(from: key, reason: reason)
        }
        return reason
    }
}
