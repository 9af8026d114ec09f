// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridStore
import NIOCore
import NIOHTTP1
import NIOPosix

/// Reads an answer of the daemon that comes line by line and need not end.
struct DaemonStream {
    /// Longest line: an event with one record.
    private static let lineBytesMax = 1_048_576

    private let folder: NodeFolder

    init(_ folder: NodeFolder) { self.folder = folder }

    /// Gives each line as it comes.
    ///
    /// - Throws: a problem of the daemon; `CommandFailure` of kind `notRunning` where nobody takes
    ///   the call. It returns when the daemon ends the answer or the connection breaks.
    func lines(
        _ path: String, query: [(String, String)], _ take: (JSONValue) throws -> Void
    ) async throws {
        let parameters = query.map {
            "\(DaemonClient.escaped($0))=\(DaemonClient.escaped($1))"
        }
        let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(2))
                .connect(unixDomainSocketPath: folder.socketPath) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw CommandFailure(
                .notRunning, "节点没有运行。请启动:gridd --data \(folder.path)",
                "the daemon is not running; start it: gridd --data \(folder.path)")
        }
        var head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path + "?" + parameters.joined(separator: "&"))
        head.headers.add(name: "Host", value: "localhost")
        head.headers.add(name: "Accept", value: "application/x-ndjson")
        head.headers.add(
            name: "Onegrid-Caller", value: DaemonClient.escaped(DaemonClient.caller))
        try await channel.executeThenClose { [head] parts, requests in
            try await requests.write(.head(head))
            try await requests.write(.end(nil))
            try await Self.read(parts, take)
        }
    }

    private static func read(
        _ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
        _ take: (JSONValue) throws -> Void
    ) async throws {
        var (status, rest): (UInt, [UInt8]) = (200, [])
        do {
            for try await part in parts {
                switch part {
                case .head(let head): status = head.status.code
                case .body(let bytes):
                    rest += bytes.readableBytesView
                    while status == 200, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                        let line = Data(rest[..<end])
                        rest.removeSubrange(...end)
                        try take(try JSONDecoder().decode(JSONValue.self, from: line))
                    }
                    guard rest.count <= lineBytesMax else {
                        throw CommandFailure(
                            .failed, "节点的答复太长。", "a line of the daemon's answer is too long")
                    }
                case .end:
                    guard status == 200 else {
                        throw CommandFailure(
                            problem: try JSONDecoder().decode(JSONValue.self, from: Data(rest)))
                    }
                    return
                }
            }
        } catch is ChannelError {
            // The daemon is gone; whoever follows calls it again.
        } catch is IOError {
        }
    }
}
