// SPDX-License-Identifier: Apache-2.0

/// The numbers of Noise and of our use of it.
package enum NoiseLimits {
    /// Longest message, handshake or transport, tags included; Noise revision 34, section 3.
    package static let messageBytesMax = 65_535
    /// What a tag adds to each encrypted piece.
    package static let tagBytes = 16
    /// Longest plaintext of a transport message.
    package static let plaintextBytesMax = messageBytesMax - tagBytes
    /// What the longest handshake message adds to its payload: two keys and two tags.
    package static let handshakeOverheadBytesMax = 96
    /// Both sides of a transport direction take a new key after this many messages, so that a key
    /// read from memory opens at most 4 GiB of the past.
    package static let messagesPerKey: UInt64 = 65_536
}
