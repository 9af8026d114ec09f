// SPDX-License-Identifier: Apache-2.0

/// States, and the acts that lead from one to another, as a table (Protocol/acts.md).
package struct StateMachine: Sendable {
    /// One row of the table.
    package struct Move: Sendable {
        package enum Target: Hashable, Sendable {
            case state(String)
            /// The state before the one reached.
            case back
            /// Where it is.
            case stay
        }

        package let action: String
        /// Empty: from everywhere.
        package let from: [String]
        package let target: Target
        /// Who may; empty: everybody.
        package let roles: [ActRole]
        /// How often; nil: as often as one likes.
        package let limit: Int?
        /// An action that must have been noted since this one was.
        package let after: String?
    }

    package let initial: String
    package let moves: [Move]
    /// Whether acts may be corrected.
    package let isCorrectable: Bool

    init(initial: String, isCorrectable: Bool = true, _ moves: [Move]) {
        self.initial = initial
        self.moves = moves
        self.isCorrectable = isCorrectable
    }

    /// The actions that are legal from a state, side actions left out, in the table's order.
    package func legal(from state: String) -> [String] {
        var found: [String] = []
        for move in moves where move.from.contains(state) && !found.contains(move.action) {
            found.append(move.action)
        }
        return found
    }

    /// Folds acts into a state. A function of the set of acts: they are sorted first.
    package func fold(_ acts: [Act]) -> Folded {
        let (acts, overlays) = corrections(in: acts.sorted(by: Folded.precedes))
        var folded = Folded(state: initial)
        var previous = initial
        var counts: [Int: Int] = [:]
        var pending: Set<String> = []
        for (index, plain) in acts.enumerated() {
            let overlay = overlays[index]
            let act = overlay?.act ?? plain
            var outcome = FoldedAct.Outcome.noted
            if let fault = overlay?.fault {
                outcome = .void(fault)
            } else if !(isCorrectable && act.action == Self.correct) {
                switch move(act, from: folded.state, counts: counts, pending: pending) {
                case .failure(let fault): outcome = .void(fault.reason)
                case .success(let place):
                    counts[place, default: 0] += 1
                    if let after = moves[place].after { pending.remove(after) }
                    pending.insert(act.action)
                    switch moves[place].target {
                    case .stay: break
                    case .state(let state):
                        outcome = .moved
                        if state != folded.state { previous = folded.state }
                        folded.state = state
                    case .back:
                        outcome = .moved
                        (folded.state, previous) = (previous, folded.state)
                    }
                }
            }
            folded.acts.append(
                FoldedAct(
                    act: act, outcome: outcome, state: folded.state,
                    isCorrected: overlay?.isCorrected ?? false))
        }
        return folded
    }

    private struct Fault: Error { let reason: ActVoid }

    /// The row that an act goes by.
    private func move(
        _ act: Act, from state: String, counts: [Int: Int], pending: Set<String>
    ) -> Result<Int, Fault> {
        let named = moves.indices.filter { moves[$0].action == act.action }
        guard !named.isEmpty else { return .failure(Fault(reason: .unknownAction)) }
        let place = named.first { moves[$0].from.isEmpty || moves[$0].from.contains(state) }
        guard let place else { return .failure(Fault(reason: .notLegal)) }
        let move = moves[place]
        if let role = act.text("role").flatMap(ActRole.init(parsing:)), !move.roles.isEmpty,
            !move.roles.contains(role)
        {
            return .failure(Fault(reason: .wrongRole))
        }
        if let limit = move.limit, counts[place, default: 0] >= limit {
            return .failure(Fault(reason: .tooOften))
        }
        if let after = move.after, !pending.contains(after) {
            return .failure(Fault(reason: .notAsked))
        }
        return .success(place)
    }

    static let correct = "correct"

    private struct Overlay {
        var act: Act
        var fault: ActVoid?
        var isCorrected = false
    }

    /// What corrections say of the acts before them, by place.
    private func corrections(in acts: [Act]) -> ([Act], [Int: Overlay]) {
        guard isCorrectable, acts.contains(where: { $0.action == Self.correct }) else {
            return (acts, [:])
        }
        var places: [String: [Int]] = [:]
        var overlays: [Int: Overlay] = [:]
        for (index, act) in acts.enumerated() {
            guard act.action == Self.correct else {
                places[act.id, default: []].append(index)
                continue
            }
            guard let name = act.text("of"), let found = places[name], found.count == 1 else {
                overlays[index] = Overlay(act: act, fault: .unknownAct)
                continue
            }
            var overlay = overlays[found[0]] ?? Overlay(act: acts[found[0]])
            overlay.isCorrected = true
            if act.parts["annul"] == .boolean(true) {
                overlay.fault = .annulled
            } else {
                overlay.act = overlay.act.corrected(by: act)
            }
            overlays[found[0]] = overlay
        }
        return (acts, overlays)
    }
}

/// What a timeline amounts to.
package struct Folded: Hashable, Sendable {
    package var state: String
    /// Ascending by (timestamp, dot, index).
    package var acts: [FoldedAct] = []

    init(state: String) { self.state = state }

    package var voidCount: Int { acts.count { $0.isVoid } }

    static func precedes(_ left: Act, _ right: Act) -> Bool {
        (left.stamp, left.dot, left.id.utf8.count, left.id)
            < (right.stamp, right.dot, right.id.utf8.count, right.id)
    }
}

/// Who acts, as an act says of itself.
package enum ActRole: String, CaseIterable, Sendable {
    case reporter, unitHead, gridMember, village, township, department, county

    /// Reads the words of people; nil for others, which claim nothing.
    package init?(parsing text: String) {
        switch text {
        case "reporter", "反映人": self = .reporter
        case "unit_head", "联户长", "楼栋长": self = .unitHead
        case "grid_member", "网格员", "专职网格员": self = .gridMember
        case "village", "村", "社区": self = .village
        case "township", "镇", "街道": self = .township
        case "department", "部门": self = .department
        case "county", "县": self = .county
        default: return nil
        }
    }
}
