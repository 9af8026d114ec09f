// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import GridTransport
import Logging
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LinkEndLoopbackTests {
    private let identity = AgreementKey.generate()

    private func dial<Result: Sendable>(
        _ listening: Listening, remoteKey: [UInt8]? = nil, greeting: [UInt8] = [],
        limits: LinkLimits = LinkLimits(), _ body: (SecureLink) async throws -> Result
    ) async throws -> Result {
        try await LinkDialer(identity: identity, limits: limits).withLink(
            to: listening.address, remoteKey: remoteKey ?? listening.remoteKey,
            greeting: greeting, body)
    }

    @Test func aWrongRemoteKeyIsRefused() async throws {
        try await withListener { listening in
            await #expect(throws: LinkFailure.turnedAway(.wrongKey)) {
                try await dial(listening, remoteKey: AgreementKey.generate().publicKey) { _ in }
            }
        }
    }

    @Test func anUnwantedCallerIsRefused() async throws {
        try await withListener(answer: { _, _ in nil }) { listening in
            await #expect(throws: LinkFailure.refused) { try await dial(listening) { _ in } }
        }
    }

    @Test(arguments: LinkRefusal.allCases) func aRefusedCallerHearsWhy(
        _ refusal: LinkRefusal
    ) async throws {
        try await withListener(answer: { (_, _) async throws(LinkRefusal) in throw refusal }) {
            listening in
            await #expect(throws: LinkFailure.turnedAway(refusal)) {
                try await dial(listening) { _ in }
            }
        }
    }

    @Test func noListenerIsAFailureToConnect() async throws {
        try await withListener { listening in
            let nowhere = LinkAddress(host: "127.0.0.1", port: 1)
            let failure = await #expect(throws: LinkFailure.self) {
                try await LinkDialer(identity: identity).withLink(
                    to: nowhere, remoteKey: listening.remoteKey, greeting: []
                ) { _ in }
            }
            guard case .connectFailed(.portClosed, _) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            let taken = LinkListener(
                address: listening.address, identity: identity, logger: Logger(label: "test"))
            let second = await #expect(throws: LinkFailure.self) {
                try await taken.run(
                    answer: { _, _ in LinkAnswer<Void>?.none }, serve: { _, _ in })
            }
            guard case .listenFailed = second else {
                Issue.record("\(String(describing: second))")
                return
            }
        }
    }

    @Test func closingEndsBothSides() async throws {
        try await withListener { listening in
            try await dial(listening) { link in
                link.close()
                #expect(try await eventually { link.end == .closed })
                for try await _ in link.frames { Issue.record("a frame from a closed link") }
                await #expect(throws: LinkFailure.closed) { try await link.send([[1]]) }
            }
            #expect(await listening.nextEnd() == .peerClosed)
        }
    }

    @Test func aCancelledListenerEndsItsLinks() async throws {
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        let (dialing, dial) = AsyncStream.makeStream(of: Listening.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                for await listening in dialing {
                    try await self.dial(listening) { link in
                        open.yield()
                        for try await _ in link.frames {}
                    }
                }
            }
            try await withListener { listening in
                dial.yield(listening)
                for await _ in opened { break }
            }
            await #expect(throws: LinkFailure.peerClosed) { try await group.waitForAll() }
        }
    }

    @Test func aCancelledCallDoesNotWaitForTheAnswer() async throws {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        try await withListener(answer: { _, _ in
            ask.yield()
            try? await Task.sleep(for: .seconds(3))
            return nil
        }) { listening in
            let start = ContinuousClock.now
            await withTaskGroup { group in
                group.addTask {
                    await #expect(throws: LinkFailure.closed) {
                        try await dial(listening) { _ in }
                    }
                }
                for await _ in asked { break }
                group.cancelAll()
            }
            #expect(ContinuousClock.now - start < .seconds(2))
        }
    }

    @Test func aBlockedSenderCanBeCancelled() async throws {
        try await withListener(serve: { _ in try await Task.sleep(for: .seconds(30)) }) {
            listening in
            try await dial(listening) { link in
                await withTaskGroup { group in
                    group.addTask {
                        await #expect(throws: CancellationError.self) {
                            while true { try await link.send([Random.bytes(300_000)]) }
                        }
                    }
                    var sent: UInt64 = 0
                    repeat {
                        sent = link.traffic.bytesSent
                        try? await Task.sleep(for: .milliseconds(300))
                    } while link.traffic.bytesSent != sent
                    group.cancelAll()
                }
                link.close()
            }
        }
    }

    @Test func anErrorOfTheBodyIsPassedOn() async throws {
        struct Odd: Error {}
        try await withListener { listening in
            await #expect(throws: Odd.self) { try await dial(listening) { _ in throw Odd() } }
            #expect(await listening.nextEnd() == .peerClosed)
        }
    }

    @Test func silenceEndsALinkAndSignsOfLifeKeepIt() async throws {
        var strict = LinkLimits()
        strict.silenceMax = .seconds(1)
        strict.keepaliveAfter = .seconds(100)
        var lively = strict
        lively.silenceMax = .seconds(100)
        lively.keepaliveAfter = .milliseconds(50)
        let limits = (strict, lively)
        try await withListener(limits: limits.0) { listening in
            try await dial(listening, limits: limits.1) { _ in
                try await Task.sleep(for: .milliseconds(1600))
            }
            let lively = await listening.nextEnd()
            #expect(lively == .peerClosed)
            await #expect(throws: LinkFailure.peerClosed) {
                try await dial(listening) { for try await _ in $0.frames {} }
            }
            let quiet = await listening.nextEnd()
            #expect(quiet == .silent(for: .seconds(1)))
        }
    }
}
