// SPDX-License-Identifier: Apache-2.0

internal import GridCrypto

/// One link as a value: bytes of the socket in, orders to its shell out. It never waits.
///
/// On the wire: the initiator's preface, then Noise messages, each after its length in 2 bytes,
/// big-endian. The preface says the link's purpose and is the prologue of the handshake.
struct LinkMachine: Sendable {
    enum Effect: Sendable {
        case write([UInt8])
        /// The initiator said who it is; the shell calls `answer` or closes. What it said may be a
        /// recording until `confirm`.
        case ask(LinkGreeting)
        /// The handshake is done for this side: frames may be sent.
        case open(LinkGreeting)
        /// The initiator has proved that it holds its key now.
        case confirm
        case deliver([[UInt8]])
        case close(LinkFailure)
    }

    private enum State: Sendable {
        /// Responder: wants the preface. Next: `awaitingGreeting`.
        case awaitingPreface(AgreementKey)
        /// Responder: wants the first message. Next: `answering`.
        case awaitingGreeting(NoiseHandshake, LinkPurpose)
        /// Responder: wants our greeting from the shell. Next: `open`.
        case answering(NoiseHandshake, LinkGreeting)
        /// Initiator: wants the second message. Next: `open`.
        case awaitingAnswer(NoiseHandshake, LinkPurpose)
        case open(NoiseTransport, FrameBuffer, isConfirmed: Bool)
        case closed
    }

    private var state: State
    private var unread = ByteQueue()

    /// The side that was called.
    static func responder(identity: AgreementKey) -> LinkMachine {
        LinkMachine(state: .awaitingPreface(identity))
    }

    /// The side that calls, and its first bytes.
    static func initiator(
        identity: AgreementKey, remoteKey: [UInt8], greeting: [UInt8],
        purpose: LinkPurpose = .session
    ) -> (LinkMachine, [Effect]) {
        var handshake = NoiseHandshake(
            .ik, role: .initiator, prologue: purpose.preface, staticKey: identity,
            remoteStaticKey: remoteKey)
        precondition(greeting.count <= TransportLimits.greetingBytesMax, "greeting too long")
        var first = purpose.preface
        do throws(NoiseViolation) {
            first.appendMessage(try handshake.writeMessage(greeting))
        } catch {
            return (LinkMachine(state: .closed), [.close(.noise(error))])
        }
        return (LinkMachine(state: .awaitingAnswer(handshake, purpose)), [.write(first)])
    }

    private init(state: State) { self.state = state }

