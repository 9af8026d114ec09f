// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// Closes connections of the folder's socket that another user has made: the kernel says who it was.
/// Modes keep others out as well; a folder that somebody has opened by mistake stays shut.
final class PeerCredentialGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    /// `struct ucred` of Linux, unix(7).
    private struct Credentials {
        var process: Int32 = 0
        var user: UInt32 = .max
        var group: UInt32 = .max
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard Self.isTrusted(context.channel) else { return context.close(promise: nil) }
    }

    /// Whether the other side runs as this user or as root.
    private static func isTrusted(_ channel: any Channel) -> Bool {
        guard let socket = channel as? any SocketOptionProvider else { return false }
        let asked: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        var user: UInt32?
        // Answered at once: handlers run on the channel's own thread.
        asked.assumeIsolated().whenSuccess { user = $0.user }
        return user == geteuid() || user == 0
    }
}
