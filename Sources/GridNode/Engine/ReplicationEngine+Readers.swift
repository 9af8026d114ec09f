// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

extension ReplicationEngine {
    /// What reading for named devices, and trying to write for them, needs to know.
    nonisolated var readerDesk: ReaderDesk {
        ReaderDesk(
            author: author, directory: current.directory,
            kept: { try self.store.keptReaderKeys(at: $0) })
    }

    /// What writing for named devices needs to know within a transaction.
    func readerDesk(_ transaction: StoreTransaction) -> ReaderDesk {
        ReaderDesk(
            author: author, directory: folder.replica.directory,
            kept: { try transaction.keptReaderKeys(at: $0) })
    }

    /// Writes a draft: with its number where the record is new, and sealed where it is for named
    /// devices.
    func author(
        _ draft: WriteDrafting.Draft, of drafting: WriteDrafting, batch: inout ReplicaBatch,
        transaction: StoreTransaction
    ) throws -> AuthoredWrite {
        let id: RecordID
        var draft = draft
        switch draft.change.draft.target {
        case .new:
            id = batch.nextRecordID(in: draft.change.domain)
            draft = drafting.numbered(draft, id: id)
        case .existing(let address): id = RecordNaming.id(of: address)
        }
        let sealed = try drafting.sealed(draft, id: id)
        return try author(
            sealed.draft, id: id, readers: sealed.readers, batch: &batch, transaction: transaction)
    }

    /// Writes a draft, and into the audit trail who came to read it or does no more: in an entry of
    /// its own, which no redaction of the other takes along. Both or none.
    private func author(
        _ draft: WriteDrafting.Draft, id: RecordID, readers change: WriteDrafting.ReaderChange?,
        batch: inout ReplicaBatch, transaction: StoreTransaction
    ) throws -> AuthoredWrite {
        guard let change else { return try transaction.author([draft.change], in: &batch) }
        let before = batch
        do {
            let written = try transaction.author([draft.change], in: &batch)
            let act = entry(
                AuditNote(
                    .readers, object: "\(draft.collection.name)/\(id)",
                    area: draft.change.domain.area,
                    details: [
                        "added": .list(change.added.sorted().map { .text(name(of: $0)) }),
                        "removed": .list(change.removed.sorted().map { .text(name(of: $0)) }),
                    ]))
            _ = try transaction.author(
                [LocalChange(domain: folder.auditDomain, draft: act.draft)], in: &batch)
            return written
        } catch {
            batch = before
            throw error
        }
    }

    /// A device's name and the first digits of its key.
    private func name(of reader: PublicKey) -> String {
        let name = folder.replica.directory.chain(of: reader)?.leaf.name ?? ""
        return "\(name) \(reader.description.prefix(8))"
    }
}
