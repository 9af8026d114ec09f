// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Whose data was on a machine that is lost.
struct ExposureRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/authority/exposure") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request),
                allowing: ["peer", "records", "plain", "reason", "after", "limit"])
            var wanted = ExposureRequest(peer: try body.text("peer") ?? "")
            wanted.caller = request.caller
            wanted.listsRecords = try body.flag("records")
            wanted.after = try body.text("after")
            wanted.limit = try body.integer("limit") ?? wanted.limit
            if try body.flag("plain") {
                wanted.plain = try PlainRequest(
                    reason: body.text("reason"), caller: request.caller)
            }
            let noted = try await desk.noteExposure(wanted)
            return try await JSONExchange.reading { try desk.exposure(noted) }
        }
    }
}
