// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// Logs that were forked, and where they end for that (Protocol/forks.md).
///
/// A log that goes on in two ways ends where it was forked, until an office that stands above says
/// which of its entries is the last: the head that a cut-off names decides between branches.
extension CertificateDirectory {
    /// Takes in a branch proof that arrived in any way and order.
    ///
    /// - Returns: whether it is genuine; otherwise nothing has changed.
    @discardableResult
    package mutating func add(_ proof: BranchProof) -> Bool {
        let digest = proof.digest
        guard !contains(digest) else { return true }
        guard proof.isGenuine else { return false }
        note(digest)
        branches[proof.identity.log, default: KnownBranches(identity: proof.identity)].add(proof)
        return true
    }

    /// Whether anything was proved of anybody's branches.
    package var hasForks: Bool { branches.values.contains { $0.fork != nil } }

    /// The forks that are proved, ascending by log.
    package var forks: [Fork] {
        branches.values.compactMap(\.fork).sorted { $0.identity.log < $1.identity.log }
    }

    package func fork(of log: LogID) -> Fork? { branches[log]?.fork }

    /// Whether any log of a replica was forked.
    package func hasFork(of replica: ReplicaID) -> Bool {
        branches.contains { $0.key.replica == replica && $0.value.fork != nil }
    }

    /// How many branch proofs are known. It only grows.
    package var branchProofCount: Int { branches.values.reduce(0) { $0 + $1.proofs.count } }

    /// What is known of the branches of a log, ascending by sequence, then digest.
    package func branchProofs(of log: LogID) -> [BranchProof] {
        (branches[log]?.proofs ?? []).map { ($0, digest: $0.digest) }
            .sorted { ($0.0.first, $0.digest) < ($1.0.first, $1.digest) }.map(\.0)
    }

    /// The same by branch, each in its order and small enough for one message.
    package func branches(of log: LogID) -> [[BranchProof]] {
        var branches: [[BranchProof]] = []
        for proof in branchProofs(of: log) {
            let place = branches.firstIndex { branch in
                branch.count < ProtocolLimits.branchProofsMax
                    && branch.last.map {
                        !$0.isSigned && $0.last + 1 == proof.first
                            && $0.hashes.last == proof.backlink
                    } ?? false
            }
            if let place { branches[place].append(proof) } else { branches.append([proof]) }
        }
        return branches
    }

    /// The logs of which something was proved, ascending.
    package var branchedLogs: [LogID] { branches.keys.sorted() }

    /// Whether the key of a log has signed an entry or what follows it.
    package func proves(_ log: LogID, _ sequence: UInt64, _ hash: Bytes32) -> Bool {
        branches[log]?.proves(sequence, hash) ?? false
    }

    /// Whether an entry after a fork that an office has named is proved.
    package func provesEnd(of fork: Fork) -> Bool {
        guard let end = end(of: fork.identity), end.height > fork.height, let head = end.head
        else { return false }
        return proves(fork.identity.log, end.height, head)
    }

    /// The entries of a log that are proved, by sequence, each with the hash before it.
    package func provenEntries(of log: LogID) -> [UInt64: [Bytes32: Bytes32]] {
        branches[log]?.entries ?? [:]
    }

    /// The greatest entry of a branch that is proved.
    package func provenEnd(
        ofBranch first: Bytes32, after fork: Fork
    ) -> (height: UInt64, head: Bytes32) {
        branches[fork.identity.log]?.end(ofBranch: first, after: fork) ?? (fork.height + 1, first)
    }

    /// Where a log ends for whoever holds it as it says. The branch that an office has named counts
    /// as a whole: before the entry that the office names is here, it counts up to the fork.
    package func end(of log: LogState) -> LogEnd? {
        let end = end(of: log.identity)
        guard let fork = fork(of: log.identity.log), let end, end.height > fork.height,
            log.height != end.height || log.head != end.head
        else { return end }
        return fork.end
    }
}
