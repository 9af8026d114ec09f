// SPDX-License-Identifier: Apache-2.0

/// A handshake of the Noise Protocol Framework, revision 34, with 25519, ChaChaPoly and BLAKE2b.
///
/// It is a value that never waits: the sides write and read in turn until `isComplete`, then
/// `split`. A message that is refused leaves it as it was. Calling out of turn is a bug.
///
/// The first message of `ik` and `x` can be recorded and sent again by anyone: until the initiator's
/// first transport message has been decrypted, its payload proves the sender but not that it is now.
package struct NoiseHandshake: Sendable {
    /// The peer's X25519 key, 32 bytes: given at the start, or learnt and authenticated by a
    /// message; nil before.
    package private(set) var remoteStaticKey: [UInt8]?

    private let pattern: NoisePattern
    private let role: NoiseRole
    private let staticKey: AgreementKey
    private let givenEphemeralKey: AgreementKey?
    private var ephemeralKey: AgreementKey?
    private var remoteEphemeralKey: [UInt8]?
    private var symmetric: SymmetricState
    private var messagesDone = 0

    /// Starts a handshake. Both sides must give the same prologue.
    ///
    /// The initiator of `ik` and `x` gives the responder's key of 32 bytes; no one else gives one.
    /// `ephemeralKey` is for published vectors only.
    package init(
        _ pattern: NoisePattern, role: NoiseRole, prologue: [UInt8], staticKey: AgreementKey,
        remoteStaticKey: [UInt8]? = nil, ephemeralKey: AgreementKey? = nil
    ) {
        let mustKnow = pattern.knowsResponder && role == .initiator
        precondition((remoteStaticKey != nil) == mustKnow, "remote key and pattern disagree")
        precondition((remoteStaticKey?.count ?? 32) == 32, "remote key is not 32 bytes")
        self.pattern = pattern
        self.role = role
        self.staticKey = staticKey
        self.remoteStaticKey = remoteStaticKey
        givenEphemeralKey = ephemeralKey
        symmetric = SymmetricState(protocolName: pattern.protocolName)
        symmetric.mixHash(prologue)
        if pattern.knowsResponder {
            symmetric.mixHash(remoteStaticKey ?? staticKey.publicKey)
        }
    }

    /// Whether all messages went through, so that `split` may be called.
    package var isComplete: Bool { messagesDone == pattern.messages.count }

    /// Whether this side writes the next message; false also when complete.
    package var isMyTurn: Bool {
        !isComplete && messagesDone.isMultiple(of: 2) == (role == .initiator)
    }

    /// 64 bytes that are equal on both sides, and unique to the channel, once complete; section 11.2.
    package var handshakeHash: [UInt8] { symmetric.hash }

    /// The next message with a payload of at most 65,535 bytes less the pattern's overhead, which
    /// is 96 for the first and 48 for the second message of `ik`.
    package mutating func writeMessage(_ payload: [UInt8]) throws(NoiseViolation) -> [UInt8] {
        precondition(isMyTurn, "\(role) writes out of turn after \(messagesDone) messages")
        guard payload.count <= NoiseLimits.messageBytesMax else {
            throw .messageTooLong(payload.count)
        }
        var next = self
        var message: [UInt8] = []
        for token in pattern.messages[messagesDone] {
            try next.write(token, to: &message)
        }
        message += try next.symmetric.encryptAndHash(payload)
        guard message.count <= NoiseLimits.messageBytesMax else {
            throw .messageTooLong(message.count)
        }
        next.messagesDone += 1
        self = next
        return message
    }

    /// Takes the peer's next message, which may be anything at all, and returns its payload.
    package mutating func readMessage(_ message: [UInt8]) throws(NoiseViolation) -> [UInt8] {
        precondition(!isComplete && !isMyTurn, "\(role) reads out of turn")
        guard message.count <= NoiseLimits.messageBytesMax else {
            throw .messageTooLong(message.count)
        }
        var next = self
        var rest = message[...]
        for token in pattern.messages[messagesDone] {
            try next.read(token, from: &rest)
        }
        let payload = try next.symmetric.decryptAndHash(Array(rest))
        next.messagesDone += 1
        self = next
        return payload
    }

    /// The channel of a complete two-way handshake.
    package func split() -> NoiseTransport {
        precondition(isComplete && !pattern.isOneWay, "no two-way channel from this handshake")
        let (first, second) = symmetric.split()
        switch role {
        case .initiator: return NoiseTransport(sending: first, receiving: second)
        case .responder: return NoiseTransport(sending: second, receiving: first)
        }
    }

    /// The one direction of a complete one-way handshake: the initiator encrypts, the responder
    /// decrypts. Section 7.4 forbids the other.
    package func splitOneWay() -> CipherState {
        precondition(isComplete && pattern.isOneWay, "no one-way channel from this handshake")
        return symmetric.split().0
    }

    private mutating func write(
        _ token: NoisePattern.Token, to message: inout [UInt8]
    ) throws(NoiseViolation) {
        switch token {
        case .e:
            let key = givenEphemeralKey ?? .generate()
            ephemeralKey = key
            message += key.publicKey
            symmetric.mixHash(key.publicKey)
        case .s:
            message += try symmetric.encryptAndHash(staticKey.publicKey)
        case .ee, .es, .se, .ss:
            try mix(token)
        }
    }

    private mutating func read(
        _ token: NoisePattern.Token, from rest: inout ArraySlice<UInt8>
    ) throws(NoiseViolation) {
        switch token {
        case .e:
            let key = try take(AgreementKey.length, from: &rest)
            remoteEphemeralKey = key
            symmetric.mixHash(key)
        case .s:
            let sealed = try take(AgreementKey.length + symmetric.tagBytes, from: &rest)
            remoteStaticKey = try symmetric.decryptAndHash(sealed)
        case .ee, .es, .se, .ss:
            try mix(token)
        }
    }

    private func take(
        _ count: Int, from rest: inout ArraySlice<UInt8>
    ) throws(NoiseViolation) -> [UInt8] {
        guard rest.count >= count else { throw .messageTooShort(rest.endIndex) }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Mixes the shared secret of two keys into the chaining key. The first letter of a token names
    /// the initiator's key, the second the responder's.
    private mutating func mix(_ token: NoisePattern.Token) throws(NoiseViolation) {
        let mine: AgreementKey?
        let theirs: [UInt8]?
        switch (token, role) {
        case (.ee, _): (mine, theirs) = (ephemeralKey, remoteEphemeralKey)
        case (.ss, _): (mine, theirs) = (staticKey, remoteStaticKey)
        case (.es, .initiator), (.se, .responder): (mine, theirs) = (ephemeralKey, remoteStaticKey)
        case (.es, .responder), (.se, .initiator): (mine, theirs) = (staticKey, remoteEphemeralKey)
        case (.e, _), (.s, _): preconditionFailure("a key token is not an agreement")
        }
        guard let mine, let theirs else {
            preconditionFailure("pattern lacks the keys of \(token)")
        }
        guard let shared: SecretBytes = mine.sharedSecret(with: theirs) else { throw .weakKey }
        symmetric.mixKey(shared)
    }
}
