// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog

extension Desk {
    /// What waits on the way to and from each peer, and why.
    package func lag() throws -> JSONValue {
        let now = WallClock.now
        let peers = try peerViews()
        let items = peers.map { peer -> JSONValue in
            let words = ReasonWords.of(peer.reason)
            let silence = peer.lastContact.map { now > $0 ? (now - $0) / 1000 : 0 }
            return .object([
                "node": .text(peer.key.description), "name": .text(peer.name),
                "area": .text(peer.area.description), "state": .text(peer.state.rawValue),
                "reason": .text(peer.reason), "reason_zh": .text(words.chinese),
                "reason_en": .text(words.english),
                "last_contact": peer.lastContact.map(Self.time) ?? .null,
                "silent_seconds": silence.map { Self.count($0) } ?? .null,
                "out_entries": Self.count(peer.waitingOut),
                "in_entries": peer.link?.waitingIn.map { Self.count($0) } ?? .null,
            ])
        }
        let waiting = peers.filter { $0.waitingOut > 0 || ($0.link?.waitingIn ?? 0) > 0 }
        return Self.answer(
            "lag",
            [
                "items": .list(items), "now": Self.time(now),
                "behind": Self.count(waiting.count),
            ])
    }
}
