// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// An authenticated, encrypted channel of frames to one peer.
///
/// It lives as long as the body it was lent to. Frames are 1...`TransportLimits.frameBytesMax`
/// bytes, arrive whole and in order, or the link ends with a `LinkFailure`.
package final class SecureLink: Sendable {
    /// The peer's X25519 key, 32 bytes; see `Ed25519.agreementPublicKey(of:)`.
    package let remoteKey: [UInt8]
    /// What the peer said in the handshake. On the side that was called it may be a recording until
    /// `proof` returns, so it must not have effects by itself.
    package let remoteGreeting: [UInt8]
    /// Address and port of the peer, for logs.
    package let remoteAddress: String
    /// The peer's frames, to be iterated once only; a second time is a bug. The peer is slowed down
    /// when no one reads.
    package let frames: LinkFrames

    private let channel: any Channel
    private let state: LinkState
    private let proven: EventLoopFuture<Void>
    private let outbound: NIOAsyncChannelOutboundWriter<[[UInt8]]>

    init(
        greeting: LinkGreeting, channel: any Channel, state: LinkState,
        proven: EventLoopFuture<Void>, inbound: NIOAsyncChannelInboundStream<[[UInt8]]>,
        outbound: NIOAsyncChannelOutboundWriter<[[UInt8]]>
    ) {
        remoteKey = greeting.remoteKey
        remoteGreeting = greeting.bytes
        remoteAddress = channel.remoteAddress.map(Self.text) ?? "unknown"
        frames = LinkFrames(base: inbound, state: state)
        self.channel = channel
        self.state = state
        self.proven = proven
        self.outbound = outbound
    }

    /// What has passed the socket so far.
    package var traffic: LinkTraffic { state.traffic }

    /// Why the link ended; nil while it lives.
    package var end: LinkFailure? { state.end }

    /// Waits until the peer has shown that it is there now: at once on the side that called, with
    /// the first record on the other. Throws the link's `LinkFailure` when it ends before; a
    /// cancelled wait ends it.
    package func proof() async throws {
        try await withTaskCancellationHandler {
            try await proven.get()
        } onCancel: {
            close()
        }
    }

    /// Sends frames in order, small ones together, and waits while the peer or the network is slow.
    /// Frames of concurrent calls do not mix within `TransportLimits.batchBytes`.
    ///
    /// It returns when the frames are under way, not when they have arrived. Throws `LinkFailure`
    /// when the link has ended, `CancellationError` when the task is cancelled; then a part of the
    /// frames may have gone.
    package func send(_ frames: [[UInt8]]) async throws {
        var rest = frames[...]
        while !rest.isEmpty {
            var (count, bytes) = (0, 0)
            for frame in rest where bytes < TransportLimits.batchBytes {
                precondition(
                    (1...TransportLimits.frameBytesMax).contains(frame.count),
                    "frame of \(frame.count) bytes")
                count += 1
                bytes += frame.count
            }
            try await write(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
    }

    /// Ends the link at once, for both sides; what waits to be sent is lost.
    package func close() {
        channel.triggerUserOutboundEvent(LinkHandler.Order.close(.closed), promise: nil)
    }

    /// `HOST:PORT`, an IPv6 host in brackets.
    private static func text(_ address: SocketAddress) -> String {
        guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
        return "\(LinkAddress(host: host, port: port))"
    }

    private func write(_ batch: [[UInt8]]) async throws {
        if let end = state.end { throw end }
        do {
            try await outbound.write(batch)
            // The writer hands over without waiting for the event loop, which alone knows that the
            // socket is full; without this a quick sender would run ahead of it.
            try await channel.eventLoop.submit {}.get()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw state.end ?? .connectionLost("\(error)")
        }
        if let end = state.end { throw end }
    }
}
