// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// Proofs of single branches of logs that end here before them, so that nothing contradicts them yet.
/// They are in memory alone: whoever has them proves them again. The key has signed what they lead
/// to; of a log the first branches stay, of all logs the latest.
struct AwaitedBranches {
    static let logsMax = 8
    static let branchesMax = 2

    private var branches: [(log: LogID, proofs: [[BranchProof]])] = []

    func branches(of log: LogID) -> [BranchProof] {
        branches.first { $0.log == log }?.proofs.flatMap { $0 } ?? []
    }

    /// - Parameter proofs: those of one message.
    mutating func keep(_ proofs: [BranchProof], of log: LogID) {
        guard let index = branches.firstIndex(where: { $0.log == log }) else {
            branches.append((log, [proofs]))
            if branches.count > Self.logsMax { branches.removeFirst() }
            return
        }
        guard branches[index].proofs.count < Self.branchesMax,
            !branches[index].proofs.contains(proofs)
        else { return }
        branches[index].proofs.append(proofs)
    }

    mutating func forget(_ log: LogID) { branches.removeAll { $0.log == log } }
}
