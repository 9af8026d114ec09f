// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridTransport

/// One peer as an admin sees it.
struct PeerView {
    let key: PublicKey
    let name: String
    let area: AreaCode
    let record: PeerRecord?
    let link: LinkStatus?
    /// What it has said it has durably.
    let held: VersionVector
    /// What this node has.
    let frontier: VersionVector
    /// What went to it in bundles and is not acknowledged.
    let road: BundlesOnRoad
    /// This node's own area.
    let own: AreaCode
    /// Its key was cut off; nobody waits for it.
    let isCutOff: Bool
    /// What has become of area codes.
    let areas: AreaMap
    /// By which it goes; nil where none is known.
    let certificate: Certificate?

    var state: LinkState { link?.state ?? .absent }
    var clockSkew: Int64 { record?.clockSkew ?? 0 }

    /// Milliseconds since 1970; now while a link lives; nil when never met.
    var lastContact: UInt64? {
        state == .connected ? WallClock.now : record?.lastContact
    }

    var reason: String {
        if isCutOff { return "key_cut_off" }
        if let heldBack { return heldBack }
        if let link, !link.reason.isEmpty || link.state == .connected { return link.reason }
        guard let record else { return "never_met" }
        return record.lastReason.isEmpty ? "not_connected" : record.lastReason
    }

    /// Why what waits does not move over a link that is up; nil where nothing waits for that.
    private var heldBack: String? {
        guard let link, state == .connected,
            link.letsRoutineWait.mine || link.letsRoutineWait.theirs,
            link.waitingIn ?? 0 > 0 || waitingOut > 0
        else { return nil }
        return link.letsRoutineWait.mine ? "budget_spent" : "peer_budget_spent"
    }

    /// Entries that this node has, the peer may have, and has not acknowledged.
    var waitingOut: UInt64 {
        waitingRows.reduce(0) { $0 + frontier[$1.log] - $1.height }
    }

    /// The logs of which it lacks something, and how far it has each.
    var waitingRows: [(log: LogID, height: UInt64)] {
        guard !isCutOff else { return [] }
        return frontier.rows.compactMap { row in
            let height = held[row.log]
            guard height < row.height, isShared(row.log.domain.area) else { return nil }
            return (row.log, height)
        }
    }

    var json: JSONValue {
        let words = Reason.of(reason)
        return .object([
            "node": .text(key.description), "name": .text(name),
            "area": .text(area.description), "state": .text(state.rawValue),
            "reason": .text(reason), "reason_zh": .text(words.chinese),
            "reason_en": .text(words.english),
            "last_contact": lastContact.map(Desk.time) ?? .null,
            "address": link?.address.map { .text($0) } ?? .null,
            "direction": link?.direction.map { .text($0.rawValue) } ?? .null,
            "out": .object([
                "waiting_entries": Desk.count(waitingOut), "bytes": passed(\.bytesSent),
                "on_the_road": Desk.road(road),
            ]),
            "in": .object([
                "waiting_entries": link?.waitingIn.map { Desk.count($0) } ?? .null,
                "bytes": passed(\.bytesReceived),
            ]),
            "has": .object([
                "entries": Desk.count(held.rows.reduce(UInt64(0)) { $0 + $1.height })
            ]),
            "clock_skew_ms": .integer(clockSkew),
            "software": .text(record?.software ?? ""),
            "certificate": certificate.map { certificate in
                .object([
                    "post": .text(certificate.post), "holder": .text(certificate.holder),
                    "valid_until": certificate.validUntil == 0
                        ? .null : Desk.time(certificate.validUntil),
                    "expiry": .text(CertificateExpiry(certificate, at: WallClock.now).word),
                ])
            } ?? .null,
        ])
    }

    /// What has passed the link's socket since it was made, in bytes; null without one.
    private func passed(_ bytes: (LinkTraffic) -> UInt64) -> JSONValue {
        guard let link, state == .connected else { return .null }
        return Desk.count(bytes(link.traffic))
    }

    var upstream: JSONValue {
        let words = Reason.of(reason)
        return .object([
            "peer": .text(key.description), "name": .text(name), "state": .text(state.rawValue),
            "reason": .text(reason), "reason_zh": .text(words.chinese),
            "reason_en": .text(words.english),
            "last_contact": lastContact.map(Desk.time) ?? .null,
            "waiting_entries": Desk.count(waitingOut),
            "on_the_road": Desk.road(road),
        ])
    }

    func isShared(_ home: AreaCode) -> Bool {
        areas.carries(own, home) && areas.carries(area, home)
    }
}
