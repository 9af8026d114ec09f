// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// Something that has befallen a folder, or what a peer had of it, and that people must hear of:
/// kept until it is over, and afterwards as history.
package struct Incident: Hashable, Sendable {
    /// What has happened. The words are those of answers and of the table, and never change.
    package enum Code: String, Hashable, CaseIterable, Sendable {
        /// The head ledger knows more than the database: an older one was put in its place.
        case olderImage = "older_image"
        /// The folder is a copy of another, or was copied back.
        case folderCopied = "folder_copied"
        /// A peer knows more of this replica's own logs than was here.
        case rolledBack = "rolled_back"
        /// A peer holds another branch of one of this replica's own logs.
        case ownLogForked = "own_log_forked"
        /// The folder was made from a backup.
        case restored
        /// Damaged parts of the ledger were cut off; peers send them again.
        case ledgerCut = "ledger_cut"
        /// The folder is new, and an older one of the same post has written before.
        case folderReplaced = "folder_replaced"
        /// Somewhere another folder writes with this node's own key.
        case keyElsewhere = "key_elsewhere"
        /// A peer came back as another replica: it was restored, copied or made anew.
        case peerRestored = "peer_restored"
        /// A peer has less than it had signed receipts for.
        case receiptedDataLost = "receipted_data_lost"
        /// A peer signed a receipt for what is not so.
        case falseReceipt = "false_receipt"
    }

    /// One log of it.
    package struct Part: Hashable, Sendable {
        package let log: LogID
        /// What was left when it was found.
        package internal(set) var held: UInt64
        /// How much is known to have been there; grows as peers tell.
        package internal(set) var known: UInt64

        package init(log: LogID, held: UInt64, known: UInt64) {
            self.log = log
            self.held = held
            self.known = known
        }
    }

    /// Of the table; 0 for one that is not kept yet.
    package internal(set) var id: Int64 = 0
    package let code: Code
    /// When it was found, in milliseconds since 1970.
    package let at: UInt64
    /// When it was over; nil until then.
    package internal(set) var endedAt: UInt64?
    /// Whose loss it is, or nil where it is this folder's own.
    package let peer: PublicKey?
    /// The replica that was left or lost.
    package let replica: ReplicaID?
    /// Ascending by log.
    package internal(set) var parts: [Part]

    package init(
        _ code: Code, at: UInt64, peer: PublicKey? = nil, replica: ReplicaID? = nil,
        parts: [Part] = []
    ) {
        self.code = code
        self.at = at
        self.peer = peer
        self.replica = replica
        self.parts = parts.sorted { $0.log < $1.log }
    }

    /// Entries that are known to have been there and are not among these heights.
    package func missing(from heights: (LogID) -> UInt64) -> UInt64 {
        parts.reduce(0) { $0 + $1.known - min($1.known, heights($1.log)) }
    }

    /// Entries that were missing when it was found, as far as is known by now.
    package var lost: UInt64 { parts.reduce(0) { $0 + $1.known - min($1.known, $1.held) } }

    /// Whether the folder left its replica for a new one.
    package var isRenewal: Bool {
        switch code {
        case .olderImage, .folderCopied, .rolledBack, .ownLogForked, .restored: true
        case .ledgerCut, .folderReplaced, .keyElsewhere, .peerRestored, .receiptedDataLost,
            .falseReceipt:
            false
        }
    }

    /// Whether it is a peer that lost something.
    package var isOfPeer: Bool {
        switch code {
        case .peerRestored, .receiptedDataLost, .falseReceipt: true
        case .olderImage, .folderCopied, .rolledBack, .ownLogForked, .restored, .ledgerCut,
            .folderReplaced, .keyElsewhere:
            false
        }
    }
}

extension Incident {
    /// What a rebuild has cut off.
    package init(_ rebuilding: Rebuilding, at time: UInt64) {
        self.init(
            .ledgerCut, at: time,
            parts: rebuilding.cuts.filter { !$0.isEnded }.map {
                Part(log: $0.identity.log, held: $0.to, known: $0.from)
            })
    }
}
