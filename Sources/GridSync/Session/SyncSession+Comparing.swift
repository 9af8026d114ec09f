// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

/// Finding out what the other side lacks.
extension SyncSession {
    /// Compares the greetings' holdings; shows the rows of areas that the peer must see.
    ///
    /// - Parameter announced: the rows that `mine` was made of, of shared areas. What was committed
    ///   since has no part in this: the peer compares with the greeting, too.
    mutating func compare(_ announced: [FrontierRow]) -> [Effect] {
        let differing: Set<AreaCode>
        var effects: [Effect]
        switch theirs.holdings {
        case .frontier(let theirRows):
            let rows = theirRows.filter { isShared($0.log.domain.area) }
            differing = Set(Set(announced).symmetricDifference(rows).map(\.log.domain.area))
            effects = learn(rows)
        case .digests(let digests):
            differing = areasApart(announced, digests)
            awaitedAreas = differing
            effects = learn(announced.filter { !differing.contains($0.log.domain.area) })
        }
        guard closeReason == nil else { return effects }
        switch mine.holdings {
        case .frontier: break
        case .digests: effects += reveal(differing)
        }
        return effects
    }

    /// Takes the rows of areas whose digests differed, or of a peer that starts over.
    mutating func receiveFrontier(_ areas: [AreaCode], _ rows: [FrontierRow]) -> [Effect] {
        let listed = Set(areas)
        guard areas.allSatisfy(mayBeShared) else { return end(.violation(.areaNotShared)) }
        guard rows.allSatisfy({ listed.contains($0.log.domain.area) }) else {
            return end(.violation(.rowOutsideAreas))
        }
        let named = listed.filter(isShared)
        let rows = rows.filter { named.contains($0.log.domain.area) }
        let lost = forget(named, unless: rows)
        awaitedAreas.subtract(named)
        var effects = lost.isEmpty ? [] : [Effect.recordHeld(lost)]
        effects += learn(rows)
        guard closeReason == nil else { return effects }
        switch mine.holdings {
        case .frontier: break
        case .digests:
            // The peer waits for rows where this side saw nothing to show.
            let room = ProtocolLimits.messageAreasMax - shownAreas.count
            let asked = named.subtracting(shownAreas).sorted()
            effects += reveal(Set(asked.prefix(max(room, 0))))
        }
        return effects + pump()
    }

    /// Believes the peer's rows, and looks for forks and for signs of having been rolled back.
    private mutating func learn(_ rows: [FrontierRow]) -> [Effect] {
        for row in rows {
            if let reason = rollback(row.log, row.height) { return end(reason) }
        }
        var effects: [Effect] = []
        for row in rows where isForked(row) { effects += reportFork(row.log, at: row.height) }
        var room = ProtocolLimits.believedLogsMax - acknowledged.rows.count
        var believed = VersionVector()
        for row in rows where held[row.log] > 0 || room > 0 {
            if held[row.log] == 0 { room -= 1 }
            believed.raise(row.log, to: row.height)
        }
        return effects + believe(believed)
    }

    /// Reports a fork, once, and leaves its log alone.
    mutating func reportFork(_ log: LogID, at height: UInt64) -> [Effect] {
        refusedByPeer[log] = Refusal.forked(at: height).code
        return forked.insert(log).inserted ? [.reportFork(log, height: height)] : []
    }

    /// Takes it that the peer has these heights durably.
    mutating func believe(_ heights: VersionVector) -> [Effect] {
        var news: [SyncMessage.AckRow] = []
        for row in heights.rows where row.height > acknowledged[row.log] {
            offered.raise(row.log, to: row.height)
            acknowledged.raise(row.log, to: row.height)
            news.append(SyncMessage.AckRow(log: row.log, height: row.height))
        }
        return news.isEmpty ? [] : [.recordHeld(news)]
    }

    /// Forgets what was believed of areas, for rows that come in its place.
    /// - Returns: height 0 for each log that is not among the rows.
    private mutating func forget(
        _ areas: Set<AreaCode>, unless rows: [FrontierRow]
    ) -> [SyncMessage.AckRow] {
        let listed = Set(rows.map(\.log))
        let lost = acknowledged.rows.map(\.log).filter {
            areas.contains($0.domain.area) && !listed.contains($0)
        }
        offered = Self.without(areas, offered)
        acknowledged = Self.without(areas, acknowledged)
        unservable = unservable.filter { !areas.contains($0.domain.area) }
        refusedByPeer = refusedByPeer.filter { !areas.contains($0.key.domain.area) }
        // What is being read begins where the peer no longer is.
        reading?.isStale = true
        return lost.map { SyncMessage.AckRow(log: $0, height: 0) }
    }

    /// Shows this side's rows of some areas as they are now, a message for as many areas as fit. Of
    /// an area with more rows than a message may have, the peer takes the others for lacking.
    mutating func reveal(_ areas: Set<AreaCode>) -> [Effect] {
        guard !areas.isEmpty else { return [] }
        shownAreas.formUnion(areas)
        let held = Dictionary(grouping: held.rows, by: \.log.domain.area)
        var messages: [Effect] = []
        var named: [AreaCode] = []
        var listed: [FrontierRow] = []
        for area in areas.sorted() {
            let rows = (held[area] ?? []).prefix(ProtocolLimits.frontierRowsMax).compactMap { row in
                heads[row.log].map { FrontierRow(log: row.log, height: row.height, head: $0) }
            }
            if listed.count + rows.count > ProtocolLimits.frontierRowsMax
                || named.count == ProtocolLimits.messageAreasMax
            {
                messages.append(.send(.frontier(areas: named, rows: listed)))
                named = []
                listed = []
            }
            named.append(area)
            listed += rows
        }
        if !named.isEmpty { messages.append(.send(.frontier(areas: named, rows: listed))) }
        return messages
    }

    /// The sign of having been rolled back: the peer knows more of this replica than it does.
    func rollback(_ log: LogID, _ height: UInt64) -> CloseReason? {
        guard log.replica == replica, height > max(held[log], offered[log]) else { return nil }
        return .rolledBack(log: log, height: height)
    }

    private func isForked(_ row: FrontierRow) -> Bool {
        if let told = announcedRows[row.log], told.height == row.height, told.head != row.head {
            return true
        }
        return held[row.log] == row.height && heads[row.log] != row.head
    }

    /// The shared areas in which the peer's digest is not that of the rows.
    private func areasApart(
        _ announced: [FrontierRow], _ digests: [Greeting.AreaDigest]
    ) -> Set<AreaCode> {
        let rows = Dictionary(grouping: announced, by: \.log.domain.area)
        var theirs: [AreaCode: FrontierDigest] = [:]
        for item in digests where isShared(item.area) { theirs[item.area] = item.digest }
        let none = FrontierDigest(of: [])
        return Set(rows.keys).union(theirs.keys).filter {
            FrontierDigest(of: rows[$0] ?? []) != theirs[$0] ?? none
        }
    }

    private static func without(
        _ areas: Set<AreaCode>, _ heights: VersionVector
    ) -> VersionVector {
        VersionVector(
            heights.rows.filter { !areas.contains($0.log.domain.area) }
                .map { ($0.log, $0.height) })
    }
}
