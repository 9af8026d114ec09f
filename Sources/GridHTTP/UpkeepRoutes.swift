// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Digests, verification and queries.
struct UpkeepRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/digest") { _, _ in try await JSONExchange.reading { try desk.digest() } }
        router.post("v1/verify") { _, _ in try await JSONExchange.reading { try desk.verify() } }
        router.post("v1/rebuild") { request, _ in
            JSONExchange.answer(try await desk.rebuild(caller: request.caller))
        }
        router.post("v1/sql") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request), allowing: ["sql", "plain", "reason"])
            let statement = try body.text("sql") ?? ""
            var sight = Sight.masked
            if try body.flag("plain") {
                sight = try await desk.plainSight(
                    ofQuery: statement,
                    PlainRequest(reason: body.text("reason"), caller: request.caller))
            }
            return try await JSONExchange.reading { [sight] in try desk.sql(statement, sight) }
        }
    }
}
