// SPDX-License-Identifier: Apache-2.0

/// Which area codes have taken the place of others (Protocol/area-changes.md). Records, logs and
/// certificates keep the code that they were made with; whoever reads, lists, counts or asks for a
/// right resolves it here.
package struct AreaMap: Hashable, Sendable {
    package enum Kind: UInt8, CaseIterable, Sendable {
        /// The code changes and nothing else: finer codes keep their further digits.
        case renumber = 1
        /// The area goes into another that is there: finer codes stay until they change themselves.
        case merge = 2
        /// A part of a village goes into another, which is an heir of it from then on. Which grids go
        /// is said by changes of their own; the village keeps its code until it changes itself.
        case split = 3

        /// The stable word for it.
        package var word: String {
            switch self {
            case .renumber: "renumber"
            case .merge: "merge"
            case .split: "split"
            }
        }
    }

    /// What has become of a whole area.
    package struct Step: Hashable, Sendable {
        package let from: AreaCode
        package let to: AreaCode
        package let kind: Kind

        package init(from: AreaCode, to: AreaCode, kind: Kind) {
            self.from = from
            self.to = to
            self.kind = kind
        }

        /// Whether a step can be taken at all: from a village or grid to another of the same level
        /// and township. Only villages are split.
        package var isSound: Bool {
            from != to && from.level == to.level
                && (from.level == .village || from.level == .grid && kind != .split)
                && from.ancestor(at: .township) == to.ancestor(at: .township)
        }
    }

    private var steps: [AreaCode: Step] = [:]
    private var targets: Set<AreaCode> = []
    /// Of each village what parts of it went into, as they were called when they did.
    private var parts: [AreaCode: Set<AreaCode>] = [:]

    package init() {}

    package var isEmpty: Bool { steps.isEmpty && parts.isEmpty }

    /// By what codes have been left, ascending.
    package var all: [Step] { steps.values.sorted { $0.from < $1.from } }

    /// Takes a step in, unless it contradicts what is here: the code has been left already, another
    /// code was renumbered to the same, the way would lead back to where it began, or the village that
    /// a part is to go into is an heir already.
    ///
    /// - Returns: whether it was taken in.
    package mutating func take(_ step: Step) -> Bool {
        guard step.isSound, steps[step.from] == nil else { return false }
        if step.kind == .split { return split(step) }
        if step.kind == .renumber, targets.contains(step.to) { return false }
        steps[step.from] = step
        guard !leadsBack(from: step.from), !finerCodesLeadBack(through: step) else {
            steps[step.from] = nil
            return false
        }
        targets.insert(step.to)
        return true
    }

    /// The code that stands for another now; itself where nothing has changed.
    package func current(_ code: AreaCode) -> AreaCode {
        guard !isEmpty else { return code }
        // Ends, because no step is taken by which a way leads back.
        var code = code
        while let next = step(from: code) { code = next }
        return code
    }

    /// Whether a certificate for one area covers another: by the digits, because both villages are one
    /// now, or because the first is an heir of the second.
    package func covers(_ area: AreaCode, _ home: AreaCode) -> Bool {
        if area.contains(home) { return true }
        guard !isEmpty, area.level == .village, home.level == .village else { return false }
        let now = current(area)
        return now == current(home) || isHeir(now, of: home)
    }

    /// The villages that what was written under a code lies in now: the one that stands for it first,
    /// then those that parts of it went into, ascending.
    package func heirs(of home: AreaCode) -> [AreaCode] {
        let now = current(home)
        guard let parts = parts[home] else { return [now] }
        return [now] + Set(parts.map(current)).subtracting([now]).sorted()
    }

    /// Whether something that was written under a code lies in an area now.
    package func concerns(_ area: AreaCode, _ home: AreaCode) -> Bool {
        heirs(of: home).contains { area.contains($0) }
    }

    /// The codes of which parts went into other villages, ascending.
    package var divided: [AreaCode] { parts.keys.sorted() }

    /// The codes of which parts lie in a village now and whose own code does not, ascending.
    package func divided(into village: AreaCode) -> [AreaCode] {
        let now = current(village)
        return divided.filter { current($0) != now && isHeir(now, of: $0) }
    }

    /// The village in which a record lies now that was written under a code.
    ///
    /// - Parameter grid: the grid that it says it belongs to, or a finer code; nil where it says none,
    ///   or where its village was not divided. What says none stays with the village.
    package func place(of home: AreaCode, grid: AreaCode?) -> AreaCode {
        let now = current(home)
        // A grid keeps its code where its village goes into another.
        guard let grid, parts[home] != nil,
            let village = current(grid).ancestor(at: .village).map(current), village != now,
            isHeir(village, of: home)
        else { return now }
        return village
    }

    /// - Parameter village: a code of now.
    private func isHeir(_ village: AreaCode, of home: AreaCode) -> Bool {
        parts[home]?.contains { current($0) == village } ?? false
    }

    /// A part of all that is this village goes: of what is called by its former codes too.
    private mutating func split(_ step: Step) -> Bool {
        guard current(step.to) != step.from, !isHeir(current(step.to), of: step.from) else {
            return false
        }
        let codes = Set(steps.keys).union(parts.keys).filter { code in
            code.level == .village && (current(code) == step.from || isHeir(step.from, of: code))
        }
        for code in codes.union([step.from]) { parts[code, default: []].insert(step.to) }
        targets.insert(step.to)
        return true
    }

    /// Whether whoever carries one area carries what is homed in another.
    package func carries(_ area: AreaCode, _ home: AreaCode) -> Bool {
        covers(area, home) || home.contains(area)
    }

    /// The codes of which nothing is left and that lie in an area now, by its digits or those of what
    /// stands for it; ascending.
    package func former(in area: AreaCode) -> [AreaCode] {
        guard !isEmpty else { return [] }
        let area = current(area)
        return steps.keys.filter { area.contains(current($0)) }.sorted()
    }

    /// The codes of villages of which nothing is left and that are one with a village now; with the
    /// village itself, that first.
    package func family(of village: AreaCode) -> [AreaCode] {
        let now = current(village)
        return [now] + former(in: now).filter { $0.level == .village && $0 != now }
    }

    /// The codes under which what lies in a village now may have been written: its family, and those
    /// of which a part went into it.
    package func sources(of village: AreaCode) -> [AreaCode] {
        family(of: village) + divided(into: village)
    }

    /// Every code that stands for the same as another now: the one of today first, then the others.
    package func namesakes(of code: AreaCode) -> [AreaCode] {
        let now = current(code)
        guard !isEmpty else { return [now] }
        var found = [now]
        var place = 0
        while place < found.count {
            let code = found[place]
            place += 1
            for step in all where step.to.contains(code) {
                let former = code.moved(from: step.to, to: step.from)
                if current(former) == now, !found.contains(former) { found.append(former) }
            }
        }
        return [now] + found.dropFirst().sorted()
    }

    /// Whether the way from a code comes to one for a second time.
    private func leadsBack(from code: AreaCode) -> Bool {
        var (code, seen) = (code, Set([code]))
        while let next = step(from: code) {
            guard seen.insert(next).inserted else { return true }
            code = next
        }
        return false
    }

    /// The same of codes of grids that a new step takes along. A way that leads back goes through that
    /// step, and where that of the villages does not, through a grid of the township that has a step
    /// of its own.
    private func finerCodesLeadBack(through new: Step) -> Bool {
        guard new.from.level == .village, new.kind == .renumber else { return false }
        let township = new.from.ancestor(at: .township)
        return steps.keys.contains {
            $0.level == .grid && $0.ancestor(at: .township) == township && leadsBack(from: $0)
        }
    }

    private func step(from code: AreaCode) -> AreaCode? {
        if let grid = code.ancestor(at: .grid), let step = steps[grid] {
            return code.moved(from: grid, to: step.to)
        }
        guard let village = code.ancestor(at: .village), let step = steps[village] else {
            return nil
        }
        // Grids of a merged village may have the numbers of those of the other.
        guard code.level == .village || step.kind == .renumber else { return nil }
        return code.moved(from: village, to: step.to)
    }
}

extension AreaCode {
    /// The code with other leading digits. Precondition: it lies in `area`, and `other` has its level.
    fileprivate func moved(from area: AreaCode, to other: AreaCode) -> AreaCode {
        var scale: UInt64 = 1
        for _ in 0..<(level.digits - area.level.digits) { scale *= 10 }
        let rest = number - area.number * scale
        return (try? AreaCode(level: level, number: other.number * scale + rest)) ?? self
    }
}
