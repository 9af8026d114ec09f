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
        /// Bring a run's envelope to the gate and call `judged`. Runs are judged in lots, in the order
        /// in which they have come.
        case admit(envelope: [UInt8])
        /// The peer has these heights durably; 0 where it has lost all that it had.
        case recordHeld([SyncMessage.AckRow])
        /// The peer says that these logs have ended: to be noted where that is known here, too.
        case noteEnded([LogIdentity])
        /// The peer passes on what offices have said, and names logs that have ended: the one first,
        /// for the other may follow from it.
        case learnWords([AuthorityWord], ending: [LogIdentity])
        /// The peer shows that this side's key or its own was cut off; whether that counts is to be
        /// looked at.
        case learn(CutOff)
        /// The peer's entry at this height is not ours: call `showHeads` with some entries up to it.
        case reportFork(LogID, height: UInt64)
        /// Hold some entries of the peer's branch of a log against one's own, and call `answer`.
        case compareHeads(LogID, [SyncMessage.HeadRow])
        /// Take in what the peer proves of a branch.
        case learnBranch([BranchProof])
        /// The peer does not know that a log was forked: call `show` with what proves it, and
        /// `showHeads` with some entries of what is here.
        case proveFork(LogID)
        /// Sign what is durably held of the peer's area and call `supply`.
        case issueReceipt
        /// Hold a receipt of the peer against the ledger and keep it.
        case keepReceipt(Receipt)
        /// Hold one's own tables against the peer's question and call `supply`.
        case answerAudit(AuditQuestion)
        /// What an audit that this side has begun has come to.
        case audited(AreaCode, AuditOutcome)
        case wake(at: UInt64)
        case close(CloseReason)
    }

    /// After this long without sending, a ping is sent.
    package static let pingMilliseconds: UInt64 = 60_000
    /// After this long without a message from the peer the session ends.
    package static let silenceMillisecondsMax: UInt64 = 300_000

    package let mine: Greeting
    package let theirs: Greeting
    /// This side's key and the peer's.
    let keys: (mine: PublicKey, theirs: PublicKey)
    /// This side's replica and the peer's.
    let replica: ReplicaID
    package let peerReplica: ReplicaID
    let peerKey: PublicKey
    /// What has become of area codes, as far as this side knew when the session began. It ends when
    /// that changes.
    let areas: AreaMap

    /// What this side has durably of what the two share.
    package internal(set) var held = VersionVector()
    /// The first 8 bytes of the hash of the entry at each height held.
    var heads: [LogID: UInt64] = [:]
    /// The rows that `mine` was made of.
    var announcedRows: [LogID: FrontierRow] = [:]
    /// What the peer has or is about to get from us.
    var offered = VersionVector()
    /// What the peer has said it has durably.
    package internal(set) var acknowledged = VersionVector()
    /// Areas that differed and whose rows the peer has still to send. Nothing of them is sent.
    var awaitedAreas: Set<AreaCode> = []
    /// Areas whose rows the peer has got after a greeting with digests.
    var shownAreas: Set<AreaCode> = []
    /// Logs of which the peer wants no more, and why.
    package internal(set) var refusedByPeer: [LogID: String] = [:]
    /// Logs that go on differently at the peer, and have been reported.
    var forked: Set<LogID> = []
    /// Logs that turned out to hold nothing to send.
    var unservable: Set<LogID> = []
    /// Logs whose forks were proved to the peer.
    var forksProved: Set<LogID> = []
    /// How many messages about forks the peer has sent, of each kind.
    var heardHeads = 0
    var heardBranches = 0
    var openLanes = OpenLanes()
    /// Bytes of runs this side may still send.
    var allowance: UInt64
    /// What is being read from the ledger.
    var reading: Reading?
    var hasCounted = false
    /// Whether the peer was sent a run in this session.
    var hasPushed = false

    /// Bytes of runs the peer may still send.
    var granted: UInt64
    /// Runs of the peer that were brought to the gate and have not been judged.
    var runsAtGate = 0
    /// Logs of others that grew while runs of the peer were at the gate: what grew may be the
    /// peer's own news, and is not sent back before that is known.
    var unsettled: Set<LogID> = []
    /// Logs of which runs of the peer wait for their causes, and where those runs end.
    var parked: [LogID: UInt64] = [:]
    /// Areas with runs of the peer that were turned away for a reason that may pass.
    var areasTurnedAway: Set<AreaCode> = []
    /// Whether something has come that may have ended such a reason.
    var mayAskAgain = false
    /// Logs that have ended and were named to the peer, and words of offices that it was told.
    var namedEnds: Set<LogID> = []
    var saidWords: Set<Bytes32> = []
    /// How many of them the peer has named, and how many words of offices it has passed on.
    var heardEnds = 0
    var heardWords = 0
    /// Those of them that are shared: what it names it knows to have ended.
    var theirEnds: Set<LogID> = []
    /// Bytes of branch proofs that the peer was shown, and logs of which it was shown them unasked.
    var shownBytes = 0
    var forksOffered: Set<LogID> = []
    /// Whether the peer has said something else since: it names first what it knew at the beginning.
    var hasHeardTheirEnds = false
    /// Whether the peer has shown a cut-off of this side's key or its own.
    var hasHeardOfCutOff = false
    /// What the peer has announced, by lane; nil until it has.
    var totals: [SyncMessage.LaneTotal]?

    var receipts: ReceiptState
    var audits: AuditState
    var lastHeard: UInt64
    var lastSent: UInt64
    package internal(set) var closeReason: CloseReason?

    /// A session between two greetings that the transport has exchanged. The peer's chain has been
    /// verified, its key matches the link, and its certificate may read the area it asks for.
    ///
    /// - Parameter areas: what had become of area codes when `mine` was made.
    package init(
        mine: Greeting, theirs: Greeting, keys: (mine: PublicKey, theirs: PublicKey),
        areas: AreaMap = AreaMap(), now: UInt64
    ) {
        self.areas = areas
        self.mine = mine
        self.theirs = theirs
        self.keys = keys
        replica = LogIdentity.replica(key: keys.mine, nonce: mine.nonce)
        peerReplica = LogIdentity.replica(key: keys.theirs, nonce: theirs.nonce)
        peerKey = keys.theirs
        receipts = ReceiptState(refilledAt: now)
        audits = AuditState(
            asking: Ration(Self.auditsAskedAtOnceMax, now: now),
            taking: Ration(Self.auditsTakenAtOnceMax, now: now))
        allowance = theirs.credit
        granted = mine.credit
        lastHeard = now
        lastSent = now
    }

    /// Compares what both greetings said, so that both sides come to the same end, and begins to
    /// push.
    ///
    /// - Parameters:
    ///   - announced: the rows that `mine` was made of.
    ///   - rows: everything this side holds in its scope by now.
    ///   - ended: the logs that have ended, as far as they are known here.
    ///   - words: what offices of shared areas have said and does not stand in lane 0 here; by the
    ///     last of them logs may have ended.
    ///   - cutOff: the word by which this side's own key was cut off: the peer may have lost it.
    ///   - areas: what has become of area codes by now.
    package mutating func start(
        announced: [FrontierRow], holding rows: [FrontierRow], ended: [LogIdentity] = [],
        words: [AuthorityWord] = [], cutOff: CutOff? = nil, areas: AreaMap = AreaMap(), now: UInt64
    ) -> [Effect] {
        if let cutOff, takesWordOfEnds {
            return [.send(.cutOff(cutOff))]
                + start(
                    announced: announced, holding: rows, ended: ended, words: words,
                    areas: areas, now: now)
        }
        guard mine.versions.overlaps(theirs.versions) else { return end(.noCommonVersion) }
        // Villages of one township share its notices, and those of the county: they help each other.
        guard mine.area.ancestor(at: .county) == theirs.area.ancestor(at: .county) else {
            return end(.nothingShared)
        }
        guard allowance >= UInt64(ProtocolLimits.frameBytesMax) else {
            return end(.violation(.creditTooSmall))
        }
        // The peer was greeted by what is no longer so.
        guard areas == self.areas else { return end(.shortened) }
        let heights = Dictionary(rows.map { ($0.log, $0.height) }, uniquingKeysWith: { $1 })
        guard announced.allSatisfy({ $0.height <= heights[$0.log] ?? 0 }) else {
            // Something has ceased to count since the peer was greeted.
            return end(.shortened)
        }
        let announced = announced.filter { isShared($0.log.domain.area) }
        for row in announced { announcedRows[row.log] = row }
        for row in announced + rows where isShared(row.log.domain.area) { hold(row) }
        // What was here before the session began the peer knows whether it has a receipt for.
        receipts.hasChanged = theirs.features & Feature.receiptWanted != 0
        var effects = compare(announced)
        if closeReason == nil {
            effects = name(ended, words) + effects + pump()
            effects.append(.wake(at: nextWake))
        }
        return noteSent(effects, now: now)
    }

    /// Takes one message from the peer, which may say anything at all.
    package mutating func receive(_ message: SyncMessage, now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        lastHeard = now
        let news = hearWhetherEndsAreSaid(message)
        let effects: [Effect]
        switch message {
        case .frontier(let areas, let rows): effects = receiveFrontier(areas, rows)
        case .totals(let totals): effects = receiveTotals(totals)
        case .run(let envelope): effects = receiveRun(envelope)
        case .ack(let rows, let credit): effects = receiveAck(rows, credit: credit)
        case .refusal(let log, let code): effects = receiveRefusal(log, code: code)
        case .ping: effects = []
        case .bye(let code): effects = end(.peerLeft(code: code))
        case .ended(let logs): effects = receiveEnded(logs)
        case .words(let words, let logs): effects = receive(words, ending: logs)
        case .cutOff(let cutOff): effects = receive(cutOff)
        case .heads(let log, let rows): effects = receiveHeads(log, rows)
        case .branch(let proofs): effects = receiveBranch(proofs)
        case .lanes(let lane): effects = receiveLanes(lane)
        case .receipt(let receipt): effects = receiveReceipt(receipt, now: now)
        case .audit(let question): effects = receiveAudit(question, now: now)
        case .audited(let answer): effects = receiveAudited(answer, now: now)
        }
        return noteSent(closeReason == nil ? news + effects : effects, now: now)
    }

    /// New heights have been committed here, from whatever source.
    package mutating func heldAdvanced(
        _ rows: some Sequence<FrontierRow>, now: UInt64
    ) -> [Effect] {
        guard closeReason == nil else { return [] }
        var standing = Standing()
        for row in rows {
            // A certificate may entitle writers of other areas than its own.
            if row.log.domain.lane == .authority { mayAskAgain = true }
            guard isShared(row.log.domain.area) else { continue }
            hold(row)
            leaveParked(row.log, &standing)
        }
        let effects = believe(standing.theirs) + acknowledge(standing.ours, credit: 0)
        return noteSent(effects + askAgain() + pump(), now: now)
    }

    /// The time asked for by `wake` has come.
    package mutating func tick(now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        guard now < lastHeard + Self.silenceMillisecondsMax else {
            return end(.silent(seconds: (now - lastHeard) / 1000))
        }
        let isQuiet = now >= lastSent + Self.pingMilliseconds
        let effects = noteSent(
            orderReceipt(now: now) + (isQuiet ? [.send(.ping)] : []), now: now)
        return effects + [.wake(at: nextWake)]
    }

    /// It has become known here that logs have ended.
    ///
    /// - Parameter words: certificates without footing by which their keys have written.
    package mutating func endsKnown(
        _ logs: [LogIdentity], words: [AuthorityWord] = [], now: UInt64
    ) -> [Effect] {
        closeReason == nil ? noteSent(name(logs, words), now: now) : []
    }

    private var takesWordOfEnds: Bool { theirs.features & Feature.endedLogs != 0 }

    /// Passes words on, and names logs that have ended to the peer, each once and no more than a
    /// session may.
    private mutating func name(_ logs: [LogIdentity], _ words: [AuthorityWord]) -> [Effect] {
        guard takesWordOfEnds else { return [] }
        let news = logs.filter { isShared($0.domain.area) && !namedEnds.contains($0.log) }
            .prefix(ProtocolLimits.endedLogsMax - namedEnds.count)
            .sorted { $0.log < $1.log }
        let said =
            theirs.features & Feature.words != 0
            ? words.filter { !saidWords.contains($0.digest) }
                .prefix(ProtocolLimits.endedLogsMax - saidWords.count) : []
        guard !news.isEmpty || !said.isEmpty else { return [] }
        namedEnds.formUnion(news.map(\.log))
        saidWords.formUnion(said.map(\.digest))
        return SyncMessage.naming(news, after: Array(said)).map { .send($0) }
            + (hasHeardTheirEnds ? proveForks(of: news.map(\.log)) : [])
    }

    /// Ends the session because the peer's key was cut off, and shows it by which word.
    package mutating func leave(cutOffBy cutOffs: [CutOff]) -> [Effect] {
        guard closeReason == nil else { return [] }
        let word = takesWordOfEnds ? cutOffs.prefix(1).map { Effect.send(.cutOff($0)) } : []
        return word + end(.peerCutOff)
    }

    /// Ends the session from this side.
    package mutating func leave(_ reason: CloseReason) -> [Effect] {
        closeReason == nil ? end(reason) : []
    }

    private var nextWake: UInt64 {
        min(
            lastSent + Self.pingMilliseconds, lastHeard + Self.silenceMillisecondsMax,
            receiptDue ?? .max)
    }

    /// Closes once and for all; the peer is told, unless it was it that left.
    mutating func end(_ reason: CloseReason) -> [Effect] {
        closeReason = reason
        if case .peerLeft = reason { return [.close(reason)] }
        return [.send(.bye(code: reason.code)), .close(reason)]
    }

    mutating func noteSent(_ effects: [Effect], now: UInt64) -> [Effect] {
        let sends = effects.contains { if case .send = $0 { true } else { false } }
        if sends { lastSent = now }
        return effects + noteChange(now: now)
    }

    /// Notes what is held of a shared log, unless more of it was here already.
    mutating func hold(_ row: FrontierRow) {
        guard row.height > 0, row.height >= held[row.log] else { return }
        if row.height > held[row.log] {
            unservable.remove(row.log)
            if reading != nil { reading?.grown.insert(row.log) }
            if theirs.area.contains(row.log.domain.area) { receipts.hasChanged = true }
            if runsAtGate > 0, row.log.replica != replica { unsettled.insert(row.log) }
        }
        held.raise(row.log, to: row.height)
        heads[row.log] = row.head
    }
}

