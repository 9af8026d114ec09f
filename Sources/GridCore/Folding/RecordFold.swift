// SPDX-License-Identifier: Apache-2.0

/// What the timelines of a record amount to: its state, and the values of its derived fields. A
/// function of the record's state alone: no clock, and no other record.
package struct RecordFold: Hashable, Sendable {
    package fileprivate(set) var state: String
    /// Of derived fields of the catalogue that have a value, in the catalogue's order.
    package fileprivate(set) var values: [(name: String, value: FieldValue)] = []
    /// By timeline, in order.
    package fileprivate(set) var timelines: [(field: String, acts: [FoldedAct])] = []
    /// The actions that are legal now, side actions left out.
    package fileprivate(set) var legal: [String] = []
    /// When its light turns yellow; nil without a limit, and where nothing is to be done.
    package fileprivate(set) var warnAt: Int64?
    package fileprivate(set) var dueAt: Int64?
    /// Something is still to be done.
    package fileprivate(set) var isOpen = false
    /// How often it was mediated.
    package fileprivate(set) var sessions = 0
    package fileprivate(set) var whistle: WhistleFold?

    package var voidCount: Int {
        timelines.reduce(0) { sum, timeline in sum + timeline.acts.count { $0.isVoid } }
    }

    /// Nil while nothing runs.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00Z.
    package func light(at now: Int64) -> Light? {
        guard isOpen, let dueAt, let warnAt else { return nil }
        return Light(warn: warnAt, due: dueAt, now: now)
    }

    package subscript(name: String) -> FieldValue? { values.first { $0.name == name }?.value }

    package static func == (left: RecordFold, right: RecordFold) -> Bool {
        left.state == right.state && left.legal == right.legal && left.dueAt == right.dueAt
            && left.warnAt == right.warnAt && left.sessions == right.sessions
            && left.values.elementsEqual(right.values, by: { $0 == $1 })
            && left.timelines.elementsEqual(right.timelines, by: { $0 == $1 })
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(state)
        hasher.combine(dueAt)
    }
}

