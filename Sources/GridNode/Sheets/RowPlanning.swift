// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// Finds out what a row of a sheet asks for: which record it speaks of, and what of it is new.
struct RowPlanning {
    enum Plan {
        case new(WriteDrafting.Draft)
        case changed(WriteDrafting.Draft, RecordID)
        case same(RecordID)
    }

    /// The key of a row, so that no other row of the sheet has the same.
    struct Key: Hashable {
        let fields: [String]
        let values: [String]
        let area: AreaCode

        var text: String {
            (fields + [area.description] + values).joined(separator: "\u{1F}")
        }
    }

    typealias FindRecord = (RecordID, CollectionDefinition) throws -> RecordDisplay?
    typealias FindIDs = (RecordLookup, [FieldValue], AreaCode) throws -> [RecordID]
    typealias FindSeen = (SheetRowText) throws -> RecordID?

    let drafting: WriteDrafting
    let collection: CollectionDefinition
    let area: String?
    /// Declared by the asker: each row must have its values.
    let declared: RecordLookup?
    /// By collection: how records are found, of this one and those it refers to.
    let lookups: [String: [RecordLookup]]

    init(_ request: ImportRequest, drafting: WriteDrafting) throws {
        let catalogue = drafting.catalogue
        guard let collection = catalogue.collection(named: request.collection) else {
            throw DeskRefusal.unknownCollection(request.collection)
        }
        self.drafting = drafting
        self.collection = collection
        area = request.area
        let fields = request.key.compactMap { collection.field(named: $0) }
        let found = RecordLookup(collection, by: fields)
        guard
            request.key.isEmpty
                || (found != nil && fields.count == request.key.count
                    && Set(request.key).count == fields.count)
        else {
            throw DeskRefusal(
                .malformed, "bad_row_key",
                chinese: "不能按 \(request.key.joined(separator: ",")) 查找已有记录:请给出单值字段,敏感字段只能是身份证号或电话。",
                english: """
                    Records cannot be found by \(request.key.joined(separator: ",")): give fields of \
                    one value; of sensitive ones only resident and telephone numbers.
                    """)
        }
        declared = found
        let referred = collection.fields.compactMap { field -> String? in
            if case .reference(let name?) = field.type.element ?? field.type { name } else { nil }
        }
        var lookups: [String: [RecordLookup]] = [:]
        for name in [collection.name] + referred {
            lookups[name] = catalogue.collection(named: name).map(SheetKeys.lookups)
        }
        if let found { lookups[collection.name] = [found] }
        self.lookups = lookups
    }

    /// - Returns: the plan, the key by which its record was sought, and the text of a row without any.
    /// - Throws: `DeskRefusal` for a row that is wrong.
    func plan(
        _ row: [String: JSONValue], number: Int, record: FindRecord, ids: FindIDs,
        seen: FindSeen
    ) throws -> (plan: Plan, key: Key?, text: SheetRowText?) {
        var cells = row.filter { $0.value != .text("") }
        let named = cells.removeValue(forKey: "id")
        let place = try place(of: cells)
        try resolveReferences(in: &cells, near: place, ids)
        var found: RecordDisplay?
        var key: Key?
        var rowText: SheetRowText?
        if case .text(let text)? = named {
            guard let id = RecordID(parsing: text), let display = try record(id, collection) else {
                throw DeskRefusal.unknownRecord(collection: collection.name, id: text)
            }
            found = display
            key = Key(fields: ["id"], values: [text], area: display.state.domain.area)
        } else if !collection.namedBy.isEmpty {
            if let values = try natural(cells) {
                key = Key(
                    fields: collection.namedBy, values: values.map(\.plainText), area: place)
                // It may have been there before its area had this code.
                for area in drafting.areas.family(of: place) where found == nil {
                    let id = RecordNaming.id(
                        collection: collection.number, area: area, key: values)
                    found = try record(id, collection)
                }
            }
        } else if let sought = try sought(cells) {
            key = Key(
                fields: sought.lookup.fields.map(\.name), values: sought.values.map(\.plainText),
                area: place)
            found = try only(ids(sought.lookup, sought.values, place), record)
        } else {
            let text = SheetRowText(number: number, text: JSONValue.object(cells).description)
            rowText = text
            found = try seen(text).flatMap { try record($0, collection) }
        }
        if let found { try drop(from: &cells, what: found) }
        try refuseMasks(in: cells)
        if let found, cells.isEmpty { return (.same(found.id), key, rowText) }
        let isNamed = found?.state.address.isNamed ?? false
        let request = WriteRequest(
            collection: collection.name, id: isNamed ? nil : found?.id.description,
            area: found.map { $0.state.domain.area.description } ?? area,
            fields: isNamed
                ? row.filter {
                    $0.key != "id" && cells[$0.key] != nil
                        || collection.namedBy.contains($0.key)
                } : cells)
        let draft = try drafting.draft(request, find: record)
        guard let found else { return (.new(draft), key, rowText) }
        return (draft.isIdle ? .same(found.id) : .changed(draft, found.id), key, rowText)
    }

    /// The area in which the row's record is or would be.
    private func place(of cells: [String: JSONValue]) throws -> AreaCode {
        let codes = cells.filter { name, _ in
            if case .areaCode? = collection.field(named: name)?.type { true } else { false }
        }
        let request = WriteRequest(collection: collection.name, area: area, fields: codes)
        guard let reading = try? InputReading(collection: collection, request: request) else {
            return drafting.home
        }
        return try drafting.placement(request, values: reading.values)
    }

