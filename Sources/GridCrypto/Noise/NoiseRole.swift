// SPDX-License-Identifier: Apache-2.0

/// Which side of a handshake one stands on.
package enum NoiseRole: Hashable, Sendable {
    /// Sends the first message.
    case initiator
    case responder
}
