// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog
import GridSync

/// Receipts: made for nodes below, kept of nodes above.
extension FolderReplica {
    /// What became of a receipt.
    package enum ReceiptVerdict: Hashable, Sendable {
        case kept
        /// It names another entry than this node has, or more of its own log than there is.
        case contradicts(LogID)
        /// It could not be written down; there will be others.
        case notKept
    }

    /// Signs what is durably here of an area. Where that is too many logs for one receipt, the
    /// subject's own come first.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func receipt(for subject: ReplicaID, area: AreaCode, now: UInt64) -> Receipt {
        let logs = replica.logs { area.contains($0) }.filter { $0.height > 0 }
        let own = logs.filter { $0.identity.log.replica == subject }
        let others = logs.filter { $0.identity.log.replica != subject }
        let rows = (own + others).prefix(ProtocolLimits.receiptRowsMax).map {
            Receipt.Row(log: $0.identity.log, height: $0.height, head: $0.head)
        }
        return Receipt(
            for: subject, area: area, time: now, rows: rows.sorted { $0.log < $1.log },
            issuedBy: author)
    }

    /// Holds a genuine receipt of a node above against the ledger, and keeps it. Rows of others'
    /// logs of which more is there than here are left out; they may be so.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func keep(_ receipt: Receipt, now: UInt64) -> ReceiptVerdict {
        self.now = now
        var agreeing: [Receipt.Row] = []
        var wrong: Receipt.Row?
        let isRead = writeDown {
            for row in receipt.rows {
                let height = replica.height(of: row.log)
                if row.height <= height {
                    guard try store.hash(at: row.height, of: row.log) == row.head else {
                        wrong = row
                        return
                    }
                    agreeing.append(row)
                } else if row.log.replica == replica.id {
                    wrong = row
                    return
                }
            }
        }
        if let wrong {
            flag(wrong, of: receipt)
            return .contradicts(wrong.log)
        }
        guard isRead else { return .notKept }
        let isKept = writeDown {
            try store.keep(receipt, rows: agreeing, received: now)
            try store.update(
                watch.revise {
                    guard $0.code == .falseReceipt, $0.peer == receipt.issuer else { return }
                    $0.endedAt = $0.endedAt ?? now
                })
        }
        return isKept ? .kept : .notKept
    }

    /// Whether a peer has acknowledged something of this node's area that its last receipt does
    /// not cover.
    package func lacksReceipt(of peer: PublicKey) -> Bool {
        guard let held = try? store.heldByPeers()[peer] else { return false }
        let covered = (try? store.latestReceipts()[peer]) ?? [:]
        return held.rows.contains { row in
            replica.scope.area.contains(row.log.domain.area)
                && min(row.height, replica.height(of: row.log)) > covered[row.log] ?? 0
        }
    }

    /// Keeps that a peer signed what is not so: once, until it signs what is.
    private func flag(_ row: Receipt.Row, of receipt: Receipt) {
        let isKnown = watch.incidents.contains {
            $0.code == .falseReceipt && $0.peer == receipt.issuer && $0.endedAt == nil
        }
        guard !isKnown else { return }
        let part = Incident.Part(
            log: row.log, held: min(replica.height(of: row.log), row.height), known: row.height)
        let incident = Incident(
            .falseReceipt, at: now, peer: receipt.issuer, replica: row.log.replica, parts: [part])
        writeDown { watch.add(try store.record(incident)) }
    }

    /// Some time after a meeting, looks whether the peer has what it signed receipts for.
    func lookForLostReceipts() {
        let due = meetings.filter { now >= $0.value + Self.settling }
        guard !due.isEmpty else { return }
        writeDown {
            let latest = try store.latestReceipts()
            let held = try store.heldByPeers()
            for peer in due.keys.sorted() {
                meetings[peer] = nil
                let parts = (latest[peer] ?? [:]).map { log, height in
                    Incident.Part(
                        log: log, held: held[peer]?[log] ?? 0, known: counted(height, of: log))
                }.filter { $0.held < $0.known }
                let isKnown = watch.incidents.contains {
                    $0.code == .receiptedDataLost && $0.peer == peer && $0.endedAt == nil
                }
                guard !parts.isEmpty, !isKnown else { continue }
                watch.add(
                    try store.record(
                        Incident(.receiptedDataLost, at: now, peer: peer, parts: parts)))
            }
        }
    }
}
