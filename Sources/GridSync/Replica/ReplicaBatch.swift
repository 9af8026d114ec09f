// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// The work of one transaction: local writes and remote runs, applied in memory. Each touched
/// record is loaded once and written once, however many entries touch it.
package struct ReplicaBatch: Sendable {
    let replica: Replica
    let rules: any MergeRules
    let now: UInt64

    package internal(set) var directory: CertificateDirectory
    package internal(set) var redactions: RedactionBook
    /// How entries were treated that this batch has applied without their values.
    var treated: [NamedEntry: Treatment] = [:]
    /// The level by which each writer's entries were taken, and whether another was, too.
    private var levels: [LogID: AreaLevel] = [:]
    private var hasMixedLevels = false
    /// Redactions that have become known.
    var learntRedactions: [Redaction] = []
    package internal(set) var clock: HybridClock
    var parked: ParkedRuns
    /// The domains this batch has changed.
    package internal(set) var domains: [Domain: DomainState] = [:]
    var records = TouchedRecords()
    var parallelUpdates: [ParallelUpdate] = []
    /// Runs to be appended to the ledger, in the order in which they were applied.
    package internal(set) var runs: [VerifiedRun] = []
    /// Whether an entry of it tells of a key that takes another's place.
    package internal(set) var bringsSuccession = false
    /// Logs of which nothing counts that were met for the first time.
    package internal(set) var endedLogs: [LogIdentity] = []
    /// Runs of forked logs that go beyond the fork.
    package internal(set) var aside: [RunAside] = []
    var writers: [Domain: RunWriter] = [:]
    /// The salts that the next entries of one's own logs go on with.
    var salts: [Domain: SaltSource] = [:]
    /// Whether a peer showed more of this replica's own log than it holds: it was rolled back.
    package internal(set) var foundOwnLogAhead = false
    /// Whether runs with open values for named devices are turned away. A ledger is replayed as it
    /// was taken.
    package var asksForSeals = true

    init(replica: Replica, rules: any MergeRules, now: UInt64) {
        self.replica = replica
        self.rules = rules
        self.now = now
        directory = replica.directory
        redactions = replica.redactions
        clock = replica.clock
        parked = replica.parked
    }

    func state(of domain: Domain) -> DomainState {
        domains[domain] ?? replica.domains[domain] ?? DomainState()
    }

    /// A record as this batch has left it, loaded if it was not touched yet; nil when no entry has
    /// written to it.
    package mutating func record(
        _ key: RecordKey, storage: some ReplicaStorage
    ) throws -> RecordState? {
        let place = try records.place(of: key) ?? load(key, storage: storage)
        let record = records[place]
        return record.isStored || record.isChanged ? record.state : nil
    }

    /// A named record that this batch has touched, in whatever area.
    package func pending(
        named id: RecordID, in collection: UInt32, lane: Lane
    ) -> RecordState? {
        records.all.lazy.filter(\.isChanged).map(\.state).filter {
            $0.address == .named(id) && $0.collection == collection && $0.domain.lane == lane
        }
        .min { $0.domain < $1.domain }
    }

    /// Whether certificates or cut-offs of this batch changed what counts of the entries that were
    /// here, or of those that this batch brings, so that records must be built anew.
    package var changesStanding: Bool {
        replica.standingDiffers(by: directory) || hasMisjudged || redactsWhatIsHere
    }

    /// Whether this batch has applied entries and then learnt that they do not count, or that the word
    /// of their writer has another level.
    private var hasMisjudged: Bool {
        guard directory.count != replica.directory.count else { return false }
        return hasMixedLevels
            || directory.settlesOtherwise(than: replica.directory, whole: replica.whole, domains)
            || changedLogs.contains { log in
                directory.level(of: log.identity.key, in: log.identity.domain)
                    != levels[log.identity.log]
                    || directory.end(of: log)?.isOvershot(by: log) ?? false
            }
    }

    /// Takes note of the level by which entries of a log are applied.
    mutating func note(_ level: AreaLevel, of log: LogID) {
        guard let former = levels[log] else {
            levels[log] = level
            return
        }
        if former != level { hasMixedLevels = true }
    }

    /// Where the logs of a domain end that end, of those of which anything is known, and of some that
    /// have just come.
    func ends(in domain: Domain, and news: [LogIdentity]) -> [ReplicaID: LogEnd] {
        guard directory.hasEnds else { return [:] }
        var ends = state(of: domain).logs.compactMapValues { end(of: $0) }
        for identity in news where ends[identity.log.replica] == nil {
            ends[identity.log.replica] = end(of: LogState(identity: identity))
        }
        return ends
    }

    /// Where a log ends for this replica; nil for one that goes on.
    func end(of log: LogState) -> LogEnd? {
        replica.whole.contains(log.identity.log)
            ? directory.end(of: log.identity) : directory.end(of: log)
    }

    /// Whether there is anything to commit.
    package var isEmpty: Bool {
        runs.isEmpty && writers.isEmpty && endedLogs.isEmpty && aside.isEmpty
            && learntRedactions.isEmpty
    }

    /// Whether this batch has written to this replica's own logs.
    package var hasAuthored: Bool {
        changedLogs.contains { $0.identity.log.replica == replica.id }
    }

    /// How many records it has in memory.
    package var touchedRecordCount: Int { records.all.count }

    /// The logs whose heights this batch raised, with their new states, ascending.
    package var changedLogs: [LogState] {
        domains.values.flatMap { $0.logs.values }
            .filter { $0.height > replica.height(of: $0.identity.log) }
            .sorted { $0.identity.log < $1.identity.log }
    }

    /// Seals what was authored and writes the whole batch into a storage, within its transaction.
    package mutating func commit(to storage: some ReplicaStorage) throws {
        sealWriters()
        for log in endedLogs { try storage.note(log) }
        for redaction in learntRedactions { try storage.note(redaction) }
        for run in runs { try storage.append(run) }
        for run in aside { try storage.setAside(run) }
        // Neighbours share pages.
        let keys = records.keys
        let changed = keys.indices.filter { records[$0].isChanged }
        for place in changed.sorted(by: { Self.precedes(keys[$0], keys[$1]) }) {
            try storage.save(records[place])
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

    /// Applies the changes of the entry that `log` has taken last to the records they touch.
    ///
    /// - Parameter settled: the settled forks of the log's domain.
    mutating func apply(
        _ entry: Entry, hash: Bytes32, of log: LogState, level: AreaLevel,
        settled: [ReplicaID: SettledFork], storage: some ReplicaStorage
    ) throws {
        let domain = log.identity.domain
        let seen = settled.isEmpty ? log.context : seen(by: log, settled)
        let stamp = WriteStamp(
            dot: Dot(log: log.identity.log, sequence: entry.sequence), timestamp: log.timestamp,
            level: level)
        let named = NamedEntry(dot: stamp.dot, hash: hash)
        for shaped in changes(of: entry, named: named) {
            let change = try log.resolve(shaped, in: stamp.dot)
            let key = RecordKey(
                domain: domain, collection: change.collection, address: change.address)
            let place = try records.place(of: key) ?? load(key, storage: storage)
            let last = records[place].state.last?.dot
            records[place].isChanged = true
            records[place].state.apply(change, stamp: stamp, rules: rules, seen: seen)
            if let last, !seen.covers(last) {
                note(change, at: place, key: key, unseen: last, dot: stamp.dot)
            }
            if domain.lane == .authority { learn(change, in: named) }
            if change.collection == SystemCollection.successions { bringsSuccession = true }
        }
    }

    /// Loads a record, or begins it.
    private mutating func load(_ key: RecordKey, storage: some ReplicaStorage) throws -> Int {
        let record =
            try storage.record(key).map { TouchedRecord(stored: $0) }
            ?? TouchedRecord(
                new: RecordState(
                    collection: key.collection, address: key.address, domain: key.domain))
        return records.insert(record, for: key)
    }

    /// Notes two edits of one record that had not seen each other. Two values of one field are a
    /// conflict instead, and shown as that.
    private mutating func note(
        _ change: RecordChange, at place: Int, key: RecordKey, unseen: Dot, dot: Dot
    ) {
        let record = records[place].state
        guard !change.writes.contains(where: { record.keeps(unseen, beside: $0) }),
            !change.withheld.contains(where: { record.keeps(unseen, in: $0) })
        else { return }
        parallelUpdates.append(ParallelUpdate(record: key, earlier: unseen, later: dot))
    }

    private mutating func learn(_ change: RecordChange, in entry: NamedEntry) {
        if change.collection == SystemCollection.certificates {
            for certificate in SystemCollection.certificates(in: change.writes) {
                // What proves nothing stays in the log, and gives nobody any right.
                try? directory.add(certificate)
            }
        } else if change.collection == SystemCollection.cutOffs {
            for cutOff in SystemCollection.cutOffs(in: change.writes) { directory.add(cutOff) }
        } else if change.collection == SystemCollection.areaChanges {
            for change in SystemCollection.areaChanges(in: change.writes) { directory.add(change) }
        } else if change.collection == SystemCollection.forks {
            for proof in SystemCollection.branchProofs(in: change.writes) { directory.add(proof) }
        } else {
            learnRedactions(change, in: entry)
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