    /// Takes bytes from the socket, which may be anything at all.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [Effect] {
        var effects: [Effect] = []
        unread.append(bytes)
        do throws(LinkFailure) {
            while try step(&effects) {}
        } catch {
            return effects + lastWord(error) + fail(error)
        }
        unread.compact()
        return effects
    }

    /// Sends this side's greeting, at most `TransportLimits.greetingBytesMax` bytes, to the peer
    /// that was asked for; too late when the link has ended meanwhile.
    mutating func answer(_ greeting: [UInt8]) -> [Effect] {
        precondition(greeting.count <= TransportLimits.greetingBytesMax, "greeting too long")
        switch state {
        case .answering(var handshake, let remote):
            do throws(NoiseViolation) {
                var second: [UInt8] = []
                second.appendMessage(try handshake.writeMessage(greeting))
                state = .open(handshake.split(), FrameBuffer(), isConfirmed: false)
                return [.write(second), .open(remote)]
            } catch {
                return fail(.noise(error))
            }
        case .closed:
            return []
        case .awaitingPreface, .awaitingGreeting, .awaitingAnswer, .open:
            preconditionFailure("an answer to no one in \(name)")
        }
    }

    /// Hangs up on the peer that was asked for, and says why.
    mutating func refuse(_ refusal: LinkRefusal) -> [Effect] {
        switch state {
        case .answering: return [.write(refusal.record)] + fail(.unwanted)
        case .closed: return []
        case .awaitingPreface, .awaitingGreeting, .awaitingAnswer, .open:
            preconditionFailure("a refusal to no one in \(name)")
        }
    }

    /// Sends frames of 1...`frameBytesMax` bytes; no frames is an empty message, as a sign of life.
    mutating func send(_ frames: [[UInt8]]) -> [Effect] {
        switch state {
        case .open(var transport, let buffer, let isConfirmed):
            // Let go of the copy in `state`, so that the buffer stays the only one of its bytes.
            state = .closed
            var messages: [UInt8] = []
            var rest = FrameBuffer.joined(frames)[...]
            do throws(NoiseViolation) {
                repeat {
                    let piece = Array(rest.prefix(NoiseLimits.plaintextBytesMax))
                    rest = rest.dropFirst(piece.count)
                    messages.appendMessage(try transport.sending.encrypt(piece))
                } while !rest.isEmpty
            } catch {
                return fail(.noise(error))
            }
            state = .open(transport, buffer, isConfirmed: isConfirmed)
            return [.write(messages)]
        case .closed:
            return []
        case .awaitingPreface, .awaitingGreeting, .answering, .awaitingAnswer:
            preconditionFailure("frames before the handshake, in \(name)")
        }
    }

    /// The connection has ended from outside. Before an answer that is a refusal, whatever the
    /// system calls it: a listener that is full resets a connection whose bytes it has not read.
    mutating func connectionEnded(_ failure: LinkFailure) -> [Effect] {
        switch state {
        case .awaitingAnswer: return fail(.refused)
        case .awaitingPreface, .awaitingGreeting, .answering, .open: return fail(failure)
        case .closed: return []
        }
    }

    /// Ends the link for a reason of the shell's.
    mutating func close(_ failure: LinkFailure) -> [Effect] {
        if case .closed = state { return [] }
        return fail(failure)
    }

    private mutating func fail(_ failure: LinkFailure) -> [Effect] {
        state = .closed
        unread = ByteQueue()
        return [.close(failure)]
    }

    /// What a caller hears before it is hung up on because of what it said. Who comes with a code
    /// hears nothing: whether it guessed well is not said.
    private func lastWord(_ failure: LinkFailure) -> [Effect] {
        switch (state, failure) {
        case (.awaitingPreface, .unsupportedVersion): [.write(LinkRefusal.otherVersion.record)]
        case (.awaitingGreeting(_, .session), .noise): [.write(LinkRefusal.wrongKey.record)]
        case (.awaitingPreface, _), (.awaitingGreeting, _), (.answering, _), (.awaitingAnswer, _),
            (.open, _), (.closed, _):
            []
        }
    }

    /// Takes one message out of `unread`; false when it needs more bytes.
    private mutating func step(_ effects: inout [Effect]) throws(LinkFailure) -> Bool {
        switch state {
        case .awaitingPreface(let identity):
            guard let purpose = try readPreface() else { return false }
            let handshake = NoiseHandshake(
                .ik, role: .responder, prologue: purpose.preface, staticKey: identity)
            state = .awaitingGreeting(handshake, purpose)
        case .awaitingGreeting(var handshake, let purpose):
            if let length = unread.integer(width: 2), length > purpose.firstMessageBytesMax {
                throw .requestTooLong(length)
            }
            guard let message = unread.takeMessage() else { return false }
            let greeting = try LinkGreeting(reading: message, from: &handshake, for: purpose)
            state = .answering(handshake, greeting)
            effects.append(.ask(greeting))
        case .answering:
            guard unread.isEmpty else { throw .tooEarly }
            return false
        case .awaitingAnswer(var handshake, let purpose):
            guard let message = unread.takeMessage() else { return false }
            if message.count == 1 {
                throw LinkRefusal(rawValue: message[0]).map { .turnedAway($0) } ?? .refused
            }
            let greeting = try LinkGreeting(reading: message, from: &handshake, for: purpose)
            state = .open(handshake.split(), FrameBuffer(), isConfirmed: true)
            // The responder holds us for a recording until it can decrypt something. It is written
            // before anyone hears that the link is open and may send more.
            effects += send([])
            effects.append(.open(greeting))
        case .open(var transport, var buffer, let isConfirmed):
            guard let message = unread.takeMessage() else { return false }
            state = .closed
            let frames = try buffer.receive(try transport.receiving.opened(message))
            state = .open(transport, buffer, isConfirmed: true)
            if !isConfirmed { effects.append(.confirm) }
            if !frames.isEmpty { effects.append(.deliver(frames)) }
        case .closed:
            return false
        }
        return true
    }

    /// What the caller has come for; nil while that has not been said. Compares what has come so far,
    /// so that a stranger is refused at its first wrong byte.
    private mutating func readPreface() throws(LinkFailure) -> LinkPurpose? {
        let nameBytes = TransportLimits.preface.count - 1
        let start = unread.unread.prefix(nameBytes + 1)
        let purpose = LinkPurpose.allCases.first { purpose in
            purpose.preface.prefix(nameBytes).starts(with: start.prefix(nameBytes))
        }
        guard let purpose else { throw .notOnegrid }
        guard start.count > nameBytes, let version = start.last else { return nil }
        guard version == TransportLimits.wireVersion else { throw .unsupportedVersion(version) }
        _ = unread.take(start.count)
        return purpose
    }

    private var name: String {
        switch state {
        case .awaitingPreface: "awaitingPreface"
        case .awaitingGreeting: "awaitingGreeting"
        case .answering: "answering"
        case .awaitingAnswer: "awaitingAnswer"
        case .open: "open"
        case .closed: "closed"
        }
    }
}

extension [UInt8] {
    /// One Noise message after its length; the length was checked when it was made.
    fileprivate mutating func appendMessage(_ message: [UInt8]) {
        append(UInt8(message.count >> 8))
        append(UInt8(message.count & 0xFF))
        append(contentsOf: message)
    }
}

extension ByteQueue {
    /// The next whole message, or nil when it has not come yet.
    fileprivate mutating func takeMessage() -> [UInt8]? {
        guard let length = integer(width: 2) else { return nil }
        return take(length, after: 2)
    }
}

extension CipherState {
    fileprivate mutating func opened(_ message: [UInt8]) throws(LinkFailure) -> [UInt8] {
        do throws(NoiseViolation) {
            return try decrypt(message)
        } catch {
            throw .noise(error)
        }
    }
}
