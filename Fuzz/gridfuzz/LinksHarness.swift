// SPDX-License-Identifier: Apache-2.0

import GridCrypto

@testable import GridTransport

/// A link whose peer sends the input: as it is, as what the handshake should be, or as what is in
/// an open link's messages.
enum LinksHarness {
    private static let caller = AgreementKey(secret: [UInt8](repeating: 1, count: 32))
    private static let called = AgreementKey(secret: [UInt8](repeating: 2, count: 32))

    /// A link that is open at the side that was called, what its caller encrypts with, and the first
    /// bytes that the caller sent. Copies of one value, so that a test need not begin with a
    /// handshake.
    private static let ready: (caller: NoiseTransport, called: LinkMachine, first: [UInt8]) = {
        var handshake = NoiseHandshake(
            .ik, role: .initiator, prologue: TransportLimits.preface, staticKey: caller,
            remoteStaticKey: called.publicKey)
        var machine = LinkMachine.responder(identity: called)
        guard let message = try? handshake.writeMessage([1, 2, 3]) else {
            preconditionFailure("a short greeting has room")
        }
        let first = TransportLimits.preface + prefixed(message)
        _ = machine.receive(first)
        let answer = written(machine.answer([4, 5, 6]))
        guard (try? handshake.readMessage(Array(answer.dropFirst(2)))) == [4, 5, 6] else {
            preconditionFailure("a machine that was called answers")
        }
        return (handshake.split(), machine, first)
    }()

    static func test(_ input: [UInt8]) {
        var choices = Choices(input)
        switch choices.below(4) {
        case 0: stranger(LinkMachine.responder(identity: called), &choices)
        case 1:
            let (machine, _) = LinkMachine.initiator(
                identity: caller, remoteKey: called.publicKey, greeting: [])
            stranger(machine, &choices)
        case 2: impostor(&choices)
        default: peer(&choices)
        }
    }

    /// Bytes of someone who knows nothing.
    private static func stranger(_ machine: LinkMachine, _ choices: inout Choices) {
        var machine = machine
        var end = End()
        while !choices.isEmpty {
            end.take(machine.receive(choices.take(1 + choices.below(200))))
            if end.isAsked { end.take(machine.answer([7])) }
        }
        expect(!end.isOpen, "a stranger has opened a link")
        end.take(machine.connectionEnded(.peerClosed))
        expect(end.isClosed, "the link has not ended")
    }

    /// A genuine first message with some bytes changed.
    private static func impostor(_ choices: inout Choices) {
        var first = ready.first
        let places = choices.take(1 + choices.below(6))
        for place in places { first[Int(place) % first.count] ^= choices.byte() }
        let isGenuine = first == ready.first
        var machine = LinkMachine.responder(identity: called)
        var end = End()
        end.take(machine.receive(first))
        expect(end.isAsked == isGenuine, "asked \(end.isAsked), genuine \(isGenuine)")
        if end.isAsked { end.take(machine.answer([])) }
        end.take(machine.receive(choices.rest()))
    }

    /// Someone who holds a key, and says anything at all. The frames must be those that a reader
    /// of the whole stream at once would find.
    private static func peer(_ choices: inout Choices) {
        var (sender, receiver, _) = ready
        var end = End()
        var stream: [UInt8] = []
        while !choices.isEmpty {
            var piece = choices.take(choices.below(256))
            if choices.flag(), !piece.isEmpty { piece = FrameBuffer.joined([piece]) }
            guard let sealed = try? sender.sending.encrypt(piece) else { break }
            if end.failure == nil { stream += piece }
            let cut = choices.below(sealed.count + 2)
            let message = prefixed(sealed)
            end.take(receiver.receive(message.prefix(cut)))
            end.take(receiver.receive(message.dropFirst(cut)))
        }
        let (frames, failure) = read(stream)
        expect(end.failure == failure, "ended by \(end.failure, default: "nothing")")
        // What came together with the violation is lost with it.
        expect(
            failure == nil ? end.frames == frames : frames.starts(with: end.frames),
            "\(end.frames) came, not \(frames)")
    }

    private static func read(_ stream: [UInt8]) -> (frames: [[UInt8]], failure: LinkFailure?) {
        var frames: [[UInt8]] = []
        var rest = stream[...]
        while rest.count >= 3 {
            let length = rest.prefix(3).reduce(0) { $0 * 256 + Int($1) }
            if length == 0 { return (frames, .frameEmpty) }
            if length > 307_200 { return (frames, .frameTooLong(length)) }
            guard rest.count >= 3 + length else { break }
            frames.append(Array(rest.dropFirst(3).prefix(length)))
            rest = rest.dropFirst(3 + length)
        }
        return (frames, nil)
    }

    private static func prefixed(_ message: [UInt8]) -> [UInt8] {
        [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
    }

    private static func written(_ effects: [LinkMachine.Effect]) -> [UInt8] {
        effects.flatMap { if case .write(let bytes) = $0 { bytes } else { [UInt8]() } }
    }

    /// What a machine has ordered so far.
    private struct End {
        var isAsked = false
        var isOpen = false
        var frames: [[UInt8]] = []
        var failure: LinkFailure?

        var isClosed: Bool { failure != nil }

        mutating func take(_ effects: [LinkMachine.Effect]) {
            isAsked = false
            for effect in effects {
                expect(failure == nil, "an order after the end: \(effect)")
                switch effect {
                case .write: break
                case .ask: isAsked = true
                case .open: isOpen = true
                case .confirm: isOpen = true
                case .deliver(let more): frames += more
                case .close(let reason): failure = reason
                }
            }
        }
    }
}
