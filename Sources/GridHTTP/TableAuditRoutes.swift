// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridNode
import Hummingbird

/// This node's tables and a peer's.
struct TableAuditRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/peers/:peer/verify") { request, context in
            _ = try BodyParts(await JSONExchange.object(request), allowing: [])
            return JSONExchange.answer(try await desk.audit(peer: Self.peer(context)))
        }
        router.post("v1/peers/:peer/diff") { request, context in
            _ = try BodyParts(await JSONExchange.object(request), allowing: [])
            return JSONExchange.answer(try await desk.difference(peer: Self.peer(context)))
        }
    }

    private static func peer(_ context: BasicRequestContext) throws -> String {
        let name = try context.parameters.require("peer")
        return name.removingPercentEncoding ?? name
    }
}
