// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog
package import GridSync

/// Why a redaction was not ordered; nothing has changed.
package enum RedactionRefusal: Error, Hashable, Sendable {
    /// This node's certificate does not have the right to redact there, or was cut off.
    case notEntitled(AreaCode)
    /// None of the fields has a value left, in the record or its history.
    case nothingToDestroy
    /// An entry holds authority or audit beside the record.
    case holdsSystemRecords(Dot)
    /// What stays of one entry is too long to be said again.
    case restatementTooLarge(Dot)
}

/// What is asked for: which values of which record are to be destroyed, and why.
package struct RedactionOrder: Sendable {
    package let record: RecordState
    /// The numbers of the fields; nil for all.
    package let fields: Set<UInt32>?
    /// For people, at most `ProtocolLimits.redactionReasonBytesMax` bytes.
    package let reason: String

    package init(record: RecordState, fields: Set<UInt32>?, reason: String) {
        self.record = record
        self.fields = fields
        self.reason = reason
    }
}

/// Values that are destroyed on every node (Protocol/redaction.md).
extension FolderReplica {
    private static let secondTryMilliseconds: UInt64 = 60_000

    /// Orders a redaction in this node's name: what stays of the entries concerned is said again, and
    /// then all of them are named, in one commit. Their values are gone from tables and ledger on
    /// return; `attendRedactions` sees to the rest.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Throws: `RedactionRefusal`, `CommitFailure`.
    package func redact(
        _ order: RedactionOrder, now: UInt64
    ) throws -> (redactions: [Redaction], news: [FrontierRow]) {
        let area = order.record.domain.area
        let chain = replica.directory.chain(of: author.key, covering: area, with: .redact)
        guard let chain, !replica.directory.isEnded(chain) else {
            throw RedactionRefusal.notEntitled(area)
        }
        let draft: RedactionDraft
        do {
            draft = try store.redactionDraft(order, replica.redactions)
        } catch let refusal as RedactionRefusal {
            throw refusal
        } catch {
            throw fail(after: error)
        }
        guard !draft.rows.isEmpty else { throw RedactionRefusal.nothingToDestroy }
        let redactions = draft.redactions(of: order, issuedAt: now, by: author)
        let domain = Domain(area: area, lane: .authority)
        let committed = try commit(now: now) { batch, transaction in
            for draft in draft.restatements.map(\.change) + redactions.map(\.change) {
                _ = try transaction.author([LocalChange(domain: domain, draft: draft)], in: &batch)
            }
        }
        return (redactions, committed.news)
    }

    /// Sees to redactions that have become known: no older page is left in the write-ahead log, and
    /// the audit trail says that this node has carried them out.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - receipt: what the audit trail says; nil says nothing.
    /// - Returns: the logs that grew.
    package func attendRedactions(
        now: UInt64, receipt: (Redaction) -> AuditEntry? = { _ in nil }
    ) -> [FrontierRow] {
        let book = replica.redactions
        guard !book.isEmpty,
            attendedRedactions != book.extent || entriesToJoin.contains(where: isHere),
            !awaitsBuilding, stopped == nil, now >= redactionsDueAt
        else { return [] }
        var open: [Redaction] = []
        var isEmptied = false
        let isDone = writeDown {
            try store.keep(book)
            try store.destroyQuarantined(book)
            isEmptied = try store.emptyWriteAheadLog()
            guard isEmptied else { return }
            open = try store.carriedRedactions().filter { !$0.isNoted }.map(\.redaction)
                .filter(book.counts)
            try store.mark(done: open, noted: false, at: now)
        }
        guard isDone, isEmptied else {
            redactionsDueAt = now + Self.secondTryMilliseconds
            return []
        }
        guard let noted = noteDone(open, now: now, receipt: receipt),
            let published = publishAgain(now: now), let joined = joinRestatements(now: now)
        else {
            redactionsDueAt = now + Self.secondTryMilliseconds
            return []
        }
        attendedRedactions = replica.redactions.extent
        guard !joined.isEmpty else { return noted + published }
        // What was ordered just now is to be carried out in turn, and leaves nothing to be joined.
        attendedRedactions = nil
        return noted + published + joined + attendRedactions(now: now, receipt: receipt)
    }

    /// Writes acts into lane 0 once more whose log was cut off: without them nobody new could take
    /// what they have left.
    ///
    /// - Returns: nil when it has to be tried again.
    private func publishAgain(now: UInt64) -> [FrontierRow]? {
        do {
            let (restatements, redactions) = try store.unpublishedRedactions(replica.redactions)
            let changes =
                restatements.map { ($0.entry.dot.log.domain.area, $0.change) }
                + redactions.map { ($0.rows[0].entry.dot.log.domain.area, $0.change) }
            let wanted = changes.filter { mayWriteAuthority(in: $0.0) }
            guard !wanted.isEmpty else { return [] }
            return try commit(now: now) { batch, transaction in
                for (area, draft) in wanted {
                    let domain = Domain(area: area, lane: .authority)
                    _ = try transaction.author(
                        [LocalChange(domain: domain, draft: draft)], in: &batch)
                }
            }.news
        } catch {
            _ = fail(after: error)
            return nil
        }
    }

    func mayWriteAuthority(in area: AreaCode) -> Bool {
        let domain = Domain(area: area, lane: .authority)
        let own = LogIdentity(key: author.key, nonce: node.nonce, domain: domain)
        return replica.carries(area)
            && replica.directory.level(of: author.key, in: domain) != nil
            && replica.directory.end(of: own) == nil
    }

    /// - Returns: nil when it has to be tried again.
    private func noteDone(
        _ redactions: [Redaction], now: UInt64, receipt: (Redaction) -> AuditEntry?
    ) -> [FrontierRow]? {
        let own = LogIdentity(key: author.key, nonce: node.nonce, domain: auditDomain)
        let receipts = redactions.compactMap(receipt)
        guard !receipts.isEmpty,
            replica.directory.level(of: author.key, in: auditDomain) != nil,
            replica.directory.end(of: own) == nil
        else { return [] }
        do throws(CommitFailure) {
            let committed = try commit(now: now) { batch, transaction in
                for receipt in receipts {
                    _ = try transaction.author(
                        [LocalChange(domain: auditDomain, draft: receipt.draft)], in: &batch)
                }
            }
            writeDown { try store.mark(done: redactions, noted: true, at: now) }
            return committed.news
        } catch {
            return nil
        }
    }
}

extension Restatement {
    /// The record that holds it.
    var change: DraftChange {
        .authority(
            SystemCollection.restatements, recordID,
            field: SystemCollection.restatementBytesField, encoded)
    }
}

extension Redaction {
    /// The record that holds it.
    var change: DraftChange {
        .authority(
            SystemCollection.redactions, recordID, field: SystemCollection.redactionBytesField,
            encoded)
    }
}

extension DraftChange {
    /// One act of authority, in a record that is named by it.
    package static func authority(
        _ collection: UInt32, _ id: RecordID, field: UInt32, _ bytes: [UInt8]
    ) -> DraftChange {
        DraftChange(
            collection: collection, target: .existing(.named(id)), archives: false,
            writes: [FieldWrite(field: field, operation: .assign(.bytes(bytes)))])
    }
}
