// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Tokens for apps that ask over TCP: made, shown and revoked on the folder's own socket.
struct TokenRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/tokens") { _, _ in try await JSONExchange.reading { try desk.tokens() } }
        router.post("v1/tokens") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request),
                allowing: ["name", "collections", "read", "write", "plain", "days"])
            var wanted = TokenRequest(
                name: try body.text("name") ?? "", collections: try body.texts("collections"),
                uses: [], days: try body.integer("days"))
            if try body.flag("read") { wanted.uses.insert(.read) }
            if try body.flag("write") { wanted.uses.insert(.write) }
            if try body.flag("plain") { wanted.uses.insert(.readPlain) }
            return JSONExchange.answer(try await desk.makeToken(wanted), status: .created)
        }
        router.post("v1/tokens/:name/revoke") { request, context in
            _ = try BodyParts(await JSONExchange.object(request), allowing: [])
            return JSONExchange.answer(
                try await desk.revokeToken(named: context.parameters.require("name")))
        }
    }
}
