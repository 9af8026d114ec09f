// SPDX-License-Identifier: Apache-2.0

import GridTransport

extension LinkFailure {
    /// The stable code of a link's end, as people and programs meet it.
    package var code: String {
        switch self {
        case .closed: "closed"
        case .peerClosed: "peer_closed"
        case .refused: "refused"
        case .unwanted: "unwanted"
        case .connectFailed: "connect_failed"
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
