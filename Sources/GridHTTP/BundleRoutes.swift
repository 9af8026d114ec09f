// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Bundles for sticks; the files lie in the node's folder.
struct BundleRoutes {
    let desk: Desk
    let jobs: JobBoard

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/bundles/plan") { request, _ in
            JSONExchange.answer(
                try await desk.planBundle(wanted(request, allowing: ["to", "again"])))
        }
        router.post("v1/bundles/export") { request, _ in
            let wanted = try await wanted(request, allowing: ["to", "max_bytes", "again"])
            let caller = request.caller
            return try await jobs.answer(request, "bundle_export") {
                try await desk.exportBundle(wanted, caller: caller)
            }
        }
        router.post("v1/bundles/carried") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["id", "part"])
            return JSONExchange.answer(
                try await desk.bundleCarried(
                    id: body.text("id") ?? "", part: body.integer("part") ?? 0))
        }
        router.post("v1/bundles/import") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["file"])
            let (file, caller) = (try body.text("file") ?? "", request.caller)
            return try await jobs.answer(request, "bundle_import") {
                try await desk.importBundle(file: file, caller: caller)
            }
        }
        router.post("v1/bundles/inspect") { request, _ in
            let body = try BodyParts(await JSONExchange.object(request), allowing: ["file"])
            return JSONExchange.answer(
                try await desk.importBundle(
                    file: body.text("file") ?? "", caller: request.caller, applies: false))
        }
    }

    private func wanted(
        _ request: Request, allowing names: Set<String>
    ) async throws -> BundleRequest {
        let body = try BodyParts(await JSONExchange.object(request), allowing: names)
        return BundleRequest(
            to: try body.text("to") ?? "",
            bytesMax: try body.integer("max_bytes").map { UInt64(clamping: $0) },
            again: try body.flag("again"))
    }
}
