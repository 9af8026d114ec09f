// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Acts in the timelines of records.
struct ActRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/records/:collection/:id/acts") { request, context in
            var parts = try await JSONExchange.object(request)
            guard case .text(let action)? = parts.removeValue(forKey: "action") else {
                throw JSONExchange.malformed("action: text, and the parts of the act")
            }
            return JSONExchange.answer(
                try await desk.act(
                    context.parameters.require("collection"), context.parameters.require("id"),
                    action: action, parts: parts),
                status: .created)
        }
    }
}
