// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridSheet

/// A collection as its sheets see it: as the desk describes it, and the types that this program knows.
struct SheetCollection {
    struct Field {
        let name: String
        let label: String
        let isRequired: Bool
        let isComputed: Bool
        let privacy: String
    }

    let name: String
    let label: String
    let fields: [Field]

    init(_ client: DaemonClient, _ name: String) throws {
        let collections = try client.get("/v1/collections")["items"]?.items ?? []
        guard let found = collections.first(where: { $0["collection"]?.string == name }) else {
            throw CommandFailure(.notFound, "没有“\(name)”这类记录。", "no collection \"\(name)\"")
        }
        self.name = name
        label = found["label"]?.string ?? name
        fields = (found["fields"]?.items ?? []).map { field in
            Field(
                name: field["field"]?.string ?? "", label: field["label"]?.string ?? "",
                isRequired: field["required"]?.string == "required",
                isComputed: field["kind"]?.string == "derived",
                privacy: field["privacy"]?.string ?? "")
        }
    }

    var writable: [Field] { fields.filter { !$0.isComputed } }

    func label(of name: String) -> String { fields.first { $0.name == name }?.label ?? name }

    /// The type of a field; nil for one that only the daemon knows.
    func type(of name: String) -> FieldType? {
        Catalogue.grid.collection(named: self.name)?.field(named: name)?.type
    }

    func heads(mapping: [String: String?]) throws -> SheetHeads {
        let names = Set(writable.map(\.name))
        for (head, name) in mapping.sorted(by: { $0.key < $1.key }) {
            guard let name, !names.contains(name) else { continue }
            throw CommandFailure(
                .badData, "对照表里“\(head)”对应的 \(name) 不是“\(label)”的字段。",
                "the mapping gives \"\(head)\" to \(name), which is no field of \(self.name)")
        }
        return SheetHeads(
            fields: writable.map { ($0.name, $0.label) },
            computed: fields.filter(\.isComputed).flatMap { [$0.name, $0.label] },
            mapping: mapping)
    }

    /// Field names by head, null for columns to be left out: a JSON object.
    static func mapping(from path: String) throws -> [String: String?] {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.notFound, "读不到文件 \(path)。", "cannot read \(path)")
        }
        guard case .object(let parts)? = try? JSONDecoder().decode(JSONValue.self, from: content),
            parts.values.allSatisfy({ $0 == .null || $0.string != nil })
        else {
            throw CommandFailure(
                .badData, "对照表 \(path) 应为 {\"表头\": \"字段\" 或 null}。",
                "the mapping \(path) is {\"head\": \"field\" or null}")
        }
        return parts.mapValues(\.string)
    }
}
