// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync

/// One node's end of a link: a session, and a shell that obeys it as the daemon's does.
final class LinkEnd {
    /// How a side greets.
    struct Manner {
        /// Up to this many bytes of rows it sends its frontier, beyond digests.
        var frontierBytesMax = ProtocolLimits.greetingFrontierBytesMax
        var credit: UInt64 = 1_048_576
        var versions: ClosedRange<UInt64> = 1...1
        var features: UInt64 = 0

        static let frontier = Manner()
        static let digests = Manner(frontierBytesMax: -1)
    }

    /// A run that this side has sent.
    struct SentRun {
        let time: UInt64
        let log: LogID
        let sequences: ClosedRange<UInt64>
        let bytes: Int
        /// What the peer had acknowledged of the log by then, on this link or before.
        let acknowledged: UInt64
    }

    /// While more than this waits to be sent, nothing more is read from the ledger.
    private static let unsentBytesMax: UInt64 = 32_768

    let node: Node
    weak var link: PairLink?
    private unowned let world: PairWorld
    private let isCaller: Bool
    private let manner: Manner
    private(set) var session: SyncSession?
    private(set) var closeReason: CloseReason?
    private(set) var forks: [LogID] = []
    /// What audits of this side have come to.
    private(set) var audits: [(area: AreaCode, outcome: AuditOutcome)] = []
    /// What the peer has said it has, signed, and when that came.
    private(set) var receipts: [(time: UInt64, receipt: Receipt)] = []
    /// The most bytes of runs that this side had on their way without credit for them back.
    private(set) var unpaidBytesMax = 0
    private(set) var unpaidBytes = 0 {
        didSet { unpaidBytesMax = max(unpaidBytesMax, unpaidBytes) }
    }
    private(set) var sent: [SyncMessage] = []
    private(set) var sentRuns: [SentRun] = []
    private(set) var received: [SyncMessage] = []
    /// How often it has read its ledger.
    private(set) var readCount = 0
    /// The most bytes of runs that this side had before its gate and in it.
    private(set) var waitingBytesMax = 0
    private var waitingBytes = 0 { didSet { waitingBytesMax = max(waitingBytesMax, waitingBytes) } }
    private var mine: (greeting: Greeting, rows: [FrontierRow])?
    private var theirs: Greeting?
    /// Messages that came before the session began.
    private var early: [[UInt8]] = []
    private var waiting: [[UInt8]] = []
    private var isAdmitting = false
    private(set) var isAlive = true

    init(_ node: Node, isCaller: Bool, manner: Manner, world: PairWorld) {
        self.node = node
        self.isCaller = isCaller
        self.manner = manner
        self.world = world
        node.onCommit { [weak self] rows in
            guard let self, isAlive else { return }
            world.after(world.pace.ringing) { self.act { $0.heldAdvanced(rows, now: world.now) } }
        }
    }

    var isQuiescent: Bool { session?.isQuiescent ?? false }

    /// Whether it sent a run again that the peer had acknowledged.
    var hasRepeated: Bool { sentRuns.contains { $0.sequences.upperBound <= $0.acknowledged } }

    /// Whether it sent an entry again that the peer had acknowledged. Between more than two nodes
    /// the runs of one log may be cut in more than one way, and then it may.
    var hasOverlapped: Bool { sentRuns.contains { $0.sequences.lowerBound <= $0.acknowledged } }

    /// Says what this side holds, to a peer whose scope is known or not.
    func greet(_ peer: AreaCode?) {
        let rows = node.rows.filter { row in
            peer.map { Scope($0).contains(row.log.domain.area) } ?? true
        }
        let greeting = Greeting(
            versions: manner.versions, features: manner.features, software: "test",
            nonce: node.replica.nonce,
            clock: node.now, credit: manner.credit,
            credential: .chain(County.chain(of: node.number)),
            area: node.replica.scope.area,
            holdings: Greeting.Holdings(of: rows, frontierBytesMax: manner.frontierBytesMax))
        mine = (greeting, rows)
        link?.carry(greeting.encoded, fromCaller: isCaller)
    }

    /// Takes bytes from the peer.
    func arrive(_ bytes: [UInt8]) throws {
        guard isAlive else { return }
        if session != nil { return take(bytes) }
        guard theirs == nil else { return early.append(bytes) }
        let greeting = try Greeting(decoding: bytes)
        theirs = greeting
        try node.learn(greeting.shownChain)
        if !isCaller { greet(greeting.area) }
        world.after(world.pace.starting) { self.begin(greeting) }
    }

    /// Ends the session from this side.
    func leave(_ reason: CloseReason) { act { $0.leave(reason) } }

    /// Lets lanes after one wait, or go on.
    func open(through lane: Lane) { act { $0.open(through: lane, now: world.now) } }

    func linkClosed() {
        guard isAlive else { return }
        isAlive = false
        if let theirs, let peer = theirs.shownChain.certificates.last {
            node.forgetParked(from: peer.subject)
        }
    }

