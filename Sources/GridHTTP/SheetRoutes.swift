// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Sheets: taken in, given out, and found again.
struct SheetRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/import/:collection") { request, context in
            let body = try BodyParts(
                await JSONExchange.object(request),
                allowing: [
                    "rows", "first_row", "numbers", "apply", "area", "file", "key", "sheet",
                ])
            let work = try Self.importRequest(
                body, collection: context.parameters.require("collection"))
            return JSONExchange.answer(
                try await desk.importRows(work, caller: request.caller))
        }
        router.post("v1/export/:collection") { request, context in
            let body = try BodyParts(
                await JSONExchange.object(request),
                allowing: ["fields", "area", "archived", "plain", "reason"])
            let wanted = ExportRequest(
                collection: try context.parameters.require("collection"),
                fields: try body.texts("fields"), area: try body.text("area"),
                includesArchived: try body.flag("archived"))
            let plain =
                try body.flag("plain")
                ? PlainRequest(reason: body.text("reason"), caller: request.caller) : nil
            return Self.answer(
                try await desk.export(wanted, plain: plain, caller: request.caller))
        }
        router.get("v1/sheets") { _, _ in try await JSONExchange.reading { try desk.sheets() } }
        router.get("v1/sheets/:number") { request, context in
            let number = try context.parameters.require("number")
            let after = try Self.row(request.uri.queryParameters["after"] ?? "0")
            return try await JSONExchange.reading { try desk.sheet(number, after: after) }
        }
    }

    private static func row(_ text: Substring) throws -> Int {
        guard let row = Int(text), row >= 0 else {
            throw JSONExchange.malformed("after: the number of a row")
        }
        return row
    }

    private static func importRequest(
        _ body: BodyParts, collection: String
    ) throws -> ImportRequest {
        let rows = try body.objects("rows")
        let first = try body.integer("first_row") ?? 1
        guard (1...ImportRequest.firstRowMax).contains(first) else {
            throw DeskRefusal(
                .malformed, "bad_first_row",
                chinese: "first_row 应为 1 到 \(ImportRequest.firstRowMax)。",
                english: "first_row is 1...\(ImportRequest.firstRowMax).")
        }
        let numbers = try body.integers("numbers") ?? rows.indices.map { first + $0 }
        var sheet: ImportRequest.Sheet?
        let described = try body.object("sheet")
        if !described.isEmpty {
            let parts = try BodyParts(
                described, allowing: ["digest", "rows", "last"], at: "/sheet")
            sheet = ImportRequest.Sheet(
                digest: try parts.text("digest") ?? "", rows: try parts.integer("rows") ?? 0,
                isLast: try parts.flag("last"))
        }
        return ImportRequest(
            collection: collection, rows: rows, numbers: numbers, applies: try body.flag("apply"),
            area: try body.text("area"), file: try body.text("file") ?? "",
            key: try body.texts("key"), sheet: sheet)
    }

    /// One JSON value a line: the head, a list for each row, and at the end how many they were, so
    /// that an answer that broke off is known from a whole one.
    private static func answer(_ export: SheetExport) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-ndjson; charset=utf-8"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: export.head.description + "\n"))
                var next: String?
                var count = 0
                repeat {
                    let page = try await JSONExchange.read { [next] in
                        try export.page(after: next)
                    }
                    count += page.rows.count
                    let lines = page.rows.map {
                        JSONValue.list($0.map { .text($0) }).description + "\n"
                    }
                    try await writer.write(ByteBuffer(string: lines.joined()))
                    next = page.next
                } while next != nil
                let end = JSONValue.object(["rows": .integer(Int64(count))])
                try await writer.write(ByteBuffer(string: end.description + "\n"))
                try await writer.finish(nil)
            })
    }
}
