// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridLog
package import GridTransport
import Synchronization

/// How a link or the attempt at one stands, for people.
package enum LinkState: String, Sendable {
    case connected
    case connecting
    /// Until the next attempt.
    case waiting
    case paused
    case absent
}

/// What is known of the link to one peer now.
package struct LinkStatus: Sendable {
    package enum Direction: String, Sendable {
        case inbound = "in"
        case outbound = "out"
    }

    package var state: LinkState
    /// The code of why there is no link, or why it ended; empty when all is well.
    package var reason = ""
    package var address: String?
    package var direction: Direction?
    /// Entries that the peer has not acknowledged; nil without a session.
    package var waitingOut: UInt64?
    /// Entries that the peer announced and that have not come yet; nil without a session.
    package var waitingIn: UInt64?
    /// Which of the two lets what is routine wait; both false without a session.
    package var letsRoutineWait = (mine: false, theirs: false)
    /// What has passed the link, or did pass the last one.
    package var traffic = LinkTraffic()

    /// Bytes that have come from the peer, handshake included.
    package var bytesIn: UInt64 { traffic.bytesReceived }
    /// Bytes that went to the peer, handshake included.
    package var bytesOut: UInt64 { traffic.bytesSent }

    package init(state: LinkState) { self.state = state }
}

/// A call that was turned away before it became a link: whose, why and when.
package struct TurnedAway: Sendable {
    package let reason: String
    /// Milliseconds since 1970.
    package let at: UInt64
}

