// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridLog

/// What the shell gives for a receipt that was ordered.
package enum ReceiptSupply: Hashable, Sendable {
    case receipt(Receipt)
    /// One was made for this peer just now, in an earlier session.
    case tooEarly
}

/// Receipts: a node above says what it durably holds of the peer's area (Protocol/receipts.md).
extension SyncSession {
    /// Between two receipts for one peer.
    package static let receiptMilliseconds: UInt64 = 60_000
    /// After the first change until the receipt: more may come.
    static let receiptDelayMilliseconds: UInt64 = 2_000
    /// Receipts that a peer may say at once: a link may have stalled for minutes.
    static let receiptsAtOnceMax: UInt64 = 8
    /// After this long it may say one more.
    static let receiptAllowanceMilliseconds: UInt64 = 30_000

    /// What a side remembers of receipts.
    struct ReceiptState: Sendable {
        /// Something that the next receipt would say and the last did not has come.
        var hasChanged = false
        /// When that began.
        var changedAt: UInt64?
        var issuedAt: UInt64?
        var isSigning = false
        /// How many the peer may still say, and since when.
        var allowance = receiptsAtOnceMax
        var refilledAt: UInt64
    }

    /// Whether this side makes receipts for the peer: its area lies above the peer's.
    var issuesReceipts: Bool {
        theirs.features & Feature.receipts != 0 && mine.area != theirs.area
            && mine.area.contains(theirs.area)
    }

    /// When the next receipt is due; nil while there is nothing to say.
    var receiptDue: UInt64? {
        guard issuesReceipts, !receipts.isSigning, let changedAt = receipts.changedAt else {
            return nil
        }
        let earliest = receipts.issuedAt.map { $0 + Self.receiptMilliseconds } ?? 0
        return max(earliest, changedAt + Self.receiptDelayMilliseconds)
    }

    /// Notes when a change began.
    mutating func noteChange(now: UInt64) -> [Effect] {
        guard receipts.hasChanged else { return [] }
        receipts.hasChanged = false
        guard receipts.changedAt == nil, issuesReceipts, closeReason == nil else { return [] }
        receipts.changedAt = now
        return receiptDue.map { [.wake(at: $0)] } ?? []
    }

    /// Orders a receipt that is due.
    mutating func orderReceipt(now: UInt64) -> [Effect] {
        guard let due = receiptDue, due <= now else { return [] }
        receipts.isSigning = true
        return [.issueReceipt]
    }

    /// Takes the receipt that was ordered, and sends it.
    package mutating func supply(_ supply: ReceiptSupply, now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        precondition(receipts.isSigning, "a receipt that was not ordered")
        receipts.isSigning = false
        receipts.issuedAt = now
        switch supply {
        case .receipt(let receipt):
            receipts.changedAt = nil
            return noteSent([.send(.receipt(receipt))], now: now)
        case .tooEarly: return receiptDue.map { [.wake(at: $0)] } ?? []
        }
    }

    /// Takes a receipt of the peer, which may say anything at all.
    mutating func receiveReceipt(_ receipt: Receipt, now: UInt64) -> [Effect] {
        guard mine.features & Feature.receipts != 0 else {
            return end(.violation(.receiptNotOffered))
        }
        let passed = now - min(now, receipts.refilledAt)
        let more = passed / Self.receiptAllowanceMilliseconds
        receipts.refilledAt += more * Self.receiptAllowanceMilliseconds
        receipts.allowance = min(receipts.allowance + more, Self.receiptsAtOnceMax)
        guard receipts.allowance > 0 else { return end(.violation(.tooManyReceipts)) }
        receipts.allowance -= 1
        guard receipt.issuer == peerKey, receipt.subject == replica, receipt.area == mine.area
        else { return end(.violation(.receiptNotOurs)) }
        guard receipt.rows.allSatisfy({ mine.area.contains($0.log.domain.area) }) else {
            return end(.violation(.rowOutsideAreas))
        }
        guard receipt.hasValidSignature else { return end(.violation(.receiptNotGenuine)) }
        // Of a node that is not above, a receipt is worth nothing.
        guard theirs.area != mine.area, theirs.area.contains(mine.area) else { return [] }
        return [.keepReceipt(receipt)]
    }
}
