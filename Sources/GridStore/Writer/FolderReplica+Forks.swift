// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog
package import GridSync

/// Logs that were forked: proved, frozen, and going on once an office has named what counts.
extension FolderReplica {
    /// Takes in what a peer proves of one branch of a log. Where it contradicts what is here or was
    /// proved before, the log is frozen, and what proves it is kept; else it is left alone, for
    /// proofs of what nobody doubts are no news. So are branches beyond a bound, and a fork of
    /// another beginning than what is here has: of both a key can sign as many as it likes.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func learn(_ proofs: [BranchProof], now: UInt64) throws(CommitFailure) {
        self.now = now
        guard let log = proofs.first?.identity.log, replica.carries(log.domain.area),
            proofs.allSatisfy({ $0.identity.log == log }), let first = proofs.map(\.first).min()
        else { return }
        var directory = replica.directory
        let before = directory.fork(of: log)
        // Each branch comes by itself, and one alone proves nothing where what is here ends before it.
        let former = before == nil ? awaited.branches(of: log) : []
        for proof in proofs + former {
            guard directory.add(proof) else { return }
        }
        // What no signature of the key leads to is anybody's invention.
        var news = (former + proofs).filter {
            directory.proves(log, $0.last, $0.hashes[$0.hashes.count - 1])
        }
        if let own = try contradiction(of: log, in: directory) {
            for proof in own { directory.add(proof) }
            news += own
        }
        guard let fork = directory.fork(of: log), fork != before else {
            if before == nil, replica.height(of: log) < first,
                news.count == former.count + proofs.count
            {
                awaited.keep(proofs, of: log)
            }
            return
        }
        awaited.forget(log)
        let head = try hash(at: fork.height, of: log)
        guard fork.height == 0 || head == nil || head == fork.head,
            !isFull(before, before: fork) || directory.provesEnd(of: fork)
        else { return }
        let isStale = replica.standingDiffers(by: directory)
        // An office that has not got that far cannot know whether the log ever was like that.
        let waits = isOffice(of: log.domain.area) && (fork.height == 0 || head != nil)
        try keep {
            if isStale { try store.markStale() }
            try store.add(news, waiting: waits)
        }
        replica.learn(news)
        shortenings += 1
        if isStale { buildAnew() }
        goOnFromForks()
    }

    /// Whether all that is new of a fork is one branch more than are kept. One that lies lower, or
    /// has another head, always is news.
    private func isFull(_ known: Fork?, before fork: Fork) -> Bool {
        guard let known, known.height == fork.height, known.head == fork.head else { return false }
        return fork.firsts.count > forkBranchesMax
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

    private func hash(at height: UInt64, of log: LogID) throws(CommitFailure) -> Bytes32? {
        do {
            return try store.run(of: log, holding: height)?.hash(at: height)
        } catch {
            throw fail(after: error)
        }
    }

    /// What proves the branches that a cut-off names and does not yet stand in lane 0: whoever hears
    /// that a branch counts is to know which one that is.
    func proofs(naming cutOff: CutOff, _ directory: CertificateDirectory) throws -> [BranchProof] {
        let forks = directory.forks.filter { cutOff.row(of: $0.identity.log) != nil }
        guard !forks.isEmpty else { return [] }
        let published = Set(try store.branchProofRecords())
        return try forks.flatMap { fork in
            directory.provesEnd(of: fork)
                ? directory.branchProofs(of: fork.identity.log)
                : try store.proofs(ofWhatCountsAfter: fork, directory)
        }.filter { !published.contains($0.encoded) }
    }

    /// Whether what this node writes into lane 0 reaches all who carry an area.
    private func isOffice(of area: AreaCode) -> Bool {
        let lane = Domain(area: replica.scope.area, lane: .authority)
        return replica.scope.area.contains(area) && ownCutOff == nil
            && replica.directory.level(of: author.key, in: lane) != nil
    }
}
