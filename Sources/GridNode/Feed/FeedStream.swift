// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GridLog
import GridStore
import ServiceLifecycle

/// The feed as one reader follows it. It is read from the store whenever the reader has taken what
/// it was given, so that a slow one costs no memory and misses nothing.
package struct FeedStream: Sendable {
    let engine: ReplicationEngine
    /// With the code of the area as it was asked for.
    let filter: FeedFilter
    let hasSnapshot: Bool
    let heartbeatSeconds: Int
    /// What is given before anything else, because the position asked for is over.
    let opening: FeedBreak?
    /// By what access it is read; nil on the folder's own socket.
    let access: AppAccess?
    private let start: FeedPosition
    private let ticks: AsyncStream<Tick>
    private let clock: AsyncStream<Tick>.Continuation

    private enum Tick {
        case news, heartbeat
    }

    init(
        engine: ReplicationEngine, filter: FeedFilter, hasSnapshot: Bool, heartbeatSeconds: Int,
        opening: FeedBreak?, access: AppAccess?, start: FeedPosition
    ) {
        self.engine = engine
        self.filter = filter
        self.hasSnapshot = hasSnapshot
        self.heartbeatSeconds = heartbeatSeconds
        self.opening = opening
        self.access = access
        self.start = start
        (ticks, clock) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Ends the feed: its reader is gone.
    package func stop() { clock.finish() }

    /// Gives what comes until the node stops, the reader is gone, the feed ends, or `give` throws.
    /// Once.
    package func run(_ give: ([FeedEvent]) async throws -> Void) async throws {
        let bell = engine.hangBell()
        defer { engine.takeDown(bell) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in bell.rings { clock.yield(.news) }
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(heartbeatSeconds))
                    clock.yield(.heartbeat)
                }
            }
            group.addTask {
                try? await gracefulShutdown()
                clock.finish()
            }
            defer {
                clock.finish()
                group.cancelAll()
            }
            var position = start
            if let opening { try await give([.reset(opening, position)]) }
            guard try await giveAll(from: &position, give) else { return }
            for await tick in ticks {
                guard access?.isGood(at: WallClock.now) ?? true else { return }
                let before = position
                guard try await giveAll(from: &position, give) else { return }
                if tick == .heartbeat, position == before {
                    try await give([.heartbeat(position)])
                }
            }
        }
    }

    /// Gives all that has happened by now.
    ///
    /// - Returns: false when the feed ends here.
    private func giveAll(
        from position: inout FeedPosition, _ give: ([FeedEvent]) async throws -> Void
    ) async throws -> Bool {
        while true {
            let page: FeedPage
            do {
                page = try await Self.page(
                    of: engine.store, after: position,
                    where: filter.resolved(by: engine.current.directory.areas))
            } catch let over as FeedBreak {
                position = try await Self.end(of: engine.store)
                if hasSnapshot { position = position.withSnapshot }
                try await give([.reset(over, position)])
                guard hasSnapshot else { return false }
                continue
            }
            var events = page.items.map { FeedEvent.change($0) }
            if position.isInSnapshot, !page.next.isInSnapshot { events.append(.live(page.next)) }
            let isNews = position != page.next
            position = page.next
            // A filtered reader must learn where it is, or it would look through the same again.
            if events.isEmpty, isNews { events.append(.heartbeat(position)) }
            if !events.isEmpty { try await give(events) }
            if page.isAtEnd { return true }
        }
    }

    // Reading waits for the disk: not on the threads that links share.

    private static func page(
        of store: Store, after position: FeedPosition, where filter: FeedFilter
    ) async throws -> FeedPage {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try store.feed(after: position, where: filter, limit: 200) })
            }
        }
    }

    private static func end(of store: Store) async throws -> FeedPosition {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try store.feedEnd() })
            }
        }
    }
}
