// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

extension Desk {
    /// Writes one act into the timeline of a record.
    ///
    /// - Parameter parts: the parts of the act without its action, as people write them.
    package func act(
        _ name: String, _ id: String, action: String, parts: [String: JSONValue]
    ) async throws -> JSONValue {
        let collection = try collection(name)
        guard let folding = RecordFolding(collection) else {
            throw DeskRefusal(
                .notPossible, "no_acts", chinese: "“\(collection.label)”没有办理过程。",
                english: "Records of \(collection.name) have no acts.")
        }
        var act = parts.filter { $0.value != .null && $0.value != .text("") }
        act[folding.actionPart] = .text(action)
        if name == "matters", action == "accept", act["until"] == nil,
            let until = try handlingLimit(of: display(id, in: collection))
        {
            act["until"] = .text(until)
        }
        let receipt = try await engine.submit(
            WriteRequest(
                collection: name, id: id,
                additions: [folding.timeline: .list([.object(act)])]))
        let display = try display(id, in: collection)
        return Self.answer(
            "act",
            [
                "id": .text(receipt.id.description),
                "entries": .list(receipt.entries.map { .text($0) }),
                "advice": .list(receipt.advice.map(Self.problem)),
            ].merging(folded(display)) { $1 })
    }

    /// The time by which the county's list wants a matter handled; nil without an item of it.
    private func handlingLimit(of display: RecordDisplay) throws -> String? {
        guard case .reference(let id)? = display["responsibility_code"]?.value,
            let items = catalogue.collection(named: "responsibility_items"),
            let item = try engine.store.record(id, in: items),
            case .integer(let days)? = item["handle_days"]?.value
        else { return nil }
        return ChinaTime.text(
            of: WorkdayCalendar.china.end(
                ofTerm: Int(clamping: days), from: Int64(clamping: WallClock.now)))
    }

    /// What the timelines of a record amount to: state, derived fields, light, what is legal now.
    func folded(_ display: RecordDisplay) -> [String: JSONValue] {
        let now = WallClock.now
        if display.collection.name == "admission_requests" {
            return admissionParts(display, now)
        }
        guard let fold = display.summary, let folding = RecordFolding(display.collection) else {
            return [:]
        }
        var derived = fold.derived.mapValues { JSONValue.text($0) }
        if let light = fold.light(at: Int64(clamping: now)) {
            derived["light"] = .text(light.rawValue)
        }
        if fold.sessions > 0 { derived["sessions"] = Self.count(fold.sessions) }
        return [
            "state": .text(fold.state), "derived": .object(derived),
            "legal": .list(folding.machine.legal(from: fold.state).map { .text($0) }),
            "voids": Self.count(fold.voids),
        ]
    }

    private static func departments(_ whistle: WhistleFold) -> JSONValue {
        .list(
            whistle.departments.map { department in
                .object([
                    "department": .text(department.name),
                    "contacted_at": timeOrNull(department.contactedAt),
                    "reported_at": timeOrNull(department.reportedAt),
                    "result_at": timeOrNull(department.resultAt),
                    "returned": .boolean(department.hasReturned),
                    "disputed": .boolean(department.hasReturned && department.reportedAt != nil),
                    "scores": .list(department.scores.map { .integer($0) }),
                ])
            })
    }

    private static func timeOrNull(_ time: Int64?) -> JSONValue {
        time.flatMap { ChinaTime.text(of: $0) }.map { .text($0) } ?? .null
    }

    private func admissionParts(_ display: RecordDisplay, _ now: UInt64) -> [String: JSONValue] {
        let asked = (display["fields_asked"]?.value?.elements ?? []).map(\.plainText)
        let held = Admission.held(of: asked, in: catalogue)
        return [
            "state": .text(display.admission(at: now).rawValue),
            "derived": .object(["fields_held": .list(held.map { .text($0) })]),
        ]
    }

    /// What is told of one record only: its acts with what became of each, the ledger that it is
    /// part of, and what breaks a rule and is kept.
    func rules(
        of display: RecordDisplay, _ sight: Sight, in logs: [LogID: LogState]
    ) throws -> [String: JSONValue] {
        var parts: [String: JSONValue] = [:]
        var flags: [JSONValue] = []
        if let fold = display.fold {
            parts["acts"] = .list(acts(fold, display, sight, in: logs))
            parts["departments"] = fold.whistle.map(Self.departments)
            if let due = fold.dueAt, !WorkdayCalendar.china.covers(ChinaTime.day(of: due)) {
                flags.append(.text("calendar_missing"))
            }
        }
        if try engine.store.sharesNumber(display) { flags.append(.text("number_taken")) }
        if try isPushedUnadmitted(display) { flags.append(.text("not_admitted")) }
        if !flags.isEmpty { parts["flags"] = .list(flags) }
        if display.collection.name == "points_entries" {
            let ledger = try engine.store.pointsLedger(
                of: areas.sources(of: place(of: display)))
            if let state = ledger.states[display.id] { parts["state"] = .text(state) }
            if let void = ledger.voids[display.id] { parts["void_review"] = .text(void.rawValue) }
            if case .reference(let account)? = display["account"]?.value {
                parts["derived"] = .object([
                    "balance": .integer(ledger.balance(of: account))
                ])
            }
        }
        return parts
    }

    private func acts(
        _ fold: RecordFold, _ display: RecordDisplay, _ sight: Sight, in logs: [LogID: LogState]
    ) -> [JSONValue] {
        let part = RecordFolding(display.collection)?.actionPart ?? "action"
        return fold.timelines.flatMap { field, steps -> [JSONValue] in
            let definition = display.collection.field(named: field)
            return steps.map { step -> JSONValue in
                var parts: [String: JSONValue] = [
                    "act": .text(step.act.id), "field": .text(field),
                    "action": .text(step.act.action),
                    "label": .text(
                        definition.flatMap {
                            ActWords.label(of: step.act.action, in: $0, part: part)
                        } ?? step.act.action),
                    "at": Self.timeOrNull(step.act.at), "state": .text(step.state),
                    "author": author(of: step.act.dot, in: logs),
                    "corrected": .boolean(step.isCorrected),
                    "value": sight.json(.map(of: step.act.parts), of: definition),
                ]
                switch step.outcome {
                case .moved: parts["outcome"] = .text("moved")
                case .noted: parts["outcome"] = .text("noted")
                case .waiting: parts["outcome"] = .text("waiting")
                case .void(let void):
                    parts["outcome"] = .text("void")
                    parts["reason"] = .text(void.rawValue)
                    parts["reason_zh"] = .text(void.chinese)
                    parts["reason_en"] = .text(void.english)
                }
                return .object(parts)
            }
        }
    }

    /// A task that somebody has sent out without an admitted duty.
    private func isPushedUnadmitted(_ display: RecordDisplay) throws -> Bool {
        guard display.collection.name == "tasks",
            display["audience"]?.value?.elements.isEmpty == false,
            let requests = catalogue.collection(named: "admission_requests")
        else { return false }
        guard case .reference(let id)? = display["admission_id"]?.value,
            let request = try engine.store.record(id, in: requests)
        else { return true }
        return request.state.isArchived || !request.admission(at: WallClock.now).allowsTasks
    }
}
