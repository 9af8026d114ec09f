// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync
import Logging

/// Receipts, as sessions order them.
extension ReplicationEngine {
    /// A receipt for a peer, at most one a minute over all its sessions.
    func receipt(
        for subject: ReplicaID, of peer: PublicKey, area: AreaCode
    ) -> ReceiptSupply {
        let steady = WallClock.steady
        if let last = receiptsMade[peer], steady < last + SyncSession.receiptMilliseconds {
            return .tooEarly
        }
        receiptsMade[peer] = steady
        return .receipt(folder.receipt(for: subject, area: area, now: WallClock.now))
    }

    /// Keeps a peer's receipt, or says why not.
    func keep(_ receipt: Receipt, of peer: VerifiedChain) {
        switch folder.keep(receipt, now: WallClock.now) {
        case .kept, .notKept: break
        case .contradicts(let log):
            logger.warning(
                "receipt contradicts the ledger",
                metadata: ["peer": "\(peer.leaf.subject)", "log": "\(log)"])
        }
        showCondition()
    }

    /// Whether a peer has acknowledged something that its last receipt does not cover.
    func lacksReceipt(of peer: PublicKey) -> Bool { folder.lacksReceipt(of: peer) }
}
