// SPDX-License-Identifier: Apache-2.0

package import GridCrypto
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Calls other nodes.
package struct LinkDialer: Sendable {
    private let identity: AgreementKey
    private let limits: LinkLimits

    package init(identity: AgreementKey, limits: LinkLimits = LinkLimits()) {
        self.identity = identity
        self.limits = limits
    }

    /// Calls the node that has `remoteKey` (X25519, 32 bytes) at the address, and lends the link to
    /// the body; when the body returns, what it sent goes out and the link ends.
    ///
    /// The purpose is said first; the called side hears and answers each in another way.
    /// The greeting has at most `TransportLimits.greetingBytesMax` bytes. Connecting and shaking
    /// hands take at most `LinkLimits.handshakeDeadline` each. Throws `LinkFailure` when no link
    /// came to be, else what the body throws. Cancelling the task ends the link.
    package func withLink<Result: Sendable>(
        to address: LinkAddress, remoteKey: [UInt8], greeting: [UInt8],
        purpose: LinkPurpose = .session,
        _ body: (SecureLink) async throws -> Result
    ) async throws -> Result {
        let pending = try await connect(
            to: address, remoteKey: remoteKey, greeting: greeting, purpose: purpose)
        return try await pending.channel.executeThenClose { inbound, outbound in
            let remote = try await pending.greeting()
            return try await pending.withLink(
                to: remote, inbound: inbound, outbound: outbound, body)
        }
    }

    private func connect(
        to address: LinkAddress, remoteKey: [UInt8], greeting: [UInt8], purpose: LinkPurpose
    ) async throws -> PendingLink {
        // A call that is still connecting cannot be cancelled, but its sockets can be closed.
        let attempts = Mutex<[any Channel]>([])
        let bootstrap = ClientBootstrap(group: TransportThreads.group)
            .connectTimeout(TimeAmount(limits.handshakeDeadline))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.writeBufferWaterMark, value: TransportLimits.waitingBytes)
            .channelOption(
                ChannelOptions.Types.SocketOption.unsentBytesMax,
                value: TransportLimits.unsentBytesMax)
        do {
            return try await withTaskCancellationHandler {
                try await bootstrap.connect(host: address.host, port: address.port) { channel in
                    attempts.withLock { $0.append(channel) }
                    return channel.eventLoop.makeCompletedFuture {
                        let (machine, opening) = LinkMachine.initiator(
                            identity: identity, remoteKey: remoteKey, greeting: greeting,
                            purpose: purpose)
                        return try PendingLink(
                            channel, machine: machine, opening: opening, limits: limits)
                    }
                }
            } onCancel: {
                for channel in attempts.withLock({ $0 }) { channel.close(promise: nil) }
            }
        } catch {
            try Task.checkCancellation()
            throw LinkFailure.connectFailed(ConnectFault(error), "\(error)")
        }
    }
}
