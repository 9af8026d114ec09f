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

    /// Unpacked runs that wait for a commit, of all links: bounds how large one becomes. In memory
    /// they and the records they touch are some four times as large.
    private static let gateBytesMax = 8_388_608

    /// Records in memory from which on a commit takes no more runs; each is some kilobyte.
    private static let touchedRecordsMax = 16_384

    package nonisolated let store: Store
    nonisolated let gateRoom = GateRoom(bytesMax: gateBytesMax)
    package nonisolated let author: Author
    private let executor = SerialQueueExecutor(label: "onegrid.engine")
    let folder: FolderReplica
    let logger: Logger
    private nonisolated let mailbox = Mutex(Mailbox())
    private nonisolated let bells = Mutex<[ObjectIdentifier: Bell]>([:])
    private nonisolated let glimpse: Mutex<Glimpse>
    /// What peers have said they have and is not written down yet.
    nonisolated let heldNews = Mutex<[PublicKey: [LogID: UInt64]]>([:])
    nonisolated let audits: AuditRoom
    /// When each peer was last made a receipt, on the steady clock.
    var receiptsMade: [PublicKey: UInt64] = [:]
    var secondsTidied = 0
    /// How many commits were tried.
    private var commits: UInt64 = 0
    /// Shortenings of the folder that everyone knows of.
    private var knownShortenings = 0
    /// Since the last upkeep.
    var hasCommitted = false
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
        package var redactions = RedactionBook()
        package var isWriting = true
        /// The last write found no room.
        package var isDiskFull = false
    }

    /// Work that waits for the next commit.
    struct Mailbox {
        var writes: [(WriteOrder, CheckedContinuation<OrderOutcome, any Error>)] = []
        var runs: [RunDelivery] = []
        var isClosed = false
    }

    struct RunDelivery {
        let lot: Gate.Lot
        let inlet: Gate.Inlet
    }

    /// Opens the folder's replica. An older image of the database becomes a new replica at once.
    package init(store: Store, author: Author, logger: Logger) throws {
        self.store = store
        self.author = author
        self.logger = logger
        (worklist, work) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        store.deleteSnapshots()
        audits = AuditRoom(try store.tableAudits())
        BundleFiles.clear(store.folder)
        try store.forgetUncarriedBundles()
        let folder = try FolderReplica(store: store, author: author, now: WallClock.now) {
            Self.tell($0, to: logger)
        }
        self.folder = folder
        guard let chain = folder.node.chain else {
            throw StoreFailure.notEnrolled(path: store.folder.path)
        }
        glimpse = Mutex(
            Glimpse(
                node: folder.node, chain: chain, replica: folder.replica.id,
                frontier: folder.replica.frontier, directory: folder.replica.directory,
                redactions: folder.replica.redactions))
    }

    /// What is known now, without waiting.
    package nonisolated var current: Glimpse { glimpse.withLock { $0 } }

    /// Brings an order to the engine; returns when it is durable.
    nonisolated func outcome(of order: WriteOrder) async throws -> OrderOutcome {
        try await withCheckedThrowingContinuation { continuation in
            let isOpen = mailbox.withLock { mailbox in
                if !mailbox.isClosed { mailbox.writes.append((order, continuation)) }
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
            let inlet = Gate.Inlet(source: source) { result in
                continuation.resume(
                    with: result.map { settlement in
                        settlement.judgements.compactMap { judgement in
                            judgement.run.map { (judgement.verdict, $0.held) }
                        }
                    })
            }
            deliver(Gate.Lot(runs), to: inlet)
        }
    }

    /// Brings a lot to the engine; the inlet hears what became of it when it is durable.
    nonisolated func deliver(_ lot: Gate.Lot, to inlet: Gate.Inlet) {
        let isOpen = mailbox.withLock { mailbox in
            if !mailbox.isClosed { mailbox.runs.append(RunDelivery(lot: lot, inlet: inlet)) }
            return !mailbox.isClosed
        }
        if isOpen { work.yield() } else { inlet.settle(.failure(DeskRefusal.stopping)) }
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
        folder.frontier(where: isWanted)
    }

    /// The same, which of the logs have ended, and whether this node was cut off.
    ///
    /// - Parameter isShared: whether both sides carry an area.
    func holdings(
        where isWanted: @Sendable (AreaCode) -> Bool, isShared: @Sendable (AreaCode) -> Bool
    ) -> Holdings {
        Holdings(
            rows: folder.frontier(where: isWanted),
            ended: folder.replica.endedLogs(where: isWanted),
            words: (try? folder.unsaidWords(where: isShared)) ?? [], cutOff: folder.ownCutOff)
    }

    /// What a conversation begins with.
    struct Holdings: Sendable {
        let rows: [FrontierRow]
        let ended: [LogIdentity]
        /// What offices have said and does not stand in lane 0 here.
        let words: [AuthorityWord]
        /// The word by which this node's own key was cut off.
        let cutOff: CutOff?
    }

    /// Commits what comes, until cancelled; then turns away what is left.
    package func run() async {
        publishAuthority()
        endReplacedKeys()
        for await _ in worklist {
            while let load = takeLoad() { carryOut(load) }
        }
        let left = mailbox.withLock { mailbox in
            mailbox.isClosed = true
            defer { mailbox.writes = []; mailbox.runs = [] }
            return mailbox
        }
        for (_, answer) in left.writes { answer.resume(throwing: DeskRefusal.stopping) }
        for delivery in left.runs { delivery.inlet.settle(.failure(DeskRefusal.stopping)) }
        writeHeld()
        folder.syncHeads()
    }

    /// Nothing waits for a commit.
    var isIdle: Bool { mailbox.withLock { $0.writes.isEmpty && $0.runs.isEmpty } }

    private func takeLoad() -> Mailbox? {
        mailbox.withLock { mailbox in
            guard !mailbox.writes.isEmpty || !mailbox.runs.isEmpty else { return nil }
            var load = Mailbox()
            var count = 0
            load.writes = Array(
                mailbox.writes.prefix { order, _ in
                    defer { count += order.writes.count }
                    return count == 0 || count + order.writes.count <= Self.writesPerCommit
                })
            load.runs = mailbox.runs
            mailbox.writes.removeFirst(load.writes.count)
            mailbox.runs = []
            return load
        }
    }

    /// Carries out a load in one commit, and with it the runs that come while it is applied: each
    /// record is then loaded once and written once. The room before the gate bounds how many do.
    /// A local write that comes ends the collecting.
    private func carryOut(_ first: Mailbox) {
        var loads = [first]
        commits += 1
        let committed:
            FolderReplica.Committed<
                (receipts: [Result<OrderOutcome, any Error>], verdicts: [[Verdict]])
            >
        do throws(FolderReplica.CommitFailure) {
            committed = try folder.commit(now: WallClock.now) { batch, transaction in
                var receipts: [Result<OrderOutcome, any Error>] = []
                var verdicts: [[Verdict]] = []
                var next = 0
                while next < loads.count {
                    receipts += try loads[next].writes.map { order, _ in
                        try carryOut(order, batch: &batch, transaction: transaction)
                    }
                    verdicts += try loads[next].runs.map {
                        try transaction.admit($0.lot.runs, from: $0.inlet.source, in: &batch)
                    }
                    next += 1
                    guard next == loads.count, loads[next - 1].writes.isEmpty,
                        batch.touchedRecordCount < Self.touchedRecordsMax,
                        let more = takeLoad()
                    else { continue }
                    loads.append(more)
                }
                return (receipts, verdicts)
            }
        } catch {
            showCondition()
            for load in loads { turnAway(load, DeskRefusal(error)) }
            return
        }
        hasCommitted = true
        spread(committed.news, ended: committed.ended)
        for ((_, answer), receipt) in zip(
            loads.flatMap(\.writes), committed.outcome.receipts)
        {
            answer.resume(with: receipt)
        }
        answer(loads.flatMap(\.runs), committed.outcome.verdicts)
    }

    /// Carries out one local write within the transaction. What is wrong with the request is this
    /// request's result; what is wrong with the store ends the whole batch.
    func write(
        _ request: WriteRequest, batch: inout ReplicaBatch,
        transaction: StoreTransaction
    ) throws -> Result<WriteReceipt, any Error> {
        func receipt(
            _ address: RecordAddress, _ entries: [String], _ draft: WriteDrafting.Draft
        ) throws -> WriteReceipt {
            let record = try transaction.record(
                at: address, in: draft.change.domain, of: draft.collection, batch: &batch)
            return WriteReceipt(
                id: RecordNaming.id(of: address), entries: entries, advice: draft.advice,
                tag: try record.map(store.tag) ?? "")
        }
        let drafting = WriteDrafting(
            catalogue: store.catalogue, home: folder.replica.scope.area,
            areas: folder.replica.directory.areas, now: WallClock.now, tag: store.tag,
            readers: readerDesk(transaction))
        do {
            let draft = try drafting.draft(request) { id, collection in
                try transaction.record(id, in: collection, batch: &batch)
            }
            if draft.isIdle, case .existing(let address) = draft.change.draft.target {
                return .success(try receipt(address, [], draft))
            }
            let written = try author(
                draft, of: drafting, batch: &batch, transaction: transaction)
            let entries = written.dots.map { "\($0.log)#\($0.sequence)" }
            return .success(try receipt(written.addresses[0], entries, draft))
        } catch let refusal as DeskRefusal {
            return .failure(refusal)
        } catch let refusal as WriteRefusal {
            return .failure(DeskRefusal(refusal))
        }
    }

    /// Lets everyone know of logs that have grown.
    func spread(_ news: [FrontierRow], ended: [LogIdentity] = []) {
        defer { showCondition() }
        // Runs that were set aside may have taught something.
        let isKnown = glimpse.withLock {
            $0.directory.count == folder.replica.directory.count
                && $0.redactions.count == folder.replica.redactions.count
        }
        guard !news.isEmpty || !ended.isEmpty || !isKnown else { return }
        // Only what has changed: this is done at every commit, with all logs of a county.
        glimpse.withLock { glimpse in
            for row in news { glimpse.frontier.raise(row.log, to: row.height) }
            glimpse.directory = folder.replica.directory
            glimpse.redactions = folder.replica.redactions
        }
        for bell in bells.withLock({ Array($0.values) }) {
            bell.ring(news, ended: ended, commit: commits)
        }
    }

    /// Has every conversation look whether its peer may still be talked to.
    func ringAll() {
        for bell in bells.withLock({ Array($0.values) }) {
            bell.ring([], ended: [], commit: commits)
        }
    }

    /// Tells each inlet of all its lots at once: what grew with them is then known to be theirs.
    private func answer(_ deliveries: [RunDelivery], _ verdicts: [[Verdict]]) {
        var answers: [ObjectIdentifier: (inlet: Gate.Inlet, lots: [Gate.Inlet.Settlement])] = [:]
        var order: [ObjectIdentifier] = []
        for (delivery, verdicts) in zip(deliveries, verdicts) {
            let settlement = Gate.Inlet.Settlement(
                judgements: delivery.lot.judgements(verdicts) {
                    FrontierRow(folder.replica.log($0))
                },
                entryBytes: delivery.lot.entryBytes, commit: commits)
            let id = ObjectIdentifier(delivery.inlet)
            if answers[id] == nil { order.append(id) }
            answers[id, default: (delivery.inlet, [])].lots.append(settlement)
        }
        for (inlet, lots) in order.compactMap({ answers[$0] }) {
            inlet.settle(
                .success(
                    Gate.Inlet.Settlement(
                        judgements: lots.flatMap(\.judgements),
                        entryBytes: lots.reduce(0) { $0 + $1.entryBytes }, commit: commits)))
        }
    }

    private func turnAway(_ load: Mailbox, _ refusal: DeskRefusal) {
        for (_, answer) in load.writes { answer.resume(throwing: refusal) }
        for delivery in load.runs { delivery.inlet.settle(.failure(refusal)) }
    }

    /// Shows whether the folder takes writes, and as which replica: upkeep may find out as well.
    func showCondition() {
        if folder.shortenings != knownShortenings {
            knownShortenings = folder.shortenings
            glance()
            for bell in bells.withLock({ Array($0.values) }) { bell.ringOfShortening() }
        }
        guard folder.replica.id == current.replica,
            folder.node.chain?.leaf == current.chain.leaf
        else { return glance() }
        glimpse.withLock { glimpse in
            glimpse.isWriting = folder.failure == nil
            glimpse.isDiskFull = folder.isDiskFull
        }
    }

    /// Leaves a new picture of everything.
    func glance() {
        let replica = folder.replica
        let next = Glimpse(
            node: folder.node, chain: folder.node.chain ?? current.chain, replica: replica.id,
            frontier: replica.frontier, directory: replica.directory,
            redactions: replica.redactions, isWriting: folder.failure == nil,
            isDiskFull: folder.isDiskFull)
        glimpse.withLock { $0 = next }
    }
}
