// SPDX-License-Identifier: Apache-2.0

/// The two directions of a channel after its handshake, as this side uses them.
package struct NoiseTransport: Sendable {
    /// Encrypts what this side sends.
    package var sending: CipherState
    /// Decrypts what the other side sends.
    package var receiving: CipherState
}
