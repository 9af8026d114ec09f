// SPDX-License-Identifier: Apache-2.0

/// What is shown in place of sensitive values (classes P3 and P4): enough to recognise what one
/// knows already, never the whole. What is stored, merged and sent stays as it was written.
///
/// | what | shown |
/// | --- | --- |
/// | name | first and last character: 张*三; of two the first: 张*; of one nothing: * |
/// | mobile number | first 3, last 4: 138****1234 |
/// | another telephone number | first 3, last 2: 085****67 |
/// | resident number | first 6, last 4: 522730********0027 |
/// | address | as far as the villagers' group: 茶香村3组*** |
/// | structure with one of these | each of its parts so; the others as `***` |
/// | set, timeline, list | what its elements show, each once |
/// | anything else, what has not the form of its type, and all of P4 | `***` |
package enum Masking {
    /// What nothing can be told of, not even its length.
    package static let hidden = "***"

    /// What stands for a value that is sealed for the devices which its record names.
    package static let sealed = "仅指定设备可见 / sealed for named devices"

    /// From this class on the fields of a record are masked: P3, but P2 where the record is of a
    /// child, for all that is about a child is sensitive (`under_14` of the catalogue).
    ///
    /// - Parameters:
    ///   - today: in days since 1970-01-01.
    ///   - value: the value that the record shows in a field.
    package static func threshold(
        in collection: CollectionDefinition, today: Int32,
        value: (String) throws -> FieldValue?
    ) rethrows -> PrivacyClass {
        guard collection.field(named: "under_14")?.kind == .derived,
            case .date(let born)? = try value("birth_date"), let birth = CivilDate(days: born),
            let now = CivilDate(days: today)
        else { return .p3 }
        let isBeforeBirthday = (now.month, now.day) < (birth.month, birth.day)
        return now.year - birth.year - (isBeforeBirthday ? 1 : 0) < 14 ? .p2 : .p3
    }

    /// A field that the edition at hand does not know is taken for the most sensitive one.
    package static func masks(
        _ field: FieldDefinition?, from threshold: PrivacyClass = .p3
    ) -> Bool {
        (field?.privacy ?? .p4) >= threshold
    }

    /// Whether records may be looked up by the whole value of a masked field: only by numbers that
    /// an asker must know already. Of what has a few choices each could be tried; and by how often
    /// a name occurs, its mark would tell which it is (Protocol/at-rest.md).
    package static func allowsLookup(by field: FieldDefinition) -> Bool {
        guard masks(field) else { return true }
        return field.privacy == .p3 && rule(for: field.type, named: field.name).isLongNumber
    }

    /// The value of a masked field, or one element of it, as programs meet it.
    package static func json(_ value: FieldValue, of field: FieldDefinition?) -> JSONValue {
        guard let field, field.privacy < .p4 else { return .text(hidden) }
        return masked(value, type: field.type, name: field.name)
    }

    /// Whether a value is what a mask of the shown one looks like: it was read masked and is being
    /// written back, and would take the place of what it stands for.
    package static func isMask(
        _ value: FieldValue, of field: FieldDefinition, shown: FieldValue?,
        from threshold: PrivacyClass = .p3
    ) -> Bool {
        guard masks(field, from: threshold) else { return false }
        let masks = Set(shown.map { elements($0).map { json($0, of: field) } } ?? [])
        let kept = shown.map(elements) ?? []
        return elements(value).contains { element in
            element == .text(hidden) || element == .text(sealed)
                || masks.contains(element.json) && !kept.contains(element)
        }
    }

    private enum Rule {
        case name, phone, idNumber, address, whole

        var isLongNumber: Bool {
            switch self {
            case .phone, .idNumber: true
            case .name, .address, .whole: false
            }
        }
    }

    private static func rule(for type: FieldType, named name: String) -> Rule {
        switch type {
        case .idNumber: .idNumber
        case .phone: .phone
        case .text where name == "name" || name.hasSuffix("_name"): .name
        case .text where name == "address" || name.hasSuffix("_address"): .address
        case .text, .longText, .integer, .decimal, .boolean, .date, .time, .areaCode,
            .enumeration, .organisationCode, .reference, .party, .point, .attachment, .bytes,
            .set, .list, .structure:
            .whole
        }
    }

    private static func masked(_ value: FieldValue, type: FieldType, name: String) -> JSONValue {
        switch (value, type.element ?? type) {
        case (.list(let values), let element):
            var shown: [JSONValue] = []
            for value in values {
                let mask = masked(value, type: element, name: name)
                if !shown.contains(mask) { shown.append(mask) }
            }
            return .list(shown)
        case (.map(let parts), .structure(let definitions)):
            let rules = Dictionary(
                definitions.map { ($0.name, rule(for: $0.type, named: $0.name)) },
                uniquingKeysWith: { $1 })
            guard parts.contains(where: { rules[$0.name, default: .whole] != .whole }) else {
                return .text(hidden)
            }
            return .object(
                Dictionary(
                    parts.map { part in
                        (part.name, .text(text(part.value, by: rules[part.name] ?? .whole)))
                    }, uniquingKeysWith: { $1 }))
        case (let value, let type):
            return .text(text(value, by: rule(for: type, named: name)))
        }
    }

    private static func text(_ value: FieldValue, by rule: Rule) -> String {
        guard case .text(let text) = value else { return hidden }
        return switch rule {
        case .name: self.name(text)
        case .phone: phone(text)
        case .idNumber: idNumber(text)
        case .address: address(text)
        case .whole: hidden
        }
    }

    private static func elements(_ value: FieldValue) -> [FieldValue] {
        if case .list(let values) = value { values } else { [value] }
    }
}

extension Masking {
    /// Characters are counted as people see them. At most four stars, whatever the length.
    package static func name(_ text: String) -> String {
        guard let first = text.first, let last = text.last else { return hidden }
        switch text.count {
        case 1: return "*"
        case 2: return "\(first)*"
        case let count: return "\(first)\(String(repeating: "*", count: min(count - 2, 4)))\(last)"
        }
    }

    package static func phone(_ text: String) -> String {
        guard let number = PhoneNumber(parsing: text) else { return hidden }
        return "\(text.prefix(3))****\(text.suffix(number.isMobile ? 4 : 2))"
    }

    /// Of the 18 characters of GB 11643, whatever they prove.
    package static func idNumber(_ text: String) -> String {
        let bytes = text.utf8
        guard bytes.count == 18, bytes.dropLast().allSatisfy({ PhoneNumber.isDigit($0) }),
            text.count == 18
        else { return hidden }
        return "\(text.prefix(6))********\(text.suffix(4))"
    }

    /// Up to the first 组 that a number stands before. An address without one is hidden.
    package static func address(_ text: String) -> String {
        var before: Character?
        for (index, character) in zip(text.indices, text) {
            if character == "组", let before, before.isWholeNumber || "〇零".contains(before) {
                return text[...index] + hidden
            }
            before = character
        }
        return hidden
    }
}
