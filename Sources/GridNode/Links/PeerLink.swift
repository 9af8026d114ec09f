// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
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
        case verified(Gate.Lot)
        case judged(Gate.Inlet.Settlement)
        case found([OutgoingRun])
        case counted([SyncMessage.LaneTotal])
        case signed(ReceiptSupply)
        /// What a log has here was held against what the peer has of it.
        case compared(LogID, ForkComparison)
        /// What proves a fork was looked up.
        case proved([[BranchProof]])
        case sent(bytes: Int)
        /// Somebody here wants the tables of an area held against the peer's.
        case auditWanted(AuditErrand)
        /// Own tables of the area were read for that.
        case auditReady(AreaCode, ReplicationEngine.AuditReading)
        /// A question of the peer about this node's tables was answered.
        case auditAnswered(AuditAnswer)
        /// The peer is there now, and has been met.
        case proven
        case rang
        /// A sleep until this time of the steady clock is over.
        case tick(UInt64)
        /// This node's own machinery failed.
        case failed(String)
        case ended(String)
    }

    let link: SecureLink
    let engine: ReplicationEngine
    let board: LinkBoard
    let peer: VerifiedChain
    /// Called once, when the peer has proved that it is there, before anything it sends is looked
    /// at. Until then its greeting may be a recording: it is answered, and leaves no trace.
    let meet: @Sendable () async -> Void
    let logger: Logger

    /// Runs the session to its end. `mine` is what the peer was told on this link.
    /// - Returns: the code of why it ended.
    func run(mine: Announcement, theirs: Greeting) async -> String {
        let (events, report) = AsyncStream<Event>.makeStream()
        let (outbox, post) = AsyncStream<[UInt8]>.makeStream()
        let bell = engine.hangBell()
        defer { engine.takeDown(bell) }
        let audits = engine.audits.join(peer.leaf.subject) { errand in
            if case .terminated = report.yield(.auditWanted(errand)) {
                errand.report(.notComparable(.linkEnded))
            }
        }
        defer { engine.audits.leave(peer.leaf.subject, audits) }
        let areas = mine.areas
        let holdings = await engine.holdings(
            where: { areas.carries(mine.greeting.area, $0) },
            isShared: {
                areas.carries(mine.greeting.area, $0) && areas.carries(theirs.area, $0)
            })
        // Links live for weeks: what is done must not stay in memory until they end.
        return await withDiscardingTaskGroup { group in
            group.addTask { await read(report) }
            group.addTask { await send(outbox, report) }
            group.addTask { for await _ in bell.rings { report.yield(.rang) } }
            let courier = Courier(
                link: self, bell: bell, report: report, post: post,
                session: SyncSession(
                    mine: mine.greeting, theirs: theirs,
                    keys: (mine: engine.author.key, theirs: peer.leaf.subject), areas: areas,
                    now: WallClock.steady))
            let reason = await courier.work(
                events, announced: mine.rows, holding: holdings, group: &group)
            post.finish()
            report.finish()
            group.cancelAll()
            for await event in events { event.release() }
            return reason
        }
    }

    /// Hands over frames one at a time, so that a peer cannot fill the memory with small messages.
    private func read(_ report: AsyncStream<Event>.Continuation) async {
        do {
            try await link.proof()
            await meet()
            report.yield(.proven)
            for try await frame in link.frames {
                await withCheckedContinuation { continuation in
                    if case .terminated = report.yield(.frame(frame, continuation)) {
                        continuation.resume()
                    }
                }
            }
            report.yield(.ended("closed"))
        } catch let failure as LinkFailure {
            report.yield(.ended(failure.code))
        } catch {
            report.yield(.ended("closed"))
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
