// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import GridCore
import GridNode
import Hummingbird

/// JSON in and out of requests.
enum JSONExchange {
    private static let bodyBytesMax = 16 * 1024 * 1024

    static func answer(
        _ value: JSONValue, status: HTTPResponse.Status = .ok,
        type: String = "application/json; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.description + "\n")))
    }

    /// Answers with a record, or what became of one, and its tag.
    static func tagged(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        var response = answer(value, status: status)
        if case .object(let parts) = value, case .text(let tag)? = parts["etag"] {
            response.headers[.eTag] = tag
        }
        return response
    }

    /// Answers with what some work reads.
    static func reading(_ work: @escaping @Sendable () throws -> JSONValue) async throws -> Response
    {
        answer(try await read(work))
    }

    /// What some work reads, away from the threads that links share: reading waits for the disk,
    /// and a verification for minutes.
    static func read<Answer: Sendable>(
        _ work: @escaping @Sendable () throws -> Answer
    ) async throws -> Answer {
        // Who asks goes along: another thread knows nothing of this task.
        let context = WorkContext()
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try context.run(work) })
            }
        }
    }

    /// A `0` or `1` of a query.
    static func flag(_ name: String, _ text: String) throws -> Bool {
        guard text == "0" || text == "1" else { throw malformed("\(name): 0 or 1") }
        return text == "1"
    }

    /// The body as a JSON object; an empty body is an empty object.
    static func object(_ request: Request) async throws -> [String: JSONValue] {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: bodyBytesMax)
        } catch {
            throw HTTPError(.contentTooLarge)
        }
        let data = Data(buffer.readableBytesView)
        guard !data.isEmpty else { return [:] }
        do throws(JSONShape.Fault) {
            try JSONShape.check(Array(data))
        } catch {
            throw refusal(of: error)
        }
        do {
            guard case .object(let parts) = try JSONDecoder().decode(JSONValue.self, from: data)
            else { throw malformed("an object") }
            return parts
        } catch is DecodingError {
            // What the decoder says repeats values.
            throw DeskRefusal(
                .malformed, "bad_json", chinese: "请求不是合法的 JSON。",
                english: "The body is not valid JSON.")
        }
    }

    private static func refusal(of fault: JSONShape.Fault) -> DeskRefusal {
        switch fault {
        case .twice(let pointer):
            DeskRefusal(
                .malformed, "name_twice", chinese: "JSON 的同一对象里有重复的名字。",
                english: "An object of the JSON has a name twice.", pointer: pointer)
        case .tooDeep(let pointer):
            DeskRefusal(
                .malformed, "too_deep", chinese: "JSON 最多 \(JSONShape.depthMax) 层。",
                english: "JSON has at most \(JSONShape.depthMax) levels.", pointer: pointer)
        }
    }

    /// - Parameter pointer: where in the body, a JSON pointer.
    static func malformed(_ expected: String, at pointer: String? = nil) -> DeskRefusal {
        DeskRefusal(
            .malformed, "bad_body", chinese: "请求的格式不对,应为:\(expected)。",
            english: "The body is not as expected: \(expected).", pointer: pointer)
    }
}

/// The parts of a request's object, each with its type.
struct BodyParts {
    private let parts: [String: JSONValue]
    private let place: String

    /// - Parameter pointer: where in the body the object is.
    /// - Throws: `DeskRefusal` for names that are not among the allowed ones.
    init(
        _ parts: [String: JSONValue], allowing names: Set<String>, at pointer: String = ""
    ) throws {
        for name in parts.keys.sorted() where !names.contains(name) {
            throw JSONExchange.malformed(
                "only \(names.sorted().joined(separator: ", ")); found \(name)",
                at: pointer + JSONPointer.step(name))
        }
        self.parts = parts
        place = pointer
    }

    private func malformed(_ name: String, _ expected: String) -> DeskRefusal {
        JSONExchange.malformed("\(name): \(expected)", at: place + JSONPointer.step(name))
    }

    func text(_ name: String) throws -> String? {
        switch parts[name] {
        case nil, .null?: return nil
        case .text(let text)?: return text
        case .boolean, .integer, .number, .list, .object:
            throw malformed(name, "text")
        }
    }

    func flag(_ name: String) throws -> Bool {
        switch parts[name] {
        case nil, .null?: return false
        case .boolean(let flag)?: return flag
        case .text, .integer, .number, .list, .object:
            throw malformed(name, "true or false")
        }
    }

    func integer(_ name: String) throws -> Int? {
        switch parts[name] {
        case nil, .null?: return nil
        case .integer(let integer)?: return Int(integer)
        case .text, .boolean, .number, .list, .object:
            throw malformed(name, "a whole number")
        }
    }

    /// Nil where the part is missing.
    func integers(_ name: String) throws -> [Int]? {
        switch parts[name] {
        case nil, .null?: return nil
        case .list(let items)?:
            return try items.map {
                guard case .integer(let integer) = $0 else {
                    throw malformed(name, "a list of whole numbers")
                }
                return Int(integer)
            }
        case .text, .boolean, .integer, .number, .object:
            throw malformed(name, "a list of whole numbers")
        }
    }

    func object(_ name: String) throws -> [String: JSONValue] {
        switch parts[name] {
        case nil, .null?: return [:]
        case .object(let object)?: return object
        case .text, .boolean, .integer, .number, .list:
            throw malformed(name, "an object")
        }
    }

    func objects(_ name: String) throws -> [[String: JSONValue]] {
        guard case .list(let items)? = parts[name] else {
            throw malformed(name, "a list of objects")
        }
        return try items.map {
            guard case .object(let object) = $0 else {
                throw malformed(name, "a list of objects")
            }
            return object
        }
    }

    /// None where the part is missing.
    func texts(_ name: String) throws -> [String] {
        switch parts[name] {
        case nil, .null?: return []
        case .list(let items)?:
            return try items.map {
                guard case .text(let text) = $0 else {
                    throw malformed(name, "a list of texts")
                }
                return text
            }
        case .text, .boolean, .integer, .number, .object:
            throw malformed(name, "a list of texts")
        }
    }

    subscript(name: String) -> JSONValue? { parts[name] }
}
