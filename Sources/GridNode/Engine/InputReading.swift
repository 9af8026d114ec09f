// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// The values of a request, read by the types of their fields.
struct InputReading {
    enum Use: Hashable {
        case assign, add, remove
    }

    struct Value {
        let name: String
        let field: FieldDefinition
        let use: Use
        /// Nil clears.
        let value: FieldValue?
    }

    let collection: CollectionDefinition
    private(set) var values: [Value] = []

    init(collection: CollectionDefinition, request: WriteRequest) throws {
        self.collection = collection
        var problems: [Problem] = []
        for (use, inputs) in [
            (Use.assign, request.fields), (.add, request.additions), (.remove, request.removals),
        ] {
            for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
                do throws(Problem) {
                    values.append(try Self.read(name, input, use: use, in: collection))
                } catch {
                    problems.append(error)
                }
            }
        }
        guard problems.isEmpty else { throw DeskRefusal.wrongValues(problems) }
    }

    /// Leaves out assignments of what the record shows already without conflict: saving a form
    /// again is no change.
    mutating func skipUnchanged(_ record: RecordDisplay?) {
        guard let record, !record.state.isArchived else { return }
        values.removeAll { item in
            guard item.use == .assign, item.field.kind != .timeline,
                item.field.kind != .counter, let shown = record[item.name]
            else { return false }
            return shown.candidates.count <= 1 && shown.value == item.value
        }
    }

    /// Makes the values those of the whole record: what is not named is cleared. Timelines and
    /// counters only grow, and what was fixed stays: they may be named as they are.
    ///
    /// - Parameter kept: a field that is left as it is where it is not named.
    mutating func replace(
        _ record: RecordDisplay, by level: AreaLevel, keeping kept: UInt32?
    ) throws {
        var problems: [Problem] = []
        for shown in record.fields {
            let field = shown.definition
            let named = values.firstIndex { $0.name == field.name }
            switch field.kind {
            case .timeline, .counter:
                guard let named else { continue }
                guard values[named].value == shown.value else {
                    problems.append(
                        Problem(
                            .wrongOperation, at: Problem.pointer(toField: field.name),
                            chinese: "\(field.label):这一项只能追加,不能替换,请用 PATCH。",
                            english: "\(field.name) only grows and is not replaced; use PATCH."))
                    continue
                }
                values.remove(at: named)
            case .register, .set:
                let isOwn = field.owner.map { level <= $0 } ?? true
                guard named == nil, isOwn, field.number != kept, shown.value != nil,
                    shown.value != .list([])
                else { continue }
                values.append(Value(name: field.name, field: field, use: .assign, value: nil))
            case .fixed, .derived: continue
            }
        }
        guard problems.isEmpty else { throw DeskRefusal.wrongValues(problems) }
    }

    /// Leaves out what clears: a new record has nothing to clear.
    mutating func skipClearing() {
        values.removeAll { $0.value == nil }
    }

    /// The operations that bring the record from what it shows to what was asked.
    func writes(against record: RecordDisplay?) -> [FieldWrite] {
        values.flatMap { item in
            operations(item, shown: record?[item.name]?.value).map {
                FieldWrite(field: item.field.number, operation: $0)
            }
        }
    }

    private func operations(_ item: Value, shown: FieldValue?) -> [FieldOperation] {
        switch (item.field.kind, item.use, item.value) {
        case (.register, _, let value?), (.fixed, _, let value?): [.assign(value)]
        case (.register, _, nil), (.fixed, _, nil): [.clear]
        case (.set, .add, let value?): [.add(Self.sorted(value.elements))]
        case (.set, .remove, let value?): [.remove(Self.sorted(value.elements))]
        case (.set, .assign, let value):
            Self.difference(shown?.elements ?? [], value?.elements ?? [])
        case (.timeline, _, let value?): [.append(value.elements)]
        case (.counter, _, .integer(let amount)): [.increment(amount)]
        case (.set, _, nil), (.timeline, _, nil), (.counter, _, _), (.derived, _, _): []
        }
    }

    private static func difference(
        _ shown: [FieldValue], _ wanted: [FieldValue]
    ) -> [FieldOperation] {
        let added = wanted.filter { !shown.contains($0) }
        let removed = shown.filter { !wanted.contains($0) }
        return (added.isEmpty ? [] : [.add(sorted(added))])
            + (removed.isEmpty ? [] : [.remove(sorted(removed))])
    }

    /// Ascending, each once, as entries want them.
    private static func sorted(_ elements: [FieldValue]) -> [FieldValue] {
        FieldType.distinct(elements).sorted { $0.precedes($1) }
    }

    private static func read(
        _ name: String, _ input: JSONValue, use: Use, in collection: CollectionDefinition
    ) throws(Problem) -> Value {
        let pointer = Problem.pointer(toField: name)
        guard let field = collection.field(named: name) else {
            throw Problem(
                .unknownField, at: pointer, chinese: "“\(collection.label)”没有 \(name) 这一项。",
                english: "\(collection.name) has no field \(name).")
        }
        do throws(Problem) {
            let value = try read(input, as: field)
            return Value(name: name, field: field, use: use, value: value)
        } catch {
            throw error.moved(below: pointer)
        }
    }

    private static func read(
        _ input: JSONValue, as field: FieldDefinition
    ) throws(Problem) -> FieldValue? {
        switch input {
        case .null: return nil
        case .text(let text) where text.isEmpty: return nil
        default: break
        }
        switch field.kind {
        case .set: return .list(try JSONReading.list(input, of: field.type))
        case .timeline: return .list(try JSONReading.list(input, of: field.type))
        case .counter, .register, .fixed, .derived:
            return try JSONReading.value(input, of: field.type)
        }
    }
}

extension FieldValue {
    /// The elements of a list; anything else stands for itself.
    var elements: [FieldValue] {
        if case .list(let values) = self { values } else { [self] }
    }
}
