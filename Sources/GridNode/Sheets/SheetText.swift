// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridStore

/// Values as the cells of a sheet: labels in place of codes, and masked by class as exports are
/// (the privacy classes of the catalogue).
enum SheetText {
    /// The whole value. Reading it gives the value again.
    static func plain(_ value: FieldValue, of field: FieldDefinition) -> String {
        field.type.text(of: labelled(value, as: field.type))
    }

    /// What an export shows of a value: names, telephones, addresses and free text of class P2 are
    /// masked, and everything from the threshold on.
    static func masked(
        _ value: FieldValue, of field: FieldDefinition, from threshold: PrivacyClass
    ) -> String {
        if Masking.masks(field, from: threshold)
            || field.privacy == .p2 && isMasked(field, value)
        {
            return text(Masking.json(value, of: field))
        }
        return plain(value, of: field)
    }

    /// Whether a cell looks like what a mask shows, and so is no value.
    static func isMask(_ cell: String, of field: FieldDefinition) -> Bool {
        field.privacy >= .p2
            && (cell.contains(Masking.hidden) || tellsWhoItIs(field) && cell.contains("*"))
    }

    private static func isMasked(_ field: FieldDefinition, _ value: FieldValue) -> Bool {
        if tellsWhoItIs(field) { return true }
        guard case .text(let text) = value else { return false }
        return PersonalNumbers(in: text) != PersonalNumbers(in: "")
    }

    /// Of a field of class P2: names, telephones, addresses, and texts that may hold them.
    private static func tellsWhoItIs(_ field: FieldDefinition) -> Bool {
        switch field.type.element ?? field.type {
        case .phone, .idNumber, .longText, .party: true
        case .text:
            ["name", "address", "contact"].contains {
                field.name == $0 || field.name.hasSuffix("_" + $0)
            }
        case .integer, .decimal, .boolean, .date, .time, .areaCode, .enumeration,
            .organisationCode, .reference, .point, .attachment, .bytes, .set, .list, .structure:
            false
        }
    }

    private static func labelled(_ value: FieldValue, as type: FieldType) -> FieldValue {
        switch (value, type) {
        case (.list(let values), _): .list(values.map { labelled($0, as: type.element ?? type) })
        case (.boolean(let boolean), .boolean): .text(boolean ? "是" : "否")
        case (.text(let text), _): .text(type.label(of: text) ?? text)
        default: value
        }
    }

    private static func text(_ mask: JSONValue) -> String {
        switch mask {
        case .text(let text): text
        case .list(let items): items.map(text).joined(separator: "|")
        case .object(let parts):
            parts.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }
                .joined(separator: ";")
        case .null, .boolean, .integer, .number: mask.description
        }
    }
}
