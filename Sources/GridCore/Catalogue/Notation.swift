// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a catalogue: the line, counted from 1 (0 for the whole), and the reason, for
/// the person who wrote it.
package struct CatalogueViolation: Error, Hashable, Sendable {
    package let line: Int
    package let reason: String
}

/// Why a part of a line is not what it should be.
struct NotationError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Cutting up the lines of a catalogue. Works on bytes: the marks are ASCII.
enum Notation {
    /// The parts between separators that stand outside of brackets, spaces around them cut off.
    static func parts(of text: Substring, at separator: UInt8) -> [Substring] {
        let utf8 = text.utf8
        var parts: [Substring] = []
        var start = utf8.startIndex
        var depth = 0
        var index = start
        while index < utf8.endIndex {
            switch utf8[index] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case separator where depth == 0:
                parts.append(trimmed(text[start..<index]))
                start = utf8.index(after: index)
            default: break
            }
            index = utf8.index(after: index)
        }
        parts.append(trimmed(text[start...]))
        return parts
    }

    /// Words between spaces.
    static func words(of text: Substring) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
    }

    /// What stands before and after the first such byte.
    static func halves(of text: Substring, at byte: UInt8) -> (Substring, Substring)? {
        guard let index = text.utf8.firstIndex(of: byte) else { return nil }
        return (trimmed(text[..<index]), trimmed(text[text.utf8.index(after: index)...]))
    }

    static func trimmed(_ text: Substring) -> Substring {
        var utf8 = text.utf8
        while utf8.first == UInt8(ascii: " ") { utf8.removeFirst() }
        while utf8.last == UInt8(ascii: " ") { utf8.removeLast() }
        return Substring(utf8)
    }

    static func number<Number: FixedWidthInteger>(
        _ text: Substring, as type: Number.Type = Number.self
    ) throws(NotationError) -> Number {
        guard let number = Number(text) else { throw NotationError("no number: \(text)") }
        return number
    }

    /// `1..60`, `1..`, `..60`.
    static func bounds(_ text: Substring) throws(NotationError) -> (min: Int64?, max: Int64?) {
        guard let (low, high) = halves(of: text, at: UInt8(ascii: ".")),
            high.utf8.first == UInt8(ascii: ".")
        else { throw NotationError("no bounds: \(text)") }
        let upper = high.dropFirst()
        return (
            low.isEmpty ? nil : try number(low), upper.isEmpty ? nil : try number(upper)
        )
    }

    /// The level of this name.
    static func level(_ text: Substring) throws(NotationError) -> AreaLevel {
        switch text {
        case "county": .county
        case "township": .township
        case "village": .village
        case "grid": .grid
        case "group": .group
        case "unit": .unit
        default: throw NotationError("unknown level: \(text)")
        }
    }
}
