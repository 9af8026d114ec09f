// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// Why a session ends. The code is the word that people, programs and the peer meet.
package enum CloseReason: Error, Hashable, Sendable {
    case violation(SessionViolation)
    /// No version of the protocol in common.
    case noCommonVersion
    /// Neither side may send the other anything.
    case nothingShared
    /// Nothing was heard for this many seconds.
    case silent(seconds: UInt64)
    /// The peer knows this much of this replica's own log, and more than is here: the replica was
    /// rolled back, and takes a new identity.
    case rolledBack(log: LogID, height: UInt64)
    /// The peer's key was cut off.
    case peerCutOff
    /// What is held here has become less, because something does not count any more: the next
    /// session begins with what is left.
    case shortened
    /// The peer said goodbye.
    case peerLeft(code: String)
    /// This node is stopping, or an admin paused the link.
    case leaving

    package var code: String {
        switch self {
        case .violation(let violation): violation.code
        case .noCommonVersion: "no_common_version"
        case .nothingShared: "nothing_shared"
        case .silent: "silent"
        case .rolledBack: "rolled_back"
        case .peerCutOff: "key_cut_off"
        case .shortened: "shortened"
        case .peerLeft(let code): "peer_left_\(code)"
        case .leaving: "leaving"
        }
    }
}

/// The ways in which a peer can break the protocol. Each has a test.
package enum SessionViolation: Hashable, Sendable {
    case malformed(DecodingViolation)
    /// A run whose chain or signature is not its log's: no honest node passes such a run on.
    case runNotGenuine
    /// More bytes of runs than were granted.
    case creditExceeded
    /// A grant so small that one run may never fit.
    case creditTooSmall
    /// A grant that would let the peer's credit pass that of its greeting.
    case creditTooLarge
    /// Rows or runs of an area that the two do not share.
    case areaNotShared
    /// Rows for an area that the message does not name.
    case rowOutsideAreas
    /// A second greeting's worth of totals.
    case secondTotals
    /// More logs that have ended than a session may name.
    case tooManyEnded
    /// A receipt that this side did not ask for.
    case receiptNotOffered
    /// More receipts than an honest peer says.
    case tooManyReceipts
    /// A receipt by another key than the peer's, or for another replica or area than this side's.
    case receiptNotOurs
    /// A receipt whose signature is wrong.
    case receiptNotGenuine
    /// More questions about tables than an honest peer asks, or one before the last was answered.
    case tooManyAudits
    /// An answer to a question about tables that was not asked.
    case auditNotAsked
    /// An answer that does not fit its question.
    case auditAnswerWrong

    package var code: String {
        switch self {
        case .malformed(let violation): "malformed_\(violation.rawValue)"
        case .runNotGenuine: "run_not_genuine"
        case .creditExceeded: "credit_exceeded"
        case .creditTooSmall: "credit_too_small"
        case .creditTooLarge: "credit_too_large"
        case .areaNotShared: "area_not_shared"
        case .rowOutsideAreas: "row_outside_areas"
        case .secondTotals: "second_totals"
        case .tooManyEnded: "too_many_ended"
        case .receiptNotOffered: "receipt_not_offered"
        case .tooManyReceipts: "too_many_receipts"
        case .receiptNotOurs: "receipt_not_ours"
        case .receiptNotGenuine: "receipt_not_genuine"
        case .tooManyAudits: "too_many_audits"
        case .auditNotAsked: "audit_not_asked"
        case .auditAnswerWrong: "audit_answer_wrong"
        }
    }
}
