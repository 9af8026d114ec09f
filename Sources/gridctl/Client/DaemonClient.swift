// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import GridCore
import GridStore
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks the daemon over the Unix socket in its data folder: one request a connection.
struct DaemonClient {
    static let answerBytesMax = 64 * 1024 * 1024

    let socketPath: String
    private let folderPath: String

    init(_ folder: NodeFolder) {
        socketPath = folder.socketPath
        folderPath = folder.path
    }

    /// Whether there is a socket to ask at all.
    var mayBeRunning: Bool { FileManager.default.fileExists(atPath: socketPath) }

    func get(_ path: String, query: [(String, String)] = []) throws -> JSONValue {
        let parameters = query.map { "\(Self.escaped($0))=\(Self.escaped($1))" }
        let suffix = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        return try ask(.GET, path + suffix, body: nil, seconds: 120)
    }

    /// How a request changes something.
    enum Verb {
        case post, patch
    }

    func send(
        _ verb: Verb, _ path: String, _ body: JSONValue, seconds: Int64? = 120
    ) throws -> JSONValue {
        try ask(verb == .post ? .POST : .PATCH, path, body: body, seconds: seconds)
    }

    /// Orders long work and waits until it is done, showing how far it has come. The connection may
    /// break meanwhile.
    func work(_ path: String, _ body: JSONValue, _ words: String) throws -> JSONValue {
        let ordered = try ask(
            .POST, path, body: body, seconds: 120, headers: [("Prefer", "respond-async")])
        // Some requests are answered at once all the same.
        guard ordered["schema"]?.string == "onegrid.job/1", let id = ordered["id"]?.string else {
            return ordered
        }
        let progress = Progress()
        defer { progress.end() }
        var job = ordered
        var pause = 0.05
        while job["state"]?.string == "running" {
            Thread.sleep(forTimeInterval: pause)
            // Short work is heard of soon, and long work is not asked after all the time.
            pause = min(pause * 1.25, 1)
            job = try get("/v1/jobs/\(id)")
            if let state = job["progress"], let done = state["done"]?.integer {
                progress.show(
                    "\(words) \(done)/\(state["total"]?.shown ?? "") \(state["unit"]?.shown ?? "")")
            }
        }
        if job["state"]?.string == "failed" {
            throw CommandFailure(problem: job["problem"] ?? .null)
        }
        return job["result"] ?? .null
    }

    /// Who asks, for the audit trail: the user that ran the command, through `sudo` or not.
    static var caller: String {
        let user =
            getenv("SUDO_USER").map { String(cString: $0) }
            ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
        return "gridctl \(user)"
    }

    /// A part of a path, percent-encoded.
    static func escaped(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, body: JSONValue?, seconds: Int64?,
        headers: [(String, String)] = []
    ) throws -> JSONValue {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: AnswerCollector.Answer.self)
        let text = body?.description ?? ""
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(2))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(AnswerCollector(answer))
                }
            }
        let channel: any Channel
        do {
            channel = try bootstrap.connect(unixDomainSocketPath: socketPath).wait()
        } catch {
            answer.fail(error)
            throw CommandFailure(
                .notRunning, "节点没有运行。请启动:gridd --data \(folderPath)",
                "the daemon is not running; start it: gridd --data \(folderPath)")
        }
        if let seconds {
            let end = loop.scheduleTask(in: .seconds(seconds)) {
                answer.fail(AnswerCollector.TooSlow())
            }
            answer.futureResult.whenComplete { _ in end.cancel() }
        }
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
        head.headers.add(name: "Host", value: "localhost")
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: String(text.utf8.count))
        head.headers.add(name: "Connection", value: "close")
        head.headers.add(name: "Onegrid-Caller", value: Self.escaped(Self.caller))
        head.headers.add(contentsOf: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        let bytes = ByteBuffer(string: text)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(bytes)), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try Self.value(of: answer.futureResult)
    }

    private static func value(
        of future: EventLoopFuture<AnswerCollector.Answer>
    ) throws -> JSONValue {
        do {
            let answer = try future.wait()
            let value = try JSONDecoder().decode(JSONValue.self, from: answer.body)
            guard (200..<300).contains(answer.status) else {
                throw CommandFailure(problem: value)
            }
            return value
        } catch is AnswerCollector.TooSlow {
            throw CommandFailure(
                .tryAgain, "节点没有及时答复,请稍后再试。", "the daemon did not answer in time; try again")
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(
                .tryAgain, "与节点的连接中断(\(error)),不能确定是否已完成,请查询后再试。",
                "the connection to the daemon broke (\(error)); check whether it was done")
        }
    }
}

/// Puts an answer together from its parts.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    struct Answer: Sendable {
        var status: UInt = 0
        var body = Data()
    }

    struct TooSlow: Error {}
    struct TooLarge: Error {}
    struct CutOff: Error {}

    private let promise: EventLoopPromise<Answer>
    private var answer = Answer()

    init(_ promise: EventLoopPromise<Answer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer.status = head.status.code
        case .body(let buffer):
            answer.body.append(contentsOf: buffer.readableBytesView)
            if answer.body.count > DaemonClient.answerBytesMax {
                promise.fail(TooLarge())
                context.close(promise: nil)
            }
        case .end:
            promise.succeed(answer)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(CutOff()) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
