// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog
package import GridStore
package import GridSync
package import Logging
import Synchronization

/// The one writer of a data folder. Everything that changes it, from here or from peers, becomes
/// part of a batch on one serial queue, and every batch is one durable commit.
///
/// What comes while a commit is under way is collected and committed together: group commit
/// without a timer.
package actor ReplicationEngine {
    /// Local writes in one commit: bounds how long the first of them waits.
    private static let writesPerCommit = 256

    package nonisolated let store: Store
    package nonisolated let author: Author
    private let executor = SerialQueueExecutor(label: "onegrid.engine")
    let headLedger: HeadLedger
    let logger: Logger
    private nonisolated let mailbox = Mutex(Mailbox())
    private nonisolated let bells = Mutex<[ObjectIdentifier: Bell]>([:])
    private nonisolated let glimpse: Mutex<Glimpse>
    /// What peers have said they have and is not written down yet.
    nonisolated let heldNews = Mutex<[PublicKey: [LogID: UInt64]]>([:])
    var node: NodeRecord
    var replica: Replica
    /// Why nothing is written any more; the files are kept as they are.
    var fatal: DeskRefusal?
    /// A peer has shown that the replica this folder writes as was rolled back.
    var isRolledBack = false
    var secondsTidied = 0
    private nonisolated let work: AsyncStream<Void>.Continuation
    private nonisolated let worklist: AsyncStream<Void>

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// What others may know without waiting for the queue.
    package struct Glimpse: Sendable {
        package var node: NodeRecord
        package var chain: VerifiedChain
        package var replica: ReplicaID
        package var frontier: VersionVector
        package var directory: CertificateDirectory
        package var isWriting = true
        /// The last write found no room.
        package var isDiskFull = false
    }

    /// Work that waits for the next commit.
    struct Mailbox {
        var writes: [(WriteRequest, CheckedContinuation<WriteReceipt, any Error>)] = []
        var runs: [RunDelivery] = []
        var isClosed = false
    }

    struct RunDelivery {
        let runs: [VerifiedRun]
        let source: PublicKey
        let answer: CheckedContinuation<[(verdict: Verdict, held: FrontierRow)], any Error>
    }

    /// Opens the folder's replica. An older image of the database becomes a new replica at once.
    package init(store: Store, author: Author, logger: Logger) throws {
        self.store = store
        self.author = author
        self.logger = logger
        (worklist, work) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        guard var node = try store.node() else {
            throw StoreFailure.notANode(path: store.folder.path)
        }
        guard let chain = node.chain, chain.leaf.subject == author.key else {
            throw StoreFailure.notEnrolled(path: store.folder.path)
        }
        headLedger = try HeadLedger(store.folder)
        let logs = try store.logs()
        let own = LogIdentity.replica(key: author.key, nonce: node.nonce)
        if headLedger.isAhead(of: logs, as: own) || store.rebuiltAtOpening?.hasCut(own) == true {
            logger.warning("database is an older image; writing goes on as a new replica")
            node.nonce = .random()
            try store.setNode(node)
            headLedger.begin(
                as: LogIdentity.replica(key: author.key, nonce: node.nonce), in: node.area)
        }
        self.node = node
        var directory = CertificateDirectory(root: chain.certificates[0].subject)
        directory.add(chain)
        for certificate in try store.certificates().all {
            // What proves nothing is kept and gives nobody any right.
            try? directory.add(certificate)
        }
        for bytes in try store.certificateRecords() {
            if let certificate = try? Certificate(decoding: bytes) {
                try? directory.add(certificate)
            }
        }
        replica = Replica(
            author: author, nonce: node.nonce, scope: Scope(chain.leaf.area),
            directory: directory, logs: logs)
        glimpse = Mutex(
            Glimpse(
                node: node, chain: chain, replica: replica.id, frontier: replica.frontier,
                directory: directory))
    }

    /// What is known now, without waiting.
    package nonisolated var current: Glimpse { glimpse.withLock { $0 } }

    /// Carries out one local write; returns when it is durable.
    package nonisolated func submit(_ request: WriteRequest) async throws -> WriteReceipt {
        try await withCheckedThrowingContinuation { continuation in
            let isOpen = mailbox.withLock { mailbox in
                if !mailbox.isClosed { mailbox.writes.append((request, continuation)) }
                return !mailbox.isClosed
            }
            if isOpen { work.yield() } else { continuation.resume(throwing: DeskRefusal.stopping) }
        }
    }

    /// Brings verified runs of one peer to the gate; returns when what was admitted is durable,
    /// with what each run's log then is.
    package nonisolated func admit(
        _ runs: [VerifiedRun], from source: PublicKey
    ) async throws -> [(verdict: Verdict, held: FrontierRow)] {
        try await withCheckedThrowingContinuation { continuation in
            let delivery = RunDelivery(runs: runs, source: source, answer: continuation)
            let isOpen = mailbox.withLock { mailbox in
                if !mailbox.isClosed { mailbox.runs.append(delivery) }
                return !mailbox.isClosed
            }
            if isOpen { work.yield() } else { continuation.resume(throwing: DeskRefusal.stopping) }
        }
    }

    /// A bell that rings with every height that grows from now on.
    package nonisolated func hangBell() -> Bell {
        let bell = Bell()
        bells.withLock { $0[ObjectIdentifier(bell)] = bell }
        return bell
    }

    package nonisolated func takeDown(_ bell: Bell) {
        bells.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(bell)) }
    }

    /// What this replica announces, for areas that pass the test, ascending by log.
    package func frontier(where isWanted: @Sendable (AreaCode) -> Bool) -> [FrontierRow] {
        replica.logs(where: isWanted).filter { $0.height > 0 }.map { FrontierRow($0) }
    }

    /// Commits what comes, until cancelled; then turns away what is left.
    package func run() async {
        publishCertificates()
        for await _ in worklist {
            while let load = takeLoad() { carryOut(load) }
        }
        let left = mailbox.withLock { mailbox in
            mailbox.isClosed = true
            defer { mailbox.writes = []; mailbox.runs = [] }
            return mailbox
        }
        for (_, answer) in left.writes { answer.resume(throwing: DeskRefusal.stopping) }
        for delivery in left.runs { delivery.answer.resume(throwing: DeskRefusal.stopping) }
        writeHeld()
        writeDown { try headLedger.sync() }
    }

    private func takeLoad() -> Mailbox? {
        mailbox.withLock { mailbox in
            guard !mailbox.writes.isEmpty || !mailbox.runs.isEmpty else { return nil }
            var load = Mailbox()
            load.writes = Array(mailbox.writes.prefix(Self.writesPerCommit))
            load.runs = mailbox.runs
            mailbox.writes.removeFirst(load.writes.count)
            mailbox.runs = []
            return load
        }
    }

    private func carryOut(_ load: Mailbox) {
        if let stopped { return turnAway(load, stopped) }
        var batch = replica.batch(rules: store.catalogue, now: WallClock.now)
        let outcome: (receipts: [Result<WriteReceipt, any Error>], verdicts: [[Verdict]])
        do {
            if isRolledBack {
                try becomeNewReplica()
                batch = replica.batch(rules: store.catalogue, now: WallClock.now)
            }
            outcome = try store.commit(&batch) { batch, transaction in
                let receipts = try load.writes.map { request, _ in
                    try write(request, batch: &batch, transaction: transaction)
                }
                let verdicts = try load.runs.map {
                    try transaction.admit($0.runs, from: $0.source, in: &batch)
                }
                // The sequences of these writes were used before this folder was rolled back.
                if batch.foundOwnLogAhead, !receipts.isEmpty { throw RolledBack() }
                if batch.changesLevels { try transaction.markStale() }
                return (receipts, verdicts)
            }
        } catch is RolledBack {
            isRolledBack = true
            return carryOut(load)
        } catch {
            return turnAway(load, refusal(after: error))
        }
        adopt(batch)
        for ((_, answer), receipt) in zip(load.writes, outcome.receipts) {
            answer.resume(with: receipt)
        }
        for (delivery, verdicts) in zip(load.runs, outcome.verdicts) {
            answer(delivery, verdicts)
        }
        if batch.foundOwnLogAhead { leaveBehind(replica.id) }
    }

    /// Carries out one local write within the transaction. What is wrong with the request is this
    /// request's result; what is wrong with the store ends the whole batch.
    private func write(
        _ request: WriteRequest, batch: inout ReplicaBatch<Catalogue>,
        transaction: StoreTransaction
    ) throws -> Result<WriteReceipt, any Error> {
        let drafting = WriteDrafting(
            catalogue: store.catalogue, home: replica.scope.area, now: WallClock.now)
        do {
            let draft = try drafting.draft(request) { id, collection in
                try transaction.record(id, in: collection, batch: batch)
            }
            if draft.isIdle, case .existing(let address) = draft.change.draft.target {
                return .success(
                    WriteReceipt(
                        id: RecordNaming.id(of: address), entries: [], advice: draft.advice))
            }
            let written = try transaction.author([draft.change], in: &batch)
            return .success(
                WriteReceipt(
                    id: RecordNaming.id(of: written.addresses[0]),
                    entries: written.dots.map { "\($0.log)#\($0.sequence)" },
                    advice: draft.advice))
        } catch let refusal as DeskRefusal {
            return .failure(refusal)
        } catch let refusal as WriteRefusal {
            return .failure(DeskRefusal(refusal))
        }
    }

    func adopt(_ batch: ReplicaBatch<Catalogue>) {
        let changed = batch.changedLogs
        let isStale = batch.changesLevels
        replica.adopt(batch)
        if isStale { buildAnew() }
        headLedger.append(
            changed.filter { $0.identity.log.replica == replica.id }.map {
                HeadLedger.Row(log: $0.identity.log, height: $0.height, head: $0.head)
            })
        guard !changed.isEmpty else { return }
        let news = changed.map { FrontierRow($0) }
        // Only what has changed: this is done at every commit, with all logs of a county.
        glimpse.withLock { glimpse in
            for row in news { glimpse.frontier.raise(row.log, to: row.height) }
            glimpse.directory = replica.directory
            glimpse.isDiskFull = false
        }
        for bell in bells.withLock({ Array($0.values) }) { bell.ring(news) }
    }

    private func answer(_ delivery: RunDelivery, _ verdicts: [Verdict]) {
        delivery.answer.resume(
            returning: zip(delivery.runs, verdicts).map { run, verdict in
                (verdict, FrontierRow(replica.log(run.run.identity)))
            })
    }

    private func turnAway(_ load: Mailbox, _ refusal: DeskRefusal) {
        for (_, answer) in load.writes { answer.resume(throwing: refusal) }
        for delivery in load.runs { delivery.answer.resume(throwing: refusal) }
    }

    /// Why nothing is written, if so. A corrupt file stops the node whoever met it, a reader too.
    var stopped: DeskRefusal? {
        if fatal == nil, let corruption = store.corruption { _ = refusal(after: corruption) }
        return fatal
    }

    /// What users are told after the store failed. A full disk may have room again; after anything
    /// else nothing is written any more, so that the files stay as they are.
    func refusal(after error: any Error) -> DeskRefusal {
        switch error {
        case StoreFailure.diskFull:
            logger.error("disk full; nothing was saved")
            glimpse.withLock { $0.isDiskFull = true }
            return .diskFull
        case let refusal as WriteRefusal:
            logger.error("not written", metadata: ["reason": "\(refusal)"])
            return DeskRefusal(refusal)
        default: break
        }
        logger.critical("store failed; writing stops", metadata: ["reason": "\(error)"])
        let refusal = DeskRefusal.storeFailed(error)
        fatal = refusal
        glimpse.withLock { $0.isWriting = false }
        return refusal
    }

    /// Leaves a new picture of everything.
    func glance() {
        let next = Glimpse(
            node: node, chain: current.chain, replica: replica.id, frontier: replica.frontier,
            directory: replica.directory, isWriting: fatal == nil)
        glimpse.withLock { $0 = next }
    }
}

/// Ends a batch whose writes would use sequences a second time.
private struct RolledBack: Error {}
