// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

/// In which order the entries of some runs of one domain can be applied, and how far each run
/// comes. Only heights and contexts are looked at; no record is touched.
struct AdmissionPlan {
    /// Entries of one run that follow each other.
    struct Step {
        let run: Int
        /// Places in the run.
        let entries: Range<Int>
        /// Whether the run is applied to its end with them.
        let isLast: Bool
    }

    private var state: DomainState
    /// Where the logs end that end.
    private let ends: [ReplicaID: LogEnd]
    /// Forked logs of which the branch that an office has named is here.
    let settled: [ReplicaID: SettledFork]
    /// What contexts may name: what is applied, and all of a log that has reached its end.
    private var covered: VersionVector
    private(set) var steps: [Step] = []
    /// How many entries of each run are taken.
    private(set) var applied: [Int]
    private(set) var refused: [Refusal?]
    /// For each run the place of the entry that comes next; nil at its end.
    private var positions: [Int?]

    init(
        _ state: DomainState, ends: [ReplicaID: LogEnd], settled: [ReplicaID: SettledFork] = [:],
        count: Int
    ) {
        self.state = state
        self.ends = ends
        self.settled = settled
        covered = state.applied
        applied = Array(repeating: 0, count: count)
        refused = Array(repeating: nil, count: count)
        positions = Array(repeating: 0, count: count)
        guard !ends.isEmpty else { return }
        for log in state.logs.values { cover(log) }
    }

    func isDone(_ run: Int) -> Bool { positions[run] == nil }

    func verdict(_ run: Int) -> Verdict {
        guard isDone(run) else { return .parked }
        return applied[run] == 0 ? .known : .admitted(entries: applied[run])
    }

    /// Takes entries of all runs, round after round, until none can go on.
    mutating func advance(_ runs: [VerifiedRun]) {
        var moved = true
        while moved {
            moved = false
            for index in runs.indices where refused[index] == nil {
                if advance(runs[index], index) { moved = true }
            }
        }
    }

    /// Takes the entries of one run as far as their contexts are covered.
    /// - Returns: whether there were any.
    private mutating func advance(_ run: VerifiedRun, _ index: Int) -> Bool {
        guard positions[index] != nil else { return false }
        var log = state.log(run.run.identity)
        guard run.run.first <= log.height + 1 else { return false }
        if let hash = run.hash(at: log.height), hash != log.head {
            refused[index] = .forked(at: log.height)
            return false
        }
        let start = min(Int(clamping: log.height + 1 - run.run.first), run.entries.count)
        var position = start
        while position < run.entries.count {
            let entry = run.entries[position]
            guard isCovered(entry, of: log) else { break }
            do throws(DecodingViolation) {
                try log.take(entry)
                try log.check(entry)
            } catch {
                refused[index] = .violation(.malformed(error))
                break
            }
            log.advance(to: run.hashes[position])
            position += 1
        }
        let isLast = position == run.entries.count
        positions[index] = isLast ? nil : position
        applied[index] += position - start
        // Another run may have brought what was left: the ledger needs this one all the same.
        if position > start || isLast && applied[index] > 0 {
            steps.append(Step(run: index, entries: start..<position, isLast: isLast))
        }
        if position > start {
            state.update(log)
            covered.raise(log.identity.log, to: log.height)
            cover(log)
        }
        return position > start
    }

    /// Of a settled fork nobody knows which branch was meant by what lies between fork and end: it
    /// names the fork.
    private func isCovered(_ entry: Entry, of log: LogState) -> Bool {
        guard !settled.isEmpty else { return log.isCovered(entry, by: covered) }
        return log.isCovered(entry) { other, height in
            let known = covered[other]
            guard height > known, let fork = settled[other.replica] else {
                return height <= known
            }
            return known >= fork.fork && fork.blurs(height)
        }
    }

    /// Whoever has named entries above the end of a log is read as if the end was named.
    private mutating func cover(_ log: LogState) {
        guard let end = ends[log.identity.log.replica], log.height >= end.height else { return }
        covered.raise(log.identity.log, to: ProtocolLimits.sequenceMax)
    }
}
