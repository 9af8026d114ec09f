// SPDX-License-Identifier: Apache-2.0

extension CollectionDefinition {
    /// A value that someone writes to a field, by name. For sets the elements to add, for timelines
    /// the items to append: a list, or one alone. Nil clears the field.
    package typealias NamedValue = (name: String, value: FieldValue?)

    /// What is wrong or unusual about a local write. A problem with `isRefusal` means that the
    /// write must not become an entry; missing values are never a problem (`missing`).
    ///
    /// - Parameter others: the values that the record shows now, sets and timelines as lists; nil
    ///   for fields without a value, and always nil for a new record.
    package func problems(
        in writes: [NamedValue], others: (String) -> FieldValue?, context: WriteContext
    ) -> [Problem] {
        var problems: [Problem] = []
        var checked: [String: FieldValue?] = [:]
        for write in writes {
            let pointer = Problem.pointer(toField: write.name)
            guard let field = field(named: write.name) else {
                problems.append(unknown(at: pointer))
                continue
            }
            guard field.kind != .derived else {
                problems.append(field.derivedProblem(at: pointer))
                continue
            }
            guard let value = write.value else {
                checked.updateValue(nil, forKey: write.name)
                continue
            }
            let found = field.problems(in: value, at: pointer, context: context)
            problems += found
            if !found.contains(where: { $0.isRefusal && $0.code == .wrongType }) {
                checked.updateValue(value, forKey: write.name)
            }
        }
        withoutActuallyEscaping(others) { others in
            let comparison = FieldComparison(written: checked, others: others)
            for place in placesOfComparisons {
                problems += comparison.problems(of: fields[place], in: self)
            }
        }
        for write in writes {
            guard let field = field(named: write.name), let value = write.value else { continue }
            problems += field.countProblems(adding: value, to: others(write.name))
        }
        return problems
    }

    /// The fields without which the record is incomplete: required ones, those whose condition
    /// holds, and sets with too few elements. Empty for a complete record.
    package func missing(displayed: (String) -> FieldValue?) -> [FieldDefinition] {
        fields.filter { field in
            switch field.requirement {
            case .required: field.isShort(displayed(field.name), for: displayed)
            case .conditional(let condition?):
                condition.holds(for: displayed)
                    && field.isShort(displayed(field.name), for: displayed)
            case .optional, .derived, .conditional(nil): false
            }
        }
    }

    private func unknown(at pointer: String) -> Problem {
        Problem(
            .unknownField, at: pointer,
            chinese: "“\(label)”没有这个字段。请核对字段名。",
            english: "\(name) has no such field. Check the name.")
    }
}

extension FieldDefinition {
    fileprivate func derivedProblem(at pointer: String) -> Problem {
        Problem(
            .derivedField, at: pointer, chinese: "\(label)：由系统计算，不能填写。请删去此项。",
            english: "\(name) is computed and cannot be written. Leave it out.")
    }

    /// Of the value alone: its form, and the rules that ask no other field.
    fileprivate func problems(
        in value: FieldValue, at pointer: String, context: WriteContext
    ) -> [Problem] {
        var check = ValueCheck(today: context.today)
        var rules = RuleCheck(label: label, context: context)
        if kind == .counter {
            check.check(value, as: .integer, at: pointer, label: label)
        } else if kind == .timeline || kind == .set, let element = elementType {
            var place = pointer
            for (index, item) in Self.elements(of: value).enumerated() {
                if case .list = value { place = "\(pointer)/\(index)" }
                check.check(item, as: element, at: place, label: label)
                rules.check(item, rules: self.rules, at: place)
            }
        } else {
            check.check(value, as: type, at: pointer, label: label)
            rules.check(value, rules: self.rules, at: pointer)
        }
        return check.problems.contains { $0.code == .wrongType }
            ? check.problems : check.problems + rules.problems
    }

    /// What one element of a set or one item of a timeline is.
    package var elementType: FieldType? {
        switch kind {
        case .timeline: type
        case .set: type.element ?? type
        case .register, .fixed, .counter, .derived: nil
        }
    }

    private static func elements(of value: FieldValue) -> [FieldValue] {
        if case .list(let elements) = value { elements } else { [value] }
    }

    fileprivate func countProblems(adding value: FieldValue, to old: FieldValue?) -> [Problem] {
        for case .usualCount(let min, let max) in rules {
            let count = Set(Self.elements(of: value) + (old.map(Self.elements) ?? [])).count
            guard Int64(count) < min ?? 0 || Int64(count) > max ?? .max else { continue }
            let bounds = "\(min.map(String.init) ?? "")–\(max.map(String.init) ?? "")"
            return [
                Problem(
                    .unusualCount, at: Problem.pointer(toField: name),
                    chinese: "\(label)：现有\(count)个，通常为\(bounds)个。请确认。",
                    english: "\(name) has \(count) elements, usually \(bounds). Make sure.",
                    severity: .advice)
            ]
        }
        return []
    }

    /// Whether there is no value, or fewer elements than the rules ask for.
    fileprivate func isShort(
        _ value: FieldValue?, for displayed: (String) -> FieldValue?
    ) -> Bool {
        guard let value else { return true }
        guard kind == .set || kind == .timeline || type.element != nil else { return false }
        let wanted = rules.reduce(1) { wanted, rule in
            guard case .minCount(let count, let condition) = rule,
                condition?.holds(for: displayed) ?? true
            else { return wanted }
            return max(wanted, count)
        }
        return Self.elements(of: value).count < wanted
    }
}
