// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import Testing

struct NoiseHandshakeTests {
    private let alice = AgreementKey.generate()
    private let bob = AgreementKey.generate()

    private func pair(
        _ pattern: NoisePattern, prologues: ([UInt8], [UInt8]) = ([7], [7])
    ) -> (NoiseHandshake, NoiseHandshake) {
        (
            NoiseHandshake(
                pattern, role: .initiator, prologue: prologues.0, staticKey: alice,
                remoteStaticKey: pattern == .xx ? nil : bob.publicKey),
            NoiseHandshake(pattern, role: .responder, prologue: prologues.1, staticKey: bob)
        )
    }

    @Test func bothSidesLearnEachOther() throws {
        var (initiator, responder) = pair(.ik)
        #expect(responder.remoteStaticKey == nil)
        #expect(try responder.readMessage(initiator.writeMessage([1, 2])) == [1, 2])
        #expect(responder.remoteStaticKey == alice.publicKey)
        #expect(try initiator.readMessage(responder.writeMessage([3])) == [3])
        #expect(initiator.isComplete && responder.isComplete)
        #expect(initiator.handshakeHash == responder.handshakeHash)
        #expect(initiator.handshakeHash.count == 64)
        var (left, right) = (initiator.split(), responder.split())
        #expect(try right.receiving.decrypt(left.sending.encrypt([4])) == [4])
        #expect(try left.receiving.decrypt(right.sending.encrypt([5])) == [5])
    }

    @Test(arguments: [NoisePattern.ik, .x])
    func anyAlteredByteOfTheFirstMessageIsRefused(_ pattern: NoisePattern) throws {
        var (initiator, responder) = pair(pattern)
        let message = try initiator.writeMessage(Array("greeting".utf8))
        for index in message.indices {
            var altered = message
            altered[index] ^= 1
            #expect(throws: NoiseViolation.self) { try responder.readMessage(altered) }
        }
        // A refused message changed nothing.
        #expect(try responder.readMessage(message) == Array("greeting".utf8))
    }

    @Test func anyAlteredByteOfTheSecondMessageIsRefused() throws {
        var (initiator, responder) = pair(.ik)
        _ = try responder.readMessage(initiator.writeMessage([]))
        let message = try responder.writeMessage(Array("greeting".utf8))
        for index in message.indices {
            var altered = message
            altered[index] ^= 0x40
            #expect(throws: NoiseViolation.self) { try initiator.readMessage(altered) }
        }
        #expect(try initiator.readMessage(message) == Array("greeting".utf8))
    }

    @Test func everyPrefixOfAMessageIsRefused() throws {
        var (initiator, responder) = pair(.ik)
        let message = try initiator.writeMessage([9])
        for count in 0..<message.count {
            let prefix = Array(message.prefix(count))
            #expect(throws: NoiseViolation.self) { try responder.readMessage(prefix) }
        }
        #expect(throws: NoiseViolation.messageTooShort(31)) {
            try responder.readMessage(Array(message.prefix(31)))
        }
    }

    @Test func randomBytesAreRefusedAndNeverTrap() {
        var (initiator, responder) = pair(.ik)
        _ = try? initiator.writeMessage([])
        for count in Array(0...200) + [65_535, 65_536, 100_000] {
            let noise = Random.bytes(count)
            #expect(throws: NoiseViolation.self) { try responder.readMessage(noise) }
            #expect(throws: NoiseViolation.self) { try initiator.readMessage(noise) }
        }
    }

    @Test func anotherPrologueIsRefused() throws {
        var (initiator, responder) = pair(.ik, prologues: ([1], [2]))
        let message = try initiator.writeMessage([])
        #expect(throws: NoiseViolation.authenticationFailed) { try responder.readMessage(message) }
    }

    @Test func aMessageForSomeoneElseIsRefused() throws {
        var (initiator, _) = pair(.x)
        let message = try initiator.writeMessage([])
        var other = NoiseHandshake(
            .x, role: .responder, prologue: [7], staticKey: .generate())
        #expect(throws: NoiseViolation.authenticationFailed) { try other.readMessage(message) }
    }

    @Test func anEphemeralKeyOfSmallOrderIsRefused() throws {
        var (_, responder) = pair(.ik)
        let message = [UInt8](repeating: 0, count: 96)
        #expect(throws: NoiseViolation.weakKey) { try responder.readMessage(message) }
    }

    @Test func aPayloadFillsTheMessageAndNoMore() throws {
        var (initiator, responder) = pair(.ik)
        let room = NoiseLimits.messageBytesMax - NoiseLimits.handshakeOverheadBytesMax
        let tooLong = [UInt8](repeating: 1, count: room + 1)
        #expect(throws: NoiseViolation.messageTooLong(65_536)) {
            try initiator.writeMessage(tooLong)
        }
        #expect(throws: NoiseViolation.messageTooLong(70_000)) {
            try initiator.writeMessage([UInt8](repeating: 1, count: 70_000))
        }
        let longest = [UInt8](repeating: 1, count: room)
        let message = try initiator.writeMessage(longest)
        #expect(message.count == 65_535)
        #expect(try responder.readMessage(message) == longest)
    }
}
