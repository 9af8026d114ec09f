// SPDX-License-Identifier: Apache-2.0

internal import GridCrypto
internal import NIOCore

/// A connection whose pipeline is made and whose peer has not been announced yet.
struct PendingLink: Sendable {
    typealias FrameChannel = NIOAsyncChannel<[[UInt8]], [[UInt8]]>

    let channel: FrameChannel
    let announced: EventLoopFuture<LinkGreeting>
    let proven: EventLoopFuture<Void>
    let state: LinkState

    /// Makes the pipeline; on the channel's event loop.
    init(
        _ channel: any Channel, machine: LinkMachine, opening: [LinkMachine.Effect] = [],
        limits: LinkLimits, leave: (() -> Void)? = nil
    ) throws {
        let announced = channel.eventLoop.makePromise(of: LinkGreeting.self)
        let proven = channel.eventLoop.makePromise(of: Void.self)
        let state = LinkState()
        try channel.pipeline.syncOperations.addHandler(
            LinkHandler(
                machine, opening: opening, limits: limits, state: state, announced: announced,
                proven: proven, leave: leave))
        self.announced = announced.futureResult
        self.proven = proven.futureResult
        self.state = state
        self.channel = try FrameChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(
                backPressureStrategy: .init(lowWatermark: 1, highWatermark: 3)))
    }

    /// Waits for the peer's greeting; a cancelled wait closes the connection.
    func greeting() async throws -> LinkGreeting {
        try await withTaskCancellationHandler {
            try await announced.get()
        } onCancel: {
            order(.close(.closed))
        }
    }

    /// Lends the open link to the body; afterwards all that was sent goes out, then the link ends.
    func withLink<Result: Sendable>(
        to greeting: LinkGreeting, inbound: NIOAsyncChannelInboundStream<[[UInt8]]>,
        outbound: NIOAsyncChannelOutboundWriter<[[UInt8]]>,
        _ body: (SecureLink) async throws -> Result
    ) async throws -> Result {
        let link = SecureLink(
            greeting: greeting, channel: channel.channel, state: state, proven: proven,
            inbound: inbound, outbound: outbound)
        let result = try await body(link)
        order(.finish)
        try await withTaskCancellationHandler {
            try await channel.channel.closeFuture.get()
        } onCancel: {
            order(.close(.closed))
        }
        return result
    }

    func order(_ order: LinkHandler.Order) {
        channel.channel.triggerUserOutboundEvent(order, promise: nil)
    }
}

extension TransportLimits {
    /// With no more than this before the kernel's buffer the next frame is taken.
    static let waitingBytes = ChannelOptions.Types.WriteBufferWaterMark(
        low: 1, high: unsentBytesMax)
}

extension ChannelOptions.Types.SocketOption {
    /// Linux's TCP_NOTSENT_LOWAT: how many unsent bytes make a socket not writable.
    static var unsentBytesMax: Self { .init(level: .tcp, name: .init(rawValue: 25)) }
}
