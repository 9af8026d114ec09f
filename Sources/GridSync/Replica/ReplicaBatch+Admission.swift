// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
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

    /// Judges again what waits in some domains: it has become known that some of what it waits for
    /// will never come.
    package mutating func admitParked(
        in domains: Set<Domain>, storage: some ReplicaStorage
    ) throws {
        sealWriters()
        for domain in domains.sorted() {
            let items = parked.take(domain)
            let waiting = items.map { Candidate(run: $0.run, source: $0.source, index: nil) }
            for (candidate, verdict) in try settle(waiting, in: domain, storage: storage)
            where verdict == .parked {
                _ = parked.park(
                    ParkedRuns.Waiting(run: candidate.run, source: candidate.source))
            }
        }
    }

    /// Whether a key may write in a domain or might once, and the level its word has there.
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
        case .parked, .refused(.unknownKey), .refused(.notEntitled), .refused(.endUnknown): true
        case .admitted, .known, .setAside, .refused: false
        }
    }

    private mutating func admit(
        _ candidates: [Candidate], in domain: Domain, storage: some ReplicaStorage
    ) throws -> [(Candidate, Verdict)] {
        var verdicts: [(Candidate, Verdict)] = []
        var eligible: [(candidate: Candidate, level: AreaLevel)] = []
        let ends = ends(in: domain, and: candidates.map(\.run.run.identity))
        let settled = settledForks(in: domain)
        if domain.lane == .authority { learnRedactions(in: candidates.map(\.run)) }
        let reached = reached(by: candidates, in: domain)
        for candidate in candidates {
            do throws(Refusal) {
                let reach = reached[candidate.run.run.identity.log]
                switch try judge(candidate.run, in: domain, reached: reach ?? 0) {
                case .counts(let run, let level): eligible.append((candidate.with(run), level))
                case .goesAside: verdicts.append((candidate, .setAside))
                }
            } catch {
                // The order may stand in a run that is on its way behind this one.
                let waits = domain.lane == .authority && error == .valuesWithheld
                verdicts.append((candidate, waits ? .parked : .refused(error)))
            }
        }
        while true {
            var plan = AdmissionPlan(
                state(of: domain), ends: ends, settled: settled, count: eligible.count)
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
            note(level, of: log.identity.log)
            for place in step.entries {
                let entry = run.entries[place]
                try log.take(entry)
                clock.observe(log.timestamp, now: now)
                let hash = run.hashes[place]
                try apply(
                    entry, hash: hash, of: log, level: level, settled: plan.settled,
                    storage: storage)
                log.advance(to: hash)
            }
            domainState.update(log)
            if step.isLast { runs.append(run) }
        }
        domains[domain] = domainState
        if domain.lane == .authority { redactions.settle(by: directory) }
    }

    /// What can be said of a run before its entries are looked at.
    private enum Judged {
        /// The run, or what counts of it, and the level of its writer's word.
        case counts(VerifiedRun, AreaLevel)
        /// Its log was forked before it.
        case goesAside
    }

    /// How far runs lead that come together, for forked logs: the front of one may go on from another.
    private func reached(by candidates: [Candidate], in domain: Domain) -> [LogID: UInt64] {
        guard directory.hasForks else { return [:] }
        var reached: [LogID: UInt64] = [:]
        for run in candidates.map(\.run.run).sorted(by: { $0.first < $1.first })
        where directory.fork(of: run.identity.log) != nil {
            let height =
                reached[run.identity.log] ?? state(of: domain).log(run.identity).height
            reached[run.identity.log] = run.first <= height + 1 ? max(height, run.last) : height
        }
        return reached
    }

    /// - Parameter reached: how far the log leads with the runs that come together with this one.
    private mutating func judge(
        _ run: VerifiedRun, in domain: Domain, reached: UInt64
    ) throws(Refusal) -> Judged {
        guard replica.carries(domain.area, by: directory.areas) else { throw .outsideScope }
        let log = state(of: domain).log(run.run.identity)
        // What goes beyond a fork is kept, and its front counts where it is news.
        if try setAside(run, of: log),
            run.run.first > max(log.height, reached) + 1
                || run.run.first > directory.fork(of: log.identity.log)?.height ?? .max
                || directory.fork(of: log.identity.log).map({ log.height >= $0.height }) ?? false
        {
            return .goesAside
        }
        let run = try redacting(counting(run, of: log), above: log.height)
        if run.run.identity.log.replica == replica.id, run.run.last > log.height {
            foundOwnLogAhead = true
            throw .ownLogAhead
        }
        if let hash = run.hash(at: log.height), hash != log.head {
            // Somebody holds another branch of what this replica writes: it was rolled back, and
            // has written on since.
            if run.run.identity.log.replica == replica.id { foundOwnLogAhead = true }
            throw .forked(at: log.height)
        }
        let level = try standing(of: run, in: domain).get()
        guard !asksForSeals || isSealed(run, above: log.height) else { throw .unsealedValue }
        return .counts(run, level)
    }

    /// Sets a run aside that goes beyond the fork of its log, where another branch may still count
    /// than the one that is here. Precondition of its being kept: its writer may write there.
    ///
    /// - Returns: whether it goes beyond.
    private mutating func setAside(_ run: VerifiedRun, of log: LogState) throws(Refusal) -> Bool {
        let identity = run.run.identity
        guard let fork = directory.fork(of: identity.log), run.run.last > fork.height,
            !replica.branches.contains(identity.log), !replica.whole.contains(identity.log),
            end(of: log)?.height == fork.height
        else { return false }
        // One that begins on a branch which nobody has proved, or on none, is somebody's invention.
        if let first = run.hash(at: fork.height + 1), !fork.firsts.contains(first) { throw .cutOff }
        if run.run.first <= fork.height, run.hash(at: fork.height) != fork.head { throw .cutOff }
        guard run.run.isSigned || isNamed(run) else { throw .endUnknown }
        _ = try standing(of: run, in: identity.domain).get()
        let kept = try redacting(run, above: fork.height)
        note(identity)
        // A key that was cut off is not heard any more.
        let isHeard =
            identity.domain.lane == .authority
            && !directory.isOver(identity.key, in: identity.domain)
        aside.append(RunAside(run: kept, isHeard: isHeard))
        if isHeard { learnAuthority(in: kept) }
        return true
    }

    /// Takes in what proves itself of a run of lane 0 that does not count: whoever meets another
    /// branch, or hears of the fork first, is to know as much as those who had taken this one.
    private mutating func learnAuthority(in run: VerifiedRun) {
        directory.add(SystemCollection.certificates(in: run), SystemCollection.cutOffs(in: run))
        directory.add(SystemCollection.areaChanges(in: run))
        for proof in SystemCollection.branchProofs(in: run) { directory.add(proof) }
        learnRedactionsAndRestatements(in: run)
    }

    /// Whether an office has named the last entry of a run, or the key has signed what follows it.
    private func isNamed(_ run: VerifiedRun) -> Bool {
        guard let last = run.hashes.last else { return false }
        let end = directory.end(of: run.run.identity)
        return end?.height == run.run.last && end?.head == last
            || directory.proves(run.run.identity.log, run.run.last, last)
    }

    /// What counts of a run: all of it, or what stands before the end of its log.
    private mutating func counting(
        _ run: VerifiedRun, of log: LogState
    ) throws(Refusal) -> VerifiedRun {
        guard let end = end(of: log), !replica.branches.contains(run.run.identity.log)
        else {
            guard run.run.isSigned || isNamed(run) else { throw .endUnknown }
            return run
        }
        if let hash = run.hash(at: end.height), hash != end.head, isWhole(log, upTo: end),
            run.run.isSigned || isNamed(run)
        {
            // The peer may not know that its branch is another than the one that was cut off.
            throw .forked(at: end.height)
        }
        guard run.run.first <= end.height else {
            note(run.run.identity)
            throw .cutOff
        }
        if run.run.last < end.height {
            guard run.run.isSigned || isNamed(run) else { throw .endUnknown }
            return run
        }
        guard run.hash(at: end.height) == end.head else { throw .cutOff }
        return run.run.last == end.height ? run : run.part(upTo: end.height)
    }

    /// Whether a log is here with all that counts of it.
    private func isWhole(_ log: LogState, upTo end: LogEnd) -> Bool {
        log.height > 0 && log.height == end.height && log.head == end.head
    }

    /// Takes note of a log that has ended: whoever names it waits for nothing.
    private mutating func note(_ identity: LogIdentity) {
        var domain = state(of: identity.domain)
        guard domain.logs[identity.log.replica] == nil else { return }
        domain.update(LogState(identity: identity))
        domains[identity.domain] = domain
        endedLogs.append(identity)
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

    func with(_ run: VerifiedRun) -> Candidate {
        Candidate(run: run, source: source, index: index)
    }
}
