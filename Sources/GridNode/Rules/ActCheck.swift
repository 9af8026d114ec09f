// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridStore
import GridSync

/// Whether the acts that somebody wants to append are legal where they would stand. Those of others
/// are kept and void; one's own are turned away before they become entries.
struct ActCheck {
    /// Who would have written them: a log behind all others of its moment.
    private static let nobody = ReplicaID(high: .max, low: .max)
    private static let aheadMax: UInt64 = 86_400_000

    /// Milliseconds since 1970.
    let now: UInt64

    func problems(in reading: InputReading, record: RecordDisplay?, area: AreaCode) -> [Problem] {
        let collection = reading.collection
        guard let folding = RecordFolding(collection) else { return [] }
        let wanted = reading.values.filter { $0.name == folding.timeline && $0.use != .remove }
        let values = wanted.flatMap { $0.value?.elements ?? [] }
        guard let field = wanted.first?.field, !values.isEmpty else { return [] }
        let state =
            record?.state
            ?? RecordState(
                collection: collection.number, address: .named(RecordID(high: 0, low: 0)),
                domain: Domain(area: area, lane: collection.lane))
        let dot = Dot(
            log: LogID(replica: Self.nobody, domain: state.domain), sequence: .max)
        let stamp = stamp(after: state, field)
        let acts = values.prefix(Int(UInt16.max)).enumerated().map { index, value in
            Act(
                Timeline.Item(
                    value: value, dot: dot, index: UInt16(clamping: index), timestamp: stamp),
                actionPart: folding.actionPart)
        }
        let folded = folding.fold(state, adding: acts)
        let judged = folded.timelines.first?.acts.filter { $0.act.dot == dot } ?? []
        return judged.enumerated().compactMap { index, step in
            guard case .void(let void) = step.outcome else { return nil }
            let before = index == 0 ? folding.fold(state).state : judged[index - 1].state
            return problem(
                void, step.act, from: before, folding, field,
                at: values.count == 1 ? "" : "/\(index)")
        }
    }

    /// Where it would stand: after all acts but those of clocks that are far ahead.
    private func stamp(after state: RecordState, _ field: FieldDefinition) -> HybridTimestamp {
        var last = HybridTimestamp(milliseconds: now, counter: 0)
        if case .timeline(let timeline)? = state[field.shownKey] {
            for item in timeline.items
            where item.timestamp.milliseconds <= now + Self.aheadMax && last <= item.timestamp {
                last = HybridTimestamp(rawValue: item.timestamp.rawValue &+ 1)
            }
        }
        return last
    }

    private func problem(
        _ void: ActVoid, _ act: Act, from state: String, _ folding: RecordFolding,
        _ field: FieldDefinition, at place: String
    ) -> Problem {
        let legal = folding.machine.legal(from: state)
        let labels = legal.map { action in
            ActWords.label(of: action, in: field, part: folding.actionPart).map {
                "\($0)(\(action))"
            } ?? action
        }
        return Problem(
            .actIllegal, at: Problem.pointer(toField: field.name) + place,
            chinese: """
                \(field.label):\(void.chinese);当前状态 \(state),现在可以:\
                \(labels.isEmpty ? "无" : labels.joined(separator: "、"))。
                """,
            english: """
                \(field.name): \(void.english); the state is \(state), legal now: \
                \(legal.isEmpty ? "nothing" : legal.joined(separator: ", ")).
                """)
    }
}

/// What actions are called.
enum ActWords {
    /// The Chinese label of an action; nil for one that the catalogue does not know.
    static func label(of action: String, in field: FieldDefinition, part: String) -> String? {
        guard case .structure(let parts) = field.type else { return nil }
        return parts.first { $0.name == part }?.type.label(of: action)
    }
}
