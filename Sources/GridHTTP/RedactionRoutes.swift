// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Values that are destroyed on every node.
struct RedactionRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/redactions") { _, _ in
            try await JSONExchange.reading { try desk.redactions() }
        }
        router.post("v1/redactions") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request),
                allowing: ["collection", "id", "fields", "reason"])
            let order = try RedactRequest(
                collection: body.text("collection") ?? "", id: body.text("id") ?? "",
                fields: body.texts("fields"), reason: body.text("reason"),
                caller: request.caller)
            return JSONExchange.answer(try await desk.redact(order))
        }
    }
}
