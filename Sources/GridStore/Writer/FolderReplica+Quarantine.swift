// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog
package import GridSync

/// What became of a key's writing that somebody has taken over.
package struct Adoption: Sendable {
    /// A field that others have written since, or of a record of which nothing is known here; it was
    /// left as it is.
    package struct Skipped: Hashable, Sendable {
        package let collection: UInt32
        package let record: RecordID
        package let field: UInt32
    }

    package internal(set) var entries = 0
    package internal(set) var created = 0
    package internal(set) var changed = 0
    package internal(set) var skipped: [Skipped] = []
}

/// Work of a key that was cut off, written once more under the name of whoever answers for it.
extension FolderReplica {
    /// Writes what a key has in quarantine as this node's own, and forgets it there. A field that
    /// others have written since, without the one having seen the other, is left as it is.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func adopt(
        _ writing: QuarantinedWriting, now: UInt64
    ) throws(CommitFailure) -> (adoption: Adoption, news: [FrontierRow]) {
        let committed = try commit(now: now) { batch, transaction in
            var adopting = Adopting()
            for entry in writing.entries {
                try adopting.adopt(entry, in: &batch, transaction)
            }
            if !batch.isEmpty { try transaction.discard(quarantined: writing.key) }
            return adopting.adoption
        }
        if committed.news.isEmpty { try discard(quarantined: writing.key) }
        return (committed.outcome, committed.news)
    }

    /// Forgets what a key has in quarantine.
    package func discard(quarantined key: PublicKey) throws(CommitFailure) {
        try keep { try store.discard(quarantined: key) }
    }
}

/// Quarantines on their way from a machine to its office (Protocol/cutoffs.md).
extension FolderReplica {
    /// Brings runs into quarantine that were carried here; what is to be destroyed of them by a
    /// redaction is.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - former: what became of the runs of the file before these.
    package func bring(
        _ runs: [VerifiedRun], from source: PublicKey, now: UInt64, after former: CarriedRuns
    ) throws(CommitFailure) -> CarriedRuns {
        var brought = CarriedRuns()
        let book = replica.redactions
        try keep {
            brought = try store.bring(
                runs, from: source, at: now, after: former, destroying: book)
        }
        return brought
    }
}

/// One adoption under way.
private struct Adopting {
    var adoption = Adoption()
    private struct Place: Hashable {
        let branch: Bytes32
        let address: RecordAddress
    }

    /// The new addresses of records that were created in quarantine; two branches may have given
    /// one address to two records.
    private var places: [Place: RecordAddress] = [:]
    private var addresses: [RecordAddress: RecordAddress] = [:]
    private var names: [RecordID: RecordID] = [:]

    mutating func adopt(
        _ entry: QuarantinedEntry, in batch: inout ReplicaBatch, _ transaction: StoreTransaction
    ) throws {
        let domain = entry.dot.log.domain
        var drafts: [DraftChange] = []
        var created: [RecordAddress] = []
        for change in entry.changes {
            let draft = try draft(change, of: entry, in: &batch, transaction)
            guard let draft else { continue }
            drafts.append(draft)
            if draft.target == .new { created.append(change.address) }
        }
        guard !drafts.isEmpty else { return }
        let written = try transaction.author(
            drafts.map { LocalChange(domain: domain, draft: $0) }, in: &batch)
        let news = zip(drafts, written.addresses).filter { $0.0.target == .new }.map(\.1)
        for (old, new) in zip(created, news) {
            places[Place(branch: entry.branch, address: old)] = new
            addresses[old] = new
            names[RecordNaming.id(of: old)] = RecordNaming.id(of: new)
        }
        adoption.entries += 1
        adoption.created += created.count
        adoption.changed += drafts.count - created.count
    }

    private mutating func draft(
        _ change: RecordChange, of entry: QuarantinedEntry, in batch: inout ReplicaBatch,
        _ transaction: StoreTransaction
    ) throws -> DraftChange? {
        let writes = change.writes.map {
            FieldWrite(field: $0.field, operation: renamed($0.operation))
        }
        if case .created(let dot, _) = change.address, dot == entry.dot {
            return DraftChange(
                collection: change.collection, target: .new, archives: change.archives,
                writes: writes)
        }
        let place = Place(branch: entry.branch, address: change.address)
        if let address = places[place] ?? addresses[change.address] {
            return DraftChange(
                collection: change.collection, target: .existing(address),
                archives: change.archives, writes: writes)
        }
        let key = RecordKey(
            domain: entry.dot.log.domain, collection: change.collection, address: change.address)
        if case .created(let dot, _) = change.address, !transaction.knows(dot.log) {
            adoption.skipped += writes.map { skip($0, of: change) }
            return nil
        }
        let record = try batch.record(key, storage: transaction.ledger)
        let wanted = writes.filter { write in
            guard let record, record.holds(write, unseenBy: entry.context) else { return true }
            adoption.skipped.append(skip(write, of: change))
            return false
        }
        guard !wanted.isEmpty || change.writes.isEmpty else { return nil }
        return DraftChange(
            collection: change.collection, target: .existing(change.address),
            archives: change.archives, writes: wanted)
    }

    private func skip(_ write: FieldWrite, of change: RecordChange) -> Adoption.Skipped {
        Adoption.Skipped(
            collection: change.collection, record: RecordNaming.id(of: change.address),
            field: write.field)
    }

    private func renamed(_ operation: FieldOperation) -> FieldOperation {
        switch operation {
        case .assign(let value): .assign(renamed(value))
        case .clear, .increment: operation
        // Ascending, as lists of elements are.
        case .add(let values): .add(values.map(renamed).sorted { $0.precedes($1) })
        case .remove(let values): .remove(values.map(renamed).sorted { $0.precedes($1) })
        case .append(let values): .append(values.map(renamed))
        }
    }

    private func renamed(_ value: FieldValue) -> FieldValue {
        switch value {
        case .reference(let id): .reference(names[id] ?? id)
        case .list(let values): .list(values.map(renamed))
        case .map(let parts):
            .map(
                parts.map { FieldValue.MapPart(name: $0.name, value: renamed($0.value)) })
        case .text, .integer, .boolean, .decimal, .date, .time, .area, .bytes, .point,
            .attachment:
            value
        }
    }
}

extension RecordState {
    /// Whether somebody has assigned another value to a field since, without its having been seen.
    fileprivate func holds(_ write: FieldWrite, unseenBy context: VersionVector) -> Bool {
        let value: FieldValue?
        switch write.operation {
        case .assign(let assigned): value = assigned
        case .clear: value = nil
        case .add, .remove, .append, .increment: return false
        }
        let siblings: [Sibling]
        switch self[FieldKey(field: write.field, family: .assigned)] {
        case .register(let register): siblings = register.siblings
        case .fixed(let fixed): siblings = fixed.siblings
        case .set, .timeline, .counter, nil: return false
        }
        return siblings.contains { !context.covers($0.dot) && $0.value != value }
    }
}
