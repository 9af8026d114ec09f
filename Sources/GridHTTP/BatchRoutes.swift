// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Several writes in one commit.
struct BatchRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/batch") { request, _ in
            let parts = try await JSONExchange.object(request)
            let body = try BodyParts(parts, allowing: ["writes"])
            let writes = try body.objects("writes").enumerated().map { index, part in
                try Self.write(part, at: "/writes/\(index)")
            }
            let key = try desk.answerKey(
                request.headers.idempotencyKey, of: request.asked(parts))
            return JSONExchange.answer(try await desk.write(writes, key: key))
        }
    }

    private static func write(
        _ part: [String: JSONValue], at pointer: String
    ) throws -> WriteRequest {
        let body = try BodyParts(
            part,
            allowing: [
                "collection", "id", "area", "fields", "add", "remove", "archive", "replace",
                "if_match",
            ], at: pointer)
        guard let collection = try body.text("collection") else {
            throw JSONExchange.malformed("collection: text", at: pointer)
        }
        try AppAccess.current?.require(.write, of: collection)
        var write = WriteRequest(
            collection: collection, id: try body.text("id"), area: try body.text("area"),
            fields: try body.object("fields"), additions: try body.object("add"),
            removals: try body.object("remove"), archives: try body.flag("archive"))
        write.replaces = try body.flag("replace")
        write.condition = try body.text("if_match")
        guard !write.replaces || write.condition != nil else { throw Self.conditionMissing }
        return write
    }

    static let conditionMissing = DeskRefusal(
        .conditionMissing, "condition_missing",
        chinese: "替换整条记录须带 If-Match(读取时得到的 ETag)。",
        english: "To replace a record, send If-Match with the ETag it was read with.")
}

extension HTTPFields {
    var idempotencyKey: String? { named("idempotency-key") }

    var ifMatch: String? { named("if-match") }

    private func named(_ name: String) -> String? {
        first { $0.name.canonicalName == name }?.value
    }
}

extension Request {
    /// All that a write asks for, by which two with one key are told apart.
    func asked(_ body: [String: JSONValue]) -> JSONValue {
        .object([
            "method": .text(method.rawValue), "path": .text(uri.path),
            "if_match": headers.ifMatch.map { .text($0) } ?? .null, "body": .object(body),
        ])
    }
}
