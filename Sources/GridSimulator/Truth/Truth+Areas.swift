// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// What has become of the codes of villages, by the simulator's own reckoning.
extension Truth {
    /// Villages that are one, as sets of codes, and what they have a part of.
    struct Ties {
        private struct Village {
            var codes: Set<AreaCode>
            /// The codes of others under which stands what this one is an heir of.
            var inherited: Set<AreaCode> = []
        }

        private var villages: [Village] = []

        init() {}

        /// What may have come of changes at most, whichever of them somebody knows and whichever of
        /// those contradict each other: as if all counted. Which of one order comes first hangs on
        /// certificates.
        init(atMostOf changes: [AreaChange]) {
            let orders = Dictionary(grouping: changes, by: \.order).sorted { $0.key < $1.key }
            for (_, group) in orders {
                for _ in group {
                    for change in group { take(change.step) }
                }
            }
        }

        var isEmpty: Bool { villages.isEmpty }

        mutating func take(_ step: AreaMap.Step) {
            guard !areOne(step.from, step.to) else { return }
            let (from, to) = (remove(step.from), remove(step.to))
            if step.kind == .split {
                let part = to.inherited.union(from.inherited).union(from.codes)
                villages += [from, Village(codes: to.codes, inherited: part)]
            } else {
                villages.append(
                    Village(
                        codes: from.codes.union(to.codes),
                        inherited: from.inherited.union(to.inherited)))
            }
        }

        func areOne(_ left: AreaCode, _ right: AreaCode) -> Bool {
            left == right || villages.contains { $0.codes.isSuperset(of: [left, right]) }
        }

        /// Whether what is written under one code is another's too: because they are one, or because
        /// that one is an heir of it.
        func covers(_ area: AreaCode, _ home: AreaCode) -> Bool {
            areOne(area, home) || isHeir(area, of: home)
        }

        func isHeir(_ area: AreaCode, of home: AreaCode) -> Bool {
            !areOne(area, home)
                && villages.contains { $0.codes.contains(area) && $0.inherited.contains(home) }
        }

        /// A code of each village that is an heir of another and not one with it.
        func heirs(of home: AreaCode) -> [AreaCode] {
            villages.filter { $0.inherited.contains(home) && !$0.codes.contains(home) }
                .compactMap(\.codes.first)
        }

        /// Takes the village of a code out; one that nobody spoke of yet is a village of its own.
        private mutating func remove(_ code: AreaCode) -> Village {
            guard let index = villages.firstIndex(where: { $0.codes.contains(code) }) else {
                return Village(codes: [code])
            }
            return villages.remove(at: index)
        }
    }

    /// Whether machines of an area carry what lives in another: by the digits, because the two are
    /// one village now, or because the first is an heir of the second. Before the end of a world every
    /// change that anybody has issued is taken to count.
    func carries(_ area: AreaCode, _ home: AreaCode) -> Bool {
        Self.lies(area, in: home) || Self.lies(home, in: area) || ties.covers(area, home)
    }

    /// Notes a change that an office has issued.
    mutating func change(_ change: AreaChange) {
        areaChanges.append(change)
        tieAnew()
    }

    /// The same of one of which the office was not told that it is kept.
    mutating func doubt(_ change: AreaChange) {
        doubtfulAreaChanges.append(change)
        tieAnew()
    }

    private mutating func tieAnew() {
        everTies = Ties(atMostOf: areaChanges + doubtfulAreaChanges)
        ties = everTies
    }

    /// Whether a log's writer had its right there by a change of codes alone: it may be found out at
    /// any time that the change does not count.
    func mayLapse(_ log: LogID) -> Bool {
        guard !everTies.isEmpty, log.domain.lane != .authority, let key = writer(of: log)
        else { return false }
        return !(certificates[key] ?? []).contains { Self.lies(log.domain.area, in: $0.area) }
    }

    /// Whether a log's writer has lost its right there in the end.
    func hasLapsed(_ log: LogID) -> Bool {
        guard areTiesSettled, mayLapse(log), let key = writer(of: log) else { return false }
        return !(certificates[key] ?? []).contains { ties.covers($0.area, log.domain.area) }
    }

    /// Takes for issued what is known to anybody after all, and finds out what counts of it: the
    /// changes in the order of their numbers, then of their offices, each that does not contradict
    /// those before it.
    mutating func settleAreas(known: [AreaChange]) {
        let all = known.sorted { left, right in
            func place(_ change: AreaChange) -> (UInt64, Int, Bytes32) {
                let office = certificates[change.issuer]?.map(\.area.level.digits).min() ?? 19
                return (change.order, office, change.digest)
            }
            return place(left) < place(right)
        }
        successors = [:]
        ties = Ties()
        var taken: Set<AreaCode> = []
        for step in all.map(\.step) {
            guard successors[step.from] == nil else { continue }
            switch step.kind {
            case .split:
                guard !ties.covers(step.to, step.from) else { continue }
            case .renumber, .merge:
                guard last(after: step.to) != step.from,
                    step.kind == .merge || !taken.contains(step.to)
                else { continue }
                successors[step.from] = step.to
            }
            taken.insert(step.to)
            ties.take(step)
        }
        areTiesSettled = true
    }

    /// The codes of the villages that what stands under a code lies in, in the end: its own first.
    func heirs(of home: AreaCode) -> [AreaCode] {
        [last(after: home)] + Set(ties.heirs(of: home).map(last)).sorted()
    }

    /// The code that stands for another in the end.
    func last(after code: AreaCode) -> AreaCode {
        var code = code
        while let next = successors[code] { code = next }
        return code
    }
}