    /// The key of the row: the first whose values it has.
    private func sought(
        _ cells: [String: JSONValue]
    ) throws -> (lookup: RecordLookup, values: [FieldValue])? {
        for lookup in lookups[collection.name] ?? [] {
            let values = try lookup.fields.compactMap { try value($0, in: cells) }
            if values.count == lookup.fields.count { return (lookup, values) }
        }
        guard let declared else { return nil }
        let names = declared.fields.map(\.label).joined(separator: "、")
        throw DeskRefusal(
            .wrongValues, "key_missing", chinese: "缺少用于查找的 \(names)。请补填。",
            english: "The row has no \(declared.fields.map(\.name).joined(separator: ", ")).")
    }

    private func value(
        _ field: FieldDefinition, in cells: [String: JSONValue]
    ) throws -> FieldValue? {
        guard let input = cells[field.name], input != .null else { return nil }
        do throws(Problem) {
            return try JSONReading.value(input, of: field.type)
        } catch {
            throw DeskRefusal.wrongValues([
                error.moved(below: Problem.pointer(toField: field.name))
            ])
        }
    }

    /// The values of the natural key; nil when the row has not all of them.
    private func natural(_ cells: [String: JSONValue]) throws -> [FieldValue]? {
        let key = try collection.namedBy.compactMap { name in
            try collection.field(named: name).flatMap { try value($0, in: cells) }
        }
        return key.count == collection.namedBy.count ? key : nil
    }

    private func only(_ ids: [RecordID], _ record: FindRecord) throws -> RecordDisplay? {
        let displays = try ids.compactMap { try record($0, collection) }
        let living = displays.filter { !$0.state.isArchived }
        guard living.count <= 1 else {
            throw DeskRefusal(
                .wrongValues, "key_not_unique",
                chinese: "本地有多条记录的关键字段与此行相同。请在“记录标识”列写明是哪一条,或用 --area、--key 缩小范围。",
                english:
                    "Several records have this key; give the id of one, an area, or another key.")
        }
        return living.first ?? displays.first
    }

    /// References written as people know the record: by its usual key.
    private func resolveReferences(
        in cells: inout [String: JSONValue], near place: AreaCode, _ ids: FindIDs
    ) throws {
        for (name, input) in cells {
            guard case .text(let text) = input, let field = collection.field(named: name),
                case .reference(let target?) = field.type.element ?? field.type
            else { continue }
            let parts = text.split(separator: "|").map { TextFolding.words($0) }
            cells[name] = .text(
                try parts.map { part in
                    guard RecordID(parsing: part) == nil else { return part }
                    for lookup in lookups[target] ?? [] where lookup.fields.count == 1 {
                        guard let value = try? lookup.fields[0].type.parse(part) else { continue }
                        let found = try ids(lookup, [value], place)
                        if found.count == 1 { return found[0].description }
                    }
                    return part
                }.joined(separator: "|"))
        }
    }

    /// Takes out what the record shows already, whole or as an export masks it: a sheet that comes
    /// back says nothing new, and settles no conflict.
    private func drop(from cells: inout [String: JSONValue], what record: RecordDisplay) throws {
        guard !record.state.isArchived else {
            throw DeskRefusal(
                .wrongValues, "archived_record",
                chinese: "这条记录已归档,导入不会恢复它。确要恢复,请用 gridctl put 修改它。",
                english:
                    "The record is archived; an import does not bring it back, gridctl put does.")
        }
        let threshold = record.maskThreshold(at: drafting.now)
        for (name, input) in cells {
            guard let field = collection.field(named: name) else { continue }
            guard let shown = record[name]?.value else {
                if input == .null { cells[name] = nil }
                continue
            }
            guard case .text(let cell) = input else { continue }
            let texts = [
                SheetText.plain(shown, of: field),
                SheetText.masked(shown, of: field, from: threshold),
                SheetText.masked(shown, of: field, from: .p2),
                SheetText.masked(shown, of: field, from: .p3),
            ]
            if texts.contains(cell) || isEqual(cell, shown, field) { cells[name] = nil }
        }
    }

    private func isEqual(_ cell: String, _ shown: FieldValue, _ field: FieldDefinition) -> Bool {
        switch field.kind {
        case .register, .fixed, .counter, .derived:
            return (try? field.type.parse(cell)) == shown
        case .set, .timeline:
            guard let values = try? JSONReading.list(.text(cell), of: field.type) else {
                return false
            }
            let elements = FieldType.distinct(shown.elements)
            let wanted = FieldType.distinct(values)
            return field.kind == .set ? wanted == elements : wanted.allSatisfy(elements.contains)
        }
    }

    private func refuseMasks(in cells: [String: JSONValue]) throws {
        let problems = cells.sorted { $0.key < $1.key }.compactMap { name, input -> Problem? in
            guard case .text(let cell) = input, let field = collection.field(named: name),
                SheetText.isMask(cell, of: field)
            else { return nil }
            return Problem(
                .maskedValue, at: Problem.pointer(toField: name),
                chinese: "\(field.label):这是遮盖后的显示,不是原值,而且与现在的值不符。请填原值或留空。",
                english: "\(name) is a mask and fits no value here; give the value or nothing.")
        }
        guard problems.isEmpty else { throw DeskRefusal.wrongValues(problems) }
    }
}

extension RecordAddress {
    fileprivate var isNamed: Bool { if case .named = self { true } else { false } }
}
