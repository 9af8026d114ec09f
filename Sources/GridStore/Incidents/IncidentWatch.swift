// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// What a folder remembers of incidents, so that looking for their end asks the disk seldom.
struct IncidentWatch {
    /// All that are kept, oldest first.
    private(set) var incidents: [Incident] = []
    /// Replicas that have been looked at; each is judged once.
    private var judged: Set<ReplicaID> = []
    /// When the folder first became a replica, in milliseconds since 1970.
    private(set) var born: UInt64 = 0

    init() {}

    init(_ store: Store, logs: [LogState], now: UInt64) throws {
        born = try store.birth(now: now, isNew: logs.isEmpty)
        judged = Set(logs.map(\.identity.log.replica))
        try look(at: store)
    }

    var hasOpen: Bool { incidents.contains { $0.endedAt == nil } }

    /// Takes up what is kept by now.
    mutating func look(at store: Store) throws {
        incidents = try store.incidents().reversed()
        for incident in incidents where !incident.isOfPeer {
            judged.formUnion(incident.parts.map(\.log.replica))
        }
    }

    mutating func add(_ incident: Incident) { incidents.append(incident) }

    /// Whether a replica is looked at for the first time.
    mutating func judge(_ replica: ReplicaID) -> Bool { judged.insert(replica).inserted }

    /// Changes incidents; returns those that differ afterwards.
    mutating func revise(_ change: (inout Incident) -> Void) -> [Incident] {
        var changed: [Incident] = []
        for index in incidents.indices {
            let before = incidents[index]
            change(&incidents[index])
            if incidents[index] != before { changed.append(incidents[index]) }
        }
        return changed
    }
}
