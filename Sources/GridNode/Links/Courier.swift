// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync
import GridTransport
import Logging

/// The task that owns the session.
struct Courier {
    /// While more than this waits for the link, nothing more is read from the ledger: what becomes
    /// urgent waits behind no more than the run that the link has taken, one that was read, and
    /// what the kernel holds.
    private static let unsentBytesMax = 4_096
    /// What is verified at a time, in bytes of envelopes, or one run.
    private static let lotBytesMax = 65_536
    /// While more than this of unpacked entries waits for the commit under way, in bytes, nothing
    /// more is verified: the room is for other links, too.
    private static let verifiedBytesMax = 6_291_456

    let link: PeerLink
    let bell: Bell
    let report: AsyncStream<PeerLink.Event>.Continuation
    let post: AsyncStream<[UInt8]>.Continuation
    var session: SyncSession
    /// Whether the peer is there, and what its greeting says is no recording.
    private(set) var isProven = false
    /// What the peer has by its greeting alone.
    private var greeted: [SyncMessage.AckRow] = []
    /// What the peer knows of this replica, and this replica does not.
    private var doubt: (log: LogID, height: UInt64)?
    /// A log of this replica of which the peer has another branch.
    private var forkedLog: LogID?
    /// Envelopes that came while others were being verified.
    private var waiting: [[UInt8]] = []
    private var isVerifying = false
    /// Unpacked entries that were brought to the engine and have not been judged, in bytes.
    private var bytesAtEngine = 0
    private let inlet: Gate.Inlet
    /// The last commit whose news this link has heard.
    private var heardCommit: UInt64 = 0
    private var unsentBytes = 0
    private var metered: LinkMeter.Session
    private var delayedFetch: FetchRequest?
    private var alarm = Alarm()
    var errands = AuditErrands()

    init(
        link: PeerLink, bell: Bell, report: AsyncStream<PeerLink.Event>.Continuation,
        post: AsyncStream<[UInt8]>.Continuation, session: SyncSession
    ) {
        self.link = link
        self.bell = bell
        self.report = report
        self.post = post
        self.session = session
        metered = LinkMeter.Session(with: link.peer.leaf.subject)
        inlet = Gate.Inlet(source: link.peer.leaf.subject) { result in
            switch result {
            case .success(let settlement): report.yield(.judged(settlement))
            case .failure(let error): report.yield(.failed(error))
            }
        }
    }

    /// Works until the session ends.
    /// - Returns: the code of why it ended.
    consuming func work(
        _ events: AsyncStream<PeerLink.Event>, announced: [FrontierRow],
        holding held: ReplicationEngine.Holdings, group: inout DiscardingTaskGroup
    ) async -> String {
        var courier = self
        var end =
            courier.leaveWhoWasCutOff(group: &group)
            ?? courier.perform(
                courier.session.start(
                    announced: announced, holding: held.rows, ended: held.ended,
                    words: held.words, cutOff: held.cutOff,
                    areas: courier.link.engine.current.directory.areas,
                    now: WallClock.steady),
                group: &group)
            // Where others have spent the day's budget, nothing that is routine begins.
            ?? courier.holdToBudget(&group)
        courier.show()
        var coming = events.makeAsyncIterator()
        while end == nil {
            guard let event = await coming.next() else { return "closed" }
            end = courier.take(event, group: &group) ?? courier.holdToBudget(&group)
            courier.show()
        }
        courier.errands.endAll()
        await courier.settleDoubt(&coming)
        await courier.sayGoodbye()
        courier.count()
        return end ?? "closed"
    }

