// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import GridTransport
import Logging
import Testing

/// A listener for the time of a test, and what became of its links.
struct Listening: Sendable {
    let address: LinkAddress
    let identity: AgreementKey
    /// Why each served link ended, in order; nil when this side ended it.
    let ends: AsyncStream<LinkFailure?>

    var remoteKey: [UInt8] { identity.publicKey }

    /// The end of the next link.
    func nextEnd() async -> LinkFailure? {
        for await end in ends { return end }
        return nil
    }
}

/// Runs the body against a listener on a free port. `answer` gives the greeting or hangs up;
/// `serve` gets each link; what its frames throw is told in `ends`.
func withListener(
    limits: LinkLimits = LinkLimits(),
    answer: @escaping @Sendable ([UInt8], [UInt8]) async throws(LinkRefusal) -> [UInt8]? = { $1 },
    enrol: @escaping LinkListener.Enrol = { _, _, _ in nil },
    serve: @escaping @Sendable (SecureLink) async throws -> Void = { link in
        for try await frame in link.frames { try await link.send([frame]) }
    },
    _ body: @Sendable @escaping (Listening) async throws -> Void
) async throws {
    let identity = AgreementKey.generate()
    let (addresses, address) = AsyncStream.makeStream(of: LinkAddress.self)
    let (ends, end) = AsyncStream.makeStream(of: LinkFailure?.self)
    let listener = LinkListener(
        address: LinkAddress(host: "127.0.0.1", port: 0), identity: identity, limits: limits,
        logger: Logger(label: "test"))
    try await withThrowingTaskGroup { group in
        group.addTask {
            try await listener.run(
                listening: { address.yield($0) },
                answer: { (key, greeting) async throws(LinkRefusal) in
                    try await answer(key, greeting).map {
                        LinkAnswer(greeting: $0, context: greeting)
                    }
                }, enrol: enrol
            ) { link, heard in
                do {
                    #expect(heard == link.remoteGreeting)
                    try await serve(link)
                    end.yield(nil)
                } catch {
                    end.yield(error as? LinkFailure ?? .connectionLost("\(error)"))
                }
            }
        }
        for await address in addresses {
            try await body(Listening(address: address, identity: identity, ends: ends))
            break
        }
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// Waits until the condition holds, at most for the given time; whether it does.
func eventually(
    within limit: Duration = .seconds(5), _ condition: () -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}
