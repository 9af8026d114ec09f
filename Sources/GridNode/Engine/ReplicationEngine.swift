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
    private let headLedger: HeadLedger
    private let logger: Logger
    private nonisolated let mailbox = Mutex(Mailbox())
    private nonisolated let bells = Mutex<[ObjectIdentifier: Bell]>([:])
    private nonisolated let glimpse: Mutex<Glimpse>
    private var node: NodeRecord
    private var replica: Replica
    /// Why nothing is written any more; the files are kept as they are.
    private var fatal: DeskRefusal?
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
        if Self.isOlderImage(logs, than: headLedger) {
            logger.warning("database is an older image; writing goes on as a new replica")
            node.nonce = .random()
            try store.setNode(node)
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

    /// Writes down a meeting with a peer, and learns the chain by which it showed who it is.
    package func meet(_ chain: VerifiedChain, greeting: Greeting) throws {
        let key = chain.leaf.subject
        let now = WallClock.now
        try store.met(
            PeerRecord(
                key: key, name: chain.leaf.name, area: chain.leaf.area,
                replica: LogIdentity.replica(key: key, nonce: greeting.nonce),
                software: greeting.software, lastContact: now,
                clockSkew: Int64(clamping: greeting.clock) - Int64(clamping: now)))
        let known = Set(replica.directory.certificates.map(\.digest))
        let news = chain.certificates.filter { !known.contains($0.digest) }
        guard !news.isEmpty else { return }
        for certificate in news { try store.add(certificate, waiting: false) }
        replica.learn(chain)
        glance()
    }

    /// Writes down the end of a meeting.
    package func part(from key: PublicKey, reason: String) throws {
        replica.forgetParked(from: key)
        try store.left(key, at: WallClock.now, reason: reason)
    }

    package func recordHeld(_ rows: [SyncMessage.AckRow], by key: PublicKey) throws {
        try store.recordHeld(rows, by: key)
    }

    /// Hears a peer's word that it knows this height of a log of this replica. Where so much is not
    /// here, the folder was rolled back and becomes a new replica; where it is, or the folder has
    /// become another since, nothing happens.
    package func doubtReplica(_ log: LogID, height: UInt64) throws {
        guard log.replica == replica.id, height > replica.height(of: log) else { return }
        try becomeNewReplica()
    }

    /// Becomes a new replica, because a peer showed that this one was rolled back. What peers hold
    /// of the old one comes back as ordinary data.
    private func becomeNewReplica() throws {
        node.nonce = .random()
        try store.setNode(node)
        let logs = replica.logs { _ in true }
        replica = Replica(
            author: author, nonce: node.nonce, scope: replica.scope,
            directory: replica.directory, logs: logs)
        glance()
        logger.warning(
            "this folder was rolled back; writing goes on as a new replica",
            metadata: ["replica": "\(replica.id)"])
    }

    /// Makes the head ledger durable. Called once a second.
    package func syncHeadLedger() { headLedger.sync() }

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
        headLedger.sync()
    }

    /// Writes certificates that this node has issued into lane 0, where all replicas find them.
    package func publishCertificates() {
        do {
            let waiting = try store.certificates().waiting
            guard !waiting.isEmpty else { return }
            let domain = Domain(area: replica.scope.area, lane: .authority)
            var batch = replica.batch(rules: store.catalogue, now: WallClock.now)
            try store.commit(&batch) { batch, transaction in
                for certificate in waiting {
                    let write = FieldWrite(
                        field: SystemCollection.certificateBytesField,
                        operation: .assign(.bytes(certificate.encoded)))
                    let draft = DraftChange(
                        collection: SystemCollection.certificates,
                        target: .existing(.named(certificate.recordID)), archives: false,
                        writes: [write])
                    _ = try transaction.author(
                        [LocalChange(domain: domain, draft: draft)], in: &batch)
                }
            }
            adopt(batch)
            try store.markPublished(waiting)
        } catch {
            logger.error("certificates not published", metadata: ["reason": "\(error)"])
        }
    }

    /// Takes a certificate issued here and writes it into lane 0.
    /// - Returns: its digest, 64 hexadecimal digits.
    package func publish(_ certificate: Certificate) throws -> String {
        var directory = replica.directory
        do throws(ChainRefusal) {
            try directory.add(certificate)
        } catch {
            throw DeskRefusal(
                .wrongValues, error.rawValue, chinese: "证书不成立(\(error.rawValue))。",
                english: "The certificate proves nothing (\(error.rawValue)).")
        }
        try store.add(certificate, waiting: true)
        publishCertificates()
        return certificate.digest.description
    }

    /// Builds all tables anew from the ledger.
    package func rebuild() throws {
        try store.rebuild()
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
        if let fatal { return turnAway(load, fatal) }
        var batch = replica.batch(rules: store.catalogue, now: WallClock.now)
        do {
            let outcome = try store.commit(&batch) { batch, transaction in
                let receipts = try load.writes.map { request, _ in
                    try write(request, batch: &batch, transaction: transaction)
                }
                let verdicts = try load.runs.map {
                    try transaction.admit($0.runs, from: $0.source, in: &batch)
                }
                return (receipts, verdicts)
            }
            adopt(batch)
            for ((_, answer), receipt) in zip(load.writes, outcome.0) {
                answer.resume(with: receipt)
            }
            for (delivery, verdicts) in zip(load.runs, outcome.1) {
                answer(delivery, verdicts)
            }
            if batch.foundOwnLogAhead { try becomeNewReplica() }
        } catch {
            turnAway(load, refusal(after: error))
        }
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
            let pending = batch
            let draft = try drafting.draft(request) { id, collection in
                try transaction.record(id, in: collection, batch: pending)
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

    private func adopt(_ batch: ReplicaBatch<Catalogue>) {
        let changed = batch.changedLogs
        replica.adopt(batch)
        headLedger.append(
            changed.filter { $0.identity.log.replica == replica.id }.map {
                HeadLedger.Row(log: $0.identity.log, height: $0.height, head: $0.head)
            })
        guard !changed.isEmpty else { return }
        glance()
        let news = changed.map { FrontierRow($0) }
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

    /// What users are told after the store failed. A full disk may have room again; after anything
    /// else nothing is written any more, so that the files stay as they are.
    private func refusal(after error: any Error) -> DeskRefusal {
        if case StoreFailure.diskFull = error {
            logger.error("disk full; nothing was saved")
            return .diskFull
        }
        logger.critical("store failed; writing stops", metadata: ["reason": "\(error)"])
        let refusal = DeskRefusal.storeFailed("\(error)")
        fatal = refusal
        glimpse.withLock { $0.isWriting = false }
        return refusal
    }

    private func glance() {
        let next = Glimpse(
            node: node, chain: current.chain, replica: replica.id, frontier: replica.frontier,
            directory: replica.directory, isWriting: fatal == nil)
        glimpse.withLock { $0 = next }
    }

    private static func isOlderImage(_ logs: [LogState], than ledger: HeadLedger) -> Bool {
        let heights = Dictionary(
            logs.map { ($0.identity.log, $0.height) }, uniquingKeysWith: { max($0, $1) })
        return ledger.rows.values.contains { $0.height > heights[$0.log] ?? 0 }
    }
}
