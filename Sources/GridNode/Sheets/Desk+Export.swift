// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// What is asked to be given out as a sheet.
package struct ExportRequest: Sendable {
    package var collection: String
    /// Field names in the order wanted; empty for all.
    package var fields: [String]
    package var area: String?
    package var includesArchived: Bool

    package init(
        collection: String, fields: [String] = [], area: String? = nil,
        includesArchived: Bool = false
    ) {
        self.collection = collection
        self.fields = fields
        self.area = area
        self.includesArchived = includesArchived
    }
}

/// The rows of an export, page by page. The audit trail has it already.
package struct SheetExport: Sendable {
    private static let pageRows = 500

    private let store: Store
    private let collection: CollectionDefinition
    private let fields: [FieldDefinition]
    private let area: AreaCode?
    /// As they were when it began.
    private let areas: AreaMap
    private let includesArchived: Bool
    private let isPlain: Bool

    init(
        _ desk: Desk, _ collection: CollectionDefinition, fields: [FieldDefinition],
        area: AreaCode?, includesArchived: Bool, isPlain: Bool
    ) {
        store = desk.engine.store
        self.collection = collection
        self.fields = fields
        self.area = area
        areas = desk.areas
        self.includesArchived = includesArchived
        self.isPlain = isPlain
    }

    /// What the rows hold: `onegrid.export/1`.
    package var head: JSONValue {
        Desk.answer(
            "export",
            [
                "collection": .text(collection.name), "label": .text(collection.label),
                "plain": .boolean(isPlain),
                "fields": .list(
                    fields.map { field in
                        .object([
                            "field": .text(field.name), "label": .text(field.label),
                            "required": .boolean(field.requirement == .required),
                            "privacy": .text(field.privacy.description),
                        ])
                    }),
            ])
    }

    /// The next rows, each the record's id and a text for each field, and where to go on; nil at the
    /// end.
    package func page(after: String?) throws -> (rows: [[String]], next: String?) {
        var filter = RecordFilter(
            area: area, includesArchived: includesArchived,
            after: after.flatMap { RecordOrder.row.cursor(parsing: $0) }, limit: Self.pageRows)
        filter.areas = areas
        let page = try store.records(in: collection, where: filter)
        let rows = page.records.map { record in
            let threshold = record.maskThreshold(at: WallClock.now)
            return [record.id.description]
                + fields.map { field in
                    guard let value = record[field.name]?.value else { return "" }
                    return isPlain
                        ? SheetText.plain(value, of: field)
                        : SheetText.masked(value, of: field, from: threshold)
                }
        }
        return (rows, page.next?.text)
    }
}

extension Desk {
    /// An export, once the audit trail has it; fields of class P4 are never in one.
    ///
    /// - Parameter plain: nil for masked values.
    package func export(
        _ request: ExportRequest, plain: PlainRequest?, caller: String
    ) async throws -> SheetExport {
        let collection = try collection(request.collection)
        let fields = try fields(of: request, in: collection)
        var area: AreaCode?
        if let text = request.area {
            guard let code = try? AreaCode(parsing: text).home else {
                throw DeskRefusal(
                    .malformed, "bad_area", chinese: "“\(text)”不是区划代码。",
                    english: "\"\(text)\" is no area code.")
            }
            area = code
        }
        try await engine.note(
            AuditNote(
                plain == nil ? .exporting : .plainExport, caller: caller,
                object: collection.name, area: area, reason: plain?.reason ?? "",
                details: ["fields": .integer(Int64(fields.count))]))
        return SheetExport(
            self, collection, fields: fields, area: area,
            includesArchived: request.includesArchived, isPlain: plain != nil)
    }

    private func fields(
        of request: ExportRequest, in collection: CollectionDefinition
    ) throws -> [FieldDefinition] {
        let all = collection.fields.filter { $0.kind != .derived && $0.privacy < .p4 }
        let named = try request.fields.map { name in
            guard let field = all.first(where: { $0.name == name }) else {
                throw DeskRefusal(
                    .malformed, "unknown_field",
                    chinese: "“\(collection.label)”没有可以导出的 \(name) 这一项(P4 不能批量导出)。",
                    english: "\(collection.name) has no field \(name) to export; P4 never is.")
            }
            return field
        }
        guard !all.isEmpty else {
            throw DeskRefusal(
                .notAllowed, "never_in_bulk", chinese: "“\(collection.label)”属于 P4,不能批量导出。",
                english: "\(collection.name) is of class P4 and never exported in bulk.")
        }
        return named.isEmpty ? all : named
    }
}
