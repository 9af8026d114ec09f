// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Where a log goes on in more than one way, by its own key's signatures.
package struct Fork: Hashable, Sendable {
    package let identity: LogIdentity
    /// The last entry before it: all branches have it. 0 where there is none.
    package let height: UInt64
    /// Its hash; the log's digest where there is none.
    package let head: Bytes32
    /// The hashes of the entries that follow it, ascending; at least two.
    package let firsts: [Bytes32]

    /// What counts of the log while nobody has said which branch does.
    package var end: LogEnd { LogEnd(height: height, head: height == 0 ? nil : head) }
}

/// What is proved of one log. A function of the set of proofs, never of their order.
struct KnownBranches: Sendable {
    let identity: LogIdentity
    /// Genuine ones, those that prove nothing yet among them.
    private(set) var proofs: [BranchProof] = []
    /// The entries that the key has signed or built upon, by sequence, each with its predecessor.
    private(set) var entries: [UInt64: [Bytes32: Bytes32]] = [:]
    /// The hashes of such entries, by sequence.
    private var proven: [UInt64: Set<Bytes32>] = [:]
    private var waiting: [BranchProof] = []
    private(set) var fork: Fork?

    init(identity: LogIdentity) { self.identity = identity }

    /// - Precondition: the proof is genuine, of this log, and not here.
    mutating func add(_ proof: BranchProof) {
        proofs.append(proof)
        waiting.append(proof)
        var moved = true
        while moved {
            let ready = waiting.filter {
                $0.isSigned || proves($0.last, $0.hashes[$0.hashes.count - 1])
            }
            for proof in ready { take(proof) }
            waiting.removeAll { ready.contains($0) }
            moved = !ready.isEmpty && !waiting.isEmpty
        }
        findFork()
    }

    /// Whether the key has signed an entry or what follows it.
    func proves(_ sequence: UInt64, _ hash: Bytes32) -> Bool {
        proven[sequence]?.contains(hash) ?? false
    }

    /// The greatest entry of a branch that is proved, from its first entry on.
    func end(ofBranch first: Bytes32, after fork: Fork) -> (height: UInt64, head: Bytes32) {
        var (height, head) = (fork.height + 1, first)
        while let next = entries[height + 1]?.filter({ $0.value == head }).keys.min() {
            (height, head) = (height + 1, next)
        }
        return (height, head)
    }

    private mutating func take(_ proof: BranchProof) {
        var before = proof.backlink
        if proof.first > 1 { proven[proof.first - 1, default: []].insert(before) }
        for (index, hash) in proof.hashes.enumerated() {
            let sequence = proof.first + UInt64(index)
            proven[sequence, default: []].insert(hash)
            entries[sequence, default: [:]][hash] = before
            before = hash
        }
    }

    /// The first sequence at which two entries follow one predecessor.
    private mutating func findFork() {
        for sequence in entries.filter({ $0.value.count > 1 }).keys.sorted() {
            let byPredecessor = Dictionary(grouping: entries[sequence] ?? [:], by: \.value)
            let forked = byPredecessor.filter { $0.value.count > 1 }
            guard let head = forked.keys.min() else { continue }
            fork = Fork(
                identity: identity, height: sequence - 1, head: head,
                firsts: (forked[head] ?? []).map(\.key).sorted())
            return
        }
    }
}
