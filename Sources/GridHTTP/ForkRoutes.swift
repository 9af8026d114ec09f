// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Logs that go on in more than one way. Which one counts is said by a cut-off.
struct ForkRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/forks") { _, _ in
            try await JSONExchange.reading { try desk.forks() }
        }
        router.post("v1/forks/show") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["log"])
            let log = try body.text("log") ?? ""
            return try await JSONExchange.reading { try desk.fork(log) }
        }
    }
}
