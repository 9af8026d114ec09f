// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import NIOCore
import NIOHTTP1
import NIOPosix

extension DaemonClient {
    /// A long answer broke off, or a line of it is no JSON.
    struct BrokenAnswer: Error {}

    /// Posts a request and hands over the answer line by line, as fast as they are taken: no more of
    /// it than a read from the socket is in memory.
    func lines(
        of path: String, _ body: JSONValue, _ take: (JSONValue) throws -> Void
    ) async throws {
        let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socketPath) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw CommandFailure(.notRunning, "节点没有运行。", "the daemon is not running")
        }
        try await channel.executeThenClose { inbound, outbound in
            let text = body.description
            try await outbound.write(.head(head(path, bytes: text.utf8.count)))
            try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
            try await outbound.write(.end(nil))
            var answer = LineAnswer()
            for try await part in inbound {
                guard try answer.take(part, take) else { return }
            }
            throw BrokenAnswer()
        }
    }

    private func head(_ path: String, bytes: Int) -> HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
        head.headers.add(name: "Host", value: "localhost")
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: String(bytes))
        head.headers.add(name: "Connection", value: "close")
        head.headers.add(name: "Onegrid-Caller", value: Self.escaped(Self.caller))
        return head
    }
}

/// Takes an answer apart at its line ends.
private struct LineAnswer {
    private var isRefused = false
    private var rest = Data()

    /// - Returns: whether more comes.
    mutating func take(
        _ part: HTTPClientResponsePart, _ take: (JSONValue) throws -> Void
    ) throws -> Bool {
        switch part {
        case .head(let head): isRefused = !(200..<300).contains(head.status.code)
        case .body(let buffer):
            rest.append(contentsOf: buffer.readableBytesView)
            guard !isRefused else { return true }
            while let end = rest.firstIndex(of: 0x0A) {
                try take(value(rest[..<end]))
                rest = Data(rest[rest.index(after: end)...])
            }
        case .end:
            guard !isRefused else { throw CommandFailure(problem: try value(rest)) }
            guard rest.isEmpty else { throw DaemonClient.BrokenAnswer() }
            return false
        }
        return true
    }

    private func value(_ bytes: Data) throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: bytes)
        } catch { throw DaemonClient.BrokenAnswer() }
    }
}