    private func begin(_ theirs: Greeting) {
        guard isAlive, let mine, let peer = theirs.shownChain.certificates.last else { return }
        session = SyncSession(
            mine: mine.greeting, theirs: theirs,
            keys: (mine: node.replica.author.key, theirs: peer.subject), now: world.now)
        let rows = node.rows
        act { $0.start(announced: mine.rows, holding: rows, now: world.now) }
        for bytes in early { take(bytes) }
    }

    private func take(_ bytes: [UInt8]) {
        do throws(DecodingViolation) {
            let message = try SyncMessage(decoding: bytes)
            received.append(message)
            if case .ack(_, let credit) = message { unpaidBytes -= Int(credit) }
            act { $0.receive(message, now: world.now) }
        } catch {
            leave(.violation(.malformed(error)))
        }
    }

    private func act(_ event: (inout SyncSession) -> [SyncSession.Effect]) {
        guard isAlive, var session else { return }
        let effects = event(&session)
        self.session = session
        for effect in effects { perform(effect) }
    }

    private func perform(_ effect: SyncSession.Effect) {
        switch effect {
        case .send(let message): send(message)
        case .fetch(let request): fetch(request)
        case .count(let lacking):
            world.after(world.pace.reading) {
                let totals = self.node.storage.totals(lacking)
                self.act { $0.supplyTotals(totals, now: self.world.now) }
            }
        case .admit(let envelope):
            waiting.append(envelope)
            waitingBytes += envelope.count
            admitWaiting()
        case .recordHeld(let rows): node.recordHeld(rows, by: peerKey)
        case .reportFork(let log, _): forks.append(log)
        // Folders take note of those; here is none.
        case .noteEnded, .learn, .learnWords, .compareHeads, .learnBranch, .proveFork: break
        case .answerAudit(let question): answer(question)
        case .audited(let area, let outcome): audits.append((area, outcome))
        case .issueReceipt:
            world.after(world.pace.reading) {
                self.act { session in
                    let receipt = self.node.receipt(
                        for: session.peerReplica, area: session.theirs.area)
                    return session.supply(.receipt(receipt), now: self.world.now)
                }
            }
        case .keepReceipt(let receipt): receipts.append((world.now, receipt))
        case .wake(let time):
            world.after(time - min(time, world.now), idly: true) {
                self.act { $0.tick(now: self.world.now) }
            }
        case .close(let reason):
            closeReason = reason
            linkClosed()
        }
    }

    /// Holds this side's records of an area against the peer's.
    func audit(_ area: AreaCode, nonce: UInt64 = 7) {
        let snapshot = node.snapshot(of: area)
        act { session in
            session.audit(snapshot, nonce: AuditWord(high: nonce, low: nonce), now: world.now)
        }
    }

    private func answer(_ question: AuditQuestion) {
        world.after(world.pace.reading) {
            let (basis, entries) = self.node.replica.auditBasis(of: question.area, rules: 1)
            let answer: AuditAnswer
            if let refusal = basis.difference(from: question.basis) {
                answer = AuditAnswer(
                    number: question.number, content: .refused(refusal, number: entries))
            } else {
                answer = self.node.snapshot(of: question.area).answer(question)
            }
            self.act { $0.supply(answer, now: self.world.now) }
        }
    }

    private func send(_ message: SyncMessage) {
        sent.append(message)
        if case .run(let envelope) = message { note(envelope) }
        link?.carry(message.encoded, fromCaller: isCaller)
    }

    private func note(_ envelope: [UInt8]) {
        guard let run = try? RunEnvelope.open(envelope) else { return }
        unpaidBytes += envelope.count
        sentRuns.append(
            SentRun(
                time: world.now, log: run.identity.log, sequences: run.first...run.last,
                bytes: envelope.count,
                acknowledged: node.heights(of: peerKey)[run.identity.log]))
    }

    private func fetch(_ request: FetchRequest) {
        guard let link, link.unsentBytes(fromCaller: isCaller) <= Self.unsentBytesMax else {
            world.after(50) { if self.isAlive { self.fetch(request) } }
            return
        }
        let half = world.pace.reading / 2
        readCount += 1
        world.after(half) {
            let runs = self.node.storage.fetch(request)
            self.world.after(self.world.pace.reading - half) {
                self.act { $0.supply(runs, now: self.world.now) }
            }
        }
    }

    private func admitWaiting() {
        guard isAlive, !isAdmitting, !waiting.isEmpty else { return }
        isAdmitting = true
        let envelopes = waiting
        waiting = []
        world.after(world.pace.gate) {
            // What is at the gate when the link ends is committed all the same.
            let judgements = try self.node.judge(envelopes, from: self.peerKey)
            self.world.after(self.world.pace.judging) {
                self.isAdmitting = false
                self.waitingBytes -= envelopes.reduce(0) { $0 + $1.count }
                self.act { $0.judged(judgements, now: self.world.now) }
                self.admitWaiting()
            }
        }
    }

    private var peerKey: PublicKey {
        theirs?.shownChain.certificates.last?.subject ?? node.replica.author.key
    }
}

extension Greeting {
    /// The chain that stands in it.
    var shownChain: CertificateChain {
        guard case .chain(let chain) = credential else { return CertificateChain([]) }
        return chain
    }
}
