// SPDX-License-Identifier: Apache-2.0

internal import GridCrypto

/// What a caller has come for. Each purpose begins with a preface of its own, which is the prologue
/// of its handshake, so that what was said for one is never taken for the other.
package enum LinkPurpose: Hashable, Sendable, CaseIterable {
    /// To sync, as a node with a certificate.
    case session
    /// To ask for a certificate by an invitation's code (Protocol/enrolment.md).
    case enrolment

    /// What the caller's first bytes are: a name of seven bytes, and the version of the wire.
    package var preface: [UInt8] {
        switch self {
        case .session: TransportLimits.preface
        case .enrolment: TransportLimits.enrolmentPreface
        }
    }

    /// Largest first handshake message: nothing longer is waited for, or kept.
    var firstMessageBytesMax: Int {
        switch self {
        case .session: NoiseLimits.messageBytesMax
        case .enrolment:
            TransportLimits.joinRequestBytesMax + NoiseLimits.handshakeOverheadBytesMax
        }
    }
}
