// SPDX-License-Identifier: Apache-2.0

import GridCrypto

/// A Noise handshake whose peer sends the input, or a genuine message that was changed on its way:
/// it is refused, and leaves the handshake able to go on with the genuine one.
enum HandshakesHarness {
    private static let patterns: [NoisePattern] = [.ik, .x, .xx]
    private static let prologue: [UInt8] = Array("ONEGRID".utf8) + [1]
    private static let caller = AgreementKey(secret: [UInt8](repeating: 1, count: 32))
    private static let called = AgreementKey(secret: [UInt8](repeating: 2, count: 32))
    private static let ephemeral = AgreementKey(secret: [UInt8](repeating: 3, count: 32))
    private static let payload: [UInt8] = Array("who and what".utf8)

    static func test(_ input: [UInt8]) {
        var choices = Choices(input)
        let pattern = choices.pick(patterns)
        var initiator = NoiseHandshake(
            pattern, role: .initiator, prologue: prologue, staticKey: caller,
            remoteStaticKey: pattern == .xx ? nil : called.publicKey, ephemeralKey: ephemeral)
        var responder = NoiseHandshake(
            pattern, role: .responder, prologue: prologue, staticKey: called,
            ephemeralKey: ephemeral)
        let attacked = choices.below(3)
        var message = 0
        while !initiator.isComplete {
            let isCaller = initiator.isMyTurn
            let genuine = isCaller ? write(&initiator) : write(&responder)
            if message == attacked {
                let isInClear = pattern == .xx && message == 0
                if isCaller {
                    attack(&responder, genuine, isInClear: isInClear, &choices)
                } else {
                    attack(&initiator, genuine, isInClear: isInClear, &choices)
                }
            }
            let read =
                try? isCaller
                ? responder.readMessage(genuine) : initiator.readMessage(genuine)
            expect(read == payload, "the genuine message \(message) is refused")
            message += 1
        }
        expect(responder.isComplete, "one side is done, the other is not")
        expect(initiator.handshakeHash == responder.handshakeHash, "the sides disagree")
    }

    private static func write(_ handshake: inout NoiseHandshake) -> [UInt8] {
        guard let message = try? handshake.writeMessage(payload) else {
            preconditionFailure("a short payload has room")
        }
        return message
    }

    private static func attack(
        _ handshake: inout NoiseHandshake, _ genuine: [UInt8], isInClear: Bool,
        _ choices: inout Choices
    ) {
        var forged = genuine
        if choices.flag() {
            let isCut = choices.flag()
            for place in choices.take(4) { forged[Int(place) % forged.count] ^= choices.byte() }
            if isCut { forged.removeLast(choices.below(forged.count)) }
        } else {
            forged = choices.rest()
        }
        guard forged != genuine else { return }
        var victim = handshake
        let isTaken = (try? victim.readMessage(forged)) != nil
        // Whoever reads the first message of XX has no key yet to tell it by.
        expect(!isTaken || isInClear, "a forged message is taken")
        if !isTaken { handshake = victim }
    }
}
