// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync

/// What a ledger's replay came to.
struct ReplayedLedger {
    /// A log of which the replay did not reach the end.
    struct Shortfall {
        let reference: Int64
        let identity: LogIdentity?
        let reached: UInt64
        /// Where the log ends in the ledger.
        let last: UInt64
    }

    /// What cannot be read or was not admitted, in words, and where. Not every one when there are
    /// many.
    var findings: [String] = []
    /// Ascending by reference.
    var shortfalls: [Shortfall] = []

    fileprivate mutating func add(_ finding: String) {
        if findings.count < 20 { findings.append(finding) }
    }
}

/// Builds tables and log states from the runs of a ledger, through the same gate that new entries
/// pass, signatures included. What is damaged is left out, with all that depends on it, and told.
struct LedgerReplay {
    /// How many bytes of unpacked entries are brought to the gate in one batch: what a replay takes
    /// of memory, some ten times as much, does not hang on the length of the ledger.
    private static let batchBytes = 1_048_576

    private let catalogue: Catalogue
    private let references: LogReferences
    private let seal: FolderSeal
    private let storage: ReplayStorage
    private var replica: Replica
    /// Numbers of logs with a damaged run: what comes after it is not looked at.
    private var broken: Set<Int64> = []
    private var result = ReplayedLedger()

    /// - Parameter source: where the runs, certificates and this node's root are read.
    /// - Parameter target: where derived rows are written; its derived tables must be empty, and
    ///   its logs have their numbers.
    static func replay(
        from source: Database, into target: Database, tables: [UInt32: TableSchema],
        catalogue: Catalogue, seal: FolderSeal
    ) throws -> ReplayedLedger {
        guard var replica = try replica(source, seal) else {
            guard try Int64.fetchOne(source, sql: "SELECT max(id) FROM runs") == nil else {
                throw StoreFailure.damaged(what: "table meta has no chain")
            }
            return ReplayedLedger()
        }
        let references = try LogReferences(source)
        // Contexts name logs of which nothing counts.
        if replica.directory.hasEnds {
            replica.note(references.identities.values.sorted { $0.log < $1.log })
            replica.branches = try Store.otherBranches(
                replica.directory, references, in: source, seal)
            replica.whole = try Store.wholeLogs(replica.directory, references, in: source, seal)
        }
        let storage = ReplayStorage(
            SQLiteReplicaStorage(target, tables: tables, references: references, seal: seal))
        var replay = LedgerReplay(
            catalogue: catalogue, references: references, seal: seal, storage: storage,
            replica: replica)
        try replay.run(source)
        try replay.measure(source)
        return replay.result
    }

    private init(
        catalogue: Catalogue, references: LogReferences, seal: FolderSeal,
        storage: ReplayStorage, replica: Replica
    ) {
        self.catalogue = catalogue
        self.references = references
        self.seal = seal
        self.storage = storage
        self.replica = replica
    }

    private mutating func run(_ source: Database) throws {
        let cursor = try Row.fetchCursor(
            source, sql: "SELECT id, first, envelope FROM runs ORDER BY arrival")
        var pending: [VerifiedRun] = []
        var bytes = 0
        let progress = WorkProgress.current
        progress?.begin(
            of: UInt64(clamping: Store.count("SELECT count(*) FROM runs", in: source)), .runs)
        while true {
            let row = try cursor.next()
            if let row {
                progress?.advance(by: 1)
                if let run = verified(
                    try row.bytes("envelope"), id: try row.cell("id"),
                    first: try row.cell("first"))
                {
                    bytes += run.run.entryBytes.count
                    pending.append(run)
                }
                if bytes < Self.batchBytes { continue }
            }
            if !pending.isEmpty { try admit(pending) }
            pending = []
            bytes = 0
            if row == nil { return }
        }
    }

    /// An empty replica of this folder's scope, under a name that writes nothing.
    private static func replica(
        _ source: Database, _ seal: FolderSeal
    ) throws -> Replica? {
        guard let chain = try chain(source), let leaf = chain.certificates.last,
            let (directory, redactions) = try authority(source, seal)
        else { return nil }
        var replica = Replica(
            author: .nobody, nonce: .random(), scope: Scope(leaf.area), directory: directory,
            redactions: redactions, logs: [])
        replica.carriesAll = directory.areaChangeCount > 0
        return replica
    }

    private static func chain(_ source: Database) throws -> CertificateChain? {
        try Store.meta("chain", in: source).map { try CertificateChain(decoding: $0) }
    }

    /// All certificates and cut-offs of a ledger; nil where there is no node.
    static func directory(
        _ source: Database, _ seal: FolderSeal
    ) throws -> CertificateDirectory? {
        try authority(source, seal)?.directory
    }

