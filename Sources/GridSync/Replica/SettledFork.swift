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

extension CertificateDirectory {
    /// Whether contexts in domains with entries are read otherwise than by another directory, because
    /// forks were settled or are settled otherwise.
    ///
    /// - Parameter whole: logs of which all that an office has named is here.
    func settlesOtherwise(
        than other: CertificateDirectory, whole: Set<LogID>, _ domains: [Domain: DomainState]
    ) -> Bool {
        guard hasForks else { return false }
        return forks.contains { fork in
            guard let state = domains[fork.identity.domain], !state.logs.isEmpty else {
                return false
            }
            let log = state.log(fork.identity)
            let isWhole = whole.contains(fork.identity.log)
            return settledFork(of: log, isWhole: isWhole)
                != other.settledFork(of: log, isWhole: isWhole)
        }
    }

    /// The fork of a log, where the branch that an office has named counts here.
    func settledFork(of log: LogState, isWhole: Bool) -> SettledFork? {
        guard let fork = fork(of: log.identity.log),
            let end = isWhole ? end(of: log.identity) : end(of: log), end.height > fork.height
        else { return nil }
        return SettledFork(fork: fork.height, end: end.height)
    }
}

extension ReplicaBatch {
    /// The settled forks of a domain.
    func settledForks(in domain: Domain) -> [ReplicaID: SettledFork] {
        guard directory.hasForks else { return [:] }
        var settled: [ReplicaID: SettledFork] = [:]
        for fork in directory.forks where fork.identity.domain == domain {
            settled[fork.identity.log.replica] = directory.settledFork(
                of: state(of: domain).log(fork.identity),
                isWhole: replica.whole.contains(fork.identity.log))
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
