// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// The change feed: as a page, as lines of JSON, or as server-sent events.
struct FeedRoutes {
    let desk: Desk

    /// How a stream is written down.
    private enum Rendering {
        case lines, events

        var contentType: String {
            switch self {
            case .lines: "application/x-ndjson; charset=utf-8"
            case .events: "text/event-stream; charset=utf-8"
            }
        }

        func text(_ event: FeedEvent, at desk: Desk) throws -> String {
            let data = try desk.event(event).description
            switch self {
            case .lines: return data + "\n"
            case .events:
                return "event: \(event.name)\nid: \(event.position)\ndata: \(data)\n\n"
            }
        }
    }

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/changes") { request, _ in
            let wanted = try Self.feedRequest(request)
            guard let rendering = Self.rendering(request) else {
                return try await JSONExchange.reading { try desk.changes(wanted) }
            }
            return try follow(wanted, as: rendering, asked: request)
        }
    }

    private func follow(
        _ wanted: FeedRequest, as rendering: Rendering, asked request: Request
    ) throws -> Response {
        let stream = try desk.follow(wanted)
        // The place is given back whether or not anything is ever written.
        let place = ReaderPlace(desk: desk, stream: stream)
        return Response(
            status: .ok,
            headers: [.contentType: rendering.contentType, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await place.stream.run { events in
                        let text = try events.map { try rendering.text($0, at: place.desk) }
                            .joined()
                        try await writer.write(ByteBuffer(string: text))
                    }
                } onInboundClosed: {
                    place.stream.stop()
                }
                try await writer.finish(nil)
            })
    }

    private static func rendering(_ request: Request) -> Rendering? {
        let accepted = request.headers[.accept] ?? ""
        if accepted.contains("text/event-stream") { return .events }
        if accepted.contains("application/x-ndjson") { return .lines }
        return nil
    }

    private static func feedRequest(_ request: Request) throws -> FeedRequest {
        var wanted = FeedRequest()
        for (name, value) in request.uri.queryParameters {
            let text = String(value)
            switch String(name) {
            case "since": wanted.since = text
            case "snapshot": wanted.hasSnapshot = try JSONExchange.flag("snapshot", text)
            case "last": wanted.last = Int(text) ?? -1
            case "collection":
                wanted.collections = text.split(separator: ",").map(String.init)
            case "area": wanted.area = text
            // What is no number at all is out of bounds too.
            case "limit": wanted.limit = Int(text) ?? 0
            case "heartbeat": wanted.heartbeatSeconds = Int(text) ?? 0
            case let other:
                throw JSONExchange.malformed(
                    "since, snapshot, last, collection, area, limit, heartbeat; found \(other)")
            }
        }
        // An event source that comes back says so beside the address it was given at first.
        if let last = request.headers.first(where: { $0.name.canonicalName == "last-event-id" }) {
            wanted.since = last.value
        }
        return wanted
    }
}

/// The place of one who follows the feed; given back when nobody holds it any more.
private final class ReaderPlace: Sendable {
    let desk: Desk
    let stream: FeedStream

    init(desk: Desk, stream: FeedStream) {
        self.desk = desk
        self.stream = stream
    }

    deinit { desk.leave(stream) }
}
