// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridStore

/// What the links of this node may cost, and have cost today.
extension Desk {
    /// Null members for what is not limited.
    func budget(_ now: UInt64) -> JSONValue {
        let budget = board.meter.budget
        let usage = board.meter.usage(now: now)
        let counted = usage.byPeer.values.reduce(UInt64(0)) { $0 + $1.counted }
        let isCheap = budget.isCheap(at: now)
        let isSpent = !isCheap && counted >= budget.dayBytes ?? .max
        return .object([
            "day": CivilDate(days: usage.day).map { .text("\($0)") } ?? .null,
            "session_bytes": budget.sessionBytes.map { Self.count($0) } ?? .null,
            "day_bytes": budget.dayBytes.map { Self.count($0) } ?? .null,
            "cheap_hours": .list(budget.cheapHours.map { .text($0.description) }),
            "cheap_now": .boolean(isCheap),
            "counted_bytes": Self.count(counted),
            "free_bytes": Self.count(usage.byPeer.values.reduce(UInt64(0)) { $0 + $1.free }),
            "spent": .boolean(isSpent),
            "resumes_at": isSpent ? Self.time(budget.resumes(after: now)) : .null,
        ])
    }

    /// Links on which something waits because this node or the peer can afford no more now.
    func budgetFindings(_ peers: [PeerView]) -> [JSONValue] {
        peers.filter { $0.state == .connected && !$0.reason.isEmpty }.map { view in
            let reason = Reason.of(view.reason)
            return .object([
                "code": .text(reason.code), "peer": .text(view.name), "reason": .text(reason.code),
                "zh": .text("\(view.name):\(reason.chinese),\(view.waitingOut) 条等待送达"),
                "en": .text("\(view.name): \(reason.english); \(view.waitingOut) entries wait"),
            ])
        }
    }
}
