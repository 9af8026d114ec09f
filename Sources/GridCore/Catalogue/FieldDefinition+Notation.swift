// SPDX-License-Identifier: Apache-2.0

extension FieldDefinition {
    /// Reads one field line of a catalogue.
    init(notation text: Notation.Bytes) throws(NotationError) {
        let columns = Notation.parts(of: text, at: UInt8(ascii: "|"))
        guard (7...9).contains(columns.count) else {
            throw NotationError("7 to 9 columns, not \(columns.count)")
        }
        let merge = try Self.merge(columns[4])
        let requirement = try Self.requirement(columns[5])
        guard (requirement == .derived) == (merge.kind == .derived) else {
            throw NotationError("derived by halves")
        }
        var rules: [FieldRule] = []
        if columns.count > 7, !columns[7].isEmpty {
            for rule in Notation.parts(of: columns[7], at: UInt8(ascii: ";")) {
                rules.append(try FieldRule(notation: rule))
            }
        }
        self.init(
            number: UInt32(try Notation.number(columns[0], as: UInt16.self)),
            name: Notation.string(columns[1]), label: Notation.string(columns[2]),
            type: try FieldType(notation: columns[3]), kind: merge.kind,
            showsConflicts: merge.showsConflicts, owner: merge.owner, isLedger: merge.isLedger,
            requirement: requirement, privacy: try Self.privacy(columns[6]), rules: rules,
            note: columns.count > 8 ? Notation.string(columns[8]) : "")
    }

    /// Names of the other fields that rules and condition speak of.
    var mentionedFields: [String] {
        var names = rules.flatMap(\.otherFields)
        for case .minCount(_, let condition?) in rules { names += condition.fields }
        if case .conditional(let condition?) = requirement { names += condition.fields }
        return names
    }

    private struct Merge {
        var kind: FieldKind
        var showsConflicts = true
        var owner: AreaLevel?
        var isLedger = false
    }

    /// `register shown`, `register quiet`, `register shown county`, `timeline ledger`, `fixed` ...
    private static func merge(_ text: Notation.Bytes) throws(NotationError) -> Merge {
        let words = Notation.words(of: text)
        guard let kind = words.first.flatMap({ FieldKind(rawValue: Notation.string($0)) }) else {
            throw NotationError("unknown kind: \(Notation.string(text))")
        }
        var merge = Merge(kind: kind)
        for word in words.dropFirst() {
            switch (kind, word) {
            case (.register, "shown"): merge.showsConflicts = true
            case (.register, "quiet"): merge.showsConflicts = false
            case (.timeline, "ledger"): merge.isLedger = true
            case (.register, _): merge.owner = try Notation.level(word)
            default: throw NotationError("unknown kind: \(Notation.string(text))")
            }
        }
        return merge
    }

    /// `R`, `O`, `C condition`, `-`.
    private static func requirement(_ text: Notation.Bytes) throws(NotationError) -> Requirement {
        let words = Notation.words(of: text)
        switch words.first ?? [] {
        case "R" where words.count == 1: return .required
        case "O" where words.count == 1: return .optional
        case "-" where words.count == 1: return .derived
        case "C" where words.count == 1: return .conditional(nil)
        case "C": return .conditional(try Condition(notation: words[1...]))
        default: throw NotationError("unknown requirement: \(Notation.string(text))")
        }
    }

    private static func privacy(_ text: Notation.Bytes) throws(NotationError) -> PrivacyClass {
        let text = Notation.string(text)
        for privacy in PrivacyClass.allCases where privacy.description == text { return privacy }
        throw NotationError("unknown privacy: \(text)")
    }
}