extension SyncSession {
    /// Whether nothing is left to send or to wait for, as far as this side knows.
    package var isQuiescent: Bool {
        reading == nil && awaitedAreas.isEmpty && granted == mine.credit
            && allowance == theirs.credit && lacking.isEmpty
    }

    /// What keeps the session from being quiescent, for whoever looks into it.
    package var whatIsLeft: String {
        "reading \(reading != nil), lacking \(lacking.map { "\($0.log)#\($0.first)" }), "
            + "awaiting \(awaitedAreas.sorted()), granted \(granted) of \(mine.credit), "
            + "allowance \(allowance) of \(theirs.credit)"
    }

    /// Entries that the peer has not acknowledged yet.
    package var unacknowledgedEntries: UInt64 {
        held.rows.reduce(0) { sum, row in
            sum + (row.height - min(row.height, acknowledged[row.log]))
        }
    }

    /// Entries that the peer has said it has and that are not here yet, whoever brings them. What
    /// its totals say is for display only: another link may bring what they count.
    package var expectedEntries: UInt64 {
        // Heights are below 2^32, so that those of all logs have a sum.
        acknowledged.rows.reduce(0) { sum, row in
            sum + (row.height - min(row.height, held[row.log]))
        }
    }

    package func isShared(_ area: AreaCode) -> Bool {
        areas.carries(mine.area, area) && areas.carries(theirs.area, area)
    }

    /// Whether the peer may take an area for shared: it may know of changes of area codes that are on
    /// their way here. They never reach beyond a township.
    func mayBeShared(_ area: AreaCode) -> Bool {
        isShared(area)
            || area.level == .village
                && [mine.area, theirs.area].allSatisfy { other in
                    other.contains(area)
                        || other.level == .village
                            && other.ancestor(at: .township) == area.ancestor(at: .township)
                }
    }
}
