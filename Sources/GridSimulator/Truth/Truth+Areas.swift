// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// What has become of the codes of villages, by the simulator's own reckoning.
extension Truth {
    /// Villages that are one, as sets of codes.
    struct Ties {
        private(set) var groups: [Set<AreaCode>] = []

        mutating func tie(_ left: AreaCode, _ right: AreaCode) {
            let touched = groups.filter { $0.contains(left) || $0.contains(right) }
            groups.removeAll { touched.contains($0) }
            groups.append(touched.reduce([left, right]) { $0.union($1) })
        }

        func areOne(_ left: AreaCode, _ right: AreaCode) -> Bool {
            left == right || groups.contains { $0.contains(left) && $0.contains(right) }
        }

        /// The codes that are one with a village, itself among them.
        func group(of code: AreaCode) -> Set<AreaCode> {
            groups.first { $0.contains(code) } ?? [code]
        }
    }

    /// Whether machines of an area carry what lives in another: by the digits, or because the two
    /// are one village now. Before the end of a world every change that anybody has issued is taken
    /// to count.
    func carries(_ area: AreaCode, _ home: AreaCode) -> Bool {
        Self.lies(area, in: home) || Self.lies(home, in: area) || ties.areOne(area, home)
    }

    /// Notes a change that an office has issued.
    mutating func change(_ change: AreaChange) {
        areaChanges.append(change)
        ties.tie(change.step.from, change.step.to)
        everTies.tie(change.step.from, change.step.to)
    }

    /// The same of one of which the office was not told that it is kept.
    mutating func doubt(_ change: AreaChange) {
        doubtfulAreaChanges.append(change)
        ties.tie(change.step.from, change.step.to)
        everTies.tie(change.step.from, change.step.to)
    }

    /// Whether a log's writer had its right there by a change of codes alone: it may be found out at
    /// any time that the change does not count.
    func mayLapse(_ log: LogID) -> Bool {
        guard !everTies.groups.isEmpty, log.domain.lane != .authority, let key = writer(of: log)
        else { return false }
        return !(certificates[key] ?? []).contains { Self.lies(log.domain.area, in: $0.area) }
    }

    /// Whether a log's writer has lost its right there in the end.
    func hasLapsed(_ log: LogID) -> Bool {
        guard areTiesSettled, mayLapse(log), let key = writer(of: log) else { return false }
        return !(certificates[key] ?? []).contains { ties.areOne(log.domain.area, $0.area) }
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
        for change in all {
            let (from, to) = (change.step.from, change.step.to)
            guard successors[from] == nil, last(after: to) != from else { continue }
            let isTaken = change.step.kind == .renumber && successors.values.contains(to)
            if !isTaken { successors[from] = to }
        }
        ties = Ties()
        for (from, to) in successors { ties.tie(from, to) }
        areTiesSettled = true
    }

    /// The code that stands for another in the end.
    func last(after code: AreaCode) -> AreaCode {
        var code = code
        while let next = successors[code] { code = next }
        return code
    }
}