/// How the records of one collection are folded.
package struct RecordFolding: Sendable {
    /// Raised with every change that folds the same acts otherwise: tables are then built anew.
    package static let version = 1

    private enum Kind: Sendable {
        case matter, whistle, dispute, hazard, unitHead
    }

    private let kind: Kind
    private let keys: [String: FieldKey]
    /// The timeline that is folded.
    package let timeline: String
    /// Derived fields that a fold gives, in the catalogue's order.
    package let derived: [FieldDefinition]

    /// Nil for collections whose records are not folded.
    package init?(_ collection: CollectionDefinition) {
        let derived: [String]
        switch collection.name {
        case "matters":
            (kind, timeline) = (.matter, "events")
            derived = ["status", "accepted_at", "completed_at", "verified_at", "due_at"]
        case "whistles":
            (kind, timeline) = (.whistle, "steps")
            derived = ["sign_due_at", "report_due_at"]
        case "disputes":
            (kind, timeline) = (.dispute, "events")
            derived = ["outcome", "next_revisit_on"]
        case "hazards":
            (kind, timeline) = (.hazard, "measures")
            derived = ["cleared_at"]
        case "household_units":
            (kind, timeline) = (.unitHead, "head_log")
            derived = []
        default: return nil
        }
        guard collection.field(named: timeline)?.kind == .timeline else { return nil }
        self.derived = collection.fields.filter { derived.contains($0.name) && $0.kind == .derived }
        keys = Dictionary(
            collection.fields.map { ($0.name, $0.shownKey) }, uniquingKeysWith: { $1 })
    }

    package var machine: StateMachine {
        switch kind {
        case .matter: .matters
        case .whistle: .whistles
        case .dispute: .disputes
        case .hazard: .hazards
        case .unitHead: .unitHeads
        }
    }

    /// The part of an item that names the action.
    package var actionPart: String {
        if case .whistle = kind { "step" } else { "action" }
    }

    /// - Parameter extra: acts that would come after those of the record.
    package func fold(_ state: RecordState, adding extra: [Act] = []) -> RecordFold {
        let acts = acts(of: state, in: timeline) + extra
        switch kind {
        case .matter: return matter(state, StateMachine.matters.fold(acts))
        case .dispute: return dispute(state, StateMachine.disputes.fold(acts))
        case .whistle: return whistle(state, acts)
        case .hazard: return hazard(state, StateMachine.hazards.fold(acts))
        case .unitHead: return RecordFold(folded: StateMachine.unitHeads.fold(acts), self)
        }
    }

    private func acts(of state: RecordState, in timeline: String) -> [Act] {
        guard let key = keys[timeline], case .timeline(let timeline)? = state[key] else {
            return []
        }
        return timeline.items.map { Act($0, actionPart: actionPart) }
    }

    private func shown(_ name: String, in state: RecordState) -> FieldValue? {
        switch keys[name].flatMap({ state[$0] }) {
        case .register(let register)?: register.displayed?.value
        case .fixed(let fixed)?: fixed.displayed?.value
        case .set(let set)?: .list(set.elements)
        case .timeline?, .counter?, nil: nil
        }
    }

    private func text(_ name: String, in state: RecordState) -> String? {
        if case .text(let text)? = shown(name, in: state) { text } else { nil }
    }

    private func matter(_ state: RecordState, _ folded: Folded) -> RecordFold {
        let clock = MatterClock(
            folded, registeredAt: Int64(clamping: state.first?.timestamp.milliseconds ?? 0),
            urgency: text("urgency", in: state), source: text("source", in: state))
        var fold = RecordFold(folded: folded, self)
        fold.isOpen = clock.completedAt == nil && clock.dueAt != nil
        (fold.dueAt, fold.warnAt) = (clock.dueAt, clock.warnAt)
        fold.set("status", .text(folded.state))
        fold.set("accepted_at", clock.acceptedAt.map { .time($0) })
        fold.set("completed_at", clock.completedAt.map { .time($0) })
        fold.set("verified_at", clock.verifiedAt.map { .time($0) })
        fold.set("due_at", clock.dueAt.map { .time($0) })
        return fold
    }

    private func dispute(_ state: RecordState, _ folded: Folded) -> RecordFold {
        var fold = RecordFold(folded: folded, self)
        var outcome = "open"
        var revisit: Int32?
        for step in folded.acts where step.outcome == .moved {
            switch step.act.action {
            case "mediate":
                fold.sessions += 1
                (outcome, revisit) = ("open", nil)
            case "relapse": (outcome, revisit) = ("open", nil)
            case "succeed":
                outcome = "success"
                revisit =
                    step.act.time("until").map { ChinaTime.day(of: $0) }
                    ?? ChinaTime.day(of: step.act.at) + DeadlineRules.standard.revisitDays
            case "partial": outcome = "partial"
            case "fail": outcome = "failed"
            case "revisit": revisit = step.act.time("until").map { ChinaTime.day(of: $0) }
            case "close": revisit = nil
            default: break
            }
        }
        fold.isOpen = !["dismissed", "closed", "referred"].contains(folded.state)
        fold.set("outcome", .text(outcome))
        fold.set("next_revisit_on", revisit.map { .date($0) })
        return fold
    }

    private func whistle(_ state: RecordState, _ acts: [Act]) -> RecordFold {
        let whistle = WhistleFold(
            steps: acts, scores: self.acts(of: state, in: "scores"),
            named: shown("departments", in: state).map(Self.names) ?? [])
        var fold = RecordFold(folded: whistle.folded, self)
        fold.timelines.append(("scores", whistle.scores))
        fold.isOpen = !["applied", "handled_by_village"].contains(whistle.folded.state)
        if let at = whistle.whistledAt {
            let rules = DeadlineRules.standard
            fold.set("sign_due_at", .time(at + rules.whistleSignMilliseconds))
            let due = WorkdayCalendar.china.end(
                ofTerm: rules.whistleReport(of: text("whistle_class", in: state)), from: at)
            fold.set("report_due_at", .time(due))
        }
        fold.whistle = whistle
        return fold
    }

    private static func names(_ value: FieldValue) -> [String] {
        guard case .list(let values) = value else { return [] }
        return values.map(\.plainText)
    }

    private func hazard(_ state: RecordState, _ folded: Folded) -> RecordFold {
        var fold = RecordFold(folded: folded, self)
        var clearedAt: Int64?
        for step in folded.acts where step.outcome == .moved {
            switch step.act.action {
            case "clear": clearedAt = step.act.at
            case "reopen": clearedAt = nil
            default: break
            }
        }
        fold.isOpen = clearedAt == nil
        if fold.isOpen, case .date(let day)? = shown("due_on", in: state) {
            fold.dueAt = ChinaTime.midnight(endingDay: day)
            fold.warnAt = ChinaTime.midnight(endingDay: day) - 2 * 86_400_000
        }
        fold.set("cleared_at", clearedAt.map { .time($0) })
        return fold
    }
}

extension RecordFold {
    fileprivate init(folded: Folded, _ folding: RecordFolding) {
        state = folded.state
        timelines = [(folding.timeline, folded.acts)]
        legal = folding.machine.legal(from: folded.state)
    }

    fileprivate mutating func set(_ name: String, _ value: FieldValue?) {
        if let value { values.append((name, value)) }
    }
}
