// SPDX-License-Identifier: Apache-2.0

package import GridCrypto

/// Why a link ended, or never came to be.
package enum LinkFailure: Error, Hashable, Sendable {
    /// This side closed it.
    case closed
    /// The peer ended the connection, orderly or by a reset.
    case peerClosed
    /// The peer ended the connection instead of answering our greeting, without a word: it has no
    /// room, or something on the way has cut the line.
    case refused
    /// The same, and it said why, or somebody on the line did.
    case turnedAway(LinkRefusal)
    /// This side does not want the peer.
    case unwanted
    /// No connection at all; carries what the system says.
    case connectFailed(ConnectFault, String)
    /// The connection broke; carries what the system says.
    case connectionLost(String)
    /// We cannot listen on the address; carries what the system says.
    case listenFailed(String)
    /// The peer did not say or prove who it is in time.
    case handshakeTimedOut
    /// The first bytes are not those of our wire.
    case notOnegrid
    /// Our wire in another version, which is carried.
    case unsupportedVersion(UInt8)
    /// The handshake or a later message was not what the key can make.
    case noise(NoiseViolation)
    /// The initiator sent more before our answer.
    case tooEarly
    /// The first message of a caller that asks for a certificate is longer than any such request;
    /// carries the length it announced.
    case requestTooLong(Int)
    /// A frame longer than `TransportLimits.frameBytesMax`; carries the length it announced.
    case frameTooLong(Int)
    /// A frame of no bytes.
    case frameEmpty
    /// Nothing was heard for so long.
    case silent(for: Duration)
}
