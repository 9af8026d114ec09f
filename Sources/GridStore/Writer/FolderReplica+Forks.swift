// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog
package import GridSync

/// Logs that were forked: proved, frozen, and going on once an office has named what counts.
extension FolderReplica {
    /// Takes in what a peer proves of one branch of a log. Where it contradicts what is here or was
    /// proved before, the log is frozen, and what proves it is kept; else it is left alone, for
    /// proofs of what nobody doubts are no news.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func learn(_ proofs: [BranchProof], now: UInt64) throws(CommitFailure) {
        self.now = now
        guard let log = proofs.first?.identity.log, replica.carries(log.domain.area),
            proofs.allSatisfy({ $0.identity.log == log })
        else { return }
        var directory = replica.directory
        let before = directory.fork(of: log)
        for proof in proofs {
            guard directory.add(proof) else { return }
        }
        var news = proofs
        if let own = try contradiction(of: log, in: directory) {
            for proof in own { directory.add(proof) }
            news += own
        }
        guard directory.fork(of: log) != before else { return }
        let isStale = replica.standingDiffers(by: directory)
        let waits = isOffice(of: log.domain.area)
        try keep {
            if isStale { try store.markStale() }
            try store.add(news, waiting: waits)
        }
        replica.learn(news)
        shortenings += 1
        if isStale { buildAnew() }
        goOnFromForks()
    }

    /// Looks whether what is here contradicts what was proved of other branches, and proves it.
    func confrontForks() {
        for log in replica.directory.branchedLogs where replica.carries(log.domain.area) {
            guard let own = try? contradiction(of: log, in: replica.directory) else { continue }
            // What cannot be kept now is found again at the next opening.
            try? learn(own, now: now)
        }
    }

    /// Goes on after a fork: as a new replica where it is one's own log, and with the branch that an
    /// office has named where all of it is here.
    func goOnFromForks() {
        guard replica.directory.hasForks else { return }
        if replica.isForked { leaveBehind(replica.id, because: RollbackSign(code: .ownLogForked)) }
        guard let isWhole = try? store.hasWhatCounts(replica.directory), isWhole else { return }
        guard writeDown({ try store.markStale() }) else { return }
        buildAnew()
    }

    /// What proves the branch that is here, where a peer's entries of the log part from it; or entries
    /// between which they do.
    package func compare(
        _ rows: [SyncMessage.HeadRow], of log: LogID
    ) -> ForkComparison {
        guard stopped == nil else { return .agrees }
        do {
            return try store.compare(rows, of: log)
        } catch {
            _ = fail(after: error)
            return .agrees
        }
    }

    private func contradiction(
        of log: LogID, in directory: CertificateDirectory
    ) throws(CommitFailure) -> [BranchProof]? {
        do {
            return try store.contradiction(of: log, in: directory)
        } catch {
            throw fail(after: error)
        }
    }

    /// Whether what this node writes into lane 0 reaches all who carry an area.
    private func isOffice(of area: AreaCode) -> Bool {
        let lane = Domain(area: replica.scope.area, lane: .authority)
        return replica.scope.area.contains(area) && ownCutOff == nil
            && replica.directory.level(of: author.key, in: lane) != nil
    }
}
