// SPDX-License-Identifier: Apache-2.0

/// The eight steps of a whistle, with each department counted by itself.
package struct WhistleFold: Hashable, Sendable {
    package struct Department: Hashable, Sendable {
        /// A name, or the id of a record.
        package let name: String
        package fileprivate(set) var contactedAt: Int64?
        package fileprivate(set) var reportedAt: Int64?
        package fileprivate(set) var resultAt: Int64?
        /// It said that it is the wrong one.
        package fileprivate(set) var hasReturned = false
        /// Scores that count, ascending by evaluator.
        package fileprivate(set) var scores: [Int64] = []
    }

    /// No whistle is for more; others are void.
    package static let departmentsMax = 64

    package private(set) var folded: Folded
    /// Ascending by name.
    package private(set) var departments: [Department]
    /// The scores, with what became of each.
    package private(set) var scores: [FoldedAct]
    package private(set) var whistledAt: Int64?
    package private(set) var acceptedAt: Int64?
    package private(set) var evaluatedAt: Int64?

    /// Departments that have reported and also returned the whistle: people must look.
    package var disputedDepartments: [String] {
        departments.filter { $0.hasReturned && $0.reportedAt != nil }.map(\.name)
    }

    /// - Parameter named: the departments that were whistled for.
    package init(steps: [Act], scores: [Act], named: [String]) {
        var working = Working(named: named)
        var folded = Folded(state: StateMachine.whistles.initial)
        for act in steps.sorted(by: Folded.precedes) {
            let outcome = working.take(act, state: &folded.state)
            folded.acts.append(
                FoldedAct(act: act, outcome: outcome, state: folded.state, isCorrected: false))
            if let place = working.evaluation(in: folded) {
                folded.state = "evaluated"
                working.evaluatedAt = folded.acts[place].act.at
                folded.acts[place].outcome = .moved
                folded.acts[folded.acts.count - 1].state = folded.state
            }
        }
        self.scores = working.judge(scores.sorted(by: Folded.precedes))
        self.folded = folded
        departments = working.departments.values.sorted { $0.name < $1.name }
        whistledAt = working.whistledAt
        acceptedAt = working.acceptedAt
        evaluatedAt = folded.state == "reported" ? nil : working.evaluatedAt
    }

    /// What is known half way.
    private struct Working {
        var departments: [String: Department]
        var whistledAt: Int64?
        var acceptedAt: Int64?
        var evaluatedAt: Int64?

        init(named: [String]) {
            departments = Dictionary(
                named.sorted().prefix(WhistleFold.departmentsMax)
                    .map { ($0, Department(name: $0)) }, uniquingKeysWith: { first, _ in first })
        }

        /// All that take part have brought a result, and one has.
        var isComplete: Bool {
            let taking = departments.values.filter { $0.reportedAt != nil }
            return !taking.isEmpty && taking.allSatisfy { $0.resultAt != nil }
                && departments.values.allSatisfy { $0.reportedAt != nil || $0.hasReturned }
        }

        mutating func take(_ act: Act, state: inout String) -> FoldedAct.Outcome {
            let named = StateMachine.whistles.moves.filter { $0.action == act.action }
            guard !named.isEmpty else { return .void(.unknownAction) }
            guard let move = named.first(where: { $0.from.contains(state) }) else {
                return .void(.notLegal)
            }
            if let role = act.text("role").flatMap(ActRole.init(parsing:)), !move.roles.isEmpty,
                !move.roles.contains(role)
            {
                return .void(.wrongRole)
            }
            switch act.action {
            case "contacted", "reported", "returned", "result":
                return takeDepartment(act, state: &state)
            case "evaluated":
                guard isComplete else { return .waiting }
                evaluatedAt = act.at
            case "whistled": whistledAt = act.at
            case "platform_accepted": acceptedAt = acceptedAt ?? act.at
            case "reopened":
                for name in departments.keys { departments[name]?.resultAt = nil }
            default: break
            }
            guard case .state(let next) = move.target else { return .noted }
            state = next
            return .moved
        }

        private mutating func takeDepartment(
            _ act: Act, state: inout String
        ) -> FoldedAct.Outcome {
            guard let name = act.party("department"),
                departments[name] != nil || departments.count < WhistleFold.departmentsMax
            else { return .void(.wrongDepartment) }
            var department = departments[name] ?? Department(name: name)
            defer { departments[name] = department }
            switch act.action {
            case "contacted":
                guard department.contactedAt == nil else { return .void(.tooOften) }
                department.contactedAt = act.at
            case "reported":
                guard department.reportedAt == nil else { return .void(.tooOften) }
                department.reportedAt = act.at
                state = "reported"
                return .moved
            case "returned":
                guard !department.hasReturned else { return .void(.tooOften) }
                department.hasReturned = true
                let others = departments.values.filter { $0.name != name }
                if department.reportedAt == nil, others.allSatisfy({ $0.hasReturned }),
                    state == "platform_accepted"
                {
                    state = "returned"
                    return .moved
                }
            default:
                guard department.reportedAt != nil else { return .void(.wrongDepartment) }
                guard department.resultAt == nil else { return .void(.tooOften) }
                department.resultAt = act.at
            }
            return .noted
        }

        /// The evaluation that has waited for the last result, if that has come.
        func evaluation(in folded: Folded) -> Int? {
            guard folded.state == "reported", isComplete else { return nil }
            return folded.acts.firstIndex { $0.outcome == .waiting }
        }

        /// One score counts for each evaluator and department: the last.
        mutating func judge(_ scores: [Act]) -> [FoldedAct] {
            var last: [[String]: Int] = [:]
            for (index, act) in scores.enumerated() {
                last[[act.party("evaluator") ?? "", act.party("department") ?? ""]] = index
            }
            return scores.enumerated().map { index, act in
                let evaluator = act.party("evaluator") ?? ""
                let department = act.party("department") ?? ""
                var outcome = FoldedAct.Outcome.noted
                if case .integer(let score)? = act.parts["score"], (1...5).contains(score) {
                    if last[[evaluator, department]] != index {
                        outcome = .void(.superseded)
                    } else if !department.isEmpty {
                        if departments[department]?.resultAt != nil {
                            departments[department]?.scores.append(score)
                        } else {
                            outcome = .waiting
                        }
                    } else if departments.values.contains(where: { $0.resultAt != nil }) {
                        for name in departments.keys where departments[name]?.resultAt != nil {
                            departments[name]?.scores.append(score)
                        }
                    } else {
                        outcome = .waiting
                    }
                } else {
                    outcome = .void(.outOfRange)
                }
                return FoldedAct(act: act, outcome: outcome, state: "", isCorrected: false)
            }
        }
    }
}
