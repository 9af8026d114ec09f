// SPDX-License-Identifier: Apache-2.0

import GridTransport

extension LinkFailure {
    /// The stable code of a link's end, as people and programs meet it.
    package var code: String {
        switch self {
        case .closed: "closed"
        case .peerClosed: "peer_closed"
        case .refused: "refused"
        case .turnedAway(let refusal): refusal.code
        case .unwanted: "unwanted"
        case .connectFailed(let fault, _): fault.code
        case .connectionLost: "connection_lost"
        case .listenFailed: "listen_failed"
        case .handshakeTimedOut: "handshake_timed_out"
        case .notOnegrid: "not_onegrid"
        case .unsupportedVersion: "unsupported_version"
        case .noise: "noise_failed"
        case .tooEarly: "too_early"
        case .requestTooLong: "request_too_long"
        case .frameTooLong: "frame_too_long"
        case .frameEmpty: "frame_empty"
        case .silent: "silent"
        }
    }
}

extension ConnectFault {
    fileprivate var code: String {
        switch self {
        case .portClosed: "port_closed"
        case .unreachable: "unreachable"
        case .timedOut: "connect_timed_out"
        case .nameUnknown: "name_unknown"
        case .other: "connect_failed"
        }
    }
}

extension LinkRefusal {
    fileprivate var code: String {
        switch self {
        case .wrongKey: "refused_wrong_key"
        case .otherVersion: "refused_other_version"
        case .paused: "refused_paused"
        case .certificateNotTaken: "refused_certificate"
        case .foreignRoot: "refused_foreign_root"
        case .mayNotRead: "refused_may_not_read"
        case .noCommonVersion: "refused_no_common_version"
        case .certificateUnknown: "refused_certificate_unknown"
        }
    }
}
