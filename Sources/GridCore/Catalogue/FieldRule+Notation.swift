// SPDX-License-Identifier: Apache-2.0

extension FieldRule {
    /// Reads the notation of the cases.
    init(notation text: Notation.Bytes) throws(NotationError) {
        let words = Notation.words(of: text)
        guard let verb = words.first else { throw NotationError("empty rule") }
        let operands = words.dropFirst()
        guard let first = operands.first else {
            self = try Self.plain(verb)
            return
        }
        switch (verb, operands.count) {
        case ("range", 1):
            let (min, max) = try Notation.bounds(first)
            self = .range(min: min, max: max)
        case ("usual", 1):
            let (min, max) = try Notation.bounds(first)
            self = .usual(min: min, max: max)
        case ("usual_count", 1):
            let (min, max) = try Notation.bounds(first)
            self = .usualCount(min: min, max: max)
        case ("above", 1): self = .above(try Notation.number(first))
        case ("year", 1):
            guard case (let from?, nil) = try Notation.bounds(first) else {
                throw NotationError("no years: \(Notation.string(text))")
            }
            self = .year(from: from)
        case ("at_least", 1): self = .atLeast(Notation.string(first))
        case ("at_most", 1): self = .atMost(Notation.string(first))
        case ("within_hours", 2):
            self = .withinHours(try Notation.number(first), of: Notation.string(words[2]))
        case ("dedicated_grid", 1): self = .dedicatedGrid(kind: Notation.string(first))
        case ("agrees_with_id", 1): self = .agreesWithID(Notation.string(first))
        case ("empty_when", _): self = .emptyWhen(try Condition(notation: operands))
        case ("min_count", 1): self = .minCount(try Notation.number(first), when: nil)
        case ("min_count", 3...) where "when" ~= words[2]:
            let condition = try Condition(notation: words[3...])
            self = .minCount(try Notation.number(first), when: condition)
        case ("sum_equals", 1): self = .sumEquals(Notation.string(first))
        case ("box", 1): self = try Self.box(first)
        default: throw NotationError("unknown rule: \(Notation.string(text))")
        }
    }

    private static func plain(_ verb: Notation.Bytes) throws(NotationError) -> FieldRule {
        switch verb {
        case "nonzero": .nonzero
        case "not_future": .notFuture
        case "inside_area": .insideArea
        case "no_personal_numbers": .noPersonalNumbers(isAdvice: false)
        case "advise_personal_numbers": .noPersonalNumbers(isAdvice: true)
        case "period": .period
        case "closed_ring": .closedRing
        default: throw NotationError("unknown rule: \(Notation.string(verb))")
        }
    }

    /// `3,73..54,136`
    private static func box(_ text: Notation.Bytes) throws(NotationError) -> FieldRule {
        var numbers: [Int64] = []
        for part in text.split(whereSeparator: { $0 == 0x2C || $0 == 0x2E }) {
            numbers.append(try Notation.number(part))
        }
        guard numbers.count == 4 else { throw NotationError("no box: \(Notation.string(text))") }
        return .box(south: numbers[0], west: numbers[1], north: numbers[2], east: numbers[3])
    }
}

extension Condition {
    /// Reads `a=1 and b!=2 or c~3 or d absent`, cut into words.
    init(notation words: ArraySlice<Notation.Bytes>) throws(NotationError) {
        var alternatives: [[Term]] = []
        for alternative in words.split(
            omittingEmptySubsequences: false, whereSeparator: { "or" ~= $0 })
        {
            var terms: [Term] = []
            for words in alternative.split(
                omittingEmptySubsequences: false, whereSeparator: { "and" ~= $0 })
            {
                terms.append(try Self.term(words))
            }
            alternatives.append(terms)
        }
        self.init(alternatives)
    }

    private static func term(_ words: ArraySlice<Notation.Bytes>) throws(NotationError) -> Term {
        guard let first = words.first else { throw NotationError("empty condition") }
        if words.count == 2, "absent" ~= words[words.endIndex - 1] {
            return .absent(field: Notation.string(first))
        }
        guard words.count == 1 else {
            throw NotationError("no comparison: \(words.map(Notation.string))")
        }
        if let (field, value) = Notation.halves(of: first, at: UInt8(ascii: "~")) {
            return .contains(field: Notation.string(field), value: Notation.string(value))
        }
        guard let (field, value) = Notation.halves(of: first, at: UInt8(ascii: "=")) else {
            throw NotationError("no comparison: \(Notation.string(first))")
        }
        if field.last == UInt8(ascii: "!") {
            return .differs(field: Notation.string(field.dropLast()), value: Notation.string(value))
        }
        return .equals(field: Notation.string(field), value: Notation.string(value))
    }
}
