// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// What is left of the values of an entry that redactions name.
package struct Treatment: Hashable, Sendable {
    /// What was said again of it, ascending by digest; none when nothing was.
    package let restatements: [Restatement]
}

/// All redactions and restatements that a replica knows, and which entries they concern: a function
/// of the sets of both and of the certificates, never of their order.
///
/// A redaction counts for an entry when its issuer has, or had, a certificate with the right to
/// redact in the entry's area. That never ends, not even when the issuer is cut off: what was
/// destroyed does not come back.
package struct RedactionBook: Sendable {
    /// Genuine redactions by digest, those that count for nothing among them.
    package private(set) var redactions: [Bytes32: Redaction] = [:]
    /// By digest.
    private(set) var restatements: [Bytes32: Restatement] = [:]
    /// The restatements that rows which count name, by the entry that the rows are about.
    private(set) var named: [NamedEntry: Set<Bytes32>] = [:]
    /// In which entries of lane 0 they stand.
    private var carriers: [Bytes32: Set<NamedEntry>] = [:]
    /// The entries whose values are destroyed.
    package private(set) var treatments: [NamedEntry: Treatment] = [:]
    /// Their sequences by log, ascending.
    private var sequences: [LogID: [UInt64]] = [:]
    /// The certificates that were looked at last, by their number.
    private var certificateCount: Int?

    package init() {}

    package var isEmpty: Bool { redactions.isEmpty && restatements.isEmpty }

    /// How many acts are known, whatever they are worth. It only grows.
    package private(set) var count = 0

    /// How much it holds: it differs whenever something has come that may have to be carried out.
    package struct Extent: Hashable, Sendable {
        let acts: Int
        let entries: Int
    }

    package var extent: Extent { Extent(acts: count, entries: treatments.count) }

    /// Takes in a redaction that arrived in any way and order; one that is not genuine is left out.
    ///
    /// - Returns: whether it is genuine and news.
    @discardableResult
    package mutating func add(_ redaction: Redaction) -> Bool {
        let digest = redaction.digest
        guard redactions[digest] == nil, redaction.hasValidSignature else { return false }
        redactions[digest] = redaction
        isNews()
        return true
    }

    /// Takes in a restatement.
    ///
    /// - Parameter carrier: the entry it stands in; nil where that is not known any more.
    package mutating func add(_ restatement: Restatement, in carrier: NamedEntry?) {
        let digest = restatement.digest
        if restatements.updateValue(restatement, forKey: digest) == nil { isNews() }
        guard let carrier else { return }
        if carriers[digest, default: []].insert(carrier).inserted { isNews() }
    }

    private mutating func isNews() {
        count += 1
        certificateCount = nil
    }

    /// Finds out what counts by these certificates; does nothing where nothing has changed.
    package mutating func settle(by directory: CertificateDirectory) {
        guard !isEmpty, certificateCount != directory.count else { return }
        certificateCount = directory.count
        var rows: [NamedEntry: [Redaction.Row]] = [:]
        var entitled: [Office: Bool] = [:]
        for redaction in redactions.values {
            for row in redaction.rows {
                let office = Office(key: redaction.issuer, area: row.entry.dot.log.domain.area)
                let counts = entitled[office] ?? directory.mayRedact(office.key, in: office.area)
                entitled[office] = counts
                if counts { rows[row.entry, default: []].append(row) }
            }
        }
        treatments = rows.mapValues { treatment(by: $0, beside: rows) }
        named = rows.mapValues { Set($0.compactMap(\.restatement)) }.filter { !$0.value.isEmpty }
        sequences = Dictionary(grouping: rows.keys.map(\.dot), by: \.log)
            .mapValues { Set($0.map(\.sequence)).sorted() }
    }

    /// What is said again by those restatements that are not redacted themselves. A redaction without
    /// one leaves nothing.
    private func treatment(
        by rows: [Redaction.Row], beside named: [NamedEntry: [Redaction.Row]]
    ) -> Treatment {
        var digests: Set<Bytes32> = []
        for row in rows {
            guard let digest = row.restatement else { return Treatment(restatements: []) }
            digests.insert(digest)
        }
        let left = digests.sorted().compactMap { digest -> Restatement? in
            guard let restatement = restatements[digest], restatement.entry == rows[0].entry,
                !(carriers[digest] ?? []).contains(where: { named[$0] != nil })
            else { return nil }
            return restatement
        }
        return Treatment(restatements: left)
    }

    /// The sequences of a log's entries that are to be redacted, ascending.
    package func sequences(in log: LogID) -> [UInt64] { sequences[log] ?? [] }

    /// The logs that have such entries, ascending.
    package var logs: [LogID] { sequences.keys.sorted() }

    /// Whether a redaction counts for any entry.
    package func counts(_ redaction: Redaction) -> Bool {
        redaction.rows.contains { treatments[$0.entry] != nil }
    }

    /// In which entries a restatement stands, ascending.
    package func carriers(of restatement: Restatement) -> [NamedEntry] {
        (carriers[restatement.digest] ?? []).sorted()
    }

    /// The restatements that are here, with their digests, ascending, and whether each is to be
    /// destroyed.
    package var knownRestatements: [(restatement: Restatement, isRedacted: Bool)] {
        restatements.sorted { $0.key < $1.key }.map { digest, restatement in
            (restatement, (carriers[digest] ?? []).contains { treatments[$0] != nil })
        }
    }

    /// The redactions that name entries, whether they count or not, each ascending by digest.
    package func orders(naming entries: Set<NamedEntry>) -> [NamedEntry: [Redaction]] {
        var found: [NamedEntry: [Redaction]] = [:]
        for (_, redaction) in redactions.sorted(by: { $0.key < $1.key }) {
            for row in redaction.rows where entries.contains(row.entry) {
                found[row.entry, default: []].append(redaction)
            }
        }
        return found
    }

    /// The redactions that concern a record, the earliest first.
    package func redactions(of record: RecordID, in collection: UInt32) -> [Redaction] {
        redactions.values.filter {
            $0.record == record && $0.collection == collection && counts($0)
        }
        .map { ($0, digest: $0.digest) }
        .sorted { ($0.0.issuedAt, $0.digest) < ($1.0.issuedAt, $1.digest) }.map(\.0)
    }
}

/// A key and an area in which it orders something.
private struct Office: Hashable {
    let key: PublicKey
    let area: AreaCode
}

extension CertificateDirectory {
    /// Whether a key has or had the right to order redactions in an area. It only grows: whoever
    /// was cut off, or lost the footing of its certificate, cannot bring back what was destroyed.
    package func mayRedact(_ key: PublicKey, in area: AreaCode) -> Bool {
        let leaves = (chains[key] ?? []).map(\.leaf) + (orphans[key] ?? [])
        return leaves.contains { $0.rights.contains(.redact) && $0.area.contains(area) }
    }
}
