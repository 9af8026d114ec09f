// SPDX-License-Identifier: Apache-2.0

/// A handshake pattern of the Noise Protocol Framework, revision 34, section 7, as a table.
package struct NoisePattern: Hashable, Sendable {
    /// One step of a message, sections 5.3 and 7.1.
    enum Token: Hashable, Sendable {
        case e, s, ee, es, se, ss
    }

    /// Both send; each knows who the other is after one round trip. The initiator knows the
    /// responder's static key beforehand.
    package static let ik = NoisePattern(
        name: "IK", knowsResponder: true,
        messages: [[.e, .es, .s, .ss], [.e, .ee, .se]])

    /// One way, from a known sender to a known recipient.
    package static let x = NoisePattern(
        name: "X", knowsResponder: true, messages: [[.e, .es, .s, .ss]])

    /// Both send; neither knows the other's key beforehand.
    package static let xx = NoisePattern(
        name: "XX", knowsResponder: false,
        messages: [[.e], [.e, .ee, .s, .es], [.s, .se]])

    let name: String
    /// Whether the initiator has the responder's static key before the first message.
    let knowsResponder: Bool
    /// The initiator's message and the responder's in turn.
    let messages: [[Token]]

    /// The name that the handshake hash starts from, section 8.
    var protocolName: String { "Noise_\(name)_25519_ChaChaPoly_BLAKE2b" }

    /// Whether only the initiator may send.
    var isOneWay: Bool { messages.count == 1 }
}
