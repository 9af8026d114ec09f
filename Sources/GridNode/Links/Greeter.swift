// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync
import GridTransport

/// Why a peer's greeting does not lead to a session.
enum GreetingRefusal: Error {
    case malformed(DecodingViolation)
    case chain(ChainRefusal)
    /// A reference to a certificate that is not known here.
    case unknownChain
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
        case .unknownChain: "chain_unknown"
        case .keyMismatch: "key_mismatch"
        case .mayNotRead: "may_not_read"
        case .paused: "paused"
        case .noCommonVersion: "no_common_version"
        }
    }

    /// What the caller is told; nil for one that does not speak as a node does.
    var lastWord: LinkRefusal? {
        switch self {
        case .malformed, .keyMismatch: nil
        case .chain(let refusal): refusal == .foreignRoot ? .foreignRoot : .certificateNotTaken
        case .unknownChain: .certificateUnknown
        case .mayNotRead: .mayNotRead
        case .paused: .paused
        case .noCommonVersion: .noCommonVersion
        }
    }
}

/// A greeting of this node with the rows it was made of, for the session that begins with it.
struct Announcement: Sendable {
    let greeting: Greeting
    /// Ascending by log.
    let rows: [FrontierRow]
    /// What had become of area codes.
    let areas: AreaMap
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

    /// A greeting for a peer that is about to be called.
    ///
    /// - Parameter isMet: it has heard this node's chain, and is taken to know it still.
    func announcement(calling peer: PublicKey, isMet: Bool) async -> Announcement {
        let current = engine.current
        let areas = current.directory.areas
        return announcement(
            current,
            of: await engine.frontier { areas.carries(current.chain.leaf.area, $0) },
            isKnown: isMet, recognized: current.directory.chain(of: peer)?.leaf.reference,
            lacksReceipt: await engine.lacksReceipt(of: peer))
    }

    /// The answer to a peer's greeting. One that was cut off is answered only to be told so.
    func announcement(answering peer: GreetedPeer) async -> Announcement {
        let current = engine.current
        let own = current.chain.leaf
        let isLive = (try? current.directory.check(peer.chain)) != nil
        let area = peer.greeting.area
        let areas = current.directory.areas
        let peer = peer.greeting
        return announcement(
            current,
            of: isLive
                ? await engine.frontier {
                    areas.carries(own.area, $0) && areas.carries(area, $0)
                } : [],
            isKnown: peer.recognized == own.reference, recognized: nil, lacksReceipt: false)
    }

    private func announcement(
        _ current: ReplicationEngine.Glimpse, of rows: [FrontierRow], isKnown: Bool,
        recognized: CertificateReference?, lacksReceipt: Bool
    ) -> Announcement {
        let greeting = Greeting(
            features: Feature.receipts | Feature.endedLogs | Feature.forks | Feature.audit
                | Feature.lanes | Feature.words
                | (lacksReceipt ? Feature.receiptWanted : 0),
            software: software, nonce: current.node.nonce, clock: WallClock.now, credit: credit,
            credential: Greeting.Credential(of: current.chain, isKnown: isKnown),
            recognized: recognized, area: current.chain.leaf.area,
            holdings: Greeting.Holdings(of: rows))
        return Announcement(
            greeting: greeting, rows: rows, areas: current.directory.areas)
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
        let shown: VerifiedChain?
        do {
            shown = try greeting.credential.chain(in: engine.current.directory)
        } catch {
            throw .chain(error)
        }
        guard let chain = shown else { throw .unknownChain }
        do {
            try engine.current.directory.check(chain)
        } catch {
            // Who was cut off itself is told so, once it is known to be there.
            guard error == .keyCutOff else { throw .chain(error) }
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
