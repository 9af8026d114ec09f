// SPDX-License-Identifier: Apache-2.0

extension FieldType {
    /// Finds the record that people mean by a text, such as a household by its number. The first
    /// parameter is the collection, nil for any.
    package typealias Resolver = (_ collection: String?, _ text: String) -> RecordID?

    /// Reads a value as people and spreadsheets write it: full-width digits and letters, spaces
    /// around, several forms of dates; labels of enumerations in place of their values; sets with
    /// `|`, commas or 、 between elements; structures as `key=value;key=value`, by name or label.
    ///
    /// What it gives has this type's form; whether it keeps the rules is asked afterwards
    /// (`CollectionDefinition.problems`). The pointer of a problem is relative to the value.
    ///
    /// - Parameter resolve: asked for references that are not record ids.
    package func parse(
        _ text: some StringProtocol, resolving resolve: Resolver? = nil
    ) throws(Problem) -> FieldValue {
        switch self {
        case .text: return .text(TextFolding.words(text))
        case .longText: return .text(TextFolding.trimmed(String(text)))
        case .integer, .decimal, .boolean, .date, .time, .areaCode, .point, .attachment, .bytes:
            return try plainValue(TextFolding.code(text))
        case .enumeration(let choices, _):
            let words = TextFolding.words(text)
            let choice =
                choices.first { $0.value == words } ?? choices.first { $0.label == words }
            return .text(choice?.value ?? words)
        case .idNumber, .organisationCode:
            // Spreadsheets put `'` before digits that are to stay text.
            var code = TextFolding.code(text)
            while code.first == "'" { code = TextFolding.code(code.drop { $0 == "'" }) }
            return .text(code.uppercased())
        case .phone: return .text(Self.phone(TextFolding.code(text)))
        case .reference(let collection):
            let name = TextFolding.words(text)
            if let id = RecordID(parsing: name) ?? resolve?(collection, name) {
                return .reference(id)
            }
            throw Problem(
                .notARecord, at: "", chinese: "找不到这条记录。请填写16位记录标识，或从列表中选择。",
                english: "No such record. Give its 16-character id or pick it from the list.")
        case .party:
            let name = TextFolding.words(text)
            let id = RecordID(parsing: name) ?? resolve?(nil, name)
            return id.map { .reference($0) } ?? .text(name)
        case .set(let element):
            let values = try Self.elements(of: text, as: element, resolving: resolve)
            return .list(Self.distinct(values))
        case .list(let element):
            return .list(try Self.elements(of: text, as: element, resolving: resolve))
        case .structure(let parts):
            return try Self.structure(String(text), parts: parts, resolving: resolve)
        }
    }

    /// Spaces, hyphens of mobile numbers and the country's prefix are how people write; the
    /// number is without them.
    private static func phone(_ code: String) -> String {
        var local = String(code.filter { $0 != " " })
        while local.hasPrefix("+86") { local = TextFolding.trimmed(String(local.dropFirst(3))) }
        let digits = String(local.filter { $0 != "-" })
        return PhoneNumber.isMobile(Array(digits.utf8)[...]) ? digits : local
    }

    /// The elements between marks. What is blank, as after a mark at the end, is none.
    private static func elements(
        of text: some StringProtocol, as element: FieldType, resolving resolve: Resolver?
    ) throws(Problem) -> [FieldValue] {
        let text = TextFolding.trimmed(String(text))
        var values: [FieldValue] = []
        for part in ListText.split(text, marks: ListText.marks(of: element))
        where !TextFolding.trimmed(part).isEmpty {
            do throws(Problem) {
                values.append(try element.parse(part, resolving: resolve))
            } catch {
                throw error.moved(below: "/\(values.count)")
            }
        }
        return values
    }

    /// In the order of values, each once: the canonical form of a set.
    package static func distinct(_ values: [FieldValue]) -> [FieldValue] {
        values.sorted { $0.precedes($1) }.reduce(into: []) { distinct, value in
            if distinct.last != value { distinct.append(value) }
        }
    }

    private static func structure(
        _ text: String, parts: [Part], resolving resolve: Resolver?
    ) throws(Problem) -> FieldValue {
        var values: [String: FieldValue] = [:]
        for (index, item) in ListText.split(text, marks: ListText.partMarks).enumerated() {
            let halves = item.unicodeScalars.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false
            ).map { String($0) }
            let key = halves.count == 2 ? TextFolding.words(halves[0]) : nil
            let found =
                key.map { key in parts.first { $0.name == key || $0.label == key } }
                ?? (index == 0 ? parts.first : nil)
            guard let part = found, let content = halves.last else {
                throw Problem(
                    .notParts, at: "",
                    chinese: "无法识别。请写成“名称=值;名称=值”，名称可用："
                        + parts.map(\.label).joined(separator: "、") + "。",
                    english: "Write it as name=value;name=value, with the names "
                        + parts.map(\.name).joined(separator: ", ") + ".")
            }
            if TextFolding.trimmed(content).isEmpty { continue }
            do throws(Problem) {
                values[part.name] = try part.type.parse(content, resolving: resolve)
            } catch {
                throw error.moved(below: "/\(part.name)")
            }
        }
        return .map(of: values)
    }
}
