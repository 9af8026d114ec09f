// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird
import Logging

/// Turns every refusal and failure into a problem document (RFC 9457) with a stable code, in the
/// language that the request prefers.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    /// All routes, to tell another method from another path.
    let routes: RouteList
    let logger: Logger

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            try Self.checkTypes(request)
            return try await next(request, context)
        } catch let refusal as DeskRefusal {
            return Self.answer(refusal, to: request)
        } catch let error as HTTPError {
            return answer(error, to: request)
        } catch {
            logger.error("request failed", metadata: ["reason": "\(error)"])
            return Self.answer(DeskRefusal(failure: error), to: request)
        }
    }

    /// Whether the answer's type is wanted, and that of the body read.
    private static func checkTypes(_ request: Request) throws {
        if let sent = request.headers[.contentType] {
            let type = sent.prefix { $0 != ";" }.lowercased()
            guard ["application/json", "application/merge-patch+json"].contains(type) else {
                throw DeskRefusal(
                    .wrongType, "wrong_type", chinese: "请求的 Content-Type 应为 application/json。",
                    english: "The Content-Type of a body is application/json.")
            }
        }
        guard let accepted = request.headers[.accept] else { return }
        let types = accepted.split(separator: ",").map {
            $0.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        }
        let given = [
            "*/*", "application/*", "application/json", "application/problem+json",
            "application/x-ndjson", "text/event-stream", "text/*",
        ]
        guard types.isEmpty || types.contains(where: { given.contains($0) }) else {
            throw DeskRefusal(
                .notAcceptable, "not_acceptable", chinese: "答复是 application/json,请在 Accept 中允许。",
                english: "Answers are application/json; let Accept allow it.")
        }
    }

    /// A refusal as a problem, and its status.
    static func problem(
        _ refusal: DeskRefusal, to request: Request
    ) -> (status: HTTPResponse.Status, problem: JSONValue) {
        let status = status(refusal.kind)
        return (
            status,
            problem(
                status: status, code: refusal.code, chinese: refusal.chinese,
                english: refusal.english, errors: errors(of: refusal), details: refusal.details,
                request)
        )
    }

    private static func errors(of refusal: DeskRefusal) -> [JSONValue] {
        var errors = refusal.problems.map(Desk.problem)
        if let pointer = refusal.pointer {
            errors.append(
                .object([
                    "pointer": .text(pointer), "code": .text(refusal.code),
                    "severity": .text("refusal"), "zh": .text(refusal.chinese),
                    "en": .text(refusal.english),
                ]))
        }
        return errors
    }

    private static func answer(_ refusal: DeskRefusal, to request: Request) -> Response {
        var response = document(
            status: status(refusal.kind), code: refusal.code, chinese: refusal.chinese,
            english: refusal.english, errors: errors(of: refusal), details: refusal.details,
            request)
        if refusal.kind == .unknownCaller { response.headers[.wwwAuthenticate] = "Bearer" }
        if case .text(let tag)? = refusal.details["etag"] { response.headers[.eTag] = tag }
        return response
    }

    private func answer(_ error: HTTPError, to request: Request) -> Response {
        let methods = error.status == .notFound ? routes.methods(of: request.uri.path) : []
        let (code, chinese, english) =
            switch error.status {
            case .notFound where !methods.isEmpty:
                (
                    "no_such_method", "这个地址没有 \(request.method) 方法,见 Allow。",
                    "The path has no method \(request.method); see Allow."
                )
            case .notFound: ("no_such_path", "没有这个地址。", "There is no such path.")
            case .contentTooLarge:
                (
                    "body_too_large", "请求超过 16 MiB,请分几次。",
                    "The body is over 16 MiB; send it in parts."
                )
            // Nothing here throws another; whoever adds one gives it a refusal.
            default: ("failed", "内部错误。", "The node failed.")
            }
        var response = Self.document(
            status: methods.isEmpty ? error.status : .methodNotAllowed, code: code,
            chinese: chinese, english: english, errors: [], details: [:], request)
        if !methods.isEmpty { response.headers[.allow] = methods.joined(separator: ", ") }
        return response
    }

    private static func problem(
        status: HTTPResponse.Status, code: String, chinese: String, english: String,
        errors: [JSONValue], details: [String: JSONValue], _ request: Request
    ) -> JSONValue {
        let isEnglish = prefersEnglish(request.headers[.acceptLanguage] ?? "")
        let parts: [String: JSONValue] = [
            "schema": .text("onegrid.problem/1"), "status": .integer(Int64(status.code)),
            "type": .text("urn:onegrid:problem:\(code)"), "code": .text(code),
            "title": .text(isEnglish ? status.reasonPhrase : title(status)),
            "detail": .text(isEnglish ? english : chinese),
            "instance": .text(request.uri.path), "zh": .text(chinese), "en": .text(english),
            "errors": .list(errors), "problems": .list(errors),
        ]
        return .object(details.merging(parts) { $1 })
    }

    private static func document(
        status: HTTPResponse.Status, code: String, chinese: String, english: String,
        errors: [JSONValue], details: [String: JSONValue], _ request: Request
    ) -> Response {
        var response = JSONExchange.answer(
            problem(
                status: status, code: code, chinese: chinese, english: english, errors: errors,
                details: details, request),
            status: status, type: "application/problem+json; charset=utf-8")
        let isEnglish = prefersEnglish(request.headers[.acceptLanguage] ?? "")
        response.headers[.contentLanguage] = isEnglish ? "en" : "zh"
        response.headers[.vary] = "Accept-Language"
        return response
    }

    /// Whether English stands before Chinese among the languages wanted.
    private static func prefersEnglish(_ accepted: String) -> Bool {
        func weight(_ language: String) -> Double {
            accepted.lowercased().split(separator: ",").compactMap { range -> Double? in
                let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
                guard let tag = parts.first, tag == language || tag.hasPrefix(language + "-")
                else { return nil }
                return parts.dropFirst().first.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            }.max() ?? 0
        }
        return weight("en") > weight("zh")
    }

    private static func title(_ status: HTTPResponse.Status) -> String {
        switch status.code {
        case 400: "请求有误"
        case 401: "需要令牌"
        case 403: "不允许"
        case 404: "没有找到"
        case 405: "没有这个方法"
        case 406: "没有可接受的格式"
        case 409: "与现状不符"
        case 410: "已不再有"
        case 412: "记录已被修改"
        case 413: "请求过大"
        case 415: "请求的类型不对"
        case 421: "主机名不对"
        case 422: "填写不正确"
        case 428: "缺少条件"
        case 503: "暂时不能"
        default: "节点出错"
        }
    }

    private static func status(_ kind: DeskRefusal.Kind) -> HTTPResponse.Status {
        switch kind {
        case .malformed: .badRequest
        case .unknownCaller: .unauthorized
        case .notAllowed: .forbidden
        case .notFound: .notFound
        case .notAcceptable: .notAcceptable
        case .notPossible: .conflict
        case .gone: .gone
        case .changedSince: .preconditionFailed
        case .wrongType: .unsupportedMediaType
        case .wrongHost: .misdirectedRequest
        case .wrongValues: .unprocessableContent
        case .conditionMissing: .preconditionRequired
        case .tryAgain: .serviceUnavailable
        case .failed: .internalServerError
        }
    }
}