    /// All certificates, cut-offs and redactions of a ledger; nil where there is no node.
    static func authority(
        _ source: Database, _ seal: FolderSeal
    ) throws -> (directory: CertificateDirectory, redactions: RedactionBook)? {
        guard let root = try chain(source)?.certificates.first?.subject else { return nil }
        var directory = CertificateDirectory(root: root)
        var certificates = try Data.fetchAll(source, sql: "SELECT bytes FROM certificates")
            .compactMap { try? Certificate(decoding: Array($0)) }
        var cutOffs = try Data.fetchAll(source, sql: "SELECT bytes FROM cutoffs")
            .compactMap { try? CutOff(decoding: Array($0)) }
        var proofs = try Store.branchProofs(in: source).map(\.proof)
        var changes = try Store.areaChanges(in: source)
        // What counts hangs on all of them, so all are known before the first entry is applied.
        var redactions = try Store.keptRedactions(in: source, seal)
        for run in try authorityRuns(source, seal) {
            redactions.add(from: run)
            certificates += SystemCollection.certificates(in: run)
            cutOffs += SystemCollection.cutOffs(in: run)
            proofs += SystemCollection.branchProofs(in: run)
            changes += SystemCollection.areaChanges(in: run)
        }
        directory.add(certificates, cutOffs)
        directory.add(changes)
        for proof in proofs { directory.add(proof) }
        redactions.settle(by: directory)
        return (directory, redactions)
    }

    /// The runs of lane 0 that can be read; what is wrong with the others is found on the way.
    private static func authorityRuns(
        _ source: Database, _ seal: FolderSeal
    ) throws -> [VerifiedRun] {
        let rows = try Row.fetchAll(
            source,
            sql: """
                SELECT id, first, envelope FROM runs JOIN logs ON logs.ref = runs.id >> 32
                WHERE logs.lane = ? ORDER BY arrival
                """, arguments: [Lane.authority.rawValue])
        return rows.compactMap { row in
            try? RunVerifier.verify(RunEnvelope.open(seal.envelope(in: row)))
        }
    }

    /// A run that is what its row says; nil after a finding.
    private mutating func verified(_ sealed: [UInt8], id: Int64, first: Int64) -> VerifiedRun? {
        let (reference, last) = (id >> 32, id & 0xFFFF_FFFF)
        guard !broken.contains(reference) else { return nil }
        let log = references.identities[reference].map { "\($0.log)" } ?? "\(reference)"
        let place = "日志 / log \(log), 条目 / entries \(first)–\(last): "
        guard let envelope = seal.envelopeIfWhole(in: sealed, id: id, first: first) else {
            result.add(place + "seal_broken")
            broken.insert(reference)
            return nil
        }
        do throws(RunViolation) {
            let run: Run
            do throws(DecodingViolation) {
                run = try RunEnvelope.open(envelope)
            } catch {
                throw .malformed(error)
            }
            if run.identity == references.identities[reference], Int64(run.first) == first,
                Int64(run.last) == last
            {
                return try RunVerifier.verify(run)
            }
            result.add(place + "不在其位 / holds \(run.identity.log) \(run.first)–\(run.last)")
        } catch {
            result.add(place + Refusal.violation(error).code)
        }
        broken.insert(reference)
        return nil
    }

    private mutating func admit(_ runs: [VerifiedRun]) throws {
        var batch = replica.batch(rules: catalogue, now: UInt64.max >> 1)
        batch.asksForSeals = false
        let verdicts = try batch.admit(runs, from: replica.author.key, storage: storage)
        for (run, verdict) in zip(runs, verdicts) {
            switch verdict {
            case .admitted, .known, .parked, .setAside: break
            case .refused(let refusal):
                result.add(
                    "日志 / log \(run.run.identity.log), 条目 / entries "
                        + "\(run.run.first)–\(run.run.last): \(refusal.code)")
                if let reference = references[run.run.identity.log] { broken.insert(reference) }
            }
        }
        try batch.commit(to: storage)
        replica.adopt(batch)
    }

    /// Finds the logs whose ends were not reached.
    private mutating func measure(_ source: Database) throws {
        let rows = try Row.fetchCursor(
            source,
            sql: """
                SELECT id >> 32 AS ref, max(id) & 0xFFFFFFFF AS last FROM runs GROUP BY id >> 32
                """)
        while let row = try rows.next() {
            let reference: Int64 = try row.cell("ref")
            let identity = references.identities[reference]
            let last = UInt64(clamping: try row.cell("last", as: Int64.self))
            let reached = identity.map { replica.height(of: $0.log) } ?? 0
            guard reached < last else { continue }
            result.shortfalls.append(
                ReplayedLedger.Shortfall(
                    reference: reference, identity: identity, reached: reached, last: last))
            result.add(
                "日志 / log \(identity.map { "\($0.log)" } ?? "\(reference)"): "
                    + "只能重放到 / replays to \(reached) / \(last)")
        }
    }
}

/// The same storage without the ledger: the runs are where they are.
private struct ReplayStorage: ReplicaStorage {
    let base: SQLiteReplicaStorage

    init(_ base: SQLiteReplicaStorage) { self.base = base }

    func record(_ key: RecordKey) throws -> RecordState? { try base.record(key) }
    func append(_ run: VerifiedRun) throws {}
    func save(_ record: TouchedRecord) throws { try base.save(record) }
    func save(_ log: LogState) throws { try base.save(log) }
    func note(_ update: ParallelUpdate) throws { try base.note(update) }
}
