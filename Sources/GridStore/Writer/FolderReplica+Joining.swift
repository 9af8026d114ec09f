// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync

/// Offices that redacted one entry without knowing of each other (Protocol/redaction.md, "Joined").
extension FolderReplica {
    /// Destroys what of one office's restatement another office's order has destroyed: says again what
    /// all of them leave, and names the entries that the others stand in.
    ///
    /// - Returns: the logs that grew; nil when it has to be tried again.
    func joinRestatements(now: UInt64) -> [FrontierRow]? {
        entriesToJoin = []
        var news: [FrontierRow] = []
        for surplus in replica.redactions.surpluses {
            let area = surplus.entry.dot.log.domain.area
            let chain = replica.directory.chain(of: author.key, covering: area, with: .redact)
            guard let chain, !replica.directory.isEnded(chain), mayWriteAuthority(in: area) else {
                continue
            }
            do {
                guard let changes = try joining(surplus, now: now) else { continue }
                let domain = Domain(area: area, lane: .authority)
                news += try commit(now: now) { batch, transaction in
                    for draft in changes {
                        _ = try transaction.author(
                            [LocalChange(domain: domain, draft: draft)], in: &batch)
                    }
                }.news
            } catch {
                _ = fail(after: error)
                return nil
            }
        }
        return news
    }

    func isHere(_ entry: NamedEntry) -> Bool {
        replica.height(of: entry.dot.log) >= entry.dot.sequence
    }

    /// The restatement and the orders that are to be written; nil where the entry is not here, or not
    /// yet without its values.
    private func joining(
        _ surplus: RedactionBook.Surplus, now: UInt64
    ) throws -> [DraftChange]? {
        let book = replica.redactions
        var left: Restatement?
        if !surplus.counting.isEmpty {
            guard isHere(surplus.entry) else {
                entriesToJoin.append(surplus.entry)
                return nil
            }
            guard let entry = try store.entry(surplus.entry), entry.isWithheld else { return nil }
            if case .writes(let writes) = entry.remainder(restated: surplus.counting) {
                left = Restatement(of: surplus.entry, writes: writes)
            }
        }
        let digest = left?.digest
        var rows = surplus.standing.filter { $0.digest != digest }
            .flatMap { book.standingCarriers(of: $0) }
            .map { Redaction.Row(entry: $0, restatement: nil) }
        let isSaid = surplus.standing.contains { $0.digest == digest }
        if !isSaid, !surplus.counting.isEmpty {
            rows.append(Redaction.Row(entry: surplus.entry, restatement: digest))
        }
        let orders = book.orders(naming: [surplus.entry])[surplus.entry, default: []]
            .filter(book.counts)
        guard !rows.isEmpty, let first = orders.first else { return nil }
        let fields = orders.filter {
            $0.record == first.record && $0.collection == first.collection
        }.reduce(into: Set<UInt32>()) { $0.formUnion($1.fields) }
        let sorted = rows.sorted { $0.entry < $1.entry }
        let redactions = stride(
            from: 0, to: sorted.count, by: ProtocolLimits.redactionRowsMax
        ).map { start in
            Redaction(
                collection: first.collection, record: first.record, fields: fields.sorted(),
                reason: first.reason, issuedAt: now,
                rows: Array(sorted[start...].prefix(ProtocolLimits.redactionRowsMax)),
                issuedBy: author)
        }
        return (isSaid ? [] : left.map { [$0.change] } ?? []) + redactions.map(\.change)
    }
}
