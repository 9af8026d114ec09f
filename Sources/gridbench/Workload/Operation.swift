// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridNode

/// One operation of the workload: one write of a user, and so one entry.
struct Operation: Sendable {
    /// The id that the workload gives the record; the field `code` of ours.
    let code: String
    /// Names of the fields it writes; nil when it archives the record.
    let touched: [String]?
    private let change: WriteRequest

    /// Reads one line of the workload.
    init(parsing line: Data) throws {
        guard let parts = try JSONSerialization.jsonObject(with: line) as? [String: Any],
            let word = parts["op"] as? String, let code = parts["id"] as? String,
            let collection = parts["collection"] as? String
        else { throw BenchFailure("no operation: \(String(decoding: line, as: UTF8.self))") }
        self.code = code
        let field = parts["field"] as? String ?? ""
        var change = WriteRequest(collection: collection)
        switch word {
        case "put":
            for (name, value) in parts["set"] as? [String: Any] ?? [:] {
                change.fields[name] = JSONValue(foundation: value)
            }
        case "add": change.additions[field] = .list([JSONValue(foundation: parts["element"])])
        case "remove": change.removals[field] = .list([JSONValue(foundation: parts["element"])])
        case "inc": change.fields[field] = JSONValue(foundation: parts["by"])
        case "append": change.fields[field] = .list([JSONValue(foundation: parts["entry"])])
        case "delete": change.archives = true
        case let other: throw BenchFailure("no such operation: \(other)")
        }
        touched =
            change.archives
            ? nil
            : Array(change.fields.keys) + Array(change.additions.keys)
                + Array(change.removals.keys)
        self.change = change
    }

    /// What the desk is asked for.
    ///
    /// - Parameter id: the record's id; nil when it does not exist yet.
    func request(id: String?) -> WriteRequest {
        var request = change
        request.id = id
        if id == nil { request.fields["code"] = .text(code) }
        return request
    }

    /// The assigned values, as columns of a plain table hold them.
    var values: [String: JSONValue] { change.fields }
}

extension JSONValue {
    /// A value as Foundation reads it: a text, a whole number or an object of them.
    fileprivate init(foundation value: Any?) {
        switch value {
        case let text as String: self = .text(text)
        case let number as NSNumber: self = .integer(number.int64Value)
        case let parts as [String: Any]:
            self = .object(parts.mapValues { JSONValue(foundation: $0) })
        default: self = .null
        }
    }
}
