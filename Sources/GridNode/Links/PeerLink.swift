// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync
import GridTransport
import Logging

/// One conversation with one peer: carries out what its session orders.
///
/// One task owns the session and never waits for disk or network; others read, send, fetch and
/// admit, and report back as events. What lies between them is bounded by the session's credit.
struct PeerLink: Sendable {
    enum Event: Sendable {
        /// A frame from the peer; the reader goes on when the continuation is resumed.
        case frame([UInt8], CheckedContinuation<Void, Never>)
        case judged([SyncSession.Judgement])
        case found([OutgoingRun])
        case counted([SyncMessage.LaneTotal])
        case sent(bytes: Int)
        case rang
        case tick
        /// This node's own machinery failed.
        case failed(String)
        case ended(String)
    }

    let link: SecureLink
    let engine: ReplicationEngine
    let board: LinkBoard
    let peer: VerifiedChain
    let logger: Logger

    /// Runs the session to its end.
    /// - Returns: the code of why it ended.
    func run(mine: Greeting, theirs: Greeting) async -> String {
        let (events, report) = AsyncStream<Event>.makeStream()
        let (outbox, post) = AsyncStream<[UInt8]>.makeStream()
        let bell = engine.hangBell()
        defer { engine.takeDown(bell) }
        let rows = await engine.frontier { Scope(mine.area).contains($0) }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await read(report) }
            group.addTask { await send(outbox, report) }
            group.addTask { for await _ in bell.rings { report.yield(.rang) } }
            let courier = Courier(
                link: self, bell: bell, report: report, post: post,
                session: SyncSession(
                    mine: mine, theirs: theirs,
                    keys: (mine: engine.author.key, theirs: peer.leaf.subject),
                    now: WallClock.steady))
            let reason = await courier.work(events, holding: rows, group: &group)
            post.finish()
            report.finish()
            group.cancelAll()
            return reason
        }
    }

    /// Hands over frames one at a time, so that a peer cannot fill the memory with small messages.
    private func read(_ report: AsyncStream<Event>.Continuation) async {
        do {
            for try await frame in link.frames {
                await withCheckedContinuation { continuation in
                    if case .terminated = report.yield(.frame(frame, continuation)) {
                        continuation.resume()
                    }
                }
            }
            report.yield(.ended("closed"))
        } catch {
            report.yield(.ended(error.code))
        }
    }

    private func send(
        _ outbox: AsyncStream<[UInt8]>, _ report: AsyncStream<Event>.Continuation
    ) async {
        do {
            for await frame in outbox {
                try await link.send([frame])
                report.yield(.sent(bytes: frame.count))
            }
        } catch let failure as LinkFailure {
            report.yield(.ended(failure.code))
        } catch {
            report.yield(.ended("closed"))
        }
    }
}

/// The task that owns the session.
private struct Courier {
    /// While more than this waits to be sent, nothing more is read from the ledger.
    private static let unsentBytesMax = 524_288

    let link: PeerLink
    let bell: Bell
    let report: AsyncStream<PeerLink.Event>.Continuation
    let post: AsyncStream<[UInt8]>.Continuation
    var session: SyncSession
    /// Envelopes that came while others were at the gate.
    private var waiting: [[UInt8]] = []
    private var isAdmitting = false
    private var unsentBytes = 0
    private var delayedFetch: FetchRequest?
    private var wakesAt: UInt64 = .max

    init(
        link: PeerLink, bell: Bell, report: AsyncStream<PeerLink.Event>.Continuation,
        post: AsyncStream<[UInt8]>.Continuation, session: SyncSession
    ) {
        self.link = link
        self.bell = bell
        self.report = report
        self.post = post
        self.session = session
    }

    consuming func work(
        _ events: AsyncStream<PeerLink.Event>, holding rows: [FrontierRow],
        group: inout TaskGroup<Void>
    ) async -> String {
        var courier = self
        var end = courier.perform(
            courier.session.start(holding: rows, now: WallClock.steady), group: &group)
        courier.show()
        for await event in events {
            if end == nil { end = courier.take(event, group: &group) } else { event.release() }
            if let end {
                await courier.sayGoodbye()
                return end
            }
        }
        return "closed"
    }

