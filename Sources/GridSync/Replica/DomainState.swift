// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// What a replica has applied in one domain.
package struct DomainState: Hashable, Sendable {
    package private(set) var applied = VersionVector()
    package private(set) var logs: [ReplicaID: LogState] = [:]

    package init() {}

    /// The state of a log; an empty one when nothing of it is here.
    package func log(_ identity: LogIdentity) -> LogState {
        logs[identity.log.replica] ?? LogState(identity: identity)
    }

    package mutating func update(_ log: LogState) {
        logs[log.identity.log.replica] = log
        applied.raise(log.identity.log, to: log.height)
    }
}
