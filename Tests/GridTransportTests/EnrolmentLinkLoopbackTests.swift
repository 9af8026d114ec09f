// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import GridTransport
import Testing

/// Links of callers that ask for their first certificate.
@Suite(.timeLimit(.minutes(1)))
struct EnrolmentLinkLoopbackTests {
    /// Says back who called, from where, and what was asked.
    private static let echo: LinkListener.Enrol = { key, request, from in
        key + Array(from.utf8) + request
    }

    private func ask(
        _ listening: Listening, _ request: [UInt8], identity: AgreementKey = .generate()
    ) async throws -> [UInt8] {
        try await LinkDialer(identity: identity).withLink(
            to: listening.address, remoteKey: listening.remoteKey, greeting: request,
            purpose: .enrolment
        ) { $0.remoteGreeting }
    }

    @Test func aRequestIsAnsweredByKeyAndAddress() async throws {
        try await withListener(enrol: Self.echo) { listening in
            let identity = AgreementKey.generate()
            let answer = try await ask(listening, [1, 2], identity: identity)
            #expect(answer == identity.publicKey + Array("127.0.0.1".utf8) + [1, 2])
        }
    }

    /// The largest request fits, and one byte more is not read.
    @Test func aRequestHasItsLargestSize() async throws {
        try await withListener(enrol: { _, request, _ in Array(request.prefix(1)) }) { listening in
            let largest = [UInt8](repeating: 7, count: TransportLimits.joinRequestBytesMax)
            let answer = try await ask(listening, largest)
            #expect(answer == [7])
            await #expect(throws: LinkFailure.refused) {
                _ = try await ask(listening, largest + [7])
            }
        }
    }

    /// With one place only, each caller gives it back with its answer.
    @Test func anAnswerEndsTheLinkAndFreesItsPlace() async throws {
        var limits = LinkLimits()
        limits.unprovenMax = 1
        try await withListener(limits: limits, enrol: Self.echo) { listening in
            for _ in 0..<5 {
                var answer: [UInt8]?
                for _ in 0..<200 where answer == nil {
                    answer = try? await ask(listening, [1])
                    if answer == nil { try await Task.sleep(for: .milliseconds(5)) }
                }
                #expect(answer != nil)
            }
        }
    }

    @Test func whoIsNotWantedIsHungUpOn() async throws {
        try await withListener { listening in
            await #expect(throws: LinkFailure.refused) { _ = try await ask(listening, [1]) }
        }
    }

    /// A connection that has only begun to say what it wants takes a place like any other.
    @Test func aCallerThatSaysNothingMoreTakesAPlaceUntilItsTimeIsUp() async throws {
        var limits = LinkLimits()
        limits.unprovenPerAddressMax = 1
        limits.handshakeDeadline = .milliseconds(300)
        try await withListener(limits: limits, enrol: Self.echo) { listening in
            let idle = try RawSocket(listening.address)
            idle.send(TransportLimits.enrolmentPreface)
            await #expect(throws: LinkFailure.self) { _ = try await ask(listening, [1]) }
            #expect(try await idle.isClosed(within: .seconds(10)))
        }
    }

    @Test(arguments: [
        Array("ONEJOIX".utf8), Array("ONEX".utf8), Array("ONEJOIN\u{2}".utf8),
        Array("ONEJRID\u{1}".utf8),
    ])
    func anotherPrefaceIsHungUpOn(_ bytes: [UInt8]) async throws {
        try await withListener(enrol: Self.echo) { listening in
            let socket = try RawSocket(listening.address)
            socket.send(bytes)
            #expect(try await socket.isClosed(within: .seconds(3)))
        }
    }
}
