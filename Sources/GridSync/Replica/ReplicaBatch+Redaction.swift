// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog

/// Entries whose values are destroyed (Protocol/redaction.md).
extension ReplicaBatch {
    /// The run without what redactions have destroyed of it.
    ///
    /// - Parameter height: up to which the log is here; what is missing below it is no matter.
    /// - Throws: `valuesWithheld` where values are missing and no redaction explains it.
    func redacting(
        _ run: VerifiedRun, above height: UInt64
    ) throws(Refusal) -> VerifiedRun {
        let log = run.run.identity.log
        let sequences = redactions.sequences(in: log)
        guard !sequences.isEmpty || !run.run.isWhole else { return run }
        var places: Set<Int> = []
        for (place, entry) in run.entries.enumerated() where entry.sequence > height {
            let named = NamedEntry(
                dot: Dot(log: log, sequence: entry.sequence), hash: run.hashes[place])
            let isRedacted =
                redactions.treatments[named] != nil && entry.isRedactable(in: log.domain.lane)
            if isRedacted {
                places.insert(place)
            } else if entry.isWithheld {
                throw .valuesWithheld
            }
        }
        do throws(DecodingViolation) {
            return try run.redacted(at: places, hidingSaltsOf: sequences) ?? run
        } catch {
            throw .violation(.malformed(error))
        }
    }

    /// What an entry does, as far as that is known; notes how it was treated.
    mutating func changes(of entry: Entry, named: NamedEntry) -> [ShapedChange] {
        guard entry.isWithheld else { return entry.changes ?? [] }
        let treatment = redactions.treatments[named]
        treated[named] = treatment
        return entry.changes(restated: treatment?.restatements ?? [])
    }

    /// Takes in a redaction or a restatement that stands in lane 0.
    mutating func learnRedactions(_ change: RecordChange, in entry: NamedEntry) {
        if change.collection == SystemCollection.redactions {
            for redaction in SystemCollection.redactions(in: change.writes) { learn(redaction) }
        } else if change.collection == SystemCollection.restatements {
            for restatement in SystemCollection.restatements(in: change.writes) {
                redactions.add(restatement, in: entry)
            }
        }
    }

    /// Looks for redactions in runs of lane 0 that are still to be judged, where values are missing:
    /// a restatement that was redacted stands before the order to do so. Whoever brings an order
    /// does not matter, for it proves itself.
    mutating func learnRedactions(in runs: [VerifiedRun]) {
        guard runs.contains(where: { !$0.run.isWhole }) else { return }
        for run in runs {
            for change in run.entries.flatMap({ $0.changes ?? [] })
            where change.collection == SystemCollection.redactions {
                for redaction in SystemCollection.redactions(in: change.writes) {
                    learn(redaction)
                }
            }
        }
        redactions.settle(by: directory)
    }

    /// Takes in the redactions and restatements that a run of lane 0 holds, though it does not count:
    /// an order without what is said again would destroy what was to stay.
    mutating func learnRedactionsAndRestatements(in run: VerifiedRun) {
        for (entry, hash) in zip(run.entries, run.hashes) {
            let carrier = NamedEntry(
                dot: Dot(log: run.run.identity.log, sequence: entry.sequence), hash: hash)
            for change in entry.changes ?? [] {
                if change.collection == SystemCollection.redactions {
                    for redaction in SystemCollection.redactions(in: change.writes) {
                        learn(redaction)
                    }
                } else if change.collection == SystemCollection.restatements {
                    for restatement in SystemCollection.restatements(in: change.writes) {
                        redactions.add(restatement, in: carrier)
                    }
                }
            }
        }
        redactions.settle(by: directory)
    }

    private mutating func learn(_ redaction: Redaction) {
        if redactions.add(redaction) { learntRedactions.append(redaction) }
    }

    /// Whether entries that are here have lost values, or others than before, by what this batch has
    /// learnt.
    var redactsWhatIsHere: Bool {
        guard redactions.count != replica.redactions.count else { return false }
        return redactions.treatments.contains { entry, treatment in
            entry.dot.sequence <= state(of: entry.dot.log.domain).applied[entry.dot.log]
                && (treated[entry] ?? replica.redactions.treatments[entry]) != treatment
        }
    }

    /// The salts that a log of one's own goes on with. A seed that would give the salt of a redacted
    /// entry is not used any more.
    func saltSource(of log: LogState) -> SaltSource? {
        let domain = log.identity.domain
        guard let source = salts[domain] ?? replica.salts[domain] else { return nil }
        let redacted = redactions.sequences(in: log.identity.log)
        return redacted.last.map { $0 >= source.seededAt } ?? false ? nil : source
    }
}

extension Replica {
    /// Whether other certificates would destroy values of entries that are here.
    func redactsMore(by directory: CertificateDirectory) -> Bool {
        guard !redactions.isEmpty else { return false }
        var other = redactions
        other.settle(by: directory)
        return other.treatments.contains { entry, treatment in
            entry.dot.sequence <= height(of: entry.dot.log)
                && redactions.treatments[entry] != treatment
        }
    }
}

extension Entry {
    /// Whether its values may be destroyed at all.
    package func isRedactable(in lane: Lane) -> Bool {
        isRedactable(
            in: lane, system: SystemCollection.all, restatements: SystemCollection.restatements)
    }
}

extension SystemCollection {
    /// The redactions that the writes to such a record hold.
    package static func redactions(in writes: [FieldWrite]) -> [Redaction] {
        bytes(in: writes, field: redactionBytesField).compactMap { try? Redaction(decoding: $0) }
    }

    /// The restatements that the writes to such a record hold.
    package static func restatements(in writes: [FieldWrite]) -> [Restatement] {
        bytes(in: writes, field: restatementBytesField).compactMap {
            try? Restatement(decoding: $0)
        }
    }
}

extension RedactionBook {
    /// Takes in what redactions and restatements stand in a run of lane 0, whatever they prove.
    package mutating func add(from run: VerifiedRun) {
        for (entry, hash) in zip(run.entries, run.hashes) {
            let dot = Dot(log: run.run.identity.log, sequence: entry.sequence)
            for change in entry.changes ?? [] {
                if change.collection == SystemCollection.redactions {
                    for redaction in SystemCollection.redactions(in: change.writes) {
                        add(redaction)
                    }
                } else if change.collection == SystemCollection.restatements {
                    for restatement in SystemCollection.restatements(in: change.writes) {
                        add(restatement, in: NamedEntry(dot: dot, hash: hash))
                    }
                }
            }
        }
    }
}
