// SPDX-License-Identifier: Apache-2.0

/// How long and how much a link may wait; one value for the whole node, other ones in tests.
package struct LinkLimits: Hashable, Sendable {
    /// From connection to the peer's handshake message, and again to its first encrypted message.
    package var handshakeDeadline: Duration = .seconds(10)
    /// Without a byte for so long, although we read, a link is given up.
    package var silenceMax: Duration = .seconds(300)
    /// After so long without sending, an empty message (18 bytes) shows that we live. Less than a
    /// half of `silenceMax`, so that one lost on the way is made up for.
    package var keepaliveAfter: Duration = .seconds(100)
    /// Connections that have not proved who they are.
    package var unprovenMax = 64
    /// The same, from one remote address.
    package var unprovenPerAddressMax = 8

    package init() {}
}
