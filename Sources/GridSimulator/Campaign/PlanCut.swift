// SPDX-License-Identifier: Apache-2.0

/// What of a seed's plan is lived: some of its steps, without some of its devices. Written as
/// text, so that a smaller world can be lived again: `1-4,9` steps, `5` devices left out.
package struct PlanCut: Hashable, Sendable {
    /// Places in the plan, ascending.
    package var steps: [Int]
    package var withoutDevices: Set<Int>

    package init(steps: [Int], withoutDevices: Set<Int> = []) {
        self.steps = steps
        self.withoutDevices = withoutDevices
    }

    package init(all plan: WorldPlan) { self.init(steps: Array(plan.steps.indices)) }

    /// Reads numbers and ranges, `1-4,9`; nil for anything else.
    package static func numbers(_ text: String) -> [Int]? {
        var numbers: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                first >= 0, last >= first, last < 1_000_000
            else { return nil }
            numbers += first...last
        }
        return numbers
    }

    package static func text(_ numbers: some Sequence<Int>) -> String {
        var ranges: [(first: Int, last: Int)] = []
        for number in numbers {
            if let last = ranges.last, last.last + 1 == number {
                ranges[ranges.count - 1].last = number
            } else {
                ranges.append((number, number))
            }
        }
        return ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }
            .joined(separator: ",")
    }
}

extension WorldPlan {
    /// The plan without what a cut leaves out. A device that others lean on stays.
    package func cut(to cut: PlanCut) -> WorldPlan {
        var plan = self
        plan.steps = cut.steps.filter { $0 < steps.count }.map { steps[$0] }
        for device in cut.withoutDevices.sorted(by: >) { plan.remove(device) }
        return plan
    }

    /// Devices that no other has its certificate from or calls as its parent.
    package var leaves: [Int] {
        devices.indices.filter { index in
            index > 0 && !devices.contains { $0.issuer == index || $0.parent == index }
        }
    }

    private mutating func remove(_ device: Int) {
        guard leaves.contains(device) else { return }
        func moved(_ number: Int) -> Int { number > device ? number - 1 : number }
        var newLinks: [Link] = []
        var places: [Int: Int] = [:]
        for (place, link) in links.enumerated()
        where link.caller != device && link.called != device {
            places[place] = newLinks.count
            newLinks.append(Link(caller: moved(link.caller), called: moved(link.called)))
        }
        links = newLinks
        devices.remove(at: device)
        devices = devices.map { old in
            Device(
                name: old.name, area: old.area, issuer: old.issuer.map(moved),
                parent: old.parent.map(moved), edition: old.edition)
        }
        steps = steps.compactMap { step in
            step.action.moved(device: { $0 == device ? nil : moved($0) }, link: { places[$0] })
                .map { Step(at: step.at, action: $0) }
        }
    }
}

extension WorldAction {
    /// The same action where devices and links have other numbers; nil when its own is gone.
    fileprivate func moved(device: (Int) -> Int?, link: (Int) -> Int?) -> WorldAction? {
        switch self {
        case .write(let number, let dice):
            device(number).map { .write(device: $0, dice: dice) }
        case .importSheet(let number, let rows, let dice):
            device(number).map { .importSheet(device: $0, rows: rows, dice: dice) }
        case .cut(let number, let silently):
            link(number).map { .cut(link: $0, silently: silently) }
        case .join(let number): link(number).map { .join(link: $0) }
        case .cutAll, .joinAll: self
        case .crash(let number, let image, let downFor):
            device(number).map { .crash(device: $0, image: image, downFor: downFor) }
        case .crashInCommit(let number, let after, let image, let downFor):
            device(number).map {
                .crashInCommit(device: $0, after: after, image: image, downFor: downFor)
            }
        case .pause(let number, let milliseconds):
            device(number).map { .pause(device: $0, milliseconds: milliseconds) }
        case .diskFault(let number, let kind, let after, let milliseconds):
            device(number).map {
                .diskFault(device: $0, kind: kind, after: after, milliseconds: milliseconds)
            }
        case .flipBit(let number, let dice):
            device(number).map { .flipBit(device: $0, dice: dice) }
        case .keepImage(let number): device(number).map { .keepImage(device: $0) }
        case .restore(let number, let way):
            device(number).map { .restore(device: $0, way: way) }
        case .copyFolder(let number): device(number).map { .copyFolder(device: $0) }
        case .clock(let number, let change):
            device(number).map { .clock(device: $0, change: change) }
        case .malice(let malice, let victim, let dice):
            device(victim).map { .malice(malice, victim: $0, dice: dice) }
        case .rebuild(let number): device(number).map { .rebuild(device: $0) }
        case .verify(let number): device(number).map { .verify(device: $0) }
        case .checkpoint(let number): device(number).map { .checkpoint(device: $0) }
        case .upgrade(let number): device(number).map { .upgrade(device: $0) }
        case .promote(let number): device(number).map { .promote(device: $0) }
        case .cutOff(let number): device(number).map { .cutOff(device: $0) }
        case .redact(let number, let dice):
            device(number).map { .redact(device: $0, dice: dice) }
        case .closeFork(let number): device(number).map { .closeFork(device: $0) }
        case .audit(let number, let dice):
            link(number).map { .audit(link: $0, dice: dice) }
        case .changeArea(let number, let dice):
            device(number).map { .changeArea(device: $0, dice: dice) }
        case .open(let number, let lane): device(number).map { .open(device: $0, through: lane) }
        }
    }
}
