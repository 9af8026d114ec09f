// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// The audits that a link is to make, one after the other.
struct AuditErrands {
    /// A peer that has said nothing for so long says nothing any more.
    private static let lateMilliseconds: UInt64 = 180_000
    /// How often it is looked whether an audit is due.
    private static let lookMilliseconds: UInt64 = 30_000

    private(set) var current: AuditErrand?
    private var waiting: [AuditErrand] = []
    private var beganAt: UInt64 = 0
    private var looksAt: UInt64 = 0

    mutating func add(_ errand: AuditErrand) { waiting.append(errand) }

    /// Takes up the next one, unless one is under way.
    mutating func next(now: UInt64) -> AuditErrand? {
        guard current == nil, !waiting.isEmpty else { return nil }
        current = waiting.removeFirst()
        beganAt = now
        return current
    }

    /// Lets go of the one that is under way; whoever does so reports.
    mutating func forget() { current = nil }

    /// Ends all, because the link does.
    mutating func endAll() {
        for errand in [current].compactMap({ $0 }) + waiting {
            errand.report(.notComparable(.linkEnded))
        }
        current = nil
        waiting = []
    }

    func isLate(now: UInt64) -> Bool {
        current != nil && now >= beganAt + Self.lateMilliseconds
    }

    /// Whether it is time to look for audits that are due.
    func mayLook(now: UInt64) -> Bool { current == nil && waiting.isEmpty && now >= looksAt }

    mutating func hasLooked(now: UInt64) { looksAt = now + Self.lookMilliseconds }
}

extension Courier {
    /// Has the tables read for the next audit.
    mutating func beginAudit(_ group: inout DiscardingTaskGroup) {
        guard isProven, let errand = errands.next(now: WallClock.steady) else { return }
        group.addTask { [link, report] in
            report.yield(
                .auditReady(
                    errand.area,
                    await link.engine.auditSnapshot(
                        of: errand.area, isForPeer: false,
                        within: errand.isFresh
                            ? AuditRoom.freshMilliseconds : AuditRoom.keptMilliseconds)))
        }
    }

    /// Asks the peer, once the own tables were read.
    mutating func takeAudit(
        _ area: AreaCode, _ reading: ReplicationEngine.AuditReading, now: UInt64,
        group: inout DiscardingTaskGroup
    ) -> String? {
        // It may have been given up.
        guard errands.current?.area == area, !session.isAuditing else { return nil }
        switch reading {
        case .not(let hindrance):
            endAudit(.notComparable(hindrance), &group)
            return nil
        case .snapshot(let snapshot):
            return perform(
                session.audit(snapshot, nonce: .random(), now: now), group: &group)
        }
    }

    /// Answers the peer's question about this node's tables.
    func answer(_ question: AuditQuestion, _ group: inout DiscardingTaskGroup) {
        group.addTask { [link, report] in
            report.yield(.auditAnswered(await link.engine.answer(question)))
        }
    }

    /// Lets go of an audit whose answer has not come.
    mutating func giveUpLateAudit(now: UInt64, _ group: inout DiscardingTaskGroup) {
        guard errands.isLate(now: now) else { return }
        session.endAudit()
        endAudit(.notComparable(.noAnswer), &group)
    }

    /// Notes what the audit under way has come to, and goes on with the next.
    mutating func endAudit(_ outcome: AuditOutcome, _ group: inout DiscardingTaskGroup) {
        guard let errand = errands.current else { return }
        let (area, peer) = (errand.area, link.peer.leaf.subject)
        group.addTask { [link] in
            // Who asked sees what status then says, too.
            await link.engine.note(outcome, of: area, with: peer)
            errand.report(outcome)
        }
        errands.forget()
        beginAudit(&group)
    }

    /// Looks now and then whether an audit is due, when both sides have nothing else to say.
    mutating func lookForAudits(_ group: inout DiscardingTaskGroup) {
        guard isProven else { return }
        beginAudit(&group)
        let now = WallClock.steady
        // This is asked after every event: what costs a walk through all logs comes last.
        guard errands.mayLook(now: now), session.affordsAudits, session.isQuiescent else { return }
        errands.hasLooked(now: now)
        let areas = Set(session.held.rows.map(\.log.domain.area)).sorted()
        let due = link.engine.audits.takeDue(
            areas, with: link.peer.leaf.subject, at: WallClock.now, steady: now)
        for area in due { errands.add(AuditErrand(area: area, report: { _ in })) }
        beginAudit(&group)
    }
}
