// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// Noticing what has befallen the folder, and when it is over.
extension FolderReplica {
    /// What peers say after a meeting has come by then, in milliseconds.
    static let settling: UInt64 = 5_000
    /// That another folder has this node's key is shown for a day after it was last noticed.
    private static let warning: UInt64 = 86_400_000

    /// Looks whether incidents are over; to be called about once a second.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func attend(now: UInt64) {
        self.now = now
        lookForLostReceipts()
        guard watch.hasOpen else { return }
        writeDown {
            let held = try store.heldByPeers()
            let lastMeeting = try store.peers().map(\.lastContact).max()
            let changed = watch.revise { incident in
                if incident.endedAt == nil { settle(&incident, held, lastMeeting: lastMeeting) }
            }
            try store.update(changed)
        }
    }

    private func settle(
        _ incident: inout Incident, _ held: [PublicKey: VersionVector], lastMeeting: UInt64?
    ) {
        for index in incident.parts.indices {
            // What does not count is not missed.
            incident.parts[index].known = counted(
                incident.parts[index].known, of: incident.parts[index].log)
        }
        let isSettled = now >= incident.at + Self.settling
        let isOver: Bool
        switch incident.code {
        // Until the peer signs what is so.
        case .falseReceipt: isOver = false
        case .receiptedDataLost:
            let heights = incident.peer.flatMap { held[$0] } ?? VersionVector()
            isOver = incident.missing { heights[$0] } == 0
        case .peerRestored:
            guard isSettled, let peer = incident.peer else { return }
            let heights = held[peer] ?? VersionVector()
            if incident.parts.allSatisfy({ $0.held == 0 }) {
                for index in incident.parts.indices {
                    incident.parts[index].held = heights[incident.parts[index].log]
                }
            }
            isOver = incident.missing { heights[$0] } == 0
        case .olderImage, .folderCopied, .rolledBack, .ownLogForked, .restored:
            // Nobody there to know more: nothing is to be waited for.
            let isCompared = lastMeeting.map { $0 > incident.at && now >= $0 + Self.settling }
            isOver = isCompared ?? true && missing(incident) == 0
        case .ledgerCut: isOver = missing(incident) == 0
        case .folderReplaced: isOver = isSettled && missing(incident) == 0
        case .keyElsewhere: isOver = now >= incident.at + Self.warning
        }
        if isOver { incident.endedAt = now }
    }

    /// As much of a height of a log as counts.
    func counted(_ height: UInt64, of log: LogID) -> UInt64 {
        guard replica.directory.hasEnds,
            let identity = replica.logs(where: { $0 == log.domain.area })
                .first(where: { $0.identity.log == log })?.identity,
            let end = replica.directory.end(of: replica.log(identity))
        else { return height }
        return min(height, end.height)
    }

    private func missing(_ incident: Incident) -> UInt64 {
        incident.missing { replica.height(of: $0) }
    }

    /// Keeps what a rebuild has cut off.
    func record(_ rebuilding: Rebuilding) {
        guard rebuilding.cuts.contains(where: { !$0.isEnded }) else { return }
        writeDown { watch.add(try store.record(Incident(rebuilding, at: now))) }
    }

    /// Notes how much peers know of the logs that this folder wrote as another replica: an incident
    /// that seemed to be over goes on.
    func hearOfEarlierLogs(_ news: [PublicKey: [LogID: UInt64]]) {
        guard !watch.incidents.isEmpty else { return }
        let heights = VersionVector(news.values.joined().map { ($0.key, $0.value) })
        writeDown {
            try store.update(
                watch.revise { incident in
                    guard !incident.isOfPeer, incident.code != .ledgerCut else { return }
                    raise(&incident, to: heights)
                })
        }
    }

    private func raise(_ incident: inout Incident, to heights: VersionVector) {
        for row in heights.rows where row.log.replica == incident.replica {
            let held = replica.height(of: row.log)
            if let index = incident.parts.firstIndex(where: { $0.log == row.log }) {
                guard counted(row.height, of: row.log) > incident.parts[index].known else {
                    continue
                }
                incident.parts[index].known = row.height
            } else {
                incident.parts.append(Incident.Part(log: row.log, held: held, known: row.height))
            }
            if row.height > held, incident.code != .keyElsewhere { incident.endedAt = nil }
        }
    }

    /// Looks whether logs that have grown are of another folder with this node's key or post.
    func lookForOtherFolders(_ changed: [LogState]) {
        for log in changed where log.identity.log.replica != replica.id {
            if log.identity.key == author.key {
                hearOfSelf(log)
            } else if watch.judge(log.identity.log.replica), isEarlierHolder(log.identity.key) {
                record(.folderReplaced, log)
            }
        }
    }

    /// Entries with this node's own key have come: of what this folder was before, or of another
    /// folder that writes on.
    private func hearOfSelf(_ log: LogState) {
        let left = log.identity.log.replica
        let renewal = watch.incidents.last { $0.isRenewal }
        guard log.timestamp.milliseconds < max(watch.born, renewal?.at ?? 0) else {
            let isKnown = watch.incidents.contains {
                $0.code == .keyElsewhere && $0.replica == left && $0.endedAt == nil
            }
            if !isKnown { record(.keyElsewhere, log) }
            return
        }
        guard watch.judge(left) else { return }
        guard let renewal else { return record(.folderReplaced, log) }
        let part = Incident.Part(log: log.identity.log, held: 0, known: log.height)
        writeDown {
            try store.update(
                watch.revise { if $0.id == renewal.id { $0.parts.append(part) } })
        }
    }

    private func record(_ code: Incident.Code, _ log: LogState) {
        let part = Incident.Part(log: log.identity.log, held: 0, known: log.height)
        let incident = Incident(code, at: now, replica: log.identity.log.replica, parts: [part])
        writeDown { watch.add(try store.record(incident)) }
    }

    /// Whether a key had this node's name and area before it.
    private func isEarlierHolder(_ key: PublicKey) -> Bool {
        guard let own = node.chain?.leaf, let other = replica.directory.chain(of: key)?.leaf
        else { return false }
        return other.area == own.area && other.name == own.name
            && other.validFrom < own.validFrom
    }
}