    /// - Returns: the code of why the session ends; nil while it goes on.
    private mutating func take(
        _ event: PeerLink.Event, group: inout DiscardingTaskGroup
    ) -> String? {
        let now = WallClock.steady
        defer { lookForAudits(&group) }
        switch event {
        case .frame(let bytes, let continuation):
            defer { continuation.resume() }
            do throws(DecodingViolation) {
                let message = try SyncMessage(decoding: bytes)
                return perform(session.receive(message, now: now), group: &group)
            } catch {
                return perform(session.leave(.violation(.malformed(error))), group: &group)
            }
        case .verified(let lot):
            isVerifying = false
            bytesAtEngine += lot.entryBytes
            link.engine.deliver(lot, to: inlet)
            verifyWaiting(&group)
            return nil
        case .judged(let settlement):
            bytesAtEngine -= settlement.entryBytes
            let effects = session.judged(
                settlement.judgements, isOvertaken: heardCommit > settlement.commit, now: now)
            let end = perform(effects, group: &group)
            if end == nil { verifyWaiting(&group) }
            return end
        case .found(let runs): return perform(session.supply(runs, now: now), group: &group)
        case .counted(let totals):
            return perform(session.supplyTotals(totals, now: now), group: &group)
        case .sent(let bytes):
            unsentBytes -= bytes
            if unsentBytes <= Self.unsentBytesMax, let request = delayedFetch {
                delayedFetch = nil
                fetch(request, &group)
            }
            return nil
        case .compared(let log, let comparison):
            return perform(session.answer(log, comparison, now: now), group: &group)
        case .proved(let branches):
            return perform(session.show(branches, now: now), group: &group)
        case .signed(let supply): return perform(session.supply(supply, now: now), group: &group)
        case .auditWanted(let errand):
            errands.add(errand)
            beginAudit(&group)
            return nil
        case .auditReady(let area, let reading):
            return takeAudit(area, reading, now: now, group: &group)
        case .auditAnswered(let answer):
            return perform(session.supply(answer, now: now), group: &group)
        case .proven:
            isProven = true
            link.engine.recordHeld(greeted, by: link.peer.leaf.subject)
            greeted = []
            tellOfFork(&group)
            return nil
        case .rang:
            let news = bell.take()
            heardCommit = max(heardCommit, news.commit)
            if news.isShortened { return perform(session.leave(.shortened), group: &group) }
            if let end = leaveWhoWasCutOff(group: &group) { return end }
            return perform(
                session.endsKnown(news.ended, words: orphans(of: news.ended), now: now)
                    + session.heldAdvanced(news.rows, now: now), group: &group)
        case .tick(let time):
            guard alarm.rings(of: time) else { return nil }
            giveUpLateAudit(now: now, &group)
            return perform(session.tick(now: now), group: &group)
        case .failed(let reason):
            _ = perform(session.leave(CloseReason(failure: reason)), group: &group)
            return reason
        case .ended(let reason): return reason
        }
    }

    /// The certificates without footing by which keys of logs have written, as far as both sides share
    /// their issuers' areas.
    private func orphans(of logs: [LogIdentity]) -> [AuthorityWord] {
        guard !logs.isEmpty else { return [] }
        let directory = link.engine.current.directory
        return directory.orphans(of: logs.map(\.key)) {
            directory.areas.carries(session.mine.area, $0)
                && directory.areas.carries(session.theirs.area, $0)
        }
    }

    /// Ends the conversation with a peer whose key does not speak for it any more, and says why.
    private mutating func leaveWhoWasCutOff(group: inout DiscardingTaskGroup) -> String? {
        let directory = link.engine.current.directory
        guard (try? directory.check(link.peer)) == nil else { return nil }
        return perform(
            session.leave(cutOffBy: directory.cutOffs(ending: link.peer)), group: &group)
    }

    /// How often a link that lets things wait looks whether they may go on, in milliseconds.
    private static let budgetLookMilliseconds: UInt64 = 30_000

    /// Counts what has passed, and lets what is routine wait or go on.
    private mutating func holdToBudget(_ group: inout DiscardingTaskGroup) -> String? {
        let lane = count()
        let now = WallClock.steady
        if lane < .routine { sleep(until: now &+ Self.budgetLookMilliseconds, &group) }
        return perform(session.open(through: lane, now: now), group: &group)
    }

    @discardableResult
    private mutating func count() -> Lane {
        let (meter, now) = (link.board.meter, WallClock.now)
        // What a recording costs is no cost of its peer's.
        guard isProven else { return meter.lane(of: metered, now: now) }
        return meter.count(link.link.traffic, of: &metered, now: now)
    }

    mutating func perform(
        _ effects: [SyncSession.Effect], group: inout DiscardingTaskGroup
    ) -> String? {
        var end: String?
        for effect in effects {
            switch effect {
            case .send(let message):
                let frame = message.encoded
                unsentBytes += frame.count
                post.yield(frame)
            case .fetch(let request):
                if unsentBytes > Self.unsentBytesMax {
                    delayedFetch = request
                } else {
                    fetch(request, &group)
                }
            case .count(let lacking):
                group.addTask { [link, report] in
                    await report.attempt {
                        .counted(try link.engine.store.totals(lacking))
                    }
                }
            case .admit(let envelope):
                waiting.append(envelope)
                verifyWaiting(&group)
            case .recordHeld(let rows):
                if isProven {
                    link.engine.recordHeld(rows, by: link.peer.leaf.subject)
                } else {
                    greeted += rows
                }
            case .learn(let cutOff):
                group.addTask { [link] in await link.engine.learn(cutOff) }
            case .noteEnded(let logs):
                group.addTask { [link] in await link.engine.note(ended: logs) }
            case .learnWords(let words, let logs):
                group.addTask { [link] in await link.engine.learn(words, ending: logs) }
            case .reportFork(let log, let height):
                link.logger.warning(
                    "fork: two entries with one dot",
                    metadata: ["log": "\(log)", "height": "\(height)"])
                if log.replica == link.engine.current.replica { forkedLog = log }
                tellOfFork(&group)
                showHeads(of: log, through: height, &group)
            case .compareHeads(let log, let rows):
                group.addTask { [link, report] in
                    await report.attempt {
                        .compared(log, try link.engine.store.compare(rows, of: log))
                    }
                }
            case .learnBranch(let proofs):
                // A recording cannot bring them: they come after the greeting.
                group.addTask { [link] in await link.engine.learn(proofs) }
            case .proveFork(let log): proveFork(of: log, &group)
            case .issueReceipt:
                group.addTask { [link, report, session] in
                    let supply = await link.engine.receipt(
                        for: session.peerReplica, of: link.peer.leaf.subject,
                        area: session.theirs.area)
                    report.yield(.signed(supply))
                }
            case .keepReceipt(let receipt):
                // A recording cannot bring one: it comes after the greeting.
                group.addTask { [link] in await link.engine.keep(receipt, of: link.peer) }
            case .answerAudit(let question): answer(question, &group)
            case .audited(_, let outcome): endAudit(outcome, &group)
            case .wake(let time): sleep(until: time, &group)
            case .close(let reason):
                end = reason.code
                if case .rolledBack(let log, let height) = reason { doubt = (log, height) }
            }
        }
        return end
    }

