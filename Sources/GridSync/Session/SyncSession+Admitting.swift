// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

/// Taking what the other side sends.
extension SyncSession {
    /// What the gate made of one run.
    package struct Judgement: Sendable {
        /// Size of the envelope.
        package let bytes: Int
        /// Where the run ends, and what its log durably is after the batch; nil when the bytes are
        /// no run at all.
        package let run: (last: UInt64, held: FrontierRow)?
        package let verdict: Verdict

        package init(bytes: Int, run: (last: UInt64, held: FrontierRow)?, verdict: Verdict) {
            self.bytes = bytes
            self.run = run
            self.verdict = verdict
        }
    }

    mutating func receiveTotals(_ totals: [SyncMessage.LaneTotal]) -> [Effect] {
        guard self.totals == nil else { return end(.violation(.secondTotals)) }
        self.totals = totals
        return []
    }

    mutating func receiveEnded(_ logs: [LogIdentity]) -> [Effect] {
        guard let logs = hear(logs) else { return end(refusing(logs)) }
        return logs.isEmpty ? [] : [.noteEnded(logs)]
    }

    mutating func receive(_ words: [AuthorityWord], ending logs: [LogIdentity]) -> [Effect] {
        heardWords += words.count
        guard heardWords <= ProtocolLimits.endedLogsMax, let logs = hear(logs) else {
            return end(refusing(logs))
        }
        return [.learnWords(words, ending: logs)]
    }

    /// Notes which logs the peer says to have ended.
    ///
    /// - Returns: those of areas that are shared; nil where it may not say so.
    private mutating func hear(_ logs: [LogIdentity]) -> [LogIdentity]? {
        heardEnds += logs.count
        guard heardEnds <= ProtocolLimits.endedLogsMax,
            logs.allSatisfy({ mayBeShared($0.domain.area) })
        else { return nil }
        let shared = logs.filter { isShared($0.domain.area) }
        theirEnds.formUnion(shared.map(\.log))
        return shared
    }

    private func refusing(_ logs: [LogIdentity]) -> CloseReason {
        .violation(
            max(heardEnds, heardWords) > ProtocolLimits.endedLogsMax
                ? .tooManyEnded : .areaNotShared)
    }

    /// A second one is ignored: one is enough to know, and more would be work for nothing.
    mutating func receive(_ cutOff: CutOff) -> [Effect] {
        guard !hasHeardOfCutOff, cutOff.subject == keys.mine || cutOff.subject == keys.theirs
        else { return [] }
        hasHeardOfCutOff = true
        return [.learn(cutOff)]
    }

    mutating func receiveRun(_ envelope: [UInt8]) -> [Effect] {
        let size = UInt64(envelope.count)
        guard size <= granted else { return end(.violation(.creditExceeded)) }
        granted -= size
        runsAtGate += 1
        return [.admit(envelope: envelope)]
    }

    /// Takes what the gate made of one lot of runs of this peer: acknowledges, and gives their
    /// bytes back.
    ///
    /// - Parameter isOvertaken: `heldAdvanced` has told of a later lot already.
    package mutating func judged(
        _ judgements: [Judgement], isOvertaken: Bool = false, now: UInt64
    ) -> [Effect] {
        guard closeReason == nil else { return [] }
        precondition(
            judgements.count <= runsAtGate,
            "\(judgements.count) judgements of \(runsAtGate) runs")
        runsAtGate -= judgements.count
        var effects: [Effect] = []
        var standing = Standing()
        var credit: UInt64 = 0
        for judgement in judgements {
            credit += UInt64(judgement.bytes)
            effects += take(judgement, &standing)
            guard closeReason == nil else { return noteSent(effects, now: now) }
        }
        // What has grown until now is of no lot that is still to be judged, unless one was overtaken.
        unsettled =
            isOvertaken
            ? unsettled.subtracting(judgements.compactMap { $0.run?.held.log }) : []
        granted += credit
        precondition(granted <= mine.credit, "\(granted) bytes granted of \(mine.credit)")
        effects += believe(standing.theirs) + acknowledge(standing.ours, credit: credit)
        return noteSent(effects + askAgain() + pump(), now: now)
    }

