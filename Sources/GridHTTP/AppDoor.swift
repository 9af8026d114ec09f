// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridNode
import Hummingbird

/// The door on TCP: whoever comes names this machine as the host and shows a token, and gets
/// through to what the token covers. What is not named here is for the folder's own socket.
struct AppDoor: RouterMiddleware {
    typealias Context = BasicRequestContext

    let desk: Desk

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        try Self.checkHost(request.head.authority ?? "")
        let access = try desk.access(with: Self.secret(request))
        try Self.check(request, by: access)
        return try await AppAccess.$current.withValue(access) {
            try await next(request, context)
        }
    }

    /// A page of another site whose name was turned to this machine says that name.
    static func checkHost(_ authority: String) throws {
        var host = authority[...]
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") { host = host[..<colon] }
        guard ["127.0.0.1", "localhost", "[::1]"].contains(host.lowercased()) else {
            throw DeskRefusal(
                .wrongHost, "wrong_host", chinese: "Host 应为 127.0.0.1、localhost 或 [::1]。",
                english: "Host must be 127.0.0.1, localhost or [::1].")
        }
    }

    private static func secret(_ request: Request) throws -> String {
        let words = (request.headers[.authorization] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw DeskRefusal(
                .unknownCaller, "token_missing",
                chinese: "请带上 Authorization: Bearer 令牌;令牌由 gridctl token create 生成。",
                english: """
                    Send Authorization: Bearer TOKEN; gridctl token create makes one.
                    """)
        }
        return String(words[1])
    }

    private static func check(_ request: Request, by access: AppAccess) throws {
        let isReading = request.method == .get || request.method == .head
        let path = request.uri.path.split(separator: "/").map {
            $0.removingPercentEncoding ?? String($0)
        }
        switch (path.first, path.dropFirst().first, path.dropFirst(2).first) {
        case ("v1", "records", let collection?):
            try access.require(isReading ? .read : .write, of: collection)
            if request.uri.queryParameters["plain"] != nil {
                try access.require(.readPlain, of: collection)
            }
        case ("v1", "import", let collection?) where !isReading:
            try access.require(.write, of: collection)
        // These look for themselves at what they are asked.
        case ("v1", "changes", nil), ("v1", "batch", nil): break
        case ("v1", "collections", nil), ("v1", "openapi.json", nil): break
        default: throw DeskRefusal.beyondToken(access.name)
        }
    }
}
