// SPDX-License-Identifier: Apache-2.0

import GridCore

extension JSONValue {
    subscript(name: String) -> JSONValue? {
        if case .object(let parts) = self { parts[name] } else { nil }
    }

    var string: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    var boolean: Bool { self == .boolean(true) }
    var items: [JSONValue] { if case .list(let items) = self { items } else { [] } }

    var parts: [(key: String, value: JSONValue)] {
        if case .object(let parts) = self { parts.sorted { $0.key < $1.key } } else { [] }
    }

    /// For people: texts without quotes and without what a terminal obeys, nothing for null.
    var shown: String {
        switch self {
        case .text(let text): Screen.plainLines(text)
        case .null: ""
        case .list(let items): items.map(\.shown).joined(separator: "|")
        case .boolean(let boolean): boolean ? "是" : "否"
        case .integer, .number, .object: description
        }
    }
}
