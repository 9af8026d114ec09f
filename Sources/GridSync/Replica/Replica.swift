// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// The records of one data folder, as a value: it authors, admits and applies, and leaves clocks,
/// sockets and files to others.
///
/// Work happens in a `ReplicaBatch`, which reads through a storage and is written to it in one
/// transaction. Only when that has committed does `adopt` make the batch this replica's state.
package struct Replica: Sendable {
    package let author: Author
    package let nonce: ReplicaNonce
    /// The name under which this folder writes.
    package let id: ReplicaID
    /// What this folder carries.
    package let scope: Scope
    package private(set) var directory: CertificateDirectory
    /// Which entries have lost their values, by whose order.
    package private(set) var redactions: RedactionBook
    package private(set) var clock: HybridClock
    private(set) var domains: [Domain: DomainState] = [:]
    private(set) var parked: ParkedRuns
    /// Logs of which another branch is here than the one that a cut-off names: until the fork is
    /// settled they are read as if nothing had ended them. Only replays have such.
    package var branches: Set<LogID> = []
    /// Forked logs of which all that counts is in the ledger. Only replays have such: elsewhere the
    /// height says so.
    package var whole: Set<LogID> = []
    /// Whether logs of whatever area are taken. Only replays do: what came while a change of area codes
    /// counted stays where it is when it counts no more.
    package var carriesAll = false
    /// Kept in memory only: a restart begins new seeds.
    private(set) var salts: [Domain: SaltSource] = [:]

    /// Takes up the states that a store kept.
    package init(
        author: Author, nonce: ReplicaNonce, scope: Scope, directory: CertificateDirectory,
        redactions: RedactionBook = RedactionBook(), logs: some Sequence<LogState>
    ) {
        self.author = author
        self.nonce = nonce
        id = LogIdentity.replica(key: author.key, nonce: nonce)
        self.scope = scope
        self.directory = directory
        self.redactions = redactions
        self.redactions.settle(by: directory)
        parked = ParkedRuns()
        var last = HybridTimestamp(rawValue: 0)
        for log in logs {
            domains[log.identity.domain, default: DomainState()].update(log)
            if log.identity.log.replica == id { last = max(last, log.timestamp) }
        }
        clock = HybridClock(last: last)
    }

    /// Heights of every log held.
    package var frontier: VersionVector {
        var frontier = VersionVector()
        for state in domains.values { frontier.merge(state.applied) }
        return frontier
    }

    /// The areas in which something is held, ascending.
    package var areas: [AreaCode] { Set(domains.keys.map(\.area)).sorted() }

    /// Whether this folder carries what is homed in an area, by its scope and what has become of area
    /// codes.
    package func carries(_ home: AreaCode) -> Bool { carries(home, by: directory.areas) }

    func carries(_ home: AreaCode, by areas: AreaMap) -> Bool {
        carriesAll || areas.carries(scope.area, home)
    }

    package func height(of log: LogID) -> UInt64 {
        domains[log.domain]?.applied[log] ?? 0
    }

    /// The state of a log; an empty one when nothing of it is here.
    package func log(_ identity: LogIdentity) -> LogState {
        domains[identity.domain]?.log(identity) ?? LogState(identity: identity)
    }

    /// The states of all logs whose area passes the test, ascending by log.
    package func logs(where isWanted: (AreaCode) -> Bool) -> [LogState] {
        domains.filter { isWanted($0.key.area) }.values
            .flatMap { $0.logs.values }
            .sorted { $0.identity.log < $1.identity.log }
    }

    /// Whether a directory gives a writer whose entries are here another level than this replica's
    /// does, or ends a log before what is here of it: owned fields are then void or not otherwise,
    /// entries do not count, and records must be built anew, because states are a function of what
    /// is known and not of when it came.
    package func standingDiffers(by other: CertificateDirectory) -> Bool {
        guard other.count != directory.count else { return false }
        if redactsMore(by: other) { return true }
        if other.settlesOtherwise(than: directory, whole: whole, domains) { return true }
        return domains.contains { domain, state in
            state.logs.values.contains { log in
                let key = log.identity.key
                return directory.level(of: key, in: domain) != other.level(of: key, in: domain)
                    || other.end(of: log)?.isOvershot(by: log) ?? false
            }
        }
    }

    /// Begins a batch at wall time `now`, in milliseconds since 1970.
    package func batch(rules: any MergeRules, now: UInt64) -> ReplicaBatch {
        ReplicaBatch(replica: self, rules: rules, now: now)
    }

    /// Makes a committed batch this replica's state.
    package mutating func adopt(_ batch: ReplicaBatch) {
        for (domain, state) in batch.domains { domains[domain] = state }
        directory = batch.directory
        redactions = batch.redactions
        clock = batch.clock
        parked = batch.parked
        for (domain, source) in batch.salts { salts[domain] = source }
    }

    /// Whether a log is known, be it only by name.
    package func knows(_ identity: LogIdentity) -> Bool {
        domains[identity.domain]?.logs[identity.log.replica] != nil
    }

    /// Takes note of logs by name: of those that have ended before their first entry nothing more
    /// will be known.
    package mutating func note(_ identities: [LogIdentity]) {
        for identity in identities where !knows(identity) {
            domains[identity.domain, default: DomainState()].update(LogState(identity: identity))
        }
    }

    /// The logs that have ended, of areas that pass the test, ascending by log.
    package func endedLogs(where isWanted: (AreaCode) -> Bool) -> [LogIdentity] {
        guard directory.hasEnds else { return [] }
        return logs(where: isWanted).map(\.identity).filter { directory.end(of: $0) != nil }
    }

    /// Learns words of offices that a peer has passed on.
    package mutating func learn(_ words: [AuthorityWord]) {
        directory.add(words)
        redactions.settle(by: directory)
    }

    /// Learns certificates that came outside of any log, as in a peer's greeting.
    package mutating func learn(_ chain: VerifiedChain) {
        directory.add(chain)
        redactions.settle(by: directory)
    }

    /// Takes up what a store knows of redactions.
    package mutating func take(_ book: RedactionBook) {
        redactions = book
        redactions.settle(by: directory)
    }

    /// Learns a cut-off that came outside of any log.
    package mutating func learn(_ cutOff: CutOff) {
        directory.add(cutOff)
        redactions.settle(by: directory)
    }

    /// Learns branch proofs that came outside of any log.
    package mutating func learn(_ proofs: [BranchProof]) {
        for proof in proofs { directory.add(proof) }
    }

    /// Whether this replica writes a log that was forked: somebody has its key, or its folder.
    package var isForked: Bool {
        directory.hasForks && directory.forks.contains { $0.identity.log.replica == id }
    }

    /// Forgets what a peer had sent ahead of its causes.
    package mutating func forgetParked(from source: PublicKey) { parked.forget(source) }
}
