// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Digests, verification and queries.
struct UpkeepRoutes {
    let desk: Desk
    let jobs: JobBoard

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/digest") { _, _ in try await JSONExchange.reading { try desk.digest() } }
        router.post("v1/verify") { request, _ in
            _ = try BodyParts(await JSONExchange.object(request), allowing: [])
            return try await jobs.answer(request, "verify") {
                try await JSONExchange.read { try desk.verify() }
            }
        }
        router.post("v1/rebuild") { request, _ in
            _ = try BodyParts(await JSONExchange.object(request), allowing: [])
            let caller = request.caller
            return try await jobs.answer(request, "rebuild") {
                try await desk.rebuild(caller: caller)
            }
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
        router.post("v1/query") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request), allowing: ["sql", "limit", "seconds"])
            let statement = try body.text("sql") ?? ""
            let (rows, seconds) = (try body.integer("limit"), try body.integer("seconds"))
            return try await JSONExchange.reading {
                try desk.query(statement, rows: rows, seconds: seconds)
            }
        }
    }
}
