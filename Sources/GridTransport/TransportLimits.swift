// SPDX-License-Identifier: Apache-2.0

internal import GridCrypto

/// The numbers of the wire and of what a peer may cost us.
package enum TransportLimits {
    /// What both sides must begin with: the name and the version of the wire.
    package static let preface: [UInt8] = Array("ONEGRID".utf8) + [wireVersion]
    package static let wireVersion: UInt8 = 1
    /// The same of a caller that asks for its first certificate.
    package static let enrolmentPreface: [UInt8] = Array("ONEJOIN".utf8) + [wireVersion]
    /// What such a caller may say before it is known: a key, a secret and a name.
    package static let joinRequestBytesMax = 1_024
    /// Largest frame: a run of 256 KiB, its envelope, and room to grow.
    package static let frameBytesMax = 307_200
    /// What stands before each frame: its length, big-endian.
    package static let framePrefixBytes = 3
    /// Largest greeting: what fits into the first handshake message.
    package static let greetingBytesMax =
        NoiseLimits.messageBytesMax - NoiseLimits.handshakeOverheadBytesMax
    /// Frames that wait together are handed to the socket in pieces of about this size, so that an
    /// urgent frame never waits behind more than one piece and one frame.
    static let batchBytes = 65_536
    /// Unsent bytes that the kernel may hold for a link, and we for the kernel before no more is
    /// taken; more would only delay urgent frames: at 16 kbit/s each kibibyte by half a second.
    static let unsentBytesMax = 8_192
}
