// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
package import GridStore
import GridSync

/// What a list of records is narrowed by.
package struct ListRequest: Sendable {
    package static let limitMax = 1000

    /// Field name and text, as the table shows it.
    package var equals: [(field: String, text: String)] = []
    package var area: String?
    package var includesArchived = false
    package var onlyConflicting = false
    /// `created_at`, `updated_at` or a field's name; `-` before it turns it round. Nil for the order
    /// of the rows.
    package var order: String?
    /// The `next` of the page before.
    package var after: String?
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
        try Self.check(limit: request.limit)
        var filter = RecordFilter(
            includesArchived: request.includesArchived,
            onlyConflicting: request.onlyConflicting, limit: request.limit)
        if let text = request.order { filter.order = try Self.order(text, in: collection) }
        if let text = request.after {
            guard let after = filter.order.cursor(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_after",
                    chinese: "after 不是同样排序的上一页给出的 next。",
                    english: "after is no next of a page in the same order.")
            }
            filter.after = after
        }
        if let text = request.area {
            guard let area = try? AreaCode(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_area", chinese: "“\(text)”不是区划代码。",
                    english: "\"\(text)\" is no area code.")
            }
            filter.area = area.home
            filter.areas = areas
        }
        for (name, text) in request.equals {
            let derived = RecordFolding(collection)?.derived.map(\.name) ?? []
            guard let field = collection.field(named: name),
                field.kind != .derived || derived.contains(name)
            else {
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
            let text = Self.columnText(text, of: field)
            if case .areaCode = field.type, let code = try? AreaCode(parsing: text),
                case let names = areas.namesakes(of: code), names.count > 1
            {
                filter.anyOf.append((field, names.map(\.description)))
            } else {
                filter.equals.append((field, text))
            }
        }
        let page = try engine.store.records(in: collection, where: filter)
        return Self.answer(
            "list",
            [
                "items": .list(try page.records.map { try record($0, .masked) }),
                "next": page.next.map { .text($0.text) } ?? .null,
            ])
    }

    private static func order(
        _ text: String, in collection: CollectionDefinition
    ) throws -> RecordOrder {
        let isDescending = text.hasPrefix("-")
        let name = isDescending ? String(text.dropFirst()) : text
        switch name {
        case "created_at": return RecordOrder(.createdAt, isDescending: isDescending)
        case "updated_at": return RecordOrder(.updatedAt, isDescending: isDescending)
        default: break
        }
        guard let field = collection.field(named: name),
            field.kind == .register
                || field.kind == .fixed || field.kind == .counter
        else {
            throw DeskRefusal(
                .malformed, "unknown_field",
                chinese: "“\(collection.label)”不能按 \(name) 排序,请用 created_at、updated_at 或一个单值项。",
                english: """
                    \(collection.name) is not ordered by \(name); use created_at, updated_at or a \
                    field of one value.
                    """)
        }
        // The order of values that are masked gives them away, and a child's are from P2 on.
        let hasChildren = collection.field(named: "under_14") != nil
        guard field.privacy < (hasChildren ? .p2 : .p3) else {
            throw DeskRefusal(
                .notAllowed, "masked_field", chinese: "\(field.label)是敏感项,不能按它排序。",
                english: "\(field.name) is sensitive and nothing to order by.")
        }
        return RecordOrder(.field(field), isDescending: isDescending)
    }

    package func get(
        _ name: String, _ id: String, _ sight: Sight = .masked
    ) throws -> JSONValue {
        let stored = try display(id, in: collection(name))
        let keys = try readerDesk.keys(of: stored)
        let opened = stored.opened(by: keys)
        let display = sight.isPlain ? opened : stored
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
        guard case .object(var parts) = try record(display, sight) else { return .null }
        let redactions = engine.current.redactions.redactions(
            of: display.id, in: display.collection.number)
        if !redactions.isEmpty {
            let gone = Set(redactions.flatMap(\.fields))
            parts["redacted"] = .list(
                display.fields.filter { $0.value == nil && gone.contains($0.definition.number) }
                    .map { .text($0.definition.name) })
            parts["redactions"] = .list(redactions.map { .object(redactionParts($0)) })
        }
        parts.merge(try rules(of: display, sight, in: logs)) { $1 }
        parts["sealed"] = sealing(of: stored, opened: opened, keys: keys)
        // Of what is stored, however it is shown.
        parts["etag"] = .text("\"\(try engine.store.tag(of: stored))\"")
        parts["conflicts"] = .list(stored.conflicts.map { .text($0.definition.name) })
        parts["void"] = .list(void)
        parts["plain"] = .boolean(sight.isPlain)
        return Self.answer("record", parts)
    }

    /// - Parameter key: under which it may be sent again.
    package func write(
        _ request: WriteRequest, key: AnswerKey? = nil
    ) async throws -> JSONValue {
        try await engine.submit(
            WriteOrder([request], key: key) { Self.answer("put", Self.parts(of: $0[0])) })
    }

    /// Writes several records, all or none.
    package func write(
        _ requests: [WriteRequest], key: AnswerKey? = nil
    ) async throws -> JSONValue {
        guard (1...WriteOrder.writesMax).contains(requests.count) else {
            throw DeskRefusal(
                .malformed, "too_many_rows", chinese: "一次应有 1 到 \(WriteOrder.writesMax) 项写入。",
                english: "A batch has 1...\(WriteOrder.writesMax) writes.", pointer: "/writes")
        }
        return try await engine.submit(
            WriteOrder(requests, key: key) { receipts in
                Self.answer(
                    "batch", ["items": .list(receipts.map { .object(Self.parts(of: $0)) })])
            })
    }

    /// The name by which an app may send a write again; nil without one.
    ///
    /// - Parameter request: everything it asks for.
    package func answerKey(_ key: String?, of request: JSONValue) throws -> AnswerKey? {
        guard let key else { return nil }
        guard (1...128).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw DeskRefusal(
                .malformed, "bad_key",
                chinese: "Idempotency-Key 应为 1 到 128 个可见的 ASCII 字符。",
                english: "Idempotency-Key is 1...128 visible ASCII characters.")
        }
        return AnswerKey(
            app: AppAccess.current?.name ?? "", key: key,
            request: Hashing.digest(Array(request.description.utf8), personal: .request))
    }

    private static func parts(of receipt: WriteReceipt) -> [String: JSONValue] {
        [
            "id": .text(receipt.id.description),
            "entries": .list(receipt.entries.map { .text($0) }),
            "advice": .list(receipt.advice.map(Self.problem)),
            "etag": .text("\"\(receipt.tag)\""),
        ]
    }

    static func check(limit: Int?) throws {
        guard (1...ListRequest.limitMax).contains(limit ?? 1) else {
            throw DeskRefusal(
                .malformed, "bad_limit", chinese: "limit 应为 1 到 \(ListRequest.limitMax)。",
                english: "limit is 1...\(ListRequest.limitMax).")
        }
    }

    func record(_ display: RecordDisplay, _ sight: Sight) throws -> JSONValue {
        let sight = sight.of(display)
        let shown = display.fields.filter {
            $0.value != nil && $0.definition.number != display.collection.sealing?.keys
        }
        let fields = shown.map { ($0.definition.name, sight.json($0.value, of: $0.definition)) }
        let masked = shown.filter { sight.masks($0.definition) }.map(\.definition.name)
        let home = display.state.domain.area
        let area = try place(of: display)
        var parts: [String: JSONValue] = [
            "id": .text(display.id.description),
            "etag": .text("\"\(try engine.store.tag(of: display))\""),
            "collection": .text(display.collection.name),
            "area": .text(area.description),
            "archived": .boolean(display.state.isArchived),
            "fields": .object(Dictionary(fields, uniquingKeysWith: { $1 })),
            "conflicts": .list(display.conflicts.map { .text($0.definition.name) }),
            "missing": .list(display.missing.map { .text($0.name) }),
            "masked": .list(masked.map { .text($0) }),
            "redacted": .list(display.redacted.map { .text($0.name) }),
            "created_at": display.state.first.map { Self.time($0.timestamp.milliseconds) } ?? .null,
            "updated_at": display.state.last.map { Self.time($0.timestamp.milliseconds) } ?? .null,
        ]
        parts["sealed"] = sealing(of: display)
        if area != home { parts["former_area"] = .text(home.description) }
        return .object(parts.merging(folded(display)) { $1 })
    }

    /// The area in which a record lies by the codes of now.
    func place(of display: RecordDisplay) throws -> AreaCode {
        let state = display.state
        let key = RecordKey(
            domain: state.domain, collection: state.collection, address: state.address)
        return try engine.store.place(of: key, by: areas) ?? areas.current(state.domain.area)
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
        let isKeys = write.field == collection.sealing?.keys
        let shown: [JSONValue] =
            values.isEmpty
            ? [.null]
            : isKeys
                ? [.text(Masking.sealed)] : values.map { sight.json($0, of: field) }
        return shown.map { value in
            .object([
                "field": .text(field?.name ?? "#\(write.field)"),
                "label": .text(field?.label ?? ""),
                "operation": .text(operation), "value": value,
            ])
        }
    }

    /// A write whose value was destroyed.
    static func withheld(
        _ key: FieldKey, of collection: CollectionDefinition
    ) -> JSONValue {
        let field = collection.field(numbered: key.field)
        return .object([
            "field": .text(field?.name ?? "#\(key.field)"), "label": .text(field?.label ?? ""),
            "operation": .text("redacted"), "value": .null,
        ])
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
