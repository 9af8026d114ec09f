// SPDX-License-Identifier: Apache-2.0

package import GridCrypto
package import Logging
internal import NIOCore
internal import NIOPosix

/// What a caller is told, and what the one who told it wants to know when the link is served.
package struct LinkAnswer<Context: Sendable>: Sendable {
    /// At most `TransportLimits.greetingBytesMax` bytes.
    package let greeting: [UInt8]
    /// Nothing to the transport; `serve` gets it with the link.
    package let context: Context

    package init(greeting: [UInt8], context: Context) {
        self.greeting = greeting
        self.context = context
    }
}

/// Takes calls from other nodes.
package struct LinkListener: Sendable {
    /// Decides on a caller by its X25519 key and greeting: what it is answered, nil to hang up
    /// without a word, or the word to hang up with.
    ///
    /// Both may be a recording sent again by a third party, so it must change nothing.
    package typealias Answer<Context: Sendable> =
        @Sendable (_ remoteKey: [UInt8], _ greeting: [UInt8]) async throws(LinkRefusal)
        -> LinkAnswer<Context>?

    /// What a caller without a certificate is answered, by its X25519 key, its request and the address
    /// it calls from; nil to hang up. The link ends with the answer.
    package typealias Enrol =
        @Sendable (_ remoteKey: [UInt8], _ request: [UInt8], _ from: String) async -> [UInt8]?

    private let address: LinkAddress
    private let identity: AgreementKey
    private let limits: LinkLimits
    private let logger: Logger

    /// Nothing is bound before `run`.
    package init(
        address: LinkAddress, identity: AgreementKey, limits: LinkLimits = LinkLimits(),
        logger: Logger
    ) {
        self.address = address
        self.identity = identity
        self.limits = limits
        self.logger = logger
    }

    /// Listens until the task is cancelled, then returns. Lends each link, with the context of what
    /// `answer` told its caller, to `serve` in a task of its own.
    ///
    /// `listening` hears the bound address, in which a port 0 has become a real one. Links end with
    /// their call of `serve`, and all before this returns. Throws `LinkFailure.listenFailed`.
    package func run<Context: Sendable>(
        listening: @Sendable (LinkAddress) -> Void = { _ in },
        answer: @escaping Answer<Context>,
        enrol: @escaping Enrol = { _, _, _ in nil },
        serve: @escaping @Sendable (SecureLink, Context) async -> Void
    ) async throws {
        let server = try await bind(LinkAdmission(limits: limits))
        let bound = server.channel.localAddress
        let address = LinkAddress(
            host: bound?.ipAddress ?? address.host, port: bound?.port ?? address.port)
        logger.info("listening for links", metadata: ["address": "\(address)"])
        listening(address)
        try await withThrowingDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { calls in
                    for try await pending in calls {
                        group.addTask {
                            await take(pending, answer: answer, enrol: enrol, serve: serve)
                        }
                    }
                }
            } catch is CancellationError {
                // That is how listening ends.
            }
        }
    }

    private func bind(
        _ admission: LinkAdmission
    ) async throws(LinkFailure) -> NIOAsyncChannel<PendingLink, Never> {
        let bootstrap = ServerBootstrap(group: TransportThreads.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.writeBufferWaterMark, value: TransportLimits.waitingBytes)
            .childChannelOption(
                ChannelOptions.Types.SocketOption.unsentBytesMax,
                value: TransportLimits.unsentBytesMax)
        do {
            return try await bootstrap.bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture { try admit(channel, admission) }
            }
        } catch {
            throw .listenFailed("\(error)")
        }
    }

    /// Makes the pipeline of a new connection, or closes it at once when there are too many.
    private func admit(
        _ channel: any Channel, _ admission: LinkAdmission
    ) throws -> PendingLink {
        let remote = channel.remoteAddress?.ipAddress ?? "unknown"
        guard admission.enter(remote) else {
            logger.debug("connection over the cap closed", metadata: ["remote": "\(remote)"])
            channel.close(promise: nil)
            throw LinkFailure.unwanted
        }
        return try PendingLink(
            channel, machine: .responder(identity: identity), limits: limits,
            leave: { admission.leave(remote) })
    }

    private func take<Context: Sendable>(
        _ pending: PendingLink, answer: Answer<Context>, enrol: Enrol,
        serve: @Sendable (SecureLink, Context) async -> Void
    ) async {
        do {
            try await pending.channel.executeThenClose { inbound, outbound in
                let remote = try await pending.greeting()
                if remote.purpose == .enrolment {
                    return try await end(pending, remote, inbound, outbound, enrol: enrol)
                }
                let word: LinkAnswer<Context>?
                do throws(LinkRefusal) {
                    word = try await answer(remote.remoteKey, remote.bytes)
                } catch {
                    try await pending.channel.channel
                        .triggerUserOutboundEvent(LinkHandler.Order.refuse(error)).get()
                    throw LinkFailure.unwanted
                }
                guard let answer = word else { throw LinkFailure.unwanted }
                try await pending.channel.channel
                    .triggerUserOutboundEvent(LinkHandler.Order.answer(answer.greeting)).get()
                try await pending.withLink(
                    to: remote, inbound: inbound, outbound: outbound
                ) { link in
                    await serve(link, answer.context)
                }
            }
        } catch {
            let remote = pending.channel.channel.remoteAddress?.description ?? "unknown"
            logger.debug(
                "link not established",
                metadata: ["remote": "\(remote)", "reason": "\(error)"])
        }
    }

    /// Answers a caller that asks for its first certificate, and ends the link with the answer.
    private func end(
        _ pending: PendingLink, _ remote: LinkGreeting,
        _ inbound: NIOAsyncChannelInboundStream<[[UInt8]]>,
        _ outbound: NIOAsyncChannelOutboundWriter<[[UInt8]]>, enrol: Enrol
    ) async throws {
        let from = pending.channel.channel.remoteAddress?.ipAddress ?? "unknown"
        guard let answer = await enrol(remote.remoteKey, remote.bytes, from) else {
            throw LinkFailure.unwanted
        }
        try await pending.channel.channel
            .triggerUserOutboundEvent(LinkHandler.Order.answer(answer)).get()
        try await pending.withLink(to: remote, inbound: inbound, outbound: outbound) { _ in }
    }
}
