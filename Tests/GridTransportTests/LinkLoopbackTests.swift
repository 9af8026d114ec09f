// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import GridTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LinkLoopbackTests {
    private let identity = AgreementKey.generate()

    private func dial<Result: Sendable>(
        _ listening: Listening, remoteKey: [UInt8]? = nil, greeting: [UInt8] = [],
        limits: LinkLimits = LinkLimits(), _ body: (SecureLink) async throws -> Result
    ) async throws -> Result {
        try await LinkDialer(identity: identity, limits: limits).withLink(
            to: listening.address, remoteKey: remoteKey ?? listening.remoteKey,
            greeting: greeting, body)
    }

    @Test func bothSidesExchangeGreetingsAndKeys() async throws {
        let caller = identity.publicKey
        let longest = Random.bytes(TransportLimits.greetingBytesMax)
        try await withListener(
            answer: { key, greeting in
                #expect(key == caller)
                #expect(greeting == longest)
                return Array(greeting.reversed())
            },
            serve: { link in
                #expect(link.remoteKey == caller)
                #expect(link.remoteGreeting == longest)
                try await link.proof()
            },
            { listening in
                try await dial(listening, greeting: longest) { link in
                    #expect(link.remoteKey == listening.remoteKey)
                    #expect(link.remoteGreeting == Array(longest.reversed()))
                    try await link.proof()
                }
            })
    }

    @Test func framesOfAllSizesGoBothWays() async throws {
        try await withListener { listening in
            try await dial(listening) { link in
                let sizes = [1, 2, 65_515, 65_516, 65_517, 65_535, 65_536, 200_000, 307_200]
                var frames = link.frames.makeAsyncIterator()
                for size in sizes {
                    let frame = Random.bytes(size)
                    try await link.send([frame])
                    #expect(try await frames.next() == frame)
                }
                let sum = UInt64(sizes.reduce(0, +))
                let traffic = link.traffic
                #expect(traffic.bytesSent > sum && traffic.bytesSent < sum + 2000)
                #expect(traffic.bytesReceived > sum && traffic.bytesReceived < sum + 2000)
                #expect(link.end == nil)
            }
            #expect(await listening.nextEnd() == .peerClosed)
        }
    }

    @Test func smallFramesArriveInOrderAndTogether() async throws {
        try await withListener { listening in
            try await dial(listening) { link in
                let sent = (0..<200).map { [UInt8($0), 7, 7, 7] }
                let before = link.traffic.bytesSent
                try await link.send(sent)
                var received: [[UInt8]] = []
                for try await frame in link.frames {
                    received.append(frame)
                    if received.count == sent.count { break }
                }
                #expect(received == sent)
                // 200 frames of 4 bytes with their prefixes, a tag and a length.
                #expect(link.traffic.bytesSent - before <= 200 * 7 + 2 * 18)
            }
        }
    }

    @Test func whatWasSentBeforeTheBodyReturnsArrives() async throws {
        let frames = (0..<20).map { [UInt8](repeating: UInt8($0), count: 100_000) }
        let (counts, count) = AsyncStream.makeStream(of: Int.self)
        try await withListener(
            serve: { link in
                var received = 0
                defer { count.yield(received) }
                for try await frame in link.frames {
                    #expect(frame == frames[received])
                    received += 1
                }
            },
            { listening in
                try await dial(listening) { try await $0.send(frames) }
                for await count in counts {
                    #expect(count == 20)
                    break
                }
            })
    }

    @Test func aReaderThatRestsStopsTheSender() async throws {
        let frame = Random.bytes(300_000)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        try await withListener(
            serve: { link in
                for await _ in starts { break }
                var count = 0
                for try await received in link.frames {
                    #expect(received == frame)
                    count += 1
                    if count == 200 { try await link.send([[1]]) }
                }
            },
            { listening in
                try await dial(listening) { link in
                    try await withThrowingTaskGroup { group in
                        group.addTask {
                            for _ in 0..<200 { try await link.send([frame]) }
                        }
                        // Until nothing moves any more.
                        var sent: UInt64 = 0
                        repeat {
                            sent = link.traffic.bytesSent
                            try await Task.sleep(for: .milliseconds(300))
                        } while link.traffic.bytesSent != sent
                        #expect(sent < 8_000_000)
                        start.yield()
                        try await group.waitForAll()
                    }
                    var frames = link.frames.makeAsyncIterator()
                    #expect(try await frames.next() == [1])
                    #expect(link.traffic.bytesSent > 60_000_000)
                }
            })
    }

    @Test func framesOfConcurrentSendersStayWhole() async throws {
        try await withListener { listening in
            try await dial(listening) { link in
                try await withThrowingTaskGroup { group in
                    for sender in UInt8(0)..<4 {
                        group.addTask {
                            for round in 1...20 {
                                let frame = [UInt8](repeating: sender, count: round * 1000)
                                try await link.send([frame, frame])
                            }
                        }
                    }
                    group.addTask {
                        var counts = [UInt8: Int]()
                        for try await frame in link.frames {
                            let sender = try #require(frame.first)
                            #expect(frame.allSatisfy { $0 == sender })
                            counts[sender, default: 0] += 1
                            #expect(frame.count == (counts[sender, default: 0] + 1) / 2 * 1000)
                            if counts.values.reduce(0, +) == 160 { break }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}
