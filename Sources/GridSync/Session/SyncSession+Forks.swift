// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog

/// What comparing a peer's entries of a log with one's own has come to.
package enum ForkComparison: Hashable, Sendable {
    /// They agree, as far as both are here.
    case agrees
    /// The fork lies between the first and the last of these entries.
    case between([SyncMessage.HeadRow])
    /// It is found: what proves one's own branch.
    case found([BranchProof])
}

/// Finding where a log was forked, and proving it (Protocol/forks.md, "Messages").
extension SyncSession {
    /// Whether the peer knows what a fork is.
    var takesForks: Bool { theirs.features & Feature.forks != 0 }

    /// Shows the peer some entries of a log that it has, too, in another way.
    package mutating func showHeads(
        of log: LogID, _ rows: [SyncMessage.HeadRow], now: UInt64
    ) -> [Effect] {
        guard closeReason == nil, takesForks, !rows.isEmpty else { return [] }
        return noteSent([.send(.heads(log: log, rows: rows))], now: now)
    }

    /// Takes what a comparison has come to, and answers the peer.
    package mutating func answer(
        _ log: LogID, _ comparison: ForkComparison, now: UInt64
    ) -> [Effect] {
        switch comparison {
        case .agrees: []
        case .between(let rows): showHeads(of: log, rows, now: now)
        case .found(let proofs): show([proofs], now: now)
        }
    }

    /// Shows the peer what proves branches of logs.
    package mutating func show(_ branches: [[BranchProof]], now: UInt64) -> [Effect] {
        guard closeReason == nil, takesForks else { return [] }
        var effects: [Effect] = []
        for branch in branches where !branch.isEmpty {
            let bytes = branch.reduce(0) { $0 + $1.encoded.count }
            // What is left out now is proved in the next session.
            guard shownBytes + bytes <= ProtocolLimits.forkBytesMax else { break }
            shownBytes += bytes
            effects.append(.send(.branch(branch)))
        }
        return noteSent(effects, now: now)
    }

    /// Notes that the peer has said which logs have ended, once it says something else. Where one that
    /// was named to it was forked and it has not named it, it does not know: entries of others that
    /// name the log would wait there for ever.
    mutating func hearWhetherEndsAreSaid(_ message: SyncMessage) -> [Effect] {
        guard !hasHeardTheirEnds else { return [] }
        switch message {
        case .ended, .words, .cutOff: return []
        default:
            hasHeardTheirEnds = true
            return proveForks(of: namedEnds)
        }
    }

    /// Has forks proved that the peer does not know, as far as these logs have any.
    mutating func proveForks(of logs: some Sequence<LogID>) -> [Effect] {
        guard takesForks else { return [] }
        let unknown = Set(logs).subtracting(theirEnds).subtracting(forksOffered)
        forksOffered.formUnion(unknown)
        return unknown.sorted().map { .proveFork($0) }
    }

    /// Has a fork proved to a peer that does not know it, once.
    mutating func proveFork(of log: LogID) -> [Effect] {
        guard takesForks, forksProved.count < ProtocolLimits.forkMessagesMax,
            forksProved.insert(log).inserted
        else { return [] }
        return [.proveFork(log)]
    }

    /// More than an honest peer has to say is ignored: each costs a look at the ledger.
    mutating func receiveHeads(_ log: LogID, _ rows: [SyncMessage.HeadRow]) -> [Effect] {
        guard mayBeShared(log.domain.area) else { return end(.violation(.areaNotShared)) }
        heardHeads += 1
        guard isShared(log.domain.area), heardHeads <= ProtocolLimits.forkMessagesMax, held[log] > 0
        else { return [] }
        return [.compareHeads(log, rows)]
    }

    mutating func receiveBranch(_ proofs: [BranchProof]) -> [Effect] {
        guard proofs.allSatisfy({ mayBeShared($0.identity.domain.area) }) else {
            return end(.violation(.areaNotShared))
        }
        heardBranches += 1
        guard proofs.allSatisfy({ isShared($0.identity.domain.area) }),
            heardBranches <= ProtocolLimits.forkMessagesMax
        else { return [] }
        return [.learnBranch(proofs)]
    }
}
