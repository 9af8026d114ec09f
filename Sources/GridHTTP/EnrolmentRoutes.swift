// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Invitations, and the requests of those who came with one.
struct EnrolmentRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/invitations") { _, _ in
            try await JSONExchange.reading { try desk.invitations() }
        }
        router.post("v1/invitations") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request),
                allowing: ["name", "area", "addresses", "seconds"])
            return JSONExchange.answer(
                try await desk.invite(
                    name: body.text("name") ?? "", area: body.text("area") ?? "",
                    addresses: body.texts("addresses"),
                    seconds: body.integer("seconds") ?? 7 * 86_400), status: .created)
        }
        router.post("v1/invitations/:id/withdraw") { request, context in
            _ = try BodyParts(await JSONExchange.object(request), allowing: [])
            return JSONExchange.answer(
                try await desk.withdraw(invitation: context.parameters.require("id")))
        }
        router.get("v1/requests") { _, _ in
            try await JSONExchange.reading { try desk.requests() }
        }
        router.post("v1/requests/:id/approve") { request, context in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["chain"])
            return JSONExchange.answer(
                try await desk.approve(
                    request: context.parameters.require("id"), chain: body.text("chain") ?? ""))
        }
        router.post("v1/requests/:id/reject") { request, context in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["reason"])
            return JSONExchange.answer(
                try await desk.reject(
                    request: context.parameters.require("id"),
                    reason: body.text("reason") ?? ""))
        }
    }
}
