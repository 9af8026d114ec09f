// SPDX-License-Identifier: Apache-2.0

/// What has passed a link's socket so far, handshake, frame prefixes and tags included.
package struct LinkTraffic: Hashable, Sendable {
    package private(set) var bytesSent: UInt64 = 0
    package private(set) var bytesReceived: UInt64 = 0
    /// How often something was handed to the socket.
    package private(set) var writes: UInt64 = 0
    /// How often something came after something had been sent. On the side that called it is the
    /// most that a long road can have made it wait, in round trips.
    package private(set) var turns: UInt64 = 0
    private var isAnswerDue = false

    package init() {}

    mutating func addSent(_ bytes: Int) {
        bytesSent += UInt64(bytes)
        writes += 1
        isAnswerDue = true
    }

    mutating func addReceived(_ bytes: Int) {
        bytesReceived += UInt64(bytes)
        if isAnswerDue { turns += 1 }
        isAnswerDue = false
    }

    /// Both together, for a peer with more than one link.
    package mutating func merge(_ other: LinkTraffic) {
        bytesSent += other.bytesSent
        bytesReceived += other.bytesReceived
        writes += other.writes
        turns += other.turns
    }
}
