// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// What has become of area codes.
struct AreaRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/authority/areas") { _, _ in JSONExchange.answer(desk.areaChanges()) }
        router.post("v1/authority/areas") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["change"])
            return JSONExchange.answer(
                try await desk.addAreaChange(body.text("change") ?? "", caller: request.caller))
        }
    }
}
