// SPDX-License-Identifier: Apache-2.0

/// Whether the values of a record agree with each other once a write has happened.
///
/// Only pairs of which the write touches at least one are looked at: what was written before, here
/// or elsewhere, is never a reason to refuse a write of something else.
struct FieldComparison {
    /// Nil for fields that the write clears.
    let written: [String: FieldValue?]
    let others: (String) -> FieldValue?

    func problems(of field: FieldDefinition, in collection: CollectionDefinition) -> [Problem] {
        var problems: [Problem] = []
        for rule in field.rules {
            let touched = ([field.name] + rule.otherFields).filter { written[$0] != nil }
            guard let culprit = touched.first, let value = value(of: field.name) else { continue }
            let isTogether = touched.contains(field.name) && touched.count > 1
            let labels = rule.otherFields.map { collection.field(named: $0)?.label ?? $0 }
            let pair = Pair(
                field: field, value: value, otherName: rule.otherFields.first ?? "",
                otherLabel: labels.first ?? "",
                pointer: Problem.pointer(toField: culprit), isTogether: isTogether)
            if let problem = problem(rule, pair) { problems.append(problem) }
        }
        return problems
    }

    private struct Pair {
        let field: FieldDefinition
        let value: FieldValue
        let otherName: String
        let otherLabel: String
        /// The written one of the two; the field itself when both are.
        let pointer: String
        let isTogether: Bool

        func problem(
            _ code: Problem.Code, _ chinese: String, _ english: String, isAdvice: Bool = false
        ) -> Problem {
            Problem(
                code, at: pointer, chinese: "\(field.label)：\(chinese)",
                english: "\(field.name) \(english)", severity: isAdvice ? .advice : .refusal)
        }
    }

    private func value(of name: String) -> FieldValue? {
        if let written = written[name] { written } else { others(name) }
    }

    private func problem(_ rule: FieldRule, _ pair: Pair) -> Problem? {
        switch rule {
        case .atLeast(let other), .atMost(let other):
            guard let order = value(of: other).flatMap({ pair.value.order(to: $0) }) else {
                return nil
            }
            return orderProblem(rule, pair, order: order)
        case .withinHours(let hours, let other):
            guard case .time(let start)? = value(of: other), case .time(let end) = pair.value,
                end.subtractingReportingOverflow(start).partialValue > hours * 3_600_000
            else { return nil }
            return pair.problem(
                .tooLongAfterOtherField, "距“\(pair.otherLabel)”超过\(hours)小时。请核对时间。",
                "is more than \(hours) hours after \(pair.otherName). Check the times.")
        case .dedicatedGrid(let kind):
            guard case .area(let code) = pair.value, code.number % 1000 >= 900,
                let kind = value(of: kind), kind != .text("dedicated")
            else { return nil }
            return pair.problem(
                .reservedGridNumber, "900至999号只用于专属网格。请改用001至899，或把类型改为专属。",
                "numbers 900 to 999 are for dedicated grids. Take 001 to 899 or change the kind.")
        case .agreesWithID(let other): return idProblem(pair, other: other)
        case .emptyWhen(let condition):
            guard condition.holds(for: { self.value(of: $0) }) else { return nil }
            return pair.problem(
                .mustBeEmpty, "“\(pair.otherLabel)”的情况下不填。请清空。",
                "must be empty because of \(pair.otherName). Clear it.")
        case .sumEquals(let other): return sumProblem(pair, other: other)
        case .range, .above, .nonzero, .year, .notFuture, .insideArea, .noPersonalNumbers,
            .minCount, .usual, .usualCount, .box, .period, .closedRing:
            return nil
        }
    }

    private func orderProblem(_ rule: FieldRule, _ pair: Pair, order: Int) -> Problem? {
        let isNumber =
            switch pair.value {
            case .integer, .decimal: true
            default: false
            }
        switch rule {
        case .atLeast where order < 0:
            return isNumber
                ? pair.problem(
                    .lessThanOtherField, "不能小于“\(pair.otherLabel)”。请核对两项。",
                    "must not be less than \(pair.otherName). Check both.")
                : pair.problem(
                    .beforeOtherField, "不能早于“\(pair.otherLabel)”。请核对两个日期。",
                    "must not be before \(pair.otherName). Check both.")
        case .atMost where order > 0:
            return isNumber
                ? pair.problem(
                    .moreThanOtherField, "不能大于“\(pair.otherLabel)”。请核对两项。",
                    "must not be more than \(pair.otherName). Check both.")
                : pair.problem(
                    .afterOtherField, "不能晚于“\(pair.otherLabel)”。请核对两个日期。",
                    "must not be after \(pair.otherName). Check both.")
        default: return nil
        }
    }

    private func idProblem(_ pair: Pair, other: String) -> Problem? {
        guard case .text(let text)? = value(of: other),
            let number = try? IDNumber(parsing: text)
        else { return nil }
        let agrees =
            switch pair.value {
            case .text(let sex): sex == (number.isMale ? "M" : "F")
            case .date(let days): days == number.birthDate.days
            default: true
            }
        guard !agrees else { return nil }
        return pair.problem(
            .idDisagrees, "与“\(pair.otherLabel)”所示不一致。请对照证件核对。",
            "differs from what \(pair.otherName) says. Compare them with the card.",
            isAdvice: !pair.isTogether)
    }

    private func sumProblem(_ pair: Pair, other: String) -> Problem? {
        guard case .integer(let wanted)? = value(of: other), case .map(let parts) = pair.value
        else { return nil }
        var sum: Int64 = 0
        for part in parts {
            if case .integer(let amount) = part.value { sum = sum &+ amount }
        }
        guard sum != wanted else { return nil }
        return pair.problem(
            .sumDiffers, "各项之和与“\(pair.otherLabel)”不等。请核对金额。",
            "does not sum up to \(pair.otherName). Check the amounts.",
            isAdvice: !pair.isTogether)
    }
}

extension FieldValue {
    /// Negative, zero or positive, as this number, date or instant stands to the other; a date and
    /// an instant compare by the day in China. Nil for values that have no such order.
    func order(to other: FieldValue) -> Int? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): Self.order(left, right)
        case (.decimal(let left), .decimal(let right)): Self.order(left.parts, right.parts)
        case (.decimal(let left), .integer(let right)): Self.order(left.parts, (right, 0))
        case (.integer(let left), .decimal(let right)): Self.order((left, 0), right.parts)
        case (.date(let left), .date(let right)): Self.order(left, right)
        case (.time(let left), .time(let right)): Self.order(left, right)
        case (.date(let left), .time(let right)): Self.order(left, ChinaTime.day(of: right))
        case (.time(let left), .date(let right)): Self.order(ChinaTime.day(of: left), right)
        default: nil
        }
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : (left == right ? 0 : 1)
    }

    private static func order(_ left: (Int64, Int64), _ right: (Int64, Int64)) -> Int {
        left < right ? -1 : (left == right ? 0 : 1)
    }
}

extension DecimalNumber {
    /// The whole part and the rest in billionths, both of the number's sign.
    fileprivate var parts: (whole: Int64, billionths: Int64) {
        var unit: Int64 = 1
        for _ in 0..<scale { unit *= 10 }
        return (mantissa / unit, mantissa % unit * (1_000_000_000 / unit))
    }
}
