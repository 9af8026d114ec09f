// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// A replica with its store, and a shell around both that does each thing in one transaction.
final class Node {
    let number: UInt8
    private(set) var replica: Replica
    let storage: MemoryStorage
    var now: UInt64 = 1_790_000_000_000
    private var listeners: [([FrontierRow]) -> Void] = []
    private var heldByPeers: [PublicKey: [LogID: UInt64]] = [:]

    init(
        _ number: UInt8, scope: AreaCode? = nil, nonce: UInt64 = 1,
        knowing: [UInt8] = County.everyone
    ) {
        self.number = number
        let area = scope ?? County.certificates[number]?.area ?? County.root
        replica = Replica(
            author: County.author(number), nonce: ReplicaNonce(high: UInt64(number), low: nonce),
            scope: Scope(area), directory: County.directory(knowing: knowing),
            logs: [])
        storage = MemoryStorage()
    }

    private init(_ other: Node) {
        number = other.number
        replica = other.replica
        storage = other.storage.copy()
        now = other.now
        heldByPeers = other.heldByPeers
    }

    /// The node as it is now, to go on apart from this one: what a cloned disk is.
    func copy() -> Node { Node(self) }

    var batch: ReplicaBatch { replica.batch(rules: County.Rules(), now: now) }

    func adopt(_ batch: ReplicaBatch) {
        let rows = batch.changedLogs.map { FrontierRow($0) }
        replica.adopt(batch)
        guard !rows.isEmpty else { return }
        for listener in listeners { listener(rows) }
    }

    /// Tells of every commit that raises a height.
    func onCommit(_ listener: @escaping ([FrontierRow]) -> Void) { listeners.append(listener) }

    @discardableResult
    func author(_ changes: LocalChange...) throws -> AuthoredWrite { try author(changes) }

    @discardableResult
    func author(_ changes: [LocalChange]) throws -> AuthoredWrite {
        now += 1
        var batch = batch
        let write = try batch.author(changes, storage: storage)
        try batch.commit(to: storage)
        adopt(batch)
        return write
    }

    @discardableResult
    func admit(_ runs: [VerifiedRun], from source: UInt8 = 99) throws -> [Verdict] {
        try admit(runs, from: County.author(source).key)
    }

    private func admit(_ runs: [VerifiedRun], from source: PublicKey) throws -> [Verdict] {
        var batch = batch
        let verdicts = try batch.admit(runs, from: source, storage: storage)
        try batch.commit(to: storage)
        adopt(batch)
        return verdicts
    }

    /// What it durably holds of an area, signed.
    func receipt(for subject: ReplicaID, area: AreaCode) -> Receipt {
        let rows = replica.logs { area.contains($0) }.filter { $0.height > 0 }.map {
            Receipt.Row(log: $0.identity.log, height: $0.height, head: $0.head)
        }
        return Receipt(
            for: subject, area: area, time: now, rows: rows, issuedBy: replica.author)
    }

    /// Brings envelopes of a peer to the gate, in one transaction.
    func judge(
        _ envelopes: [[UInt8]], from source: PublicKey
    ) throws -> [SyncSession.Judgement] {
        var judgements: [SyncSession.Judgement?] = []
        var verified: [(index: Int, run: VerifiedRun)] = []
        for (index, envelope) in envelopes.enumerated() {
            do throws(RunViolation) {
                verified.append((index, try Self.verify(envelope)))
                judgements.append(nil)
            } catch {
                judgements.append(
                    SyncSession.Judgement(
                        bytes: envelope.count, run: nil, verdict: .refused(.violation(error))))
            }
        }
        let verdicts = try admit(verified.map(\.run), from: source)
        for ((index, run), verdict) in zip(verified, verdicts) {
            let row = FrontierRow(replica.log(run.run.identity))
            judgements[index] = SyncSession.Judgement(
                bytes: envelopes[index].count, run: (last: run.run.last, held: row),
                verdict: verdict)
        }
        return judgements.compactMap { $0 }
    }

    private static func verify(_ envelope: [UInt8]) throws(RunViolation) -> VerifiedRun {
        let run: Run
        do {
            run = try RunEnvelope.open(envelope)
        } catch {
            throw .malformed(error)
        }
        return try RunVerifier.verify(run)
    }

    func learn(_ chain: CertificateChain) throws {
        replica.learn(try VerifiedChain.verify(chain, root: replica.directory.root))
    }

    func learn(_ cutOff: CutOff) { replica.learn(cutOff) }

    func learn(_ proofs: [BranchProof]) { replica.learn(proofs) }

    /// Takes note of logs by name, and looks again at what waits.
    func note(_ logs: [LogIdentity]) throws {
        replica.note(logs)
        var batch = batch
        try batch.admitParked(in: Set(logs.map(\.domain)), storage: storage)
        try batch.commit(to: storage)
        adopt(batch)
    }

    func forgetParked(from source: UInt8) { forgetParked(from: County.author(source).key) }

    func forgetParked(from source: PublicKey) { replica.forgetParked(from: source) }

    /// Writes down what a peer has; it outlives the link.
    func recordHeld(_ rows: [SyncMessage.AckRow], by key: PublicKey) {
        for row in rows { heldByPeers[key, default: [:]][row.log] = row.height }
    }

    /// What a peer is known to have.
    func heights(of key: PublicKey) -> VersionVector {
        VersionVector((heldByPeers[key] ?? [:]).map { ($0.key, $0.value) })
    }

    /// Writes on under a new identity, with all that it has.
    func becomeNewReplica(nonce: UInt64) {
        replica = Replica(
            author: replica.author, nonce: ReplicaNonce(high: UInt64(number), low: nonce),
            scope: replica.scope, directory: replica.directory, logs: storage.snapshot.logs.values)
    }

    /// Changes a record's state without an entry that says so.
    func damage(in area: AreaCode) -> AuditLeaf.Name {
        let states = storage.snapshot.records.values.filter {
            $0.domain.area == area && !$0.fields.isEmpty
        }
        guard let state = states.min(by: { "\($0)" < "\($1)" }) else {
            preconditionFailure("nothing to damage in \(area)")
        }
        let spoilt = RecordState(
            collection: state.collection, address: state.address, domain: state.domain,
            existence: state.existence, first: state.first, last: state.last)
        do {
            try storage.save(TouchedRecord(stored: spoilt))
        } catch {
            preconditionFailure("\(error)")
        }
        return AuditLeaf.Name(
            lane: state.domain.lane, collection: state.collection,
            id: RecordNaming.id(of: state.address))
    }

    /// Its records of an area, as an audit sees them.
    func snapshot(of area: AreaCode) -> AuditSnapshot {
        let leaves = storage.snapshot.records.values.filter { $0.domain.area == area }.map {
            state in
            AuditLeaf(
                AuditLeaf.Name(
                    lane: state.domain.lane, collection: state.collection,
                    id: RecordNaming.id(of: state.address)),
                digest: Hashing.digest(Array("\(state)".utf8), personal: .table))
        }
        return AuditSnapshot(
            area: area, basis: replica.auditBasis(of: area, rules: 1).basis,
            tree: AuditTree(leaves))
    }

    var state: MemoryStorage.Snapshot { storage.snapshot }
    var runs: [VerifiedRun] { storage.runs }

    func log(_ area: AreaCode = County.village, lane: Lane = .routine) -> LogID {
        LogID(replica: replica.id, domain: Domain(area: area, lane: lane))
    }

    var rows: [FrontierRow] {
        replica.logs(where: replica.scope.contains).map { FrontierRow($0) }
    }
}
