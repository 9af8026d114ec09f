// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// Proofs of single branches, which nothing here contradicts yet. They are in memory alone: whoever
/// has them proves them again. What a peer sends is bounded; the oldest go first.
struct AwaitedBranches {
    private static let bytesMax = 2 << 20

    private var proofs: [(log: LogID, proof: BranchProof, bytes: Int)] = []
    private var bytes = 0

    mutating func take(of log: LogID) -> [BranchProof] {
        let taken = proofs.filter { $0.log == log }
        guard !taken.isEmpty else { return [] }
        proofs.removeAll { $0.log == log }
        bytes -= taken.reduce(0) { $0 + $1.bytes }
        return taken.map(\.proof)
    }

    mutating func keep(_ news: [BranchProof]) {
        for proof in news where !proofs.contains(where: { $0.proof == proof }) {
            let count = proof.encoded.count
            proofs.append((proof.identity.log, proof, count))
            bytes += count
        }
        while bytes > Self.bytesMax, let first = proofs.first {
            bytes -= first.bytes
            proofs.removeFirst()
        }
    }
}
