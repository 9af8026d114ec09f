// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
package import GridLog

extension ReplicaBatch {
    /// Judges verified runs from a peer and applies what may be applied.
    ///
    /// A run is admitted whole or not at all. Within a domain, runs may depend on each other in
    /// any way; they are taken as far as their contexts are covered, and those that cannot be
    /// taken to their end wait.
    ///
    /// - Returns: one verdict a run, in order.
    package mutating func admit(
        _ incoming: [VerifiedRun], from source: PublicKey, storage: some ReplicaStorage
    ) throws -> [Verdict] {
        // The ledger has runs in the order in which they were applied.
        sealWriters()
        var verdicts = [Verdict](repeating: .known, count: incoming.count)
        var byDomain: [Domain: [Candidate]] = [:]
        for (index, run) in incoming.enumerated() {
            byDomain[run.run.identity.domain, default: []].append(
                Candidate(run: run, source: source, index: index))
        }
        // Authority first: it may hold the certificates that the rest is judged by.
        let order = byDomain.keys.sorted { ($0.lane, $0.area) < ($1.lane, $1.area) }
        for domain in order {
            let waiting = parked.take(domain).map {
                Candidate(run: $0.run, source: $0.source, index: nil)
            }
            let candidates = waiting + (byDomain[domain] ?? [])
            for (candidate, verdict) in try settle(candidates, in: domain, storage: storage) {
                var verdict = verdict
                if verdict == .parked {
                    let item = ParkedRuns.Waiting(run: candidate.run, source: candidate.source)
                    if !parked.park(item) { verdict = .refused(.tooMuchParked) }
                }
                if let index = candidate.index { verdicts[index] = verdict }
            }
        }
        return verdicts
    }

    /// Whether a key may write in a domain, and the level its word has there.
    func standing(of key: PublicKey, in domain: Domain) -> Result<AreaLevel, Refusal> {
        if let level = directory.level(of: key, in: domain) { return .success(level) }
        return .failure(directory.chain(of: key) == nil ? .unknownKey : .notEntitled)
    }

    /// Admits runs of a domain. In lane 0 the ones may hold the certificates of the others, so
    /// those that lacked a right are judged again for as long as certificates come in.
    private mutating func settle(
        _ candidates: [Candidate], in domain: Domain, storage: some ReplicaStorage
    ) throws -> [(Candidate, Verdict)] {
        var settled: [(Candidate, Verdict)] = []
        var open = candidates
        while true {
            let verdicts = try admit(open, in: domain, storage: storage)
            let isOpen = verdicts.map { Self.mayChange($0.1) }
            guard domain.lane == .authority, isOpen.contains(true), isOpen.contains(false) else {
                return settled + verdicts
            }
            settled += zip(verdicts, isOpen).filter { !$0.1 }.map(\.0)
            open = zip(verdicts, isOpen).filter { $0.1 }.map(\.0.0)
        }
    }

    /// Whether more certificates or entries could turn this verdict into an admission.
    private static func mayChange(_ verdict: Verdict) -> Bool {
        switch verdict {
        case .parked, .refused(.unknownKey), .refused(.notEntitled): true
        case .admitted, .known, .refused: false
        }
    }

    private mutating func admit(
        _ candidates: [Candidate], in domain: Domain, storage: some ReplicaStorage
    ) throws -> [(Candidate, Verdict)] {
        var verdicts: [(Candidate, Verdict)] = []
        var eligible: [(candidate: Candidate, level: AreaLevel)] = []
        for candidate in candidates {
            switch judge(candidate.run, in: domain) {
            case .success(let level): eligible.append((candidate, level))
            case .failure(let refusal): verdicts.append((candidate, .refused(refusal)))
            }
        }
        while true {
            var plan = AdmissionPlan(state(of: domain), count: eligible.count)
            plan.advance(eligible.map(\.candidate.run))
            let stopped = eligible.indices.filter { !plan.isDone($0) }
            let strays = stopped.filter { plan.applied[$0] > 0 || plan.refused[$0] != nil }
            if strays.isEmpty {
                try carryOut(plan, eligible, in: domain, storage: storage)
                for index in eligible.indices {
                    verdicts.append((eligible[index].candidate, plan.verdict(index)))
                }
                return verdicts
            }
            // A run that could be applied only in part must not leave that part behind: leave it
            // out and see how far the others come without it.
            for index in strays.reversed() {
                let verdict = plan.refused[index].map { Verdict.refused($0) } ?? .parked
                verdicts.append((eligible[index].candidate, verdict))
                eligible.remove(at: index)
            }
        }
    }

    /// Applies the entries that a plan takes, in its order.
    private mutating func carryOut(
        _ plan: AdmissionPlan, _ eligible: [(candidate: Candidate, level: AreaLevel)],
        in domain: Domain, storage: some ReplicaStorage
    ) throws {
        guard !plan.steps.isEmpty else { return }
        var domainState = state(of: domain)
        for step in plan.steps {
            let (candidate, level) = eligible[step.run]
            let run = candidate.run
            var log = domainState.log(run.run.identity)
            for place in step.entries {
                let entry = run.entries[place]
                try log.take(entry)
                clock.observe(log.timestamp, now: now)
                try apply(entry, of: log, level: level, storage: storage)
                log.advance(to: run.hashes[place])
            }
            domainState.update(log)
            if step.isLast { runs.append(run) }
        }
        domains[domain] = domainState
    }

    /// What can be said of a run before its entries are looked at.
    private mutating func judge(
        _ run: VerifiedRun, in domain: Domain
    ) -> Result<AreaLevel, Refusal> {
        guard replica.scope.contains(domain.area) else { return .failure(.outsideScope) }
        guard !run.entries.contains(where: \.isWithheld) else {
            return .failure(.valuesWithheld)
        }
        let log = state(of: domain).log(run.run.identity)
        if run.run.identity.log.replica == replica.id, run.run.last > log.height {
            foundOwnLogAhead = true
            return .failure(.ownLogAhead)
        }
        if let hash = run.hash(at: log.height), hash != log.head {
            // Somebody holds another branch of what this replica writes: it was rolled back, and
            // has written on since.
            if run.run.identity.log.replica == replica.id { foundOwnLogAhead = true }
            return .failure(.forked(at: log.height))
        }
        return standing(of: run, in: domain)
    }

    /// The standing of a run's writer. The certificate that an office speaks by may stand in its
    /// own log, where alone those who never meet it can find it: a run of lane 0 may prove itself.
    private func standing(of run: VerifiedRun, in domain: Domain) -> Result<AreaLevel, Refusal> {
        let key = run.run.identity.key
        let standing = standing(of: key, in: domain)
        guard domain.lane == .authority, case .failure = standing else { return standing }
        var witness = directory
        for certificate in SystemCollection.certificates(in: run) { try? witness.add(certificate) }
        return witness.level(of: key, in: domain).map { .success($0) } ?? standing
    }
}

/// A run before the gate and where it came from.
private struct Candidate {
    let run: VerifiedRun
    let source: PublicKey
    /// Its place among the incoming runs; nil for one that was waiting.
    let index: Int?
}
