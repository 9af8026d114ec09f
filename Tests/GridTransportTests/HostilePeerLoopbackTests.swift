// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import GridTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HostilePeerLoopbackTests {
    private static func impatient(_ deadline: Duration = .milliseconds(300)) -> LinkLimits {
        var limits = LinkLimits()
        limits.handshakeDeadline = deadline
        return limits
    }

    private func firstMessage(to listening: Listening) throws -> [UInt8] {
        var handshake = NoiseHandshake(
            .ik, role: .initiator, prologue: TransportLimits.preface, staticKey: .generate(),
            remoteStaticKey: listening.remoteKey)
        return try handshake.writeMessage([])
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\n\r\n".utf8), Array("ONEGRIX".utf8), [0],
        Array("ONEGRID\u{2}".utf8),
    ])
    func anotherWireIsHungUpAtOnce(_ bytes: [UInt8]) async throws {
        try await withListener { listening in
            let socket = try RawSocket(listening.address)
            socket.send(bytes)
            #expect(try await socket.isClosed(within: .seconds(3)))
        }
    }

    @Test(arguments: [0, 3, 8, 9, 50])
    func aSlowHandshakeTimesOut(_ count: Int) async throws {
        try await withListener(limits: Self.impatient()) { listening in
            let began = ContinuousClock.now
            let socket = try RawSocket(listening.address)
            let message = try firstMessage(to: listening)
            let all = TransportLimits.preface + [0, UInt8(message.count)] + message
            socket.send(Array(all.prefix(count)))
            #expect(try await socket.isClosed(within: .seconds(30)))
            // Not before its time. A slow machine may only be later.
            #expect(ContinuousClock.now - began >= .milliseconds(290))
        }
    }

    @Test func randomBytesAfterThePrefaceEndTheConnection() async throws {
        try await withListener { listening in
            for length in [0, 1, 31, 96, 65_535] {
                let socket = try RawSocket(listening.address)
                socket.send(TransportLimits.preface)
                socket.send(message: Random.bytes(length))
                #expect(try await socket.isClosed())
            }
        }
    }

    @Test func halfAHandshakeLeavesNothingBehind() async throws {
        try await withListener { listening in
            for _ in 0..<40 {
                let socket = try RawSocket(listening.address)
                socket.send(TransportLimits.preface + [0, 96, 1, 2, 3])
                try await Task.sleep(for: .milliseconds(10))
            }
            let socket = try RawSocket(listening.address)
            _ = try await socket.shakeHands(with: listening)
        }
    }

    @Test(arguments: [(2, 64), (64, 2)])
    func moreThanTheCapIsHungUpAtOnce(_ all: Int, _ perAddress: Int) async throws {
        var limits = LinkLimits()
        limits.unprovenMax = all
        limits.unprovenPerAddressMax = perAddress
        try await withListener(limits: limits) { listening in
            // Proven links do not count.
            let proven = try (0..<2).map { _ in try RawSocket(listening.address) }
            for socket in proven {
                var transport = try await socket.shakeHands(with: listening)
                socket.send(message: try transport.sending.encrypt([0, 0, 1, 42]))
                #expect(try await socket.receiveMessage().count == 20)
            }
            var held = try (0..<2).map { _ in try RawSocket(listening.address) }
            let third = try RawSocket(listening.address)
            #expect(try await third.isClosed(within: .seconds(3)))
            for socket in held + proven {
                #expect(try await socket.receive(1, within: .milliseconds(50)) == nil)
            }
            held.removeAll()
            // The places are free again as soon as the listener has seen the ends.
            var isTaken = false
            for _ in 0..<100 where !isTaken {
                let next = try RawSocket(listening.address)
                isTaken = (try? await next.shakeHands(with: listening)) != nil
            }
            #expect(isTaken)
        }
    }

    @Test func aRecordedGreetingIsAnsweredButProvesNothing() async throws {
        try await withListener(
            limits: Self.impatient(.seconds(1)),
            serve: { link in
                await #expect(throws: LinkFailure.handshakeTimedOut) { try await link.proof() }
                for try await _ in link.frames {}
            }
        ) { listening in
            let message = try firstMessage(to: listening)
            for _ in 0..<2 {
                let socket = try RawSocket(listening.address)
                socket.send(TransportLimits.preface)
                socket.send(message: message)
                #expect(try await socket.receiveMessage().count == 48)
                #expect(try await socket.isClosed(within: .seconds(3)))
                #expect(await listening.nextEnd() == .handshakeTimedOut)
            }
        }
    }

    /// What a slow link has taken nothing urgent can overtake any more.
    @Test func aLinkTakesLittleMoreThanThePeerHasRoomFor() async throws {
        let (counts, count) = AsyncStream.makeStream(of: UInt64.self)
        try await withListener(
            serve: { link in
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        for _ in 0..<500 {
                            try await link.send([[UInt8](repeating: 1, count: 1_000)])
                        }
                    }
                    var sent: UInt64 = 0
                    repeat {
                        sent = link.traffic.bytesSent
                        try await Task.sleep(for: .milliseconds(300))
                    } while link.traffic.bytesSent != sent
                    count.yield(sent)
                    group.cancelAll()
                }
            }
        ) { listening in
            let socket = try RawSocket(listening.address, receiveBytes: 4_096)
            _ = try await socket.shakeHands(with: listening)
            for await sent in counts {
                // The peer's kernel, ours, and the frames before it.
                #expect(sent < 49_152)
                break
            }
        }
    }

    @Test func moreBeforeTheAnswerIsRefused() async throws {
        try await withListener(
            answer: { _, _ in
                try? await Task.sleep(for: .milliseconds(300))
                return []
            },
            { listening in
                let socket = try RawSocket(listening.address)
                socket.send(TransportLimits.preface)
                socket.send(message: try firstMessage(to: listening))
                socket.send(message: [1, 2, 3])
                #expect(try await socket.receive(1) == [])
            })
    }

    @Test(arguments: [
        ([4, 0xB0, 1], LinkFailure.frameTooLong(307_201)),
        ([0xFF, 0xFF, 0xFF], .frameTooLong(16_777_215)),
        ([0, 0, 0], .frameEmpty),
    ])
    func aFrameOfForbiddenLengthEndsTheLink(
        _ prefix: [UInt8], _ failure: LinkFailure
    ) async throws {
        try await withListener { listening in
            let socket = try RawSocket(listening.address)
            var transport = try await socket.shakeHands(with: listening)
            socket.send(message: try transport.sending.encrypt([0, 0, 1, 42] + prefix))
            #expect(await listening.nextEnd() == failure)
            #expect(try await socket.isClosed())
        }
    }

    @Test func anAlteredMessageEndsTheLink() async throws {
        try await withListener { listening in
            let socket = try RawSocket(listening.address)
            var transport = try await socket.shakeHands(with: listening)
            var message = try transport.sending.encrypt([0, 0, 1, 42])
            message[2] ^= 1
            socket.send(message: message)
            #expect(await listening.nextEnd() == .noise(.authenticationFailed))
        }
    }

    @Test func aMessageTooShortForItsTagEndsTheLink() async throws {
        try await withListener { listening in
            let socket = try RawSocket(listening.address)
            _ = try await socket.shakeHands(with: listening)
            socket.send(message: [])
            #expect(await listening.nextEnd() == .noise(.messageTooShort(0)))
        }
    }

    @Test func framesMayBeCutAnywhere() async throws {
        try await withListener { listening in
            let socket = try RawSocket(listening.address)
            var transport = try await socket.shakeHands(with: listening)
            let stream: [UInt8] = [0, 0, 2, 8, 9, 0, 0, 1, 7]
            for byte in stream {
                let message = try transport.sending.encrypt([byte])
                for part in [UInt8(0), UInt8(message.count)] + message { socket.send([part]) }
            }
            var echoed: [UInt8] = []
            while echoed.count < stream.count {
                echoed += try transport.receiving.decrypt(try await socket.receiveMessage())
            }
            #expect(echoed == stream)
        }
    }
}
