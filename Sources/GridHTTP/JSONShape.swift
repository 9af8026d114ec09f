// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a body of JSON may not have although decoders take it: a name twice in one object, and more
/// levels than any request needs. It looks at the bytes before anything is made of them; what is no
/// JSON at all it leaves to the decoder.
struct JSONShape {
    /// Levels of objects and lists, the body itself among them.
    static let depthMax = 8

    enum Fault: Error, Equatable {
        case tooDeep(pointer: String)
        case twice(pointer: String)
    }

    private enum Level {
        case object(names: Set<String>, current: String?)
        case list(index: Int)
    }

    private let bytes: [UInt8]
    private var place = 0
    private var levels: [Level] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func check(_ bytes: [UInt8]) throws(Fault) {
        var shape = JSONShape(bytes)
        try shape.read()
    }

    private mutating func read() throws(Fault) {
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "{"): try enter(.object(names: [], current: nil))
            case UInt8(ascii: "["): try enter(.list(index: 0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = levels.popLast()
            case UInt8(ascii: ","): step()
            case UInt8(ascii: "\""): try text()
            default: break
            }
            place += 1
        }
    }

    private mutating func enter(_ level: Level) throws(Fault) {
        guard levels.count < Self.depthMax else { throw .tooDeep(pointer: pointer) }
        levels.append(level)
    }

    /// Goes on to the next element or member.
    private mutating func step() {
        switch levels.popLast() {
        case .object(let names, _)?: levels.append(.object(names: names, current: nil))
        case .list(let index)?: levels.append(.list(index: index + 1))
        case nil: break
        }
    }

    /// Reads to the closing quote; the first text of a member is its name.
    private mutating func text() throws(Fault) {
        let start = place
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard case .object(var names, nil)? = levels.last, place < bytes.count else { return }
        // Escapes may spell one name in two ways.
        let quoted = Data(bytes[start...place])
        guard let name = try? JSONDecoder().decode(String.self, from: quoted) else { return }
        let isNew = names.insert(name).inserted
        levels[levels.count - 1] = .object(names: names, current: name)
        guard isNew else { throw .twice(pointer: pointer) }
    }

    /// Where it is now.
    private var pointer: String {
        levels.map { level in
            switch level {
            case .object(_, let name): name.map(JSONPointer.step) ?? ""
            case .list(let index): "/\(index)"
            }
        }.joined()
    }
}
