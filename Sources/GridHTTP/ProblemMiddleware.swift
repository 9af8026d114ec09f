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
            return Self.answer(DeskRefusal(failure: error))
        }
    }

    private static func answer(_ refusal: DeskRefusal) -> Response {
        document(
            status: status(refusal.kind), code: refusal.code, chinese: refusal.chinese,
            english: refusal.english, problems: refusal.problems)
    }

    private static func answer(_ error: HTTPError) -> Response {
        let (code, chinese, english) =
            switch error.status {
            case .notFound: ("no_such_path", "没有这个地址或方法。", "There is no such path or method.")
            case .contentTooLarge:
                (
                    "body_too_large", "请求超过 16 MiB,请分几次。",
                    "The body is over 16 MiB; send it in parts."
                )
            default: ("bad_request", "请求的内容不对。", "The request is wrong.")
            }
        return document(
            status: error.status, code: code, chinese: chinese, english: english, problems: [])
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
        case .gone: .gone
        case .unknownCaller: .unauthorized
        case .wrongHost: .misdirectedRequest
        case .changedSince: .preconditionFailed
        case .conditionMissing: .preconditionRequired
        case .wrongValues: .unprocessableContent
        case .tryAgain: .serviceUnavailable
        case .failed: .internalServerError
        }
    }
}
