// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// What a list of records is narrowed by.
package struct ListRequest: Sendable {
    package static let limitMax = 1000

    /// Field name and text, as the table shows it.
    package var equals: [(field: String, text: String)] = []
    package var area: String?
    package var includesArchived = false
    package var onlyConflicting = false
    package var after: Int64?
    package var limit = 100

    package init() {}
}

extension Desk {
    package func collections() -> JSONValue {
        Self.answer(
            "collections",
            [
                "edition": Self.count(catalogue.edition),
                "items": .list(catalogue.collections.map(Self.summary)),
            ])
    }

    /// - Parameter lookUp: needed to narrow a list by a sensitive field.
    package func list(
        _ name: String, _ request: ListRequest, _ lookUp: NotedLookUp? = nil
    ) throws -> JSONValue {
        let collection = try collection(name)
        guard (1...ListRequest.limitMax).contains(request.limit) else {
            throw DeskRefusal(
                .malformed, "bad_limit", chinese: "limit 应为 1 到 \(ListRequest.limitMax)。",
                english: "limit is 1...\(ListRequest.limitMax).")
        }
        var filter = RecordFilter(
            includesArchived: request.includesArchived,
            onlyConflicting: request.onlyConflicting, after: request.after,
            limit: request.limit)
        if let text = request.area {
            guard let area = try? AreaCode(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_area", chinese: "“\(text)”不是区划代码。",
                    english: "\"\(text)\" is no area code.")
            }
            filter.area = area.home
        }
        for (name, text) in request.equals {
            guard let field = collection.field(named: name), field.kind != .derived else {
                throw DeskRefusal(
                    .malformed, "unknown_field", chinese: "“\(collection.label)”没有 \(name) 这一项。",
                    english: "\(collection.name) has no field \(name) to search by.")
            }
            guard Masking.allowsLookup(by: field) else {
                throw DeskRefusal(
                    .notAllowed, "masked_field",
                    chinese: "\(field.label)是敏感项,不能按它筛选;确有需要,请用 gridctl sql --plain --reason。",
                    english: """
                        \(field.name) is sensitive and nothing to search by; where there is need, \
                        see gridctl sql --plain --reason.
                        """)
            }
            guard lookUp != nil || !Masking.masks(field) else {
                throw DeskRefusal(
                    .notAllowed, "look_up_not_noted", chinese: "按\(field.label)查找必须先记入审计。",
                    english: "A look-up by \(field.name) has to be in the audit trail first.")
            }
            filter.equals.append((field, Self.columnText(text, of: field)))
        }
        let page = try engine.store.records(in: collection, where: filter)
        return Self.answer(
            "list",
            [
                "items": .list(page.records.map { Self.record($0, .masked) }),
                "next": page.next.map { .integer($0) } ?? .null,
            ])
    }

    package func get(
        _ name: String, _ id: String, _ sight: Sight = .masked
    ) throws -> JSONValue {
        let display = try display(id, in: collection(name))
        let sight = sight.of(display)
        let logs = try logsByID()
        let void = display.fields.flatMap { field in
            field.void.map { sibling in
                JSONValue.object([
                    "field": .text(field.definition.name),
                    "value": sight.json(sibling.value, of: field.definition),
                    "author": author(of: sibling.dot, in: logs),
                ])
            }
        }
        guard case .object(var parts) = Self.record(display, sight) else { return .null }
        parts["void"] = .list(void)
        parts["plain"] = .boolean(sight.isPlain)
        return Self.answer("record", parts)
    }

    package func write(_ request: WriteRequest) async throws -> JSONValue {
        let receipt = try await engine.submit(request)
        return Self.answer(
            "put",
            [
                "id": .text(receipt.id.description),
                "entries": .list(receipt.entries.map { .text($0) }),
                "advice": .list(receipt.advice.map(Self.problem)),
            ])
    }

    package func history(
        _ name: String, _ id: String, _ sight: Sight = .masked
    ) throws -> JSONValue {
        let collection = try collection(name)
        let display = try display(id, in: collection)
        let sight = sight.of(display)
        let items = try engine.store.history(of: display.state).map { item in
            let receipts = try engine.store.receipts(for: item.dot)
            return JSONValue.object([
                "receipts": .list(receipts.map(self.receipt)),
                "entry": .text("\(item.dot.log)#\(item.dot.sequence)"),
                "sequence": Self.count(item.dot.sequence),
                "at": Self.time(item.timestamp.milliseconds),
                "author": author(item.key),
                "verified": .boolean(item.isVerified),
                "hash": .text(item.hash.description),
                "archives": .boolean(item.change.archives),
                "changes": .list(
                    item.change.writes.flatMap { Self.change($0, of: collection, sight) }),
            ])
        }
        return Self.answer(
            "history", ["items": .list(items), "plain": .boolean(sight.isPlain)])
    }

    private static func record(_ display: RecordDisplay, _ sight: Sight) -> JSONValue {
        let sight = sight.of(display)
        let shown = display.fields.filter { $0.value != nil }
        let fields = shown.map { ($0.definition.name, sight.json($0.value, of: $0.definition)) }
        let masked = shown.filter { sight.masks($0.definition) }.map(\.definition.name)
        return .object([
            "id": .text(display.id.description),
            "collection": .text(display.collection.name),
            "area": .text(display.state.domain.area.description),
            "archived": .boolean(display.state.isArchived),
            "fields": .object(Dictionary(fields, uniquingKeysWith: { $1 })),
            "conflicts": .list(display.conflicts.map { .text($0.definition.name) }),
            "missing": .list(display.missing.map { .text($0.name) }),
            "masked": .list(masked.map { .text($0) }),
            "created_at": display.state.first.map { time($0.timestamp.milliseconds) } ?? .null,
            "updated_at": display.state.last.map { time($0.timestamp.milliseconds) } ?? .null,
        ])
    }

    package static func problem(_ problem: Problem) -> JSONValue {
        .object([
            "pointer": .text(problem.pointer), "code": .text(problem.code.rawValue),
            "zh": .text(problem.chinese), "en": .text(problem.english),
            "severity": .text(problem.isRefusal ? "refusal" : "advice"),
        ])
    }

    /// People's text in the form that the table's column shows.
    private static func columnText(_ text: String, of field: FieldDefinition) -> String {
        guard field.kind == .register || field.kind == .fixed,
            let value = try? field.type.parse(text)
        else { return text }
        if case .boolean(let boolean) = value { return boolean ? "1" : "0" }
        return value.plainText
    }

    static func change(
        _ write: FieldWrite, of collection: CollectionDefinition, _ sight: Sight
    ) -> [JSONValue] {
        let field = collection.field(numbered: write.field)
        let (operation, values): (String, [FieldValue]) =
            switch write.operation {
            case .assign(let value): ("assign", [value])
            case .clear: ("clear", [])
            case .add(let values): ("add", values)
            case .remove(let values): ("remove", values)
            case .append(let values): ("append", values)
            case .increment(let amount): ("increment", [.integer(amount)])
            }
        let shown: [JSONValue] =
            values.isEmpty ? [.null] : values.map { sight.json($0, of: field) }
        return shown.map { value in
            .object([
                "field": .text(field?.name ?? "#\(write.field)"),
                "label": .text(field?.label ?? ""),
                "operation": .text(operation), "value": value,
            ])
        }
    }

    private static func summary(_ collection: CollectionDefinition) -> JSONValue {
        .object([
            "collection": .text(collection.name), "label": .text(collection.label),
            "lane": count(collection.lane.rawValue),
            "named_by": .list(collection.namedBy.map { .text($0) }),
            "fields": .list(
                collection.fields.map { field in
                    .object([
                        "field": .text(field.name), "label": .text(field.label),
                        "type": .text(field.type.expectation.english),
                        "kind": .text(field.kind.rawValue),
                        "required": .text(requirement(field.requirement)),
                        "privacy": .text(field.privacy.description),
                    ])
                }),
        ])
    }

    private static func requirement(_ requirement: Requirement) -> String {
        switch requirement {
        case .required: "required"
        case .optional: "optional"
        case .conditional: "conditional"
        case .derived: "derived"
        }
    }
}
