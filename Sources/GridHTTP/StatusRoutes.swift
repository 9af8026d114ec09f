// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// The node, its peers, and the links between them.
struct StatusRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/status") { _, _ in try await JSONExchange.reading { desk.status() } }
        router.get("v1/peers") { _, _ in try await JSONExchange.reading { try desk.peers() } }
        router.get("v1/authority") { _, _ in JSONExchange.answer(desk.authority()) }
        router.post("v1/pause") { request, _ in try await setPaused(true, request) }
        router.post("v1/resume") { request, _ in try await setPaused(false, request) }
        router.post("v1/authority/certificates") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request), allowing: ["certificate"])
            let certificate = try body.text("certificate") ?? ""
            return JSONExchange.answer(
                try await desk.addCertificate(certificate, caller: request.caller))
        }
    }

    private func setPaused(_ paused: Bool, _ request: Request) async throws -> Response {
        let body = try BodyParts(await JSONExchange.object(request), allowing: ["peer"])
        return JSONExchange.answer(
            try await desk.setPaused(paused, peer: body.text("peer"), caller: request.caller))
    }
}
