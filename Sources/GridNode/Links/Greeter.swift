// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// Why a peer's greeting does not lead to a session.
enum GreetingRefusal: Error {
    case malformed(DecodingViolation)
    case chain(ChainRefusal)
    /// The certificate is of another key than the link.
    case keyMismatch
    /// The area asked for lies outside the certificate, or it has no right to read.
    case mayNotRead
    case paused
    case noCommonVersion

    var code: String {
        switch self {
        case .malformed(let violation): "greeting_malformed_\(violation.rawValue)"
        case .chain(let refusal): refusal.rawValue
        case .keyMismatch: "key_mismatch"
        case .mayNotRead: "may_not_read"
        case .paused: "paused"
        case .noCommonVersion: "no_common_version"
        }
    }
}

/// A greeting of this node with the rows it was made of, for the session that begins with it.
struct Announcement: Sendable {
    let greeting: Greeting
    /// Ascending by log.
    let rows: [FrontierRow]
}

/// A peer that has proved who it is.
struct GreetedPeer: Sendable {
    let greeting: Greeting
    let chain: VerifiedChain
}

/// Makes this node's greetings and judges those of others.
struct Greeter: Sendable {
    let engine: ReplicationEngine
    let board: LinkBoard
    let software: String
    /// Bytes of runs that a peer may send ahead.
    let credit: UInt64

    /// A greeting for a peer whose scope is known, or for one that is about to be called.
    func announcement(for peer: AreaCode?) async -> Announcement {
        let current = engine.current
        let own = current.chain.leaf.area
        let rows = await engine.frontier { area in
            Scope(own).contains(area) && (peer.map { Scope($0).contains(area) } ?? true)
        }
        let greeting = Greeting(
            software: software, nonce: current.node.nonce, clock: WallClock.now, credit: credit,
            chain: CertificateChain(current.chain.certificates), area: own,
            holdings: Greeting.Holdings(of: rows))
        return Announcement(greeting: greeting, rows: rows)
    }

    /// The peer behind a greeting, when it proves to be one.
    func peer(
        _ bytes: [UInt8], linkKey: [UInt8]
    ) throws(GreetingRefusal) -> GreetedPeer {
        let greeting: Greeting
        do {
            greeting = try Greeting(decoding: bytes)
        } catch {
            throw .malformed(error)
        }
        let chain: VerifiedChain
        do {
            chain = try VerifiedChain.verify(
                greeting.chain, root: engine.current.directory.root)
        } catch {
            throw .chain(error)
        }
        let key = chain.leaf.subject
        guard Ed25519.agreementPublicKey(of: key.bytes.array) == linkKey else {
            throw .keyMismatch
        }
        guard chain.leaf.rights.contains(.read), chain.leaf.area.contains(greeting.area) else {
            throw .mayNotRead
        }
        guard greeting.versions.contains(1) else { throw .noCommonVersion }
        guard !board.isPaused(key) else { throw .paused }
        return GreetedPeer(greeting: greeting, chain: chain)
    }
}
