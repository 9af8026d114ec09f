// SPDX-License-Identifier: Apache-2.0

/// The name of one writer's log for one area and lane. Logs order by domain, then replica.
package struct LogID: Hashable, Comparable, Sendable {
    package let domain: Domain
    package let replica: ReplicaID

    package init(replica: ReplicaID, domain: Domain) {
        self.domain = domain
        self.replica = replica
    }

    package static func < (left: LogID, right: LogID) -> Bool {
        left.domain == right.domain ? left.replica < right.replica : left.domain < right.domain
    }
}

extension LogID: CustomStringConvertible {
    package var description: String { "\(replica)/\(domain.area)/\(domain.lane.rawValue)" }
}
