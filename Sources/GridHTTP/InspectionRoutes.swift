// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridNode
import Hummingbird

/// What waits, why, and what is to be done.
struct InspectionRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/lag") { _, _ in try await JSONExchange.reading { try desk.lag() } }
        router.get("v1/doctor") { _, _ in try await JSONExchange.reading { desk.doctor() } }
        router.get("v1/scopes") { _, _ in try await JSONExchange.reading { try desk.scopes() } }
        router.get("v1/log") { request, _ in
            let wanted = try Self.logRequest(request)
            return try await JSONExchange.reading { try desk.entries(wanted) }
        }
        router.post("v1/sync") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["peer"])
            return JSONExchange.answer(try desk.callNow(try body.text("peer")))
        }
        router.get("v1/why/peers/:peer") { _, context in
            let name = try context.parameters.require("peer")
            let peer = name.removingPercentEncoding ?? name
            return try await JSONExchange.reading { try desk.why(peer: peer) }
        }
        router.get("v1/why/records/:collection/:id") { request, context in
            let collection = try context.parameters.require("collection")
            let id = try context.parameters.require("id")
            let field = request.uri.queryParameters["field"].map { String($0) }
            return try await JSONExchange.reading {
                try desk.why(record: id, in: collection, field: field)
            }
        }
    }

    private static func logRequest(_ request: Request) throws -> LogRequest {
        var wanted = LogRequest()
        for (name, value) in request.uri.queryParameters {
            let text = String(value)
            switch String(name) {
            case "area": wanted.area = text
            case "author": wanted.author = text
            case "limit": wanted.limit = Int(text) ?? 0
            case let other: throw JSONExchange.malformed("area, author, limit; found \(other)")
            }
        }
        return wanted
    }
}
