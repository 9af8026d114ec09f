// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Keys that were cut off, and what they wrote that does not count.
struct AuthorityRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/authority/posts") { _, _ in JSONExchange.answer(desk.posts()) }
        router.get("v1/authority/cutoffs") { _, _ in JSONExchange.answer(desk.cutOffs()) }
        router.post("v1/authority/cutoffs/draft") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request), allowing: ["peer", "since"])
            return JSONExchange.answer(
                try await desk.draftCutOff(
                    peer: body.text("peer") ?? "", since: body.text("since")))
        }
        router.post("v1/authority/cutoffs") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["cutoff"])
            return JSONExchange.answer(
                try await desk.addCutOff(body.text("cutoff") ?? "", caller: request.caller))
        }
        router.get("v1/quarantine") { _, _ in
            try await JSONExchange.reading { try desk.quarantine() }
        }
        router.post("v1/quarantine/show") { request, _ in
            let peer = try await peer(request)
            return try await JSONExchange.reading { try desk.quarantined(by: peer) }
        }
        router.post("v1/quarantine/adopt") { request, _ in
            JSONExchange.answer(
                try await desk.adopt(peer: await peer(request), caller: request.caller))
        }
        router.post("v1/quarantine/discard") { request, _ in
            JSONExchange.answer(
                try await desk.discard(peer: await peer(request), caller: request.caller))
        }
        router.post("v1/quarantine/export") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["to"])
            return JSONExchange.answer(
                try await desk.exportQuarantine(
                    to: body.text("to") ?? "", caller: request.caller))
        }
        router.post("v1/quarantine/import") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["file"])
            return JSONExchange.answer(
                try await desk.importQuarantine(
                    file: body.text("file") ?? "", caller: request.caller))
        }
    }

    private func peer(_ request: Request) async throws -> String {
        let body = try BodyParts(await JSONExchange.object(request), allowing: ["peer"])
        return try body.text("peer") ?? ""
    }
}
