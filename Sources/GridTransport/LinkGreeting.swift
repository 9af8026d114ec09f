// SPDX-License-Identifier: Apache-2.0

internal import GridCrypto

/// Who a peer is, and the first thing it says.
struct LinkGreeting: Sendable {
    /// The peer's X25519 key, 32 bytes.
    let remoteKey: [UInt8]
    /// Opaque here; may be empty.
    let bytes: [UInt8]
    /// What the link is for.
    let purpose: LinkPurpose

    init(
        reading message: [UInt8], from handshake: inout NoiseHandshake, for purpose: LinkPurpose
    ) throws(LinkFailure) {
        do throws(NoiseViolation) {
            bytes = try handshake.readMessage(message)
        } catch {
            throw .noise(error)
        }
        guard let remoteKey = handshake.remoteStaticKey else {
            preconditionFailure("a handshake message that names no one")
        }
        self.remoteKey = remoteKey
        self.purpose = purpose
    }
}