    /// Where logs stand after runs of the peer were judged.
    struct Standing {
        /// Heights here, to be acknowledged.
        var ours = VersionVector()
        /// Heights at the peer: who serves a run from its ledger has all up to its end durably.
        var theirs = VersionVector()
    }

    private mutating func take(_ judgement: Judgement, _ standing: inout Standing) -> [Effect] {
        if case .refused(.violation(let violation)) = judgement.verdict {
            return end(.violation(Self.named(violation)))
        }
        guard let run = judgement.run else { return [] }
        let log = run.held.log
        guard mayBeShared(log.domain.area) else { return end(.violation(.areaNotShared)) }
        guard isShared(log.domain.area) else { return [] }
        hold(run.held)
        switch judgement.verdict {
        case .admitted, .known:
            standing.theirs.raise(log, to: run.last)
            standing.ours.raise(log, to: run.held.height)
        case .parked:
            parked[log] = max(run.last, parked[log] ?? 0)
            leaveParked(log, &standing)
        case .setAside: return proveFork(of: log)
        case .refused(.ownLogAhead): return end(.rolledBack(log: log, height: run.last))
        case .refused(let refusal): return refuse(log, refusal)
        }
        return []
    }

    /// Tells the peer to send no more of a log.
    private mutating func refuse(_ log: LogID, _ refusal: Refusal) -> [Effect] {
        var effects: [Effect] = [.send(.refusal(log: log, code: refusal.code))]
        switch refusal {
        case .forked(let height):
            // What is known of the fork may be all that the peer can be shown.
            effects += reportFork(log, at: height) + proveFork(of: log)
        case .cutOff: effects += proveFork(of: log)
        case .unknownKey, .notEntitled, .endUnknown, .valuesWithheld, .tooMuchParked:
            if areasTurnedAway.count < ProtocolLimits.messageAreasMax {
                areasTurnedAway.insert(log.domain.area)
            }
        case .outsideScope, .violation, .ownLogAhead, .unsealedValue: break
        }
        return effects
    }

    /// Notes where a log stands in which runs of the peer wait, if there are any.
    mutating func leaveParked(_ log: LogID, _ standing: inout Standing) {
        guard let last = parked[log], held[log] > 0 else { return }
        standing.theirs.raise(log, to: last)
        standing.ours.raise(log, to: held[log])
        guard held[log] >= last else { return }
        parked[log] = nil
        mayAskAgain = true
    }

    /// Says what is held of the peer's logs by now, and how many bytes it may send in place of
    /// those that were judged.
    func acknowledge(_ heights: VersionVector, credit: UInt64) -> [Effect] {
        guard !heights.isEmpty || credit > 0 else { return [] }
        var rows = heights.rows.map { SyncMessage.AckRow(log: $0.log, height: $0.height) }[...]
        var effects: [Effect] = []
        while rows.count > ProtocolLimits.frontierRowsMax {
            let part = Array(rows.prefix(ProtocolLimits.frontierRowsMax))
            effects.append(.send(.ack(rows: part, credit: 0)))
            rows = rows.dropFirst(part.count)
        }
        return effects + [.send(.ack(rows: Array(rows), credit: credit))]
    }

    /// Asks for what was turned away, once the reason may have passed: the rows of an area make
    /// the peer begin there anew.
    mutating func askAgain() -> [Effect] {
        // While runs are at the gate, one more of them may be turned away for the same reason.
        guard runsAtGate == 0, mayAskAgain else { return [] }
        mayAskAgain = false
        let areas = areasTurnedAway
        areasTurnedAway = []
        return reveal(areas)
    }

    private static func named(_ violation: RunViolation) -> SessionViolation {
        switch violation {
        case .malformed(let violation): .malformed(violation)
        case .entryTooLarge, .firstBacklinkWrong, .signatureWrong: .runNotGenuine
        }
    }
}