    /// - Returns: the code of why the session ends; nil while it goes on.
    private mutating func take(
        _ event: PeerLink.Event, group: inout TaskGroup<Void>
    ) -> String? {
        let now = WallClock.steady
        defer { show() }
        switch event {
        case .frame(let bytes, let continuation):
            defer { continuation.resume() }
            do throws(DecodingViolation) {
                let message = try SyncMessage(decoding: bytes)
                return perform(session.receive(message, now: now), group: &group)
            } catch {
                return perform(session.leave(.violation(.malformed(error))), group: &group)
            }
        case .judged(let judgements):
            isAdmitting = false
            let end = perform(session.judged(judgements, now: now), group: &group)
            if end == nil { admitWaiting(&group) }
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
        case .rang:
            let news = bell.take().rows.map {
                SyncMessage.AckRow(log: $0.log, height: $0.height)
            }
            return perform(session.heldAdvanced(news, now: now), group: &group)
        case .tick:
            wakesAt = .max
            return perform(session.tick(now: now), group: &group)
        case .failed(let reason):
            _ = perform(session.leave(.leaving), group: &group)
            return reason
        case .ended(let reason): return reason
        }
    }

    private mutating func perform(
        _ effects: [SyncSession.Effect], group: inout TaskGroup<Void>
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
                admitWaiting(&group)
            case .recordHeld(let rows):
                group.addTask { [link] in
                    await link.engine.recordHeld(rows, by: link.peer.leaf.subject)
                }
            case .reportFork(let log, let height):
                link.logger.warning(
                    "fork: two entries with one dot",
                    metadata: ["log": "\(log)", "height": "\(height)"])
            case .wake(let time): sleep(until: time, &group)
            case .close(let reason):
                end = reason.code
                if reason == .rolledBack {
                    group.addTask { [link, replica = session.replica] in
                        await link.engine.leaveBehind(replica)
                    }
                }
            }
        }
        return end
    }

    private func fetch(_ request: FetchRequest, _ group: inout TaskGroup<Void>) {
        group.addTask { [link, report] in
            await report.attempt { .found(try link.engine.store.runs(for: request)) }
        }
    }

    /// Brings everything that waits to the gate, unless something is there already.
    private mutating func admitWaiting(_ group: inout TaskGroup<Void>) {
        guard !isAdmitting, !waiting.isEmpty else { return }
        isAdmitting = true
        let envelopes = waiting
        waiting = []
        group.addTask { [link, report] in
            await report.attempt {
                .judged(
                    try await Gate(engine: link.engine, source: link.peer.leaf.subject)
                        .judge(envelopes))
            }
        }
    }

    private mutating func sleep(until time: UInt64, _ group: inout TaskGroup<Void>) {
        guard time < wakesAt else { return }
        wakesAt = time
        let now = WallClock.steady
        group.addTask { [report] in
            try? await Task.sleep(for: .milliseconds(time > now ? time - now : 0))
            report.yield(.tick)
        }
    }

    /// Lets what was said last go out before the link closes.
    private func sayGoodbye() async {
        post.finish()
        try? await Task.sleep(for: .milliseconds(20))
    }

    private func show() {
        let announced = session.announced.reduce(UInt64(0)) { $0 &+ $1.entries }
        link.board.update(link.peer.leaf.subject) { status in
            status.waitingOut = session.unacknowledgedEntries
            status.waitingIn = announced - min(announced, session.receivedEntries)
        }
    }
}

extension PeerLink.Event {
    /// Lets a reader go on that waits for an event nobody will take.
    fileprivate func release() {
        if case .frame(_, let continuation) = self { continuation.resume() }
    }
}

extension AsyncStream<PeerLink.Event>.Continuation {
    /// Reports what some work gives, or that this node failed.
    fileprivate func attempt(_ work: () async throws -> PeerLink.Event?) async {
        do {
            if let event = try await work() { yield(event) }
        } catch is CancellationError {
            yield(.ended("closed"))
        } catch let refusal as DeskRefusal {
            yield(.failed(refusal.code))
        } catch {
            yield(.failed("store_failed"))
        }
    }
}
