// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog
package import GridSync

/// What is written besides batches: meetings, certificates, and the folder's own order.
extension FolderReplica {
    /// Writes down a meeting with a peer, and learns the chain by which it showed who it is: not
    /// before it is kept, because runs are judged by it for ever.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func meet(_ chain: VerifiedChain, greeting: Greeting, now: UInt64) {
        let key = chain.leaf.subject
        let peer = PeerRecord(
            key: key, name: chain.leaf.name, area: chain.leaf.area,
            replica: LogIdentity.replica(key: key, nonce: greeting.nonce),
            software: greeting.software, lastContact: now,
            clockSkew: Int64(clamping: greeting.clock) - Int64(clamping: now))
        meetings[key] = now
        keep(peer, showing: chain, having: greeting.heights, now: now)
    }

    /// Writes down who a peer is, and the certificates by which it showed that.
    func keep(
        _ peer: PeerRecord, showing chain: VerifiedChain, having heights: VersionVector, now: UInt64
    ) {
        self.now = now
        let news = chain.certificates.filter { !replica.directory.contains($0) }
        var directory = replica.directory
        directory.add(chain)
        let isStale = replica.standingDiffers(by: directory)
        let isKept = writeDown {
            if isStale { try store.markStale() }
            try store.met(peer, learning: news, having: heights)
            try watch.look(at: store)
        }
        guard isKept, !news.isEmpty else { return }
        replica.learn(chain)
        if isStale { buildAnew() }
    }

    /// Writes down the end of a meeting.
    package func part(from key: PublicKey, reason: String, now: UInt64) {
        replica.forgetParked(from: key)
        writeDown { try store.left(key, at: now, reason: reason) }
    }

    /// Writes down what peers have said they have durably, by peer and log. What speaks of logs of
    /// which nothing has come yet is left out.
    ///
    /// - Returns: what was written down; nothing where there was no room.
    package func recordHeld(
        _ news: [PublicKey: [LogID: UInt64]]
    ) -> [PublicKey: [LogID: UInt64]] {
        hearOfEarlierLogs(news)
        let known = news.mapValues { $0.filter { replica.height(of: $0.key) > 0 } }
            .filter { !$0.value.isEmpty }
        guard !known.isEmpty, writeDown({ try store.recordHeld(known, now: now) }) else {
            return [:]
        }
        return known
    }

    /// Makes the head ledger durable; to be called within a second of each commit.
    package func syncHeads() { writeDown { try headLedger.sync() } }

    /// Folds the write-ahead log into the database, and so tries whether the disk takes it.
    package func checkpoint() { writeDown { try store.checkpoint() } }

    /// Joins small runs of the ledger, some thousand at a time, which takes some 30 ms.
    ///
    /// - Parameter isBusy: only where many have come that no pass has seen.
    /// - Returns: whether another call has more to do.
    package func compact(isBusy: Bool = false) -> Bool {
        guard hasGrown else { return false }
        var next = compaction
        var hasMore = false
        let isDone = writeDown { hasMore = try store.compact(&next, isBusy: isBusy) }
        // After a rollback the ledger is not what the value remembers.
        compaction = isDone ? next : RunCompaction(next.sizes)
        // What found no room is tried again when something has come, and not each second.
        if !isDone { hasGrown = false } else if !isBusy { hasGrown = hasMore }
        return isDone && hasMore
    }

    /// Keeps when a backup was made or tried last.
    package func note(_ note: BackupNote) throws(CommitFailure) {
        try keep { try store.note(note) }
    }

    /// Builds all tables, and the states of all logs, anew from the ledger.
    ///
    /// Throws `StoreFailure.irreplaceable`, with nothing changed, or `CommitFailure`.
    /// - Returns: what was cut off because it could not be read; peers send it again.
    package func rebuild() throws -> Rebuilding {
        if let stopped { throw CommitFailure.stopped(stopped) }
        let rebuilding: Rebuilding
        do {
            rebuilding = try store.rebuild()
        } catch let failure as StoreFailure {
            if case .irreplaceable = failure { throw failure }
            throw fail(after: failure)
        }
        for finding in rebuilding.findings { tell(.ledgerDamaged(finding: finding)) }
        try takeUp(rebuilding)
        record(rebuilding)
        return rebuilding
    }

    /// Goes on with what a rebuild has left of the logs.
    private func takeUp(_ rebuilding: Rebuilding) throws {
        compaction = RunCompaction(compaction.sizes)
        attendedRedactions = nil
        let logs = try store.logs()
        var directory = replica.directory
        if let chain = node.chain { directory = try Self.directory(of: chain, in: store) }
        replica = Replica(
            author: author, nonce: node.nonce, scope: replica.scope, directory: directory,
            redactions: try store.redactionBook(), logs: logs)
        if !rebuilding.cuts.isEmpty {
            shortenings += 1
            tell(.shortened(rebuilding.cuts.map(\.identity)))
        } else if !rebuilding.restored.isEmpty {
            shortenings += 1
        }
        if replica.isForked { leaveBehind(replica.id, because: RollbackSign(code: .ownLogForked)) }
        if rebuilding.hasCut(replica.id) || headLedger.isAhead(of: logs, as: replica.id) {
            let known = headLedger.rows.values.map { ($0.log, $0.height) }
            let isDamaged = rebuilding.cuts.contains {
                $0.identity.log.replica == replica.id && !$0.isEnded
            }
            leaveBehind(
                replica.id,
                because: RollbackSign(
                    code: isDamaged || !rebuilding.hasCut(replica.id) ? .olderImage : nil,
                    known: Dictionary(known, uniquingKeysWith: { $1 })))
        }
    }

    /// Builds all records anew where that could not be done when it had to: the disk was full.
    package func finishBuilding() { if awaitsBuilding { buildAnew() } }

    /// Builds all records anew, because something else counts now. When that cannot be done now, it
    /// is tried again later, and done at the next start.
    func buildAnew() {
        tell(.standingChanged)
        awaitsBuilding = true
        writeDown {
            do {
                let rebuilding = try store.rebuild()
                awaitsBuilding = false
                // What it still had in memory of what is destroyed.
                if !replica.redactions.isEmpty { replica.take(try store.redactionBook()) }
                guard !rebuilding.cuts.isEmpty || !rebuilding.restored.isEmpty else { return }
                try takeUp(rebuilding)
                record(rebuilding)
            } catch StoreFailure.irreplaceable(let what) {
                tell(.notBuiltAnew(damage: what))
            }
        }
    }
}

extension Greeting {
    /// The heights that it names; none where it has digests.
    fileprivate var heights: VersionVector {
        switch holdings {
        case .frontier(let rows): VersionVector(rows.map { ($0.log, $0.height) })
        case .digests: VersionVector()
        }
    }
}
