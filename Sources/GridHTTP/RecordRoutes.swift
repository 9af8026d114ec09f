// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Records: written, read, listed, their history and their conflicts.
struct RecordRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/collections") { _, _ in JSONExchange.answer(desk.collections()) }
        router.get("v1/conflicts") { _, _ in
            try await JSONExchange.reading { try desk.conflicts() }
        }
        router.get("v1/records/:collection") { request, context in
            let collection = try context.parameters.require("collection")
            let list = try Self.listRequest(request)
            let lookUp = try await desk.noteLookUp(collection, list, caller: request.caller)
            return try await JSONExchange.reading { try desk.list(collection, list, lookUp) }
        }
        router.post("v1/records/:collection") { request, context in
            try await write(request, context, id: nil)
        }
        router.get("v1/records/:collection/:id") { request, context in
            let (collection, id) = try Self.record(context)
            let sight = try await sight(of: collection, id, history: false, request)
            return try await JSONExchange.reading { try desk.get(collection, id, sight) }
        }
        router.patch("v1/records/:collection/:id") { request, context in
            try await write(request, context, id: context.parameters.require("id"))
        }
        router.get("v1/records/:collection/:id/history") { request, context in
            let (collection, id) = try Self.record(context)
            let sight = try await sight(of: collection, id, history: true, request)
            return try await JSONExchange.reading { try desk.history(collection, id, sight) }
        }
        router.get("v1/records/:collection/:id/proofs") { _, context in
            let (collection, id) = try Self.record(context)
            return try await JSONExchange.reading { try desk.proofs(collection, id) }
        }
        router.post("v1/records/:collection/:id/resolve") { request, context in
            try await resolve(request, context)
        }
    }

    private func write(
        _ request: Request, _ context: BasicRequestContext, id: String?
    ) async throws -> Response {
        let body = try BodyParts(
            await JSONExchange.object(request),
            allowing: id == nil
                ? ["area", "fields"] : ["fields", "add", "remove", "archive"])
        let write = WriteRequest(
            collection: try context.parameters.require("collection"), id: id,
            area: try body.text("area"), fields: try body.object("fields"),
            additions: try body.object("add"), removals: try body.object("remove"),
            archives: try body.flag("archive"))
        return JSONExchange.answer(
            try await desk.write(write), status: id == nil ? .created : .ok)
    }

    private func resolve(
        _ request: Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let body = try BodyParts(
            await JSONExchange.object(request), allowing: ["field", "keep", "set"])
        guard let field = try body.text("field") else {
            throw JSONExchange.malformed("field, and keep or set")
        }
        let choice: Desk.Choice
        switch (try body.integer("keep"), body["set"]) {
        case (let number?, nil): choice = .keep(number)
        case (nil, let value?): choice = .set(value)
        case (nil, nil), (_?, _?): throw JSONExchange.malformed("one of keep and set")
        }
        return JSONExchange.answer(
            try await desk.resolve(
                context.parameters.require("collection"), context.parameters.require("id"),
                field: field, choice: choice))
    }

    /// Masked, or plain once the audit trail has it.
    private func sight(
        of collection: String, _ id: String, history: Bool, _ request: Request
    ) async throws -> Sight {
        guard let plain = try request.plainRequest() else { return .masked }
        return try await desk.plainSight(of: collection, id, history: history, plain)
    }

    /// The collection and the id that a path names.
    private static func record(
        _ context: BasicRequestContext
    ) throws -> (collection: String, id: String) {
        (try context.parameters.require("collection"), try context.parameters.require("id"))
    }

    private static func listRequest(_ request: Request) throws -> ListRequest {
        var list = ListRequest()
        for (name, value) in request.uri.queryParameters {
            let text = String(value)
            switch String(name) {
            case "area": list.area = text
            case "archived": list.includesArchived = text == "1"
            case "conflicts": list.onlyConflicting = text == "1"
            case "plain":
                throw DeskRefusal(
                    .malformed, "plain_one_record",
                    chinese: "列表总是遮盖的;原值请一条一条查看。",
                    english: "Lists are always masked; plain values are given one record at a time."
                )
            case "after":
                guard let after = Int64(text) else { throw JSONExchange.malformed("after: N") }
                list.after = after
            case "limit":
                // What is no number at all is out of bounds too.
                list.limit = Int(text) ?? 0
            case let field: list.equals.append((field, text))
            }
        }
        return list
    }
}
