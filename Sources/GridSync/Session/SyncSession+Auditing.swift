// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

/// Audits: whether both sides' tables are the same (Protocol/table-audit.md).
extension SyncSession {
    /// Between two questions in the long run. Each costs the peer some hashing.
    package static let auditMilliseconds: UInt64 = 5_000
    /// Questions that a side asks at once, after a pause.
    static let auditsAskedAtOnceMax: UInt64 = 64
    /// Questions that it takes at once: a link may have stalled while they were on their way.
    static let auditsTakenAtOnceMax: UInt64 = 128

    /// What a side remembers of audits.
    struct AuditState: Sendable {
        /// The audit that this side is making.
        var walk: AuditWalk?
        /// Questions asked; the last one's number.
        var asked: UInt64 = 0
        /// The number of the peer's question that is being answered.
        var answering: UInt64?
        var asking: Ration
        var taking: Ration
    }

    /// So many at once, and one more after each while.
    struct Ration: Sendable {
        let most: UInt64
        private var left: UInt64
        private var filledAt: UInt64

        init(_ most: UInt64, now: UInt64) {
            self.most = most
            left = most
            filledAt = now
        }

        /// - Returns: whether there was one left.
        mutating func take(now: UInt64) -> Bool {
            let more = (now - min(now, filledAt)) / SyncSession.auditMilliseconds
            filledAt += more * SyncSession.auditMilliseconds
            left = min(left + min(more, most), most)
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }

    /// Whether the peer answers audits.
    package var takesAudits: Bool { theirs.features & Feature.audit != 0 }

    /// Whether bytes may be spent on audits that nobody waits for: nothing else waits for better times.
    package var affordsAudits: Bool { takesAudits && openLanes.both == .routine }

    /// Whether this side waits for an answer.
    package var isAuditing: Bool { audits.walk != nil }

    /// Begins to hold one's own tables of an area against the peer's.
    ///
    /// - Precondition: no other audit of this side is under way.
    package mutating func audit(
        _ snapshot: AuditSnapshot, nonce: AuditWord, now: UInt64
    ) -> [Effect] {
        guard closeReason == nil else { return [] }
        precondition(audits.walk == nil, "an audit is under way")
        let area = snapshot.area
        guard takesAudits else { return [.audited(area, .notComparable(.notOffered))] }
        guard isShared(area) else { return [.audited(area, .notComparable(.notShared))] }
        guard audits.asking.take(now: now) else {
            return [.audited(area, .notComparable(.rationed))]
        }
        var walk = AuditWalk(snapshot, nonce: nonce)
        let step = walk.begin()
        audits.walk = walk
        return noteSent(follow(step), now: now)
    }

    /// Gives the peer the answer to its question.
    package mutating func supply(_ answer: AuditAnswer, now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        precondition(audits.answering == answer.number, "an answer to no question")
        audits.answering = nil
        return noteSent([.send(.audited(answer))], now: now)
    }

    /// Forgets the audit under way, if there is one.
    package mutating func endAudit() { audits.walk = nil }

    mutating func receiveAudit(_ question: AuditQuestion, now: UInt64) -> [Effect] {
        guard mayBeShared(question.area) else { return end(.violation(.areaNotShared)) }
        guard audits.answering == nil, audits.taking.take(now: now) else {
            return end(.violation(.tooManyAudits))
        }
        guard isShared(question.area) else {
            let answer = AuditAnswer(
                number: question.number, content: .refused(.standingDiffers, number: 0))
            return [.send(.audited(answer))]
        }
        audits.answering = question.number
        return [.answerAudit(question)]
    }

    mutating func receiveAudited(_ answer: AuditAnswer, now: UInt64) -> [Effect] {
        guard answer.number >= 1, answer.number <= audits.asked else {
            return end(.violation(.auditNotAsked))
        }
        // It may answer what nobody waits for any more.
        guard answer.number == audits.asked, var walk = audits.walk else { return [] }
        var step: AuditWalk.Step
        do throws(AuditWalk.WrongAnswer) {
            step = try walk.take(answer.content)
        } catch {
            return end(.violation(.auditAnswerWrong))
        }
        if case .ask = step, !audits.asking.take(now: now) { step = walk.giveUp() }
        audits.walk = walk
        return follow(step)
    }

    private mutating func follow(_ step: AuditWalk.Step) -> [Effect] {
        guard let walk = audits.walk else { return [] }
        switch step {
        case .end(let outcome):
            audits.walk = nil
            return [.audited(walk.snapshot.area, outcome)]
        case .ask(let prefixes):
            audits.asked += 1
            return [
                .send(
                    .audit(
                        AuditQuestion(
                            number: audits.asked, area: walk.snapshot.area,
                            basis: walk.snapshot.basis, nonce: walk.nonce, prefixes: prefixes)))
            ]
        }
    }
}
