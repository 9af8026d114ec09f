// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync
import Synchronization

/// An audit that somebody wants with one peer.
struct AuditErrand: Sendable {
    let area: AreaCode
    /// A person waits for what is so now, not a moment ago.
    var isFresh = false
    /// Called once.
    let report: @Sendable (AuditOutcome) -> Void
}

/// What audits of this node share: the live links to ask over, tables that were read a moment ago,
/// and how much of the machine's time peers may take with them.
final class AuditRoom: Sendable {
    /// Tables that were read are good for so long: until then a damage that comes later is not seen.
    static let keptMilliseconds: UInt64 = 60_000
    /// The same where a person waits.
    static let freshMilliseconds: UInt64 = 1_000
    /// After tables were read for a peer, nothing is read for any of them for so many times as long.
    static let restFactor: UInt64 = 9
    /// An area is held against that of each peer once in so long by itself.
    static let periodMilliseconds: UInt64 = 86_400_000
    /// The same where the last time something differed.
    static let doubtMilliseconds: UInt64 = 3_600_000
    /// After an attempt that led to nothing, and then twice as long each time, up to the longest.
    static let retryMillisecondsMin: UInt64 = 30_000
    static let retryMillisecondsMax: UInt64 = 600_000

    private struct Place: Hashable {
        let peer: PublicKey
        let area: AreaCode
    }

    private struct Kept {
        let snapshot: AuditSnapshot
        let at: UInt64
    }

    private struct State {
        var kept: [AreaCode: Kept] = [:]
        var isReading = false
        /// Until when nothing is read for peers, on the steady clock.
        var restsUntil: UInt64 = 0
        var links: [PublicKey: [(token: UInt64, send: @Sendable (AuditErrand) -> Void)]] = [:]
        var nextToken: UInt64 = 0
        var audits: [Place: TableAudit] = [:]
        /// When each may be tried again, on the steady clock, and how long was waited for that.
        var tried: [Place: (next: UInt64, wait: UInt64)] = [:]
    }

    private let state = Mutex(State())

    init(_ audits: [TableAudit]) {
        state.withLock { state in
            for audit in audits { state.audits[Place(peer: audit.peer, area: audit.area)] = audit }
        }
    }

    /// The last audits with all peers, by peer and area.
    var audits: [TableAudit] {
        state.withLock { Array($0.audits.values) }.sorted {
            ($0.peer, $0.area) < ($1.peer, $1.area)
        }
    }

    func note(_ audit: TableAudit) {
        let place = Place(peer: audit.peer, area: audit.area)
        state.withLock { state in
            state.audits[place] = audit
            state.tried[place] = nil
        }
    }

    /// Those of some areas that are due with a peer; they count as tried from now on.
    ///
    /// - Parameters:
    ///   - time: milliseconds since 1970.
    ///   - steady: of the steady clock.
    func takeDue(_ areas: [AreaCode], with peer: PublicKey, at time: UInt64, steady: UInt64)
        -> [AreaCode]
    {
        state.withLock { state in
            let due = areas.filter { area in
                let place = Place(peer: peer, area: area)
                if let tried = state.tried[place], steady < tried.next { return false }
                guard let last = state.audits[place] else { return true }
                let period =
                    last.finding == nil ? Self.periodMilliseconds : Self.doubtMilliseconds
                // A clock that was set back does not put it off.
                return time >= last.at + period || time < last.at
            }
            for area in due {
                let place = Place(peer: peer, area: area)
                let wait = min(
                    state.tried[place].map { $0.wait * 2 } ?? Self.retryMillisecondsMin,
                    Self.retryMillisecondsMax)
                state.tried[place] = (steady + wait, wait)
            }
            return due
        }
    }

    // Links.

    func join(_ peer: PublicKey, _ send: @escaping @Sendable (AuditErrand) -> Void) -> UInt64 {
        state.withLock { state in
            state.nextToken += 1
            state.links[peer, default: []].append((state.nextToken, send))
            return state.nextToken
        }
    }

    func leave(_ peer: PublicKey, _ token: UInt64) {
        state.withLock { state in
            state.links[peer]?.removeAll { $0.token == token }
            if state.links[peer]?.isEmpty == true { state.links[peer] = nil }
        }
    }

    /// Brings an errand to the newest link with a peer.
    func send(_ errand: AuditErrand, to peer: PublicKey) {
        guard let send = state.withLock({ $0.links[peer]?.last?.send }) else {
            return errand.report(.notComparable(.notConnected))
        }
        send(errand)
    }

    // Tables.

    /// Tables that were read a moment ago.
    func kept(
        of area: AreaCode, now: UInt64, within age: UInt64 = keptMilliseconds
    ) -> AuditSnapshot? {
        state.withLock { state in
            state.kept[area].flatMap { now < $0.at + age ? $0.snapshot : nil }
        }
    }

    /// Forgets what was read of the tables, because they were built anew.
    func forget() { state.withLock { $0.kept = [:] } }

    func keep(_ snapshot: AuditSnapshot, now: UInt64) {
        state.withLock { state in
            state.kept[snapshot.area] = Kept(snapshot: snapshot, at: now)
            var count = state.kept.values.reduce(0) { $0 + $1.snapshot.tree.leaves.count }
            for (area, kept) in state.kept.sorted(by: { $0.value.at < $1.value.at })
            where count > ProtocolLimits.auditRecordsMax && area != snapshot.area {
                count -= kept.snapshot.tree.leaves.count
                state.kept[area] = nil
            }
        }
    }

    /// Forgets tables that were read longer ago.
    func tidy(now: UInt64) {
        state.withLock { state in
            guard !state.kept.isEmpty else { return }
            state.kept = state.kept.filter { now < $0.value.at + Self.keptMilliseconds }
        }
    }

    /// Takes the turn to read tables: one at a time, and for peers only a tenth of the time.
    /// - Returns: nil when it is one's turn, else in how many milliseconds it may be.
    func takeTurn(isForPeer: Bool, now: UInt64) -> UInt64? {
        state.withLock { state in
            guard !state.isReading else { return 500 }
            if isForPeer, now < state.restsUntil { return state.restsUntil - now }
            state.isReading = true
            return nil
        }
    }

    func endTurn(isForPeer: Bool, began: UInt64, now: UInt64) {
        state.withLock { state in
            state.isReading = false
            guard isForPeer else { return }
            state.restsUntil = now + Self.restFactor * max(now - min(now, began), 1)
        }
    }
}
