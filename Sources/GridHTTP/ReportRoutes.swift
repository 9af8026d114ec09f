// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird

/// Reports as of what this node has.
struct ReportRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/reports") { _, _ in JSONExchange.answer(desk.reportKinds()) }
        router.get("v1/reports/:code") { request, context in
            var report = ReportRequest(code: try context.parameters.require("code"), period: nil)
            for (name, value) in request.uri.queryParameters {
                switch String(name) {
                case "period": report.period = String(value)
                case "area": report.area = String(value)
                case "as_of": report.asOf = String(value)
                default: throw JSONExchange.malformed("query: period, area, as_of")
                }
            }
            return try await JSONExchange.reading { [report] in try desk.report(report) }
        }
        router.post("v1/reports/:code/runs") { request, context in
            let body = try BodyParts(
                await JSONExchange.object(request),
                allowing: ["period", "area", "as_of", "signed_by"])
            return JSONExchange.answer(
                try await desk.keepReport(
                    ReportRequest(
                        code: context.parameters.require("code"), period: body.text("period"),
                        area: body.text("area"), asOf: body.text("as_of")),
                    signer: body.text("signed_by")),
                status: .created)
        }
    }
}
