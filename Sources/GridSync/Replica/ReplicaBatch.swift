// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// The work of one transaction: local writes and remote runs, applied in memory. Each touched
/// record is loaded once and written once, however many entries touch it.
package struct ReplicaBatch<Rules: MergeRules>: Sendable {
    let replica: Replica
    let rules: Rules
    let now: UInt64

    package internal(set) var directory: CertificateDirectory
    package internal(set) var clock: HybridClock
    var parked: ParkedRuns
    /// The domains this batch has changed.
    package internal(set) var domains: [Domain: DomainState] = [:]
    var records: [RecordKey: RecordState] = [:]
    var parallelUpdates: [ParallelUpdate] = []
    /// Runs to be appended to the ledger, in the order in which they were applied.
    package internal(set) var runs: [VerifiedRun] = []
    var writers: [Domain: RunWriter] = [:]
    /// The salts that the next entries of one's own logs go on with.
    var salts: [Domain: SaltSource] = [:]
    /// Whether a peer showed more of this replica's own log than it holds: it was rolled back.
    package internal(set) var foundOwnLogAhead = false

    init(replica: Replica, rules: Rules, now: UInt64) {
        self.replica = replica
        self.rules = rules
        self.now = now
        directory = replica.directory
        clock = replica.clock
        parked = replica.parked
    }

    func state(of domain: Domain) -> DomainState {
        domains[domain] ?? replica.domains[domain] ?? DomainState()
    }

    /// A record as this batch has left it; nil when the batch has not touched it.
    package func pending(_ key: RecordKey) -> RecordState? { records[key] }

    /// A named record that this batch has touched, in whatever area.
    package func pending(
        named id: RecordID, in collection: UInt32, lane: Lane
    ) -> RecordState? {
        records.filter {
            $0.key.address == .named(id) && $0.key.collection == collection
                && $0.key.domain.lane == lane
        }
        .min { $0.key.domain < $1.key.domain }?.value
    }

    /// Whether certificates of this batch changed the level of a writer whose entries were here, so
    /// that records stamped before must be built anew.
    package var changesLevels: Bool { replica.levelsDiffer(by: directory) }

    /// Whether there is anything to commit.
    package var isEmpty: Bool { runs.isEmpty && writers.isEmpty }

    /// Whether this batch has written to this replica's own logs.
    package var hasAuthored: Bool {
        changedLogs.contains { $0.identity.log.replica == replica.id }
    }

    /// The logs whose heights this batch raised, with their new states, ascending.
    package var changedLogs: [LogState] {
        domains.values.flatMap { $0.logs.values }
            .filter { $0.height > replica.height(of: $0.identity.log) }
            .sorted { $0.identity.log < $1.identity.log }
    }

    /// Seals what was authored and writes the whole batch into a storage, within its transaction.
    package mutating func commit(to storage: some ReplicaStorage) throws {
        sealWriters()
        for run in runs { try storage.append(run) }
        for key in records.keys.sorted(by: Self.precedes) {
            guard let record = records[key], record.last != nil else { continue }
            try storage.save(record)
        }
        for log in changedLogs { try storage.save(log) }
        for update in parallelUpdates { try storage.note(update) }
    }

    mutating func sealWriters() {
        for domain in writers.keys.sorted() { sealWriter(domain) }
    }

    mutating func sealWriter(_ domain: Domain) {
        guard let writer = writers.removeValue(forKey: domain), !writer.isEmpty else { return }
        salts[domain] = writer.saltSource
        runs.append(writer.seal(with: replica.author))
    }

    /// Applies the changes of one resolved entry to the records they touch.
    mutating func apply(
        _ changes: [RecordChange], stamp: WriteStamp, context: VersionVector,
        storage: some ReplicaStorage
    ) throws {
        let domain = stamp.dot.log.domain
        for change in changes {
            let key = RecordKey(
                domain: domain, collection: change.collection, address: change.address)
            var record = try take(key, storage: storage)
            let unseen = record.last.flatMap { context.covers($0.dot) ? nil : $0.dot }
            record.apply(change, stamp: stamp, rules: rules, seen: context)
            // Two values of one field are a conflict, and shown as that.
            if let unseen, !change.writes.contains(where: { record.keeps(unseen, beside: $0) }) {
                parallelUpdates.append(
                    ParallelUpdate(record: key, earlier: unseen, later: stamp.dot))
            }
            records[key] = record
            if change.collection == SystemCollection.certificates, domain.lane == .authority {
                learn(change)
            }
        }
    }

    /// Takes a record out of the batch's memory, or loads it.
    private mutating func take(
        _ key: RecordKey, storage: some ReplicaStorage
    ) throws -> RecordState {
        if let record = records.removeValue(forKey: key) { return record }
        return try storage.record(key)
            ?? RecordState(collection: key.collection, address: key.address, domain: key.domain)
    }

    private mutating func learn(_ change: RecordChange) {
        for certificate in SystemCollection.certificates(in: change.writes) {
            // What proves nothing stays in the log, and gives nobody any right.
            try? directory.add(certificate)
        }
    }

    private static func precedes(_ left: RecordKey, _ right: RecordKey) -> Bool {
        if left.collection != right.collection { return left.collection < right.collection }
        if left.domain != right.domain { return left.domain < right.domain }
        switch (left.address, right.address) {
        case (.created(let leftDot, let leftIndex), .created(let rightDot, let rightIndex)):
            return (leftDot, leftIndex) < (rightDot, rightIndex)
        case (.named(let leftID), .named(let rightID)): return leftID < rightID
        case (.created, .named): return true
        case (.named, .created): return false
        }
    }
}
