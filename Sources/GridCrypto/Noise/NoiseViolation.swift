// SPDX-License-Identifier: Apache-2.0

/// What was wrong with a Noise message. After any of them the connection must be closed.
package enum NoiseViolation: Error, Hashable, Sendable {
    /// Too few bytes for the keys and tags it must have; carries the length found.
    case messageTooShort(Int)
    /// More than `NoiseLimits.messageBytesMax`; carries the length found or asked for.
    case messageTooLong(Int)
    /// A tag did not match: altered, replayed, out of order or not meant for this key.
    case authenticationFailed
    /// A public key of small order, which would make the shared secret known to all.
    case weakKey
    /// 2^64 - 1 messages were sent under one cipher state, section 5.1.
    case noncesExhausted
}
