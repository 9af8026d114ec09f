// SPDX-License-Identifier: Apache-2.0

extension FieldType {
    /// Reads the notation of the cases.
    init(notation text: Notation.Bytes) throws(NotationError) {
        guard let open = text.firstIndex(of: UInt8(ascii: "(")) else {
            self = try Self.plain(text)
            return
        }
        guard text.last == UInt8(ascii: ")") else {
            throw NotationError("open: \(Notation.string(text))")
        }
        let inner = text[(open + 1)...].dropLast()
        switch text[..<open] {
        case "text":
            let (min, max) = try Self.lengths(inner)
            self = .text(min: min, max: max)
        case "longtext": self = .longText(max: try Notation.number(inner))
        case "area":
            var levels: [AreaLevel] = []
            for level in Notation.parts(of: inner, at: UInt8(ascii: ",")) {
                levels.append(try Notation.level(level))
            }
            self = .areaCode(levels)
        case "enum": self = .enumeration(Self.choices(inner), isOpen: false)
        case "open": self = .enumeration(Self.choices(inner), isOpen: true)
        case "ref": self = .reference(Notation.string(inner))
        case "attachment": self = .attachment(maxBytes: try Notation.number(inner))
        case "bytes":
            let (min, max) = try Self.lengths(inner)
            self = .bytes(min: min, max: max)
        case "set": self = .set(try FieldType(notation: inner))
        case "list": self = .list(try FieldType(notation: inner))
        case "struct":
            var parts: [Part] = []
            for part in Notation.parts(of: inner, at: UInt8(ascii: ",")) {
                parts.append(try Part(notation: part))
            }
            self = .structure(parts)
        default: throw NotationError("unknown type: \(Notation.string(text))")
        }
    }

    private static func plain(_ text: Notation.Bytes) throws(NotationError) -> FieldType {
        switch text {
        case "integer": .integer
        case "decimal": .decimal
        case "boolean": .boolean
        case "date": .date
        case "time": .time
        case "id18": .idNumber
        case "uscc18": .organisationCode
        case "phone": .phone
        case "ref": .reference(nil)
        case "party": .party
        case "point": .point
        case "open": .enumeration([], isOpen: true)
        default: throw NotationError("unknown type: \(Notation.string(text))")
        }
    }

    /// `32`, `2..20`.
    private static func lengths(_ text: Notation.Bytes) throws(NotationError) -> (Int, Int) {
        if let length: Int = try? Notation.number(text), length >= 0 { return (length, length) }
        guard case (let min?, let max?) = try Notation.bounds(text), 0 <= min, min <= max,
            max <= 65_536
        else { throw NotationError("no lengths: \(Notation.string(text))") }
        return (Int(min), Int(max))
    }

    private static func choices(_ text: Notation.Bytes) -> [Choice] {
        Notation.parts(of: text, at: UInt8(ascii: ",")).map { choice in
            guard let (value, label) = Notation.halves(of: choice, at: UInt8(ascii: ":")) else {
                return Choice(value: Notation.string(choice))
            }
            return Choice(value: Notation.string(value), label: Notation.string(label))
        }
    }
}

extension FieldType.Part {
    /// `name label!:type`, label and mark left out at will.
    fileprivate init(notation text: Notation.Bytes) throws(NotationError) {
        guard let (head, type) = Notation.halves(of: text, at: UInt8(ascii: ":")) else {
            throw NotationError("no part: \(Notation.string(text))")
        }
        let isRequired = head.last == UInt8(ascii: "!")
        let words = Notation.words(of: isRequired ? head.dropLast() : head)
        guard let name = words.first, words.count <= 2 else {
            throw NotationError("no part: \(Notation.string(text))")
        }
        self.init(
            name: Notation.string(name), label: words.count == 2 ? Notation.string(words[1]) : nil,
            isRequired: isRequired, type: try FieldType(notation: type))
    }
}
