// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// What has befallen the folder, and copies of it.
struct RecoveryRoutes {
    let desk: Desk
    let jobs: JobBoard

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/incidents") { _, _ in
            try await JSONExchange.reading { try desk.incidents() }
        }
        router.post("v1/backup/snapshot") { request, _ in
            _ = try BodyParts(await JSONExchange.object(request), allowing: [])
            return try await jobs.answer(request, "snapshot") {
                try await JSONExchange.read { try desk.snapshot() }
            }
        }
        router.post("v1/backup/note") { request, _ in
            let body = try BodyParts(
                await JSONExchange.object(request), allowing: ["kind", "taken_at", "entries"])
            let (kind, takenAt) = (try body.text("kind") ?? "", try body.text("taken_at") ?? "")
            let entries = try body.integer("entries") ?? 0
            return JSONExchange.answer(
                try await desk.noteBackup(kind: kind, takenAt: takenAt, entries: entries))
        }
    }
}
