// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync
import Logging

/// Audits between nodes (Protocol/table-audit.md).
extension ReplicationEngine {
    /// What the tables of an area are a function of; nil while they are not.
    private func auditBasis(of area: AreaCode) -> (basis: AuditBasis, entries: UInt64)? {
        folder.auditBasis(of: area)
    }

    /// Tables to be audited, or why not.
    enum AuditReading: Sendable {
        case snapshot(AuditSnapshot)
        case not(AuditHindrance)
    }

    /// Reads the tables of an area, unless that was done a moment ago.
    ///
    /// - Parameter age: for how long what was read is good, in milliseconds.
    nonisolated func auditSnapshot(
        of area: AreaCode, isForPeer: Bool, within age: UInt64 = AuditRoom.keptMilliseconds
    ) async -> AuditReading {
        guard let basis = await auditBasis(of: area)?.basis else { return .not(.unsettled) }
        if let kept = audits.kept(of: area, now: WallClock.steady, within: age),
            kept.basis == basis
        {
            return .snapshot(kept)
        }
        let began = WallClock.steady
        if let wait = audits.takeTurn(isForPeer: isForPeer, now: began) {
            return .not(.busy(seconds: (wait + 999) / 1000))
        }
        defer {
            audits.endTurn(isForPeer: isForPeer, began: began, now: WallClock.steady)
        }
        return await readTables(of: area)
    }

    /// Reads the tables of an area at a time at which nothing of what they are a function of changes.
    private nonisolated func readTables(of area: AreaCode) async -> AuditReading {
        for _ in 1...3 {
            guard let before = await auditBasis(of: area)?.basis else { return .not(.unsettled) }
            let leaves: [AuditLeaf]
            do {
                guard let read = try store.auditLeaves(of: area) else { return .not(.unsettled) }
                leaves = read
            } catch {
                return .not(.unreadable)
            }
            guard leaves.count <= ProtocolLimits.auditRecordsMax else {
                return .not(.tooManyRecords)
            }
            guard await auditBasis(of: area)?.basis == before else { continue }
            let snapshot = AuditSnapshot(area: area, basis: before, tree: AuditTree(leaves))
            audits.keep(snapshot, now: WallClock.steady)
            return .snapshot(snapshot)
        }
        return .not(.unsettled)
    }

    /// Answers a peer's question about this node's tables.
    nonisolated func answer(_ question: AuditQuestion) async -> AuditAnswer {
        func refused(_ refusal: AuditRefusal, _ number: UInt64 = 0) -> AuditAnswer {
            AuditAnswer(
                number: question.number, content: .refused(refusal, number: number))
        }
        // Of what was read a moment ago everything is known, even if more has come since.
        if let kept = audits.kept(of: question.area, now: WallClock.steady),
            kept.basis == question.basis
        {
            return kept.answer(question)
        }
        guard let (basis, entries) = await auditBasis(of: question.area) else {
            return refused(.busy, 60)
        }
        if let refusal = basis.difference(from: question.basis) {
            return refused(refusal, refusal == .frontierDiffers ? entries : 0)
        }
        switch await auditSnapshot(of: question.area, isForPeer: true) {
        case .snapshot(let snapshot):
            if let refusal = snapshot.basis.difference(from: question.basis) {
                return refused(refusal, refusal == .frontierDiffers ? entries : 0)
            }
            return snapshot.answer(question)
        case .not(.busy(let seconds)): return refused(.busy, seconds)
        case .not(.tooManyRecords): return refused(.tooManyRecords)
        case .not: return refused(.busy, 60)
        }
    }

    /// Keeps what an audit with a peer has come to; what could not be compared leaves the last one.
    func note(_ outcome: AuditOutcome, of area: AreaCode, with peer: PublicKey) {
        let finding: AuditFinding?
        switch outcome {
        case .notComparable: return
        case .equal: finding = nil
        case .differ(let found):
            finding = found
            logger.warning(
                "tables differ from a peer's",
                metadata: [
                    "peer": "\(peer)", "area": "\(area)", "records": "\(found.records.count)",
                ])
        }
        let audit = TableAudit(peer: peer, area: area, at: WallClock.now, finding: finding)
        audits.note(audit)
        folder.keep(audit)
        showCondition()
    }
}
