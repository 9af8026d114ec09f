// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// A forked log of which the branch that an office has named counts here.
struct SettledFork: Hashable, Sendable {
    /// The last height before the fork.
    let fork: UInt64
    /// The height that the office has named.
    let end: UInt64

    /// Whether a context that names this height may mean any branch. It is read as if it named the
    /// fork; from the end on, as if it named the end.
    func blurs(_ height: UInt64) -> Bool { height > fork && height < end }
}

extension ReplicaBatch {
    /// The settled forks of a domain.
    func settledForks(in domain: Domain) -> [ReplicaID: SettledFork] {
        guard directory.hasForks else { return [:] }
        var settled: [ReplicaID: SettledFork] = [:]
        for fork in directory.forks where fork.identity.domain == domain {
            let log = state(of: domain).log(fork.identity)
            guard let end = end(of: log), end.height > fork.height else { continue }
            settled[fork.identity.log.replica] = SettledFork(fork: fork.height, end: end.height)
        }
        return settled
    }

    /// What the author of the entry that a log has taken last had seen.
    func seen(
        by log: LogState, _ settled: [ReplicaID: SettledFork]
    ) -> VersionVector {
        var context = log.context
        for (replica, fork) in settled where replica != log.identity.log.replica {
            let other = LogID(replica: replica, domain: log.identity.domain)
            if fork.blurs(context[other]) { context.replace(other, with: fork.fork) }
        }
        return context
    }
}
