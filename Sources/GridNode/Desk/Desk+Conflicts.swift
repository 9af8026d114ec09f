// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore

extension Desk {
    private static let conflictsShownMax = 1000

    /// Every field in conflict, with all its values, masked where they are sensitive, the displayed
    /// one first.
    package func conflicts() throws -> JSONValue {
        let logs = try logsByID()
        let records = try engine.store.conflictingRecords(limit: Self.conflictsShownMax)
        let items = try records.flatMap { display in
            let area = try place(of: display)
            let sight = Sight.masked.of(display)
            return display.conflicts.map { field in
                JSONValue.object([
                    "collection": .text(display.collection.name),
                    "label": .text(display.collection.label),
                    "id": .text(display.id.description),
                    "area": .text(area.description),
                    "field": .text(field.definition.name),
                    "field_label": .text(field.definition.label),
                    "kind": .text(field.definition.kind.rawValue),
                    "masked": .boolean(sight.masks(field.definition)),
                    "values": .list(
                        field.candidates.map { sibling in
                            .object([
                                "value": sight.json(sibling.value, of: field.definition),
                                "at": Self.time(sibling.timestamp.milliseconds),
                                "author": author(of: sibling.dot, in: logs),
                                "entry": .text("\(sibling.dot.log)#\(sibling.dot.sequence)"),
                            ])
                        }),
                ])
            }
        }
        return Self.answer("conflicts", ["items": .list(items)])
    }

    /// Settles a conflict by writing the chosen value: an ordinary entry that has seen them all.
    package func resolve(
        _ name: String, _ id: String, field: String, choice: Choice
    ) async throws -> JSONValue {
        let display = try display(id, in: collection(name))
        guard let shown = display[field] else {
            throw DeskRefusal(
                .notFound, "unknown_field",
                chinese: "“\(display.collection.label)”没有 \(field) 这一项。",
                english: "\(name) has no field \(field).")
        }
        guard shown.isConflicting else {
            throw DeskRefusal(
                .notPossible, "no_conflict", chinese: "\(name)/\(id) 的 \(field) 没有冲突。",
                english: "\(field) of \(name)/\(id) is not in conflict.")
        }
        guard shown.definition.kind != .fixed else {
            throw DeskRefusal(
                .notPossible, "fixed_field",
                chinese: "\(shown.definition.label)以最早登记的为准,不能另选;请另建正确的记录,归档错误的。",
                english: """
                    The first \(field) counts for ever; make the right record anew and archive the \
                    wrong one.
                    """)
        }
        var request = WriteRequest(collection: name, id: id)
        switch choice {
        case .set(let value): request.fields[field] = value
        case .keep(let number):
            guard (1...shown.candidates.count).contains(number) else {
                throw DeskRefusal(
                    .wrongValues, "no_such_value",
                    chinese: "只有 1 到 \(shown.candidates.count) 号可选。",
                    english: "Choose a number from 1 to \(shown.candidates.count).")
            }
            let chosen = try opened(display)[field]?.candidates[number - 1].value
            guard chosen.map({ !SealedValue.isSealed($0) }) ?? true else {
                throw DeskRefusal.notReader(display.collection, display.id)
            }
            request.fields[field] = chosen?.json ?? .null
        }
        return try await write(request)
    }

    /// How a conflict is settled.
    package enum Choice: Sendable {
        /// One of the values shown, counted from 1.
        case keep(Int)
        case set(JSONValue)
    }
}