    private func fetch(_ request: FetchRequest, _ group: inout DiscardingTaskGroup) {
        group.addTask { [link, report] in
            await report.attempt { .found(try link.engine.store.runs(for: request)) }
        }
    }

    /// Has some of what waits verified, unless something is being verified already.
    private mutating func verifyWaiting(_ group: inout DiscardingTaskGroup) {
        guard !isVerifying, !waiting.isEmpty, bytesAtEngine <= Self.verifiedBytesMax else {
            return
        }
        isVerifying = true
        var bytes = 0
        let lot = waiting.prefix { envelope in
            bytes += envelope.count
            return bytes <= Self.lotBytesMax || bytes == envelope.count
        }
        let envelopes = Array(lot)
        waiting.removeFirst(envelopes.count)
        group.addTask { [gate, report] in
            await report.attempt { .verified(try await gate.verify(envelopes)) }
        }
    }

    private var gate: Gate { Gate(engine: link.engine) }

    /// Lets the engine know of a fork of its own log, once it is no recording that shows it.
    private mutating func tellOfFork(_ group: inout DiscardingTaskGroup) {
        guard isProven, let log = forkedLog else { return }
        forkedLog = nil
        group.addTask { [link] in await link.engine.hearOfFork(of: log) }
    }

    /// Shows the peer some of what is here of a log that it has in another way.
    private func showHeads(
        of log: LogID, through height: UInt64, _ group: inout DiscardingTaskGroup
    ) {
        group.addTask { [link, report] in
            await report.attempt {
                let rows = try link.engine.store.heads(of: log, from: 1, through: height)
                return .compared(log, rows.isEmpty ? .agrees : .between(rows))
            }
        }
    }

    /// Proves a fork to a peer that goes on after it; should it have a branch that is not known here,
    /// what is here leads to it.
    private func proveFork(of log: LogID, _ group: inout DiscardingTaskGroup) {
        let directory = link.engine.current.directory
        guard let fork = directory.fork(of: log) else { return }
        report.yield(.proved(directory.branches(of: log)))
        showHeads(of: log, through: fork.height, &group)
    }

    private mutating func sleep(until time: UInt64, _ group: inout DiscardingTaskGroup) {
        guard alarm.set(to: time) else { return }
        let now = WallClock.steady
        group.addTask { [report] in
            try? await Task.sleep(for: .milliseconds(time > now ? time - now : 0))
            report.yield(.tick(time))
        }
    }

    /// Acts on the sign of having been rolled back, once it is no recording that gives it.
    private mutating func settleDoubt(
        _ coming: inout AsyncStream<PeerLink.Event>.AsyncIterator
    ) async {
        guard let doubt else { return }
        while !isProven, let event = await coming.next() {
            event.release()
            switch event {
            case .proven: isProven = true
            case .ended, .failed: return
            case .frame, .verified, .judged, .found, .counted, .signed, .sent, .rang, .tick,
                .compared, .proved, .auditWanted, .auditReady, .auditAnswered:
                break
            }
        }
        if isProven { await link.engine.doubtReplica(doubt.log, height: doubt.height) }
    }

    /// Lets what was said last go out before the link closes.
    private func sayGoodbye() async {
        post.finish()
        try? await Task.sleep(for: .milliseconds(20))
    }

    private func show() {
        guard isProven else { return }
        link.board.update(link.peer.leaf.subject) { status in
            status.waitingOut = session.unacknowledgedEntries
            status.waitingIn = session.expectedEntries
            status.letsRoutineWait = session.letsRoutineWait
        }
    }
}