/// The live links and what admins have said about them.
package final class LinkBoard: Sendable {
    private struct Live {
        let token: UInt64
        let replica: ReplicaID
        let traffic: @Sendable () -> LinkTraffic
        let close: @Sendable () -> Void
    }

    private struct State {
        var links: [PublicKey: LinkStatus] = [:]
        /// A key has more than one where its folder was copied and both run.
        var live: [PublicKey: [Live]] = [:]
        var nextToken: UInt64 = 0
        var paused: Set<PublicKey> = []
        var allPaused = false
        var turnedAway: [TurnedAway] = []
        var listening: String?
        /// Those that wait for their next call.
        var resting: [PeerAddress: AsyncStream<Void>.Continuation] = [:]
        var apiListening: String?

        func isPaused(_ key: PublicKey) -> Bool { allPaused || paused.contains(key) }
    }

    private static let turnedAwayMax = 20
    /// Links of one key, each of another replica: a key is one peer, however many names it gives
    /// itself, and takes no more of the node than a few.
    private static let linksPerKeyMax = 4
    package let meter: LinkMeter
    private let state = Mutex(State())

    package init(meter: LinkMeter = LinkMeter()) { self.meter = meter }

    package subscript(key: PublicKey) -> LinkStatus? {
        let (status, live) = state.withLock { ($0.links[key], $0.live[key] ?? []) }
        guard var status, !live.isEmpty else { return status }
        status.traffic = live.reduce(into: LinkTraffic()) { $0.merge($1.traffic()) }
        return status
    }

    /// Where the API is asked over TCP, `HOST:PORT`; nil when it is not.
    package var apiListening: String? {
        get { state.withLock { $0.apiListening } }
        set { state.withLock { $0.apiListening = newValue } }
    }

    package var listening: String? {
        get { state.withLock { $0.listening } }
        set { state.withLock { $0.listening = newValue } }
    }

    /// Links that live now.
    package var connectedCount: Int {
        state.withLock { $0.live.values.reduce(0) { $0 + $1.count } }
    }

    /// All keys that this node has called or been called by since it started.
    package var statuses: [PublicKey: LinkStatus] { state.withLock { $0.links } }

    package var turnedAway: [TurnedAway] { state.withLock { $0.turnedAway } }

    func turnAway(_ reason: String, at time: UInt64) {
        state.withLock { state in
            state.turnedAway.append(TurnedAway(reason: reason, at: time))
            if state.turnedAway.count > Self.turnedAwayMax { state.turnedAway.removeFirst() }
        }
    }

    func update(_ key: PublicKey, _ change: (inout LinkStatus) -> Void) {
        state.withLock { change(&$0.links[key, default: LinkStatus(state: .absent)]) }
    }

    /// Takes up a new link with a peer. An older one with the same replica is closed: the peer has
    /// called anew because it lost the old one.
    /// - Returns: a token by which to sign off.
    func signOn(
        _ key: PublicKey, replica: ReplicaID, address: String, direction: LinkStatus.Direction,
        traffic: @escaping @Sendable () -> LinkTraffic = { LinkTraffic() },
        close: @escaping @Sendable () -> Void
    ) -> UInt64 {
        let (token, older) = state.withLock { state in
            var live = state.live[key] ?? []
            var older = live.filter { $0.replica == replica }
            live.removeAll { $0.replica == replica }
            if live.count == Self.linksPerKeyMax { older.append(live.removeFirst()) }
            state.nextToken += 1
            live.append(
                Live(
                    token: state.nextToken, replica: replica, traffic: traffic, close: close))
            state.live[key] = live
            var status = LinkStatus(state: .connected)
            status.address = address
            status.direction = direction
            state.links[key] = status
            return (state.nextToken, older)
        }
        for link in older { link.close() }
        return token
    }

    /// Signs a link off, unless a newer one of its replica has taken its place.
    /// - Returns: whether there is no link with the peer any more.
    @discardableResult
    func signOff(_ key: PublicKey, token: UInt64, reason: String) -> Bool {
        state.withLock { state in
            guard let link = state.live[key]?.first(where: { $0.token == token }) else {
                return false
            }
            state.live[key]?.removeAll { $0.token == token }
            guard state.live[key]?.isEmpty == true else { return false }
            state.live[key] = nil
            var status = LinkStatus(state: state.isPaused(key) ? .paused : .absent)
            status.reason = state.isPaused(key) ? "paused" : reason
            status.address = state.links[key]?.address
            status.traffic = link.traffic()
            state.links[key] = status
            return true
        }
    }

    package func isPaused(_ key: PublicKey) -> Bool { state.withLock { $0.isPaused(key) } }

    /// Whether all links are paused, known peers' or not.
    package var isAllPaused: Bool { state.withLock { $0.allPaused } }

    /// Pauses one peer or, with nil, all: live links close, and none is opened or taken.
    package func pause(_ key: PublicKey?) {
        let closers = state.withLock { state -> [@Sendable () -> Void] in
            if let key {
                state.paused.insert(key)
                return state.live[key]?.map(\.close) ?? []
            }
            state.allPaused = true
            return state.live.values.joined().map(\.close)
        }
        for close in closers { close() }
    }

    /// Waits before the next call to a peer, unless somebody asks for one at once.
    func rest(_ milliseconds: Int, before peer: PeerAddress) async {
        let (nudges, nudge) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.resting[peer] = nudge }
        await withTaskGroup { group in
            group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            group.addTask { for await _ in nudges { return } }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0.resting[peer] = nil }
    }

    /// Ends the waiting for the next call to one peer or, with nil, to all.
    /// - Returns: those that are called now.
    func nudge(_ key: PublicKey?) -> Set<PublicKey> {
        let resting = state.withLock { state in
            state.resting.filter {
                (key == nil || $0.key.key == key) && !state.isPaused($0.key.key)
            }
        }
        for nudge in resting.values { nudge.yield() }
        return Set(resting.keys.map(\.key))
    }

    /// Closes all live links; they are opened again.
    func closeAll() {
        for link in state.withLock({ Array($0.live.values.joined()) }) { link.close() }
    }

    package func resume(_ key: PublicKey?) {
        state.withLock { state in
            if let key { state.paused.remove(key) } else { state.paused = [] }
            if key == nil { state.allPaused = false }
        }
    }
}
