// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCore

/// A sign before a line, coloured where a person looks (https://no-color.org).
enum Mark: String {
    case good = "✓"
    case wrong = "✗"
    case look = "!"
    case plain = "·"

    var text: String {
        guard Screen.hasColor, self != .plain else { return rawValue }
        let colour =
            switch self {
            case .good: "32"
            case .wrong: "31"
            case .look: "33"
            case .plain: "0"
            }
        return "\u{1B}[\(colour)m\(rawValue)\u{1B}[0m"
    }
}

extension Screen {
    /// Whether a person looks who has not asked for plain text.
    static var hasColor: Bool {
        let isRefused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        return isatty(STDOUT_FILENO) == 1 && !isRefused && !isDumb
    }

    /// One thing in both languages, with what to do about it beneath.
    static func advice(_ mark: Mark, _ item: JSONValue, indent: String = "") {
        line("\(indent)\(mark.text) \(item["zh"]?.shown ?? "") / \(item["en"]?.shown ?? "")")
        let remedy = [item["remedy_zh"]?.shown ?? "", item["remedy_en"]?.shown ?? ""]
        guard !remedy[0].isEmpty else { return }
        line(
            "\(indent)  → " + (remedy[0] == remedy[1] ? remedy[0] : remedy.joined(separator: " / "))
        )
    }
}
