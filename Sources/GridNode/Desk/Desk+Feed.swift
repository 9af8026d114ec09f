// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridStore

extension Desk {
    /// One page of the feed.
    package func changes(_ request: FeedRequest) throws -> JSONValue {
        let filter = try filter(request)
        let start = try start(request)
        if let over = start.over { throw DeskRefusal(over) }
        do {
            let page = try engine.store.feed(
                after: start.position, where: filter.resolved(by: areas), limit: request.limit)
            let items = try page.items.map { try event(.change($0)) }
            return Self.answer(
                "changes",
                [
                    "items": .list(items), "next": .text(page.next.description),
                    "more": .boolean(!page.isAtEnd),
                    "snapshot": .boolean(page.next.isInSnapshot),
                ])
        } catch let over as FeedBreak {
            throw DeskRefusal(over)
        }
    }

    /// The feed to be followed. The place it takes among the readers is given back by `leave`.
    package func follow(_ request: FeedRequest) throws -> FeedStream {
        let filter = try filter(request)
        let start = try start(request)
        if let over = start.over, !request.hasSnapshot { throw DeskRefusal(over) }
        guard feedReaders.enter() else {
            throw DeskRefusal(
                .tryAgain, "too_many_readers",
                chinese: "同时跟随的程序已有 \(FeedReaders.readersMax) 个,请稍后再试。",
                english: "\(FeedReaders.readersMax) readers follow the feed already; try later.")
        }
        return FeedStream(
            engine: engine, filter: filter, hasSnapshot: request.hasSnapshot,
            heartbeatSeconds: request.heartbeatSeconds, opening: start.over,
            access: .current, start: start.position)
    }

    /// Gives back the place of one who follows no more.
    package func leave(_ stream: FeedStream) { feedReaders.leave() }

    /// An event as all renderings show it.
    package func event(_ event: FeedEvent) throws -> JSONValue {
        var parts: [String: JSONValue] = [
            "event": .text(event.name), "id": .text(event.position.description),
        ]
        switch event {
        case .change(let item):
            parts["sequence"] = Self.count(item.position.sequence)
            parts["operation"] = .text(item.operation.word)
            parts["record"] = try record(item.record, .masked)
        case .live, .heartbeat: break
        case .reset(let over, _):
            let refusal = DeskRefusal(over)
            parts["code"] = .text(refusal.code)
            parts["zh"] = .text(refusal.chinese)
            parts["en"] = .text(refusal.english)
        }
        return Self.answer("change", parts)
    }

    private func filter(_ request: FeedRequest) throws -> FeedFilter {
        try Self.checkBounds(request)
        var filter = FeedFilter()
        let names = try AppAccess.current?.narrowing(request.collections) ?? request.collections
        if !names.isEmpty {
            filter.collections = Set(try names.map { try collection($0).number })
        }
        if let text = request.area {
            guard let area = try? AreaCode(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_area", chinese: "“\(text)”不是区划代码。",
                    english: "\"\(text)\" is no area code.")
            }
            filter.area = area.home
        }
        return filter
    }

    private static func checkBounds(_ request: FeedRequest) throws {
        guard (1...FeedRequest.limitMax).contains(request.limit) else {
            throw DeskRefusal(
                .malformed, "bad_limit", chinese: "limit 应为 1 到 \(FeedRequest.limitMax)。",
                english: "limit is 1...\(FeedRequest.limitMax).")
        }
        guard (0...FeedRequest.limitMax).contains(request.last) else {
            throw DeskRefusal(
                .malformed, "bad_limit", chinese: "last 应为 0 到 \(FeedRequest.limitMax)。",
                english: "last is 0...\(FeedRequest.limitMax).")
        }
        guard (1...FeedRequest.heartbeatSecondsMax).contains(request.heartbeatSeconds) else {
            throw DeskRefusal(
                .malformed, "bad_heartbeat",
                chinese: "heartbeat 应为 1 到 \(FeedRequest.heartbeatSecondsMax)(秒)。",
                english: "heartbeat is 1...\(FeedRequest.heartbeatSecondsMax), in seconds.")
        }
    }

    /// Where a reader begins, and why not where it asked to.
    private func start(
        _ request: FeedRequest
    ) throws -> (position: FeedPosition, over: FeedBreak?) {
        let store = engine.store
        guard let since = request.since else {
            let end = try store.feedEnd(before: request.hasSnapshot ? 0 : request.last)
            return (request.hasSnapshot ? end.withSnapshot : end, nil)
        }
        guard let position = FeedPosition(parsing: since) else {
            throw DeskRefusal(
                .malformed, "bad_position", chinese: "since 或 Last-Event-ID 不是变更流给出的位置。",
                english: "since or Last-Event-ID is no position that the feed has given.")
        }
        do {
            _ = try store.feed(after: position, limit: 1)
            return (position, nil)
        } catch let over as FeedBreak {
            return (try store.feedEnd().withSnapshot, over)
        }
    }
}

extension FeedFilter {
    /// The same by the codes of now: what lies in an area may change while somebody follows.
    func resolved(by areas: AreaMap) -> FeedFilter {
        var filter = self
        filter.areas = areas
        return filter
    }
}

extension FeedItem.Operation {
    fileprivate var word: String {
        switch self {
        case .created: "created"
        case .changed: "changed"
        case .archived: "archived"
        case .present: "present"
        }
    }
}

extension DeskRefusal {
    fileprivate init(_ over: FeedBreak) {
        switch over {
        case .otherEpoch:
            self.init(
                .gone, over.rawValue,
                chinese: "变更流已重新开始(数据重建、恢复或回退),请用 snapshot=1 从头读取。",
                english: """
                    The feed has begun anew (tables were rebuilt, or the folder was restored or is \
                    older); begin with snapshot=1.
                    """)
        case .expired:
            self.init(
                .gone, over.rawValue, chinese: "这个位置之后的变更已不再保留,请用 snapshot=1 从头读取。",
                english: "Changes after this position are no longer kept; begin with snapshot=1.")
        }
    }
}
