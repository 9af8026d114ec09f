// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridNode
import Hummingbird

/// The audit trail.
struct AuditRoutes {
    let desk: Desk

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/audit") { request, _ in
            let wanted = try Self.auditRequest(request)
            return try await JSONExchange.reading { try desk.audit(wanted) }
        }
    }

    private static func auditRequest(_ request: Request) throws -> AuditRequest {
        var wanted = AuditRequest()
        for (name, value) in request.uri.queryParameters {
            let text = String(value)
            switch String(name) {
            case "since": wanted.since = text
            case "act": wanted.act = text
            case "area": wanted.area = text
            case "after": wanted.after = text
            case "limit": wanted.limit = Int(text) ?? 0
            case let other:
                throw JSONExchange.malformed("since, act, area, after, limit; found \(other)")
            }
        }
        return wanted
    }
}

extension Request {
    /// Who asks, by their own word: the header `Onegrid-Caller`, percent-encoded UTF-8, cut to 80
    /// characters. Empty without one: the socket is for one user alone, who may be many people.
    var caller: String {
        let field = headers.first { $0.name.canonicalName == "onegrid-caller" }
        let text = field.map { $0.value.removingPercentEncoding ?? $0.value } ?? ""
        guard let app = AppAccess.current?.name else { return String(text.prefix(80)) }
        // What an app says of its user does not hide which app it was.
        return String((text.isEmpty ? "app \(app)" : "app \(app): \(text)").prefix(80))
    }

    /// What is asked for plain values, nil when masked ones will do: `?plain=1&reason=TEXT`.
    func plainRequest() throws -> PlainRequest? {
        let query = uri.queryParameters
        guard let plain = query["plain"], try JSONExchange.flag("plain", String(plain)) else {
            return nil
        }
        return try PlainRequest(reason: query["reason"].map(String.init), caller: caller)
    }
}
