// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GridCrypto
internal import NIOCore

/// The shell of a `LinkMachine` on an event loop: socket bytes below, frames above.
///
/// Frames go up in the batches that the socket's reads complete, so that the reader's watermark
/// bounds bytes, not only frames.
final class LinkHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = [[UInt8]]
    typealias OutboundIn = [[UInt8]]
    typealias OutboundOut = ByteBuffer

    /// What the link's tasks ask of it, as user events.
    enum Order: Sendable {
        /// Our greeting to the peer that was announced.
        case answer([UInt8])
        /// Hangs up on the peer that was announced, and says why.
        case refuse(LinkRefusal)
        /// Ends the link at once.
        case close(LinkFailure)
        /// Ends the link when all that was sent before has gone to the socket, or at the deadline.
        case finish
    }

    /// Who the peer is, when it has said so; fails with a `LinkFailure` if it never does.
    let announced: EventLoopPromise<LinkGreeting>
    /// Succeeds when the peer has shown that it holds its key now; fails with a `LinkFailure` if it
    /// never does.
    let proven: EventLoopPromise<Void>

    private var machine: LinkMachine
    private var opening: [LinkMachine.Effect]
    private let limits: LinkLimits
    private let state: LinkState
    /// Gives back the place among the unproven; called once.
    private var leave: (() -> Void)?
    private var deadline: Scheduled<Void>?
    private var isReading = false
    private var lastHeard = NIODeadline.now()
    private var lastSent = NIODeadline.now()

    init(
        _ machine: LinkMachine, opening: [LinkMachine.Effect], limits: LinkLimits,
        state: LinkState, announced: EventLoopPromise<LinkGreeting>,
        proven: EventLoopPromise<Void>, leave: (() -> Void)?
    ) {
        self.machine = machine
        self.opening = opening
        self.limits = limits
        self.state = state
        self.announced = announced
        self.proven = proven
        self.leave = leave
    }

    func channelActive(context: ChannelHandlerContext) {
        setDeadline(context)
        perform(opening, context)
        opening = []
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        lastHeard = .now()
        state.addReceived(bytes.readableBytes)
        perform(machine.receive(bytes.readableBytesView), context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if !isReading {
            // Time in which the reader above took nothing is not the peer's silence.
            isReading = true
            lastHeard = .now()
        }
        context.read()
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        let effects = machine.send(unwrapOutboundIn(data))
        guard !effects.isEmpty else {
            promise?.fail(state.end ?? .closed)
            return
        }
        perform(effects, context, promise: promise)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        switch event as? Order {
        case .answer(let greeting):
            perform(machine.answer(greeting), context)
            context.flush()
            if let end = state.end { promise?.fail(end) } else { promise?.succeed() }
        case .refuse(let refusal):
            perform(machine.refuse(refusal), context)
            promise?.succeed()
        case .close(let failure):
            perform(machine.close(failure), context)
            promise?.succeed()
        case .finish:
            finish(context)
            promise?.succeed()
        case .none:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset is how a peer ends that had not read everything.
        let code = (error as? IOError)?.errnoCode
        let failure: LinkFailure =
            code == ECONNRESET || code == EPIPE ? .peerClosed : .connectionLost("\(error)")
        perform(machine.connectionEnded(failure), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.connectionEnded(.peerClosed), context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(.closed)
    }

    private func perform(
        _ effects: [LinkMachine.Effect], _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>? = nil
    ) {
        for effect in effects {
            switch effect {
            case .write(let bytes):
                lastSent = .now()
                state.addSent(bytes.count)
                let buffer = context.channel.allocator.buffer(bytes: bytes)
                context.writeAndFlush(wrapOutboundOut(buffer), promise: promise)
            case .ask(let greeting):
                announced.succeed(greeting)
            case .open(let greeting):
                announced.succeed(greeting)
                opened(context)
            case .confirm:
                confirmed(context)
            case .deliver(let frames):
                context.fireChannelRead(wrapInboundOut(frames))
            case .close(let failure):
                promise?.fail(failure)
                end(failure)
                if failure != .closed { context.fireErrorCaught(failure) }
                context.close(promise: nil)
            }
        }
    }

    /// From here on frames flow. The initiator has only silence to fear; the responder waits for
    /// the proof that what it answered was no recording.
    private func opened(_ context: ChannelHandlerContext) {
        guard leave == nil else { return setDeadline(context) }
        // Only the holder of the key that was called could answer.
        proven.succeed()
        tick(context)
    }

    private func confirmed(_ context: ChannelHandlerContext) {
        leave?()
        leave = nil
        proven.succeed()
        tick(context)
    }

    private func end(_ failure: LinkFailure) {
        deadline?.cancel()
        deadline = nil
        state.end(failure)
        announced.fail(state.end ?? failure)
        proven.fail(state.end ?? failure)
        leave?()
        leave = nil
    }

    private func setDeadline(
        _ context: ChannelHandlerContext, for failure: LinkFailure = .handshakeTimedOut
    ) {
        schedule(in: TimeAmount(limits.handshakeDeadline), context) { handler, context in
            handler.perform(handler.machine.close(failure), context)
        }
    }

    /// Looks at the silence of both sides and orders the next look.
    private func tick(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        let (silenceMax, keepalive) = (
            TimeAmount(limits.silenceMax), TimeAmount(limits.keepaliveAfter)
        )
        if isReading, now - lastHeard >= silenceMax {
            perform(machine.close(.silent(for: limits.silenceMax)), context)
            return
        }
        if now - lastSent >= keepalive, context.channel.isWritable {
            perform(machine.send([]), context)
        }
        let nextSilence = isReading ? lastHeard + silenceMax : now + silenceMax
        let nextKeepalive = lastSent + keepalive > now ? lastSent + keepalive : now + keepalive
        let next = min(nextSilence, nextKeepalive)
        schedule(in: max(next - now, .milliseconds(10)), context) { handler, context in
            handler.tick(context)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        let effects = machine.send([])
        guard !effects.isEmpty else {
            written.succeed()
            context.close(promise: nil)
            return
        }
        setDeadline(context, for: .closed)
        perform(effects, context, promise: written)
        let channel = context.channel
        written.futureResult.whenComplete { _ in
            channel.triggerUserOutboundEvent(Order.close(.closed), promise: nil)
        }
    }

    private func schedule(
        in delay: TimeAmount, _ context: ChannelHandlerContext,
        _ body: @escaping (LinkHandler, ChannelHandlerContext) -> Void
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self, deadline != nil else { return }
            body(self, context)
        }
    }
}
