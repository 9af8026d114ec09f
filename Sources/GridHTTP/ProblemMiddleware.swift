// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird
import Logging

/// Turns every refusal and failure into a problem document (RFC 9457) with a stable code.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as DeskRefusal {
            return Self.answer(refusal)
        } catch let error as HTTPError {
            return Self.answer(error)
        } catch {
            logger.error("request failed", metadata: ["reason": "\(error)"])
            return Self.answer(
                DeskRefusal(
                    .failed, "failed", chinese: "内部错误:\(error)",
                    english: "The node failed: \(error)"))
        }
    }

    private static func answer(_ refusal: DeskRefusal) -> Response {
        document(
            status: status(refusal.kind), code: refusal.code, chinese: refusal.chinese,
            english: refusal.english, problems: refusal.problems)
    }

    private static func answer(_ error: HTTPError) -> Response {
        document(
            status: error.status, code: error.status == .notFound ? "no_such_path" : "bad_request",
            chinese: "请求的地址或内容不对。", english: "The path or the request is wrong.",
            problems: [])
    }

    private static func document(
        status: HTTPResponse.Status, code: String, chinese: String, english: String,
        problems: [Problem]
    ) -> Response {
        JSONExchange.answer(
            .object([
                "schema": .text("onegrid.problem/1"), "status": .integer(Int64(status.code)),
                "type": .text("urn:onegrid:problem:\(code)"), "code": .text(code),
                "title": .text(english), "zh": .text(chinese), "en": .text(english),
                "problems": .list(problems.map(Desk.problem)),
            ]), status: status, type: "application/problem+json; charset=utf-8")
    }

    private static func status(_ kind: DeskRefusal.Kind) -> HTTPResponse.Status {
        switch kind {
        case .malformed: .badRequest
        case .notAllowed: .forbidden
        case .notFound: .notFound
        case .notPossible: .conflict
        case .wrongValues: .unprocessableContent
        case .tryAgain: .serviceUnavailable
        case .failed: .internalServerError
        }
    }
}
