// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

extension Desk {
    /// Of a log that waits for longer only the number of entries is told, not since when.
    private static let entriesReadMax: UInt64 = 20_000

    /// What waits for each peer and from each, since when, and why.
    package func lag() throws -> JSONValue {
        let now = WallClock.now
        let views = try peerViews().filter { !$0.isCutOff }
        let newest = try newestWritten()
        // What many wait for is looked up once.
        let firsts = Set(views.flatMap { $0.waitingRows.map(Self.first) })
        let written = try engine.store.writtenAt(firsts, entriesMax: Self.entriesReadMax)
        let usage = board.meter.usage(now: now)
        let items = try views.map { view in
            try lag(
                of: view, newest: newest[view.key], written: written,
                today: usage.byPeer[view.key] ?? LinkUsage())
        }
        return Self.answer(
            "lag",
            [
                "now": Self.time(now), "items": .list(items),
                "out": .object([
                    "waiting_entries": Self.count(views.map(\.waitingOut).max() ?? 0),
                    "settled_peers": Self.count(views.count { $0.waitingOut == 0 }),
                    "peers": Self.count(views.count),
                ]),
                "budget": budget(now),
            ])
    }

    /// The first entry that a peer lacks of a log.
    private static func first(_ row: (log: LogID, height: UInt64)) -> Dot {
        Dot(log: row.log, sequence: row.height + 1)
    }

    private func lag(
        of view: PeerView, newest: UInt64?, written: [Dot: HybridTimestamp], today: LinkUsage
    ) throws -> JSONValue {
        let waiting = view.waitingRows
        let lanes =
            waiting.isEmpty
            ? []
            : try engine.store.totals(
                waiting.map { FetchRequest.Range(log: $0.log, first: $0.height + 1) })
        let since = waiting.compactMap { written[Self.first($0)] }.min()
        let reason = Reason.of(view.reason)
        return .object([
            "node": .text(view.key.description), "name": .text(view.name),
            "area": .text(view.area.description), "state": .text(view.state.rawValue),
            "reason": .text(reason.code),
            "reason_zh": .text(reason.chinese), "reason_en": .text(reason.english),
            "remedy_zh": .text(reason.chineseRemedy), "remedy_en": .text(reason.englishRemedy),
            "last_contact": view.lastContact.map(Self.time) ?? .null,
            "newest_written": newest.map(Self.time) ?? .null,
            "out": .object([
                "waiting_entries": Self.count(view.waitingOut),
                "waiting_bytes": Self.count(lanes.reduce(UInt64(0)) { $0 + $1.bytes }),
                "since": since.map { Self.time($0.milliseconds) } ?? .null,
                "on_the_road": Self.road(view.road),
                "lanes": .list(
                    lanes.map { lane in
                        .object([
                            "lane": .text(lane.lane.word), "entries": Self.count(lane.entries),
                            "bytes": Self.count(lane.bytes),
                        ])
                    }),
            ]),
            "in": .object([
                "waiting_entries": view.link?.waitingIn.map { Self.count($0) } ?? .null
            ]),
            "today": .object([
                "sent_bytes": Self.count(today.sent), "received_bytes": Self.count(today.received),
                "free_bytes": Self.count(today.free),
            ]),
        ])
    }

    /// When each key wrote last, by its own clock, as far as that has come here.
    private func newestWritten() throws -> [PublicKey: UInt64] {
        Dictionary(
            try engine.store.logs().filter { $0.height > 0 }.map {
                ($0.identity.key, $0.timestamp.milliseconds)
            }, uniquingKeysWith: { max($0, $1) })
    }

    /// Calls a peer at once, or all that this node is to call.
    package func callNow(_ peer: String?) throws -> JSONValue {
        let key = try peer.map { try peerKey($0) }
        let called = board.nudge(key)
        let names = try peerViews().filter { called.contains($0.key) }.map(\.name)
        return Self.answer(
            "calls",
            ["called": .list(names.map { .text($0) }), "paused": .boolean(board.isAllPaused)])
    }
}

extension Lane {
    /// As programs meet it.
    var word: String {
        switch self {
        case .authority: "authority"
        case .urgent: "urgent"
        case .routine: "routine"
        }
    }
}
