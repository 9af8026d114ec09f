// SPDX-License-Identifier: Apache-2.0

/// Why a part of a line is not what it should be.
struct NotationError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Cutting up the lines of a catalogue, as bytes: the marks are ASCII.
enum Notation {
    typealias Bytes = ArraySlice<UInt8>

    static func string(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The parts between separators that stand outside of brackets, spaces around them cut off.
    static func parts(of bytes: Bytes, at separator: UInt8) -> [Bytes] {
        var parts: [Bytes] = []
        var start = bytes.startIndex
        var depth = 0
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case separator where depth == 0:
                parts.append(trimmed(bytes[start..<index]))
                start = index + 1
            default: break
            }
        }
        parts.append(trimmed(bytes[start...]))
        return parts
    }

    /// Words between spaces.
    static func words(of bytes: Bytes) -> [Bytes] { bytes.split(separator: UInt8(ascii: " ")) }

    /// What stands before and after the first such byte.
    static func halves(of bytes: Bytes, at byte: UInt8) -> (Bytes, Bytes)? {
        guard let index = bytes.firstIndex(of: byte) else { return nil }
        return (trimmed(bytes[..<index]), trimmed(bytes[(index + 1)...]))
    }

    static func trimmed(_ bytes: Bytes) -> Bytes {
        var bytes = bytes
        while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return bytes
    }

    static func number<Number: FixedWidthInteger>(
        _ bytes: Bytes, as type: Number.Type = Number.self
    ) throws(NotationError) -> Number {
        guard let number = Number(string(bytes)) else {
            throw NotationError("no number: \(string(bytes))")
        }
        return number
    }

    /// `1..60`, `1..`, `..60`.
    static func bounds(_ bytes: Bytes) throws(NotationError) -> (min: Int64?, max: Int64?) {
        guard let (low, high) = halves(of: bytes, at: UInt8(ascii: ".")),
            high.first == UInt8(ascii: ".")
        else { throw NotationError("no bounds: \(string(bytes))") }
        let upper = high.dropFirst()
        return (
            low.isEmpty ? nil : try number(low), upper.isEmpty ? nil : try number(upper)
        )
    }

    /// The level of this name.
    static func level(_ bytes: Bytes) throws(NotationError) -> AreaLevel {
        switch bytes {
        case "county": .county
        case "township": .township
        case "village": .village
        case "grid": .grid
        case "group": .group
        case "unit": .unit
        default: throw NotationError("unknown level: \(string(bytes))")
        }
    }
}

/// Whether the bytes are those of the word: lets notation be told apart in a `switch`.
func ~= (word: StaticString, bytes: Notation.Bytes) -> Bool {
    bytes.count == word.utf8CodeUnitCount && word.withUTF8Buffer { $0.elementsEqual(bytes) }
}
