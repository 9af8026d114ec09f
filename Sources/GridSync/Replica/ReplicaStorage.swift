// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// What a replica needs of a store, within one transaction of it.
///
/// Reads see what was committed before. Writes come once per batch: first names of logs, then all runs, then all
/// records, then all logs; they become visible and durable together or not at all.
package protocol ReplicaStorage {
    /// The state of one record; nil when no entry has touched it.
    func record(_ key: RecordKey) throws -> RecordState?
    /// Takes note of a log of which nothing counts: records may speak of entries in it.
    func note(_ log: LogIdentity) throws
    /// Keeps a redaction beside the run it came in: what it explains must stay explained.
    func note(_ redaction: Redaction) throws
    func append(_ run: VerifiedRun) throws
    func save(_ record: TouchedRecord) throws
    func save(_ log: LogState) throws
    /// Notes two edits of different fields that had not seen each other.
    func note(_ update: ParallelUpdate) throws
    /// Keeps a run of a forked log that goes beyond the fork: it may be of the branch that will count.
    func setAside(_ run: RunAside) throws
}

extension ReplicaStorage {
    /// A storage that has no numbers of its own for logs has nothing to note.
    package func note(_ log: LogIdentity) throws {}

    /// A storage that is never without the runs it was given has nothing to keep beside them.
    package func note(_ redaction: Redaction) throws {}

    /// Nor has one without a ledger a place for what may count one day.
    package func setAside(_ run: RunAside) throws {}
}

/// A run of a forked log that goes beyond the fork.
package struct RunAside: Sendable {
    package let run: VerifiedRun
    /// Whether what proves itself in it is learnt all the same.
    package let isHeard: Bool
}

/// A record within everything a replica holds.
package struct RecordKey: Hashable, Sendable {
    package let domain: Domain
    package let collection: UInt32
    package let address: RecordAddress

    package init(domain: Domain, collection: UInt32, address: RecordAddress) {
        self.domain = domain
        self.collection = collection
        self.address = address
    }

    /// What tells records apart, and no more: keys are looked up for every change.
    package func hash(into hasher: inout Hasher) {
        switch address {
        case .created(let dot, let index):
            hasher.combine(dot.log.replica.low)
            hasher.combine(dot.sequence << 8 | UInt64(index))
        case .named(let id): hasher.combine(id.high)
        }
    }
}

/// Two entries that changed one record without having seen each other.
package struct ParallelUpdate: Hashable, Sendable {
    package let record: RecordKey
    package let earlier: Dot
    package let later: Dot
}

/// The collections of the system itself, not of the catalogue: what carries authority
/// (Protocol/certificates.md) and the audit trail (Protocol/audit.md).
package enum SystemCollection {
    /// One certificate a record, named by its digest; field 1 holds its bytes.
    package static let certificates: UInt32 = 1
    package static let certificateBytesField: UInt32 = 1
    /// One cut-off a record, named by its digest; field 1 holds its bytes.
    package static let cutOffs: UInt32 = 2
    package static let cutOffBytesField: UInt32 = 1
    /// One branch proof a record, named by its digest; field 1 holds its bytes.
    package static let forks: UInt32 = 3
    package static let forkBytesField: UInt32 = 1
    /// One change of an area code a record, named by its digest; field 1 holds its bytes.
    package static let areaChanges: UInt32 = 4
    package static let areaChangeBytesField: UInt32 = 1

    /// One redaction a record, named by its digest; field 1 holds its bytes.
    package static let redactions: UInt32 = 6
    package static let redactionBytesField: UInt32 = 1
    /// What a redaction leaves of one entry, a record, named by its digest; field 1 holds its bytes.
    package static let restatements: UInt32 = 7
    package static let restatementBytesField: UInt32 = 1
    /// One succession a record, named by its digest, in the urgent lane of the area of the key that
    /// has taken the other's place and wrote it; field 1 holds its bytes.
    package static let successions: UInt32 = 5
    package static let successionBytesField: UInt32 = 1

    /// One act a record, in the routine lane of the area whose node did it: see `AuditEntry`.
    package static let audit: UInt32 = 8
    /// Up to here numbers are the system's; collections of the catalogue have greater ones.
    package static let numberMax: UInt32 = 15
    /// All of them: no work of people's that anybody could take over.
    package static let all: Set<UInt32> = [
        certificates, cutOffs, forks, areaChanges, successions, redactions, restatements, audit,
    ]

    /// The certificates that stand in a run of lane 0, whatever they prove.
    package static func certificates(in run: VerifiedRun) -> [Certificate] {
        run.entries.flatMap { $0.changes ?? [] }.filter { $0.collection == certificates }
            .flatMap { certificates(in: $0.writes) }
    }

    /// The cut-offs that stand in a run of lane 0, whether they count or not.
    package static func cutOffs(in run: VerifiedRun) -> [CutOff] {
        run.entries.flatMap { $0.changes ?? [] }.filter { $0.collection == cutOffs }
            .flatMap { cutOffs(in: $0.writes) }
    }

    /// The changes of area codes that stand in a run of lane 0, whether they count or not.
    package static func areaChanges(in run: VerifiedRun) -> [AreaChange] {
        run.entries.flatMap { $0.changes ?? [] }.filter { $0.collection == areaChanges }
            .flatMap { areaChanges(in: $0.writes) }
    }

    /// The branch proofs that stand in a run of lane 0, whatever they prove.
    package static func branchProofs(in run: VerifiedRun) -> [BranchProof] {
        run.entries.flatMap { $0.changes ?? [] }.filter { $0.collection == forks }
            .flatMap { branchProofs(in: $0.writes) }
    }

    /// The certificates that the writes to such a record hold.
    static func certificates(in writes: [FieldWrite]) -> [Certificate] {
        bytes(in: writes, field: certificateBytesField).compactMap {
            try? Certificate(decoding: $0)
        }
    }

    /// The cut-offs that the writes to such a record hold.
    static func cutOffs(in writes: [FieldWrite]) -> [CutOff] {
        bytes(in: writes, field: cutOffBytesField).compactMap { try? CutOff(decoding: $0) }
    }

    /// The changes that the writes to such a record hold.
    static func areaChanges(in writes: [FieldWrite]) -> [AreaChange] {
        bytes(in: writes, field: areaChangeBytesField).compactMap {
            try? AreaChange(decoding: $0)
        }
    }

    /// The branch proofs that the writes to such a record hold.
    static func branchProofs(in writes: [FieldWrite]) -> [BranchProof] {
        bytes(in: writes, field: forkBytesField).compactMap { try? BranchProof(decoding: $0) }
    }

    static func bytes(in writes: [FieldWrite], field: UInt32) -> [[UInt8]] {
        writes.compactMap { write in
            guard write.field == field, case .assign(.bytes(let bytes)) = write.operation
            else { return nil }
            return bytes
        }
    }
}
