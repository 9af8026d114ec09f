// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// What a session wants read from the ledger.
package struct FetchRequest: Hashable, Sendable {
    /// One log and the first sequence that is wanted of it.
    package struct Range: Hashable, Sendable {
        package let log: LogID
        package let first: UInt64

        package init(log: LogID, first: UInt64) {
            self.log = log
            self.first = first
        }
    }

    package let lane: Lane
    /// Ascending by log.
    package let ranges: [Range]
    /// About how many bytes of envelopes to return; at least one run is.
    package let bytes: Int

    package init(lane: Lane, ranges: [Range], bytes: Int) {
        self.lane = lane
        self.ranges = ranges
        self.bytes = bytes
    }
}

/// A run ready to be sent.
package struct OutgoingRun: Hashable, Sendable {
    package let log: LogID
    package let last: UInt64
    package let envelope: [UInt8]

    package init(log: LogID, last: UInt64, envelope: [UInt8]) {
        self.log = log
        self.last = last
        self.envelope = envelope
    }
}

extension SyncSession {
    /// How much is read ahead of the socket at a time.
    private static let fetchBytes = ProtocolLimits.runBytesMax

    /// What the peer lacks and may have, most urgent lane first, then ascending by log.
    var lacking: [FetchRequest.Range] {
        held.rows.filter { row in
            row.height > offered[row.log] && knownAreas.contains(row.log.domain.area)
                && refusedByPeer[row.log] == nil && !unservable.contains(row.log)
        }
        .map { FetchRequest.Range(log: $0.log, first: offered[$0.log] + 1) }
    }

    /// Orders the next read, if there is something to send and room for it.
    mutating func pump() -> [Effect] {
        guard !isFetching, allowance > 0 else { return [] }
        let lacking = lacking
        guard let lane = lacking.map(\.log.domain.lane).min() else { return [] }
        var effects: [Effect] = []
        if !hasCounted {
            hasCounted = true
            effects.append(.count(lacking: lacking))
        }
        guard allowance >= UInt64(ProtocolLimits.frameBytesMax) || allowance == theirs.credit
        else { return effects }
        isFetching = true
        let request = FetchRequest(
            lane: lane, ranges: lacking.filter { $0.log.domain.lane == lane },
            bytes: Int(min(allowance, UInt64(Self.fetchBytes))))
        return effects + [.fetch(request)]
    }

    /// Compares the greetings' holdings; says which of one's own rows the peer must see.
    mutating func compare(with rows: [FrontierRow]) -> [Effect] {
        switch theirs.holdings {
        case .frontier(let theirRows):
            let shared = theirRows.filter { isShared($0.log.domain.area) }
            var effects = learn(shared)
            if closeReason == nil, case .digests = mine.holdings {
                effects += reveal(Self.differing(rows, shared), of: rows)
            }
            return effects
        case .digests(let digests):
            let byArea = Dictionary(grouping: rows, by: \.log.domain.area)
            var areas = Set(byArea.keys)
            var theirDigests: [AreaCode: FrontierDigest] = [:]
            for item in digests where isShared(item.area) {
                areas.insert(item.area)
                theirDigests[item.area] = item.digest
            }
            let none = FrontierDigest(of: [])
            let equal = areas.filter {
                FrontierDigest(of: byArea[$0] ?? []) == theirDigests[$0] ?? none
            }
            knownAreas = .only(equal)
            for area in equal.sorted() {
                for row in byArea[area] ?? [] {
                    offered.raise(row.log, to: row.height)
                    acknowledged.raise(row.log, to: row.height)
                }
            }
            guard case .digests = mine.holdings else { return recordHeld() }
            return recordHeld() + reveal(areas.subtracting(equal), of: rows)
        }
    }

    /// Takes the rows of areas whose digests differed, or of a peer that starts over.
    mutating func receiveFrontier(_ areas: [AreaCode], _ rows: [FrontierRow]) -> [Effect] {
        let named = Set(areas)
        guard areas.allSatisfy(isShared) else { return end(.violation(.areaNotShared)) }
        guard rows.allSatisfy({ named.contains($0.log.domain.area) }) else {
            return end(.violation(.rowOutsideAreas))
        }
        for row in offered.rows where named.contains(row.log.domain.area) {
            offered.replace(row.log, with: 0)
            acknowledged.replace(row.log, with: 0)
            unservable.remove(row.log)
        }
        if case .only(let known) = knownAreas { knownAreas = .only(known.union(named)) }
        let effects = learn(rows)
        return closeReason == nil ? effects + pump() : effects
    }

    mutating func receiveRun(_ envelope: [UInt8]) -> [Effect] {
        let size = UInt64(envelope.count)
        guard size <= granted else { return end(.violation(.creditExceeded)) }
        granted -= size
        return [.admit(envelope: envelope)]
    }

    mutating func receiveAck(_ rows: [SyncMessage.AckRow], credit: UInt64) -> [Effect] {
        guard allowance + credit <= theirs.credit else {
            return end(.violation(.creditTooLarge))
        }
        allowance += credit
        var recorded: [SyncMessage.AckRow] = []
        for row in rows {
            guard isShared(row.log.domain.area) else { return end(.violation(.areaNotShared)) }
            if row.log.replica == replica, row.height > held[row.log] { return end(.rolledBack) }
            offered.raise(row.log, to: row.height)
            acknowledged.raise(row.log, to: row.height)
            recorded.append(row)
        }
        return (recorded.isEmpty ? [] : [.recordHeld(recorded)]) + pump()
    }

    /// Believes the peer's rows, and looks for forks and for signs of having been rolled back.
    private mutating func learn(_ rows: [FrontierRow]) -> [Effect] {
        var effects: [Effect] = []
        for row in rows {
            if row.log.replica == replica, row.height > held[row.log] { return end(.rolledBack) }
            if let own = announcedRows[row.log], own.height == row.height, own.head != row.head {
                effects.append(.reportFork(row.log, height: row.height))
                refusedByPeer[row.log] = "forked"
            }
            offered.raise(row.log, to: row.height)
            acknowledged.raise(row.log, to: row.height)
        }
        return effects + recordHeld()
    }

    private func recordHeld() -> [Effect] {
        let rows = acknowledged.rows.map { SyncMessage.AckRow(log: $0.log, height: $0.height) }
        return rows.isEmpty ? [] : [.recordHeld(rows)]
    }

    /// Sends the rows of some areas, a message for as many areas as fit.
    private func reveal(_ areas: Set<AreaCode>, of rows: [FrontierRow]) -> [Effect] {
        var messages: [Effect] = []
        var named: [AreaCode] = []
        var listed: [FrontierRow] = []
        for area in areas.sorted() {
            let more = rows.filter { $0.log.domain.area == area }
            if !named.isEmpty, listed.count + more.count > ProtocolLimits.frontierRowsMax {
                messages.append(.send(.frontier(areas: named, rows: listed)))
                named = []
                listed = []
            }
            named.append(area)
            listed += more
        }
        if !named.isEmpty { messages.append(.send(.frontier(areas: named, rows: listed))) }
        return messages
    }

    private static func differing(_ left: [FrontierRow], _ right: [FrontierRow]) -> Set<AreaCode> {
        Set(Set(left).symmetricDifference(right).map(\.log.domain.area))
    }
}
