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
            return JSONExchange.tagged(
                try await JSONExchange.read { try desk.get(collection, id, sight) })
        }
        router.patch("v1/records/:collection/:id") { request, context in
            try await write(request, context, id: context.parameters.require("id"))
        }
        router.put("v1/records/:collection/:id") { request, context in
            try await replace(request, context)
        }
        router.delete("v1/records/:collection/:id") { request, context in
            try await archive(request, context)
        }
        router.get("v1/records/:collection/:id/history") { request, context in
            let (collection, id) = try Self.record(context)
            let sight = try await sight(of: collection, id, history: true, request)
            let query = request.uri.queryParameters
            let after = query["after"].map(String.init)
            // What is no number at all is out of bounds too.
            let limit = query["limit"].map { Int($0) ?? 0 }
            return try await JSONExchange.reading {
                try desk.history(collection, id, sight, after: after, limit: limit)
            }
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
        let parts = try await JSONExchange.object(request)
        let body = try BodyParts(
            parts,
            allowing: id == nil
                ? ["area", "fields"] : ["fields", "add", "remove", "archive"])
        let write = WriteRequest(
            collection: try context.parameters.require("collection"), id: id,
            area: try body.text("area"), fields: try body.object("fields"),
            additions: try body.object("add"), removals: try body.object("remove"),
            archives: try body.flag("archive"))
        return try await carryOut(write, request, parts, status: id == nil ? .created : .ok)
    }

    private func replace(
        _ request: Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let parts = try await JSONExchange.object(request)
        let body = try BodyParts(parts, allowing: ["fields"])
        guard request.headers.ifMatch != nil else { throw BatchRoutes.conditionMissing }
        var write = WriteRequest(
            collection: try context.parameters.require("collection"),
            id: try context.parameters.require("id"), fields: try body.object("fields"))
        write.replaces = true
        return try await carryOut(write, request, parts)
    }

    private func archive(
        _ request: Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let parts = try await JSONExchange.object(request)
        _ = try BodyParts(parts, allowing: [])
        let write = WriteRequest(
            collection: try context.parameters.require("collection"),
            id: try context.parameters.require("id"), archives: true)
        return try await carryOut(write, request, parts)
    }

    private func carryOut(
        _ write: WriteRequest, _ request: Request, _ parts: [String: JSONValue],
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var write = write
        // A new record has no state that was read before.
        if write.id != nil { write.condition = request.headers.ifMatch }
        let key = try desk.answerKey(request.headers.idempotencyKey, of: request.asked(parts))
        return JSONExchange.tagged(try await desk.write(write, key: key), status: status)
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
            case "archived": list.includesArchived = try JSONExchange.flag("archived", text)
            case "conflicts": list.onlyConflicting = try JSONExchange.flag("conflicts", text)
            case "plain":
                throw DeskRefusal(
                    .malformed, "plain_one_record",
                    chinese: "列表总是遮盖的;原值请一条一条查看。",
                    english: "Lists are always masked; plain values are given one record at a time."
                )
            case "order": list.order = text
            case "after": list.after = text
            case "limit":
                // What is no number at all is out of bounds too.
                list.limit = Int(text) ?? 0
            case let field: list.equals.append((field, text))
            }
        }
        return list
    }
}
