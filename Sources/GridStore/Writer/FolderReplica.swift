// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog
package import GridSync

/// The replica of one data folder with everything that is written there: it opens the folder,
/// commits batches, keeps its identity, and stops when the files are in danger.
///
/// It has one owner and never waits for anything but the disk. Times are given to it.
package final class FolderReplica {
    /// What happened besides what was asked for; for the log.
    package enum Notice: Sendable {
        /// The database is younger than it was: writing goes on as a new replica.
        case olderImage
        /// The folder is a copy of another, or was copied back: writing goes on as a new replica.
        case copiedFolder
        /// A peer has more of this replica's logs: writing goes on as a new one.
        case rolledBack(ReplicaID)
        /// Certificates or cut-offs have changed what counts: all records are built anew.
        case standingChanged
        /// Logs have fewer entries now: conversations about them must begin anew.
        case shortened([LogIdentity])
        /// They could not be, because the ledger is damaged.
        case notBuiltAnew(damage: String)
        case diskFull
        case refused(WriteRefusal)
        /// After a failure of the store nothing is written any more.
        case stopped(any Error)
        case ledgerDamaged(finding: String)
        case certificatesUnread(any Error)
    }

    /// Why a batch was not committed; nothing of it is there.
    package enum CommitFailure: Error {
        /// The next one may find room.
        case diskFull
        case refused(WriteRefusal)
        /// Nothing is written any more, so that the files stay as they are.
        case stopped(any Error)
    }

    /// What a commit has changed.
    package struct Committed<Outcome> {
        package let outcome: Outcome
        /// The logs that grew, as they are now, ascending.
        package let news: [FrontierRow]
        /// Logs that have ended and were met for the first time.
        package let ended: [LogIdentity]
    }

    package let store: Store
    package let author: Author
    package internal(set) var node: NodeRecord
    package internal(set) var replica: Replica
    /// Why nothing is written any more.
    package internal(set) var failure: (any Error)?
    /// The last write found no room.
    package internal(set) var isDiskFull = false
    /// How often logs have become shorter, or somebody was cut off: conversations that began before
    /// must begin anew.
    package internal(set) var shortenings = 0
    /// Something else counts than what the tables show, and there was no room to build them anew.
    var awaitsBuilding = false
    /// Of branches that nothing contradicts yet.
    var awaited = AwaitedBranches()
    /// How many branches of a fork are kept as messages bring them; tests make do with fewer.
    var forkBranchesMax = ProtocolLimits.forkBranchesMax
    /// What had been carried out of redactions when that was last looked at.
    var attendedRedactions: RedactionBook.Extent?
    /// When that is due again, in milliseconds since 1970.
    var redactionsDueAt: UInt64 = 0
    /// Entries of which more was said again than is to be left, and that were not here then.
    var entriesToJoin: [NamedEntry] = []
    /// By what a peer has shown that the replica this folder writes as was rolled back.
    var rolledBack: RollbackSign?
    /// Incidents that are not over, and whom and what the folder watches for others.
    var watch = IncidentWatch()
    /// Keys may have said their last word that nobody has looked at.
    package var hasSuccessions = true
    /// Peers that were met and whose word has not been held against their receipts since.
    var meetings: [PublicKey: UInt64] = [:]
    /// The latest time it was given, in milliseconds since 1970.
    var now: UInt64
    /// Runs have come that may be joined with others.
    var hasGrown = true
    var compaction: RunCompaction
    let headLedger: HeadLedger
    var unsaid: UnsaidWords?
    let tell: (Notice) -> Void

    /// Opens the folder's replica. An older image or a copy of the database becomes a new replica
    /// at once.
    ///
    /// Throws `StoreFailure.notANode`, `.notEnrolled`, and what reading the folder throws.
    ///
    /// - Parameter now: milliseconds since 1970.
    package init(
        store: Store, author: Author, compaction: CompactionSizes = CompactionSizes(),
        now: UInt64, tell: @escaping (Notice) -> Void = { _ in }
    ) throws {
        guard var node = try store.node() else {
            throw StoreFailure.notANode(path: store.folder.path)
        }
        if let rotated = try store.carryOutRotation(to: author.key) { node = rotated }
        guard let chain = node.chain, chain.leaf.subject == author.key else {
            throw StoreFailure.notEnrolled(path: store.folder.path)
        }
        headLedger = try HeadLedger(store.folder)
        let logs = try store.logs()
        let own = LogIdentity.replica(key: author.key, nonce: node.nonce)
        let isCopy = try store.isCopy()
        let isCut = store.rebuiltAtOpening?.hasCut(own) == true
        let directory = try Self.directory(of: chain, in: store)
        if isCopy || isCut || headLedger.isAhead(of: logs, as: own) {
            node.nonce = .random()
            // A log that ends by a word of others is no sign of an older image.
            let isEnded = store.rebuiltAtOpening?.hasEnded(own) == true
            let code: Incident.Code? =
                isCopy
                ? .folderCopied
                : !isEnded ? .olderImage : directory.hasFork(of: own) ? .ownLogForked : nil
            tell(isCopy ? .copiedFolder : isEnded ? .rolledBack(own) : .olderImage)
            if let code {
                let incident = Incident(
                    code, at: now, replica: own, parts: headLedger.parts(of: own, beside: logs))
                _ = try store.setNode(node, because: incident)
            } else {
                try store.setNode(node)
            }
            headLedger.begin(
                as: LogIdentity.replica(key: author.key, nonce: node.nonce), in: node.area)
        } else {
            headLedger.catchUp(with: logs, of: own)
        }
        if let rebuilding = store.rebuiltAtOpening,
            rebuilding.cuts.contains(where: { !$0.isEnded })
        {
            _ = try store.record(Incident(rebuilding, at: now))
        }
        // Not before: a copy that stops in between is still one at its next start.
        try store.mark()
        self.store = store
        self.author = author
        self.tell = tell
        self.compaction = RunCompaction(compaction)
        self.node = node
        self.now = now
        replica = Replica(
            author: author, nonce: node.nonce, scope: Scope(chain.leaf.area),
            directory: directory,
            redactions: try store.redactionBook(), logs: logs)
        watch = try IncidentWatch(store, logs: logs, now: now)
        takeRenewedChain()
        goOnFromForks()
    }

    /// All certificates and cut-offs that the folder knows.
    static func directory(
        of chain: VerifiedChain, in store: Store
    ) throws -> CertificateDirectory {
        var directory = CertificateDirectory(root: chain.certificates[0].subject)
        directory.add(chain)
        let certificates = try store.certificateRecords().compactMap {
            try? Certificate(decoding: $0)
        }
        let cutOffs = try store.cutOffRecords().compactMap { try? CutOff(decoding: $0) }
        directory.add(
            try store.certificates().all + certificates, try store.cutOffs().all + cutOffs)
        let changes = try store.areaChangeRecords().compactMap { try? AreaChange(decoding: $0) }
        directory.add(try store.areaChanges().all + changes)
        let proofs = try store.branchProofRecords().compactMap { try? BranchProof(decoding: $0) }
        // Another office of the area may have written over a record; the entries stand.
        let said = try store.authoritySaid()
        directory.add(said.words)
        for proof in try store.branchProofs().all + proofs + said.proofs { directory.add(proof) }
        return directory
    }

    /// What this replica announces, for areas that pass the test, ascending by log.
    package func frontier(where isWanted: (AreaCode) -> Bool) -> [FrontierRow] {
        replica.logs(where: isWanted).filter { $0.height > 0 }.map { FrontierRow($0) }
    }

    /// Carries out one batch: `work` fills it, and it is durable on return.
    ///
    /// Should a peer's run in it show that this folder was rolled back, `work` is called a second
    /// time, for a new replica: a sequence is never used twice.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func commit<Outcome>(
        now: UInt64,
        _ work: (inout ReplicaBatch, StoreTransaction) throws -> Outcome
    ) throws(CommitFailure) -> Committed<Outcome> {
        if let stopped { throw .stopped(stopped) }
        self.now = now
        do {
            if let sign = rolledBack { try becomeNewReplica(because: sign) }
            return try attempt(now: now, work)
        } catch is RolledBack {
            rolledBack = RollbackSign()
            return try commit(now: now, work)
        } catch is OwnLogForked {
            rolledBack = RollbackSign(code: .ownLogForked)
            return try commit(now: now, work)
        } catch {
            throw fail(after: error)
        }
    }

    private func attempt<Outcome>(
        now: UInt64,
        _ work: (inout ReplicaBatch, StoreTransaction) throws -> Outcome
    ) throws -> Committed<Outcome> {
        var batch = replica.batch(rules: store.catalogue, now: now)
        let outcome = try store.commit(&batch) { batch, transaction in
            let outcome = try work(&batch, transaction)
            // The sequences of these writes were used before this folder was rolled back.
            if batch.foundOwnLogAhead, batch.hasAuthored { throw RolledBack() }
            if batch.changesStanding { try transaction.markStale() }
            return outcome
        }
        let news = adopt(batch)
        if batch.foundOwnLogAhead { leaveBehind(replica.id, because: RollbackSign()) }
        return Committed(outcome: outcome, news: news, ended: batch.endedLogs)
    }

    /// Makes a committed batch the folder's state.
    private func adopt(_ batch: ReplicaBatch) -> [FrontierRow] {
        let changed = batch.changedLogs
        let isStale = batch.changesStanding
        let isNews = batch.directory.count != replica.directory.count
        let hasNewForks =
            batch.directory.branchProofCount != replica.directory.branchProofCount
        let mayGoOn = isNews || !batch.aside.isEmpty
        // What peers have said of ends may be true only now, and other areas may be shared.
        if batch.directory.cutOffCount != replica.directory.cutOffCount || hasNewForks
            || batch.directory.areas != replica.directory.areas
            || batch.directory.areaChangeCount != replica.directory.areaChangeCount
        {
            shortenings += 1
        }
        hasSuccessions = hasSuccessions || isNews || batch.bringsSuccession
        replica.adopt(batch)
        if isNews { takeRenewedChain() }
        if isStale { buildAnew() }
        if hasNewForks { confrontForks() }
        if mayGoOn { goOnFromForks() }
        headLedger.append(
            changed.filter { $0.identity.log.replica == replica.id }.map {
                HeadLedger.Row(log: $0.identity.log, height: $0.height, head: $0.head)
            })
        if !changed.isEmpty {
            isDiskFull = false
            hasGrown = true
            lookForOtherFolders(changed)
        }
        // What was built anew may have less.
        return changed.map { FrontierRow(replica.log($0.identity)) }.filter { $0.height > 0 }
    }

    /// Why nothing is written, if so. A corrupt file stops the node whoever met it, a reader too.
    package var stopped: (any Error)? {
        if failure == nil, let corruption = store.corruption { _ = fail(after: corruption) }
        return failure
    }

    /// What follows from a failure of the store. A full disk may have room again; after anything
    /// else nothing is written any more, so that the files stay as they are.
    package func fail(after error: any Error) -> CommitFailure {
        switch error {
        case let failure as CommitFailure: return failure
        case StoreFailure.diskFull:
            tell(.diskFull)
            isDiskFull = true
            return .diskFull
        case let refusal as WriteRefusal:
            tell(.refused(refusal))
            return .refused(refusal)
        default:
            tell(.stopped(error))
            failure = error
            return .stopped(error)
        }
    }

    /// Writes down what nobody waits for. A full disk leaves it undone, as does a node that has
    /// stopped writing; any other failure stops it.
    ///
    /// - Returns: whether it was done.
    @discardableResult
    func writeDown(_ write: () throws -> Void) -> Bool {
        guard stopped == nil else { return false }
        do {
            try write()
            return true
        } catch {
            _ = fail(after: error)
            return false
        }
    }
}

/// Ends a batch whose writes would use sequences a second time.
private struct RolledBack: Error {}
