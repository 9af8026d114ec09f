// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog

/// One conversation with a peer, from both greetings to the end: says what to send, what to fetch
/// and what to admit, and does none of it (Protocol/messages.md, "Session").
///
/// Both sides have said what they hold. Each pushes what the other lacks, most urgent lane first,
/// under the receiver's credit; the receiver acknowledges what it has durably. What is committed
/// later is pushed as it comes. Times are milliseconds of one steady clock of the caller's.
package struct SyncSession: Sendable {
    package enum Effect: Hashable, Sendable {
        case send(SyncMessage)
        /// Read runs for the peer from the ledger and call `supply`.
        case fetch(FetchRequest)
        /// Count what the peer lacks and call `supplyTotals`.
        case count(lacking: [FetchRequest.Range])
        /// Bring a run's envelope to the gate and call `judged`.
        case admit(envelope: [UInt8])
        /// The peer has these heights durably.
        case recordHeld([SyncMessage.AckRow])
        /// The peer's entry at this height is not ours.
        case reportFork(LogID, height: UInt64)
        case wake(at: UInt64)
        case close(CloseReason)
    }

    /// What the gate made of one run.
    package struct Judgement: Sendable {
        /// Size of the envelope.
        package let bytes: Int
        /// The log and last sequence of the run; nil when the bytes are no run at all.
        package let run: (log: LogID, last: UInt64)?
        package let verdict: Verdict
        /// The durable height of the log after the batch.
        package let height: UInt64

        package init(
            bytes: Int, run: (log: LogID, last: UInt64)?, verdict: Verdict, height: UInt64
        ) {
            self.bytes = bytes
            self.run = run
            self.verdict = verdict
            self.height = height
        }
    }

    /// After this long without sending, a ping is sent.
    package static let pingMilliseconds: UInt64 = 60_000
    /// After this long without a byte from the peer the session ends.
    package static let silenceMillisecondsMax: UInt64 = 300_000

    package let mine: Greeting
    package let theirs: Greeting
    /// This side's replica and the peer's.
    package let replica: ReplicaID
    package let peerReplica: ReplicaID

    /// What this side has durably.
    package internal(set) var held: VersionVector
    /// What the peer has or is about to get from us.
    var offered = VersionVector()
    /// What the peer has said it has durably.
    package internal(set) var acknowledged = VersionVector()
    /// Areas of which the peer's rows are known. Until then nothing of them is sent.
    var knownAreas: KnownAreas
    /// Logs of which the peer wants no more, and why.
    package internal(set) var refusedByPeer: [LogID: String] = [:]
    /// Logs that turned out to hold nothing to send.
    var unservable: Set<LogID> = []
    /// Bytes of runs this side may still send.
    var allowance: UInt64
    /// Bytes of runs the peer may still send.
    var granted: UInt64
    /// What this side announced at the start, for telling forks.
    var announcedRows: [LogID: FrontierRow] = [:]
    var isFetching = false
    var hasTotals = false
    var hasCounted = false
    /// What the peer has announced, by lane.
    package internal(set) var announced: [SyncMessage.LaneTotal] = []
    package internal(set) var receivedEntries: UInt64 = 0
    var lastHeard: UInt64
    var lastSent: UInt64
    package internal(set) var closeReason: CloseReason?

    enum KnownAreas: Sendable {
        case all
        case only(Set<AreaCode>)

        func contains(_ area: AreaCode) -> Bool {
            switch self {
            case .all: true
            case .only(let areas): areas.contains(area)
            }
        }
    }

    /// A session between two greetings that the transport has exchanged. The peer's chain has been
    /// verified, its key matches the link, and its certificate may read the area it asks for.
    package init(
        mine: Greeting, theirs: Greeting, keys: (mine: PublicKey, theirs: PublicKey), now: UInt64
    ) {
        self.mine = mine
        self.theirs = theirs
        replica = LogIdentity.replica(key: keys.mine, nonce: mine.nonce)
        peerReplica = LogIdentity.replica(key: keys.theirs, nonce: theirs.nonce)
        held = VersionVector()
        knownAreas = .all
        allowance = theirs.credit
        granted = mine.credit
        lastHeard = now
        lastSent = now
    }

    /// Compares holdings and begins to push.
    ///
    /// - Parameter rows: everything this side holds in its scope, ascending by log.
    package mutating func start(holding rows: [FrontierRow], now: UInt64) -> [Effect] {
        guard mine.versions.overlaps(theirs.versions) else { return end(.noCommonVersion) }
        guard Scope(mine.area).contains(theirs.area) || Scope(theirs.area).contains(mine.area)
        else { return end(.nothingShared) }
        guard allowance >= UInt64(ProtocolLimits.frameBytesMax) else {
            return end(.violation(.creditTooSmall))
        }
        let shared = rows.filter { isShared($0.log.domain.area) }
        for row in shared {
            held.raise(row.log, to: row.height)
            announcedRows[row.log] = row
        }
        var effects = compare(with: shared)
        if closeReason == nil {
            effects += pump()
            effects.append(.wake(at: nextWake))
        }
        return noteSent(effects, now: now)
    }

    /// Takes one message from the peer, which may say anything at all.
    package mutating func receive(_ message: SyncMessage, now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        lastHeard = now
        let effects: [Effect]
        switch message {
        case .frontier(let areas, let rows): effects = receiveFrontier(areas, rows)
        case .totals(let totals):
            guard !hasTotals else { return end(.violation(.secondTotals)) }
            hasTotals = true
            announced = totals
            effects = []
        case .run(let envelope): effects = receiveRun(envelope)
        case .ack(let rows, let credit): effects = receiveAck(rows, credit: credit)
        case .refusal(let log, let code):
            refusedByPeer[log] = code
            effects = pump()
        case .ping: effects = []
        case .bye(let code): return end(.peerLeft(code: code))
        }
        return noteSent(effects, now: now)
    }

    /// Takes what the gate made of runs of this peer: acknowledges, and gives their bytes back.
    package mutating func judged(_ judgements: [Judgement], now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        var effects: [Effect] = []
        var acknowledgements = VersionVector()
        var served = VersionVector()
        var credit: UInt64 = 0
        for judgement in judgements {
            credit += UInt64(judgement.bytes)
            switch (judgement.verdict, judgement.run) {
            case (.refused(.violation(let violation)), _):
                return end(.violation(Self.named(violation)))
            case (.refused(.ownLogAhead), _): return end(.rolledBack)
            case (.refused(let refusal), let run?):
                effects.append(.send(.refusal(log: run.log, code: refusal.code)))
                if case .forked(let height) = refusal {
                    effects.append(.reportFork(run.log, height: height))
                }
            case (.admitted, let run?), (.known, let run?), (.parked, let run?):
                // Whoever serves a run from its ledger has it durably.
                offered.raise(run.log, to: run.last)
                acknowledged.raise(run.log, to: run.last)
                served.raise(run.log, to: run.last)
                acknowledgements.raise(run.log, to: judgement.height)
                held.raise(run.log, to: judgement.height)
                if case .admitted(let entries) = judgement.verdict {
                    receivedEntries += UInt64(entries)
                }
            case (_, nil): break
            }
        }
        granted += credit
        let rows = acknowledgements.rows.map { SyncMessage.AckRow(log: $0.log, height: $0.height) }
        effects.append(.send(.ack(rows: rows, credit: credit)))
        if !served.isEmpty {
            let rows = served.rows.map {
                SyncMessage.AckRow(log: $0.log, height: acknowledged[$0.log])
            }
            effects.append(.recordHeld(rows))
        }
        return noteSent(effects + pump(), now: now)
    }

    /// Takes runs that the store found for the last fetch, in the order in which to send them.
    package mutating func supply(_ runs: [OutgoingRun], now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        isFetching = false
        var effects: [Effect] = []
        for run in runs {
            let size = UInt64(run.envelope.count)
            guard size <= allowance else { break }
            allowance -= size
            offered.raise(run.log, to: run.last)
            effects.append(.send(.run(run.envelope)))
        }
        if runs.isEmpty { unservable.formUnion(lacking.map(\.log)) }
        return noteSent(effects + pump(), now: now)
    }

    /// Announces how much is to come.
    package mutating func supplyTotals(
        _ totals: [SyncMessage.LaneTotal], now: UInt64
    ) -> [Effect] {
        guard closeReason == nil else { return [] }
        return noteSent([.send(.totals(totals))], now: now)
    }

    /// New heights have been committed here, from whatever source.
    package mutating func heldAdvanced(
        _ rows: some Sequence<SyncMessage.AckRow>, now: UInt64
    ) -> [Effect] {
        guard closeReason == nil else { return [] }
        for row in rows where isShared(row.log.domain.area) {
            held.raise(row.log, to: row.height)
            unservable.remove(row.log)
        }
        return noteSent(pump(), now: now)
    }

    /// The time asked for by `wake` has come.
    package mutating func tick(now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        guard now < lastHeard + Self.silenceMillisecondsMax else {
            return end(.silent(seconds: (now - lastHeard) / 1000))
        }
        var effects: [Effect] = []
        if now >= lastSent + Self.pingMilliseconds {
            effects.append(.send(.ping))
            lastSent = now
        }
        return effects + [.wake(at: nextWake)]
    }

    /// Ends the session from this side.
    package mutating func leave(_ reason: CloseReason) -> [Effect] {
        closeReason == nil ? end(reason) : []
    }

    /// Whether everything shared has been sent and acknowledged, as far as this side knows.
    package var isQuiescent: Bool {
        !isFetching && lacking.isEmpty && granted == mine.credit && allowance == theirs.credit
    }

    /// Entries that the peer has not acknowledged yet.
    package var unacknowledgedEntries: UInt64 {
        held.rows.reduce(0) { sum, row in
            sum + (row.height - min(row.height, acknowledged[row.log]))
        }
    }

    package func isShared(_ area: AreaCode) -> Bool {
        Scope(mine.area).contains(area) && Scope(theirs.area).contains(area)
    }

    private var nextWake: UInt64 {
        min(lastSent + Self.pingMilliseconds, lastHeard + Self.silenceMillisecondsMax)
    }

    /// Closes once and for all; the peer is told, unless it was it that left.
    mutating func end(_ reason: CloseReason) -> [Effect] {
        closeReason = reason
        if case .peerLeft = reason { return [.close(reason)] }
        return [.send(.bye(code: reason.code)), .close(reason)]
    }

    private mutating func noteSent(_ effects: [Effect], now: UInt64) -> [Effect] {
        let sends = effects.contains { if case .send = $0 { true } else { false } }
        if sends { lastSent = now }
        return effects
    }

    private static func named(_ violation: RunViolation) -> SessionViolation {
        switch violation {
        case .malformed(let violation): .malformed(violation)
        case .entryTooLarge, .firstBacklinkWrong, .signatureWrong: .runNotGenuine
        }
    }
}
