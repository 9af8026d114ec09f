// SPDX-License-Identifier: Apache-2.0

/// What is wrong, or unusual, about a value that someone wants to write: where it stands, a code
/// for programs and a sentence for people that says what to do.
///
/// Messages never repeat a value: they may be shown where the value may not.
package struct Problem: Error, Hashable, Sendable {
    package enum Severity: Hashable, Sendable {
        /// The write is turned away.
        case refusal
        /// The write is taken; the sentence is shown.
        case advice
    }

    package let severity: Severity
    package let code: Code
    /// A JSON pointer (RFC 6901) into the write: `/fields/id_no`, `/fields/parties/0/phone`.
    package let pointer: String
    package let chinese: String
    package let english: String

    package init(
        _ code: Code, at pointer: String, chinese: String, english: String,
        severity: Severity = .refusal
    ) {
        self.severity = severity
        self.code = code
        self.pointer = pointer
        self.chinese = chinese
        self.english = english
    }

    package var isRefusal: Bool { severity == .refusal }

    /// The same below a prefix, as for the third row of an import: `/rows/2` + `/fields/name`.
    package func moved(below prefix: String) -> Problem {
        Problem(
            code, at: prefix + pointer, chinese: chinese, english: english, severity: severity)
    }

    /// The pointer to a field of a write.
    package static func pointer(toField name: String) -> String {
        guard name.utf8.contains(where: { $0 == 0x7E || $0 == 0x2F }) else {
            return "/fields/" + name
        }
        var pointer = "/fields/"
        for byte in name.unicodeScalars {
            switch byte {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(byte)
            }
        }
        return pointer
    }

    /// What an English message calls the place of a pointer: `id_no`, `parties/0/phone`.
    static func subject(of pointer: String) -> Substring {
        pointer.hasPrefix("/fields/") ? pointer.dropFirst(8) : pointer[...]
    }

    /// Never renamed and never reused: programs decide by them.
    package enum Code: String, CaseIterable, Sendable {
        // Of the field.
        case unknownField = "unknown_field"
        case derivedField = "derived_field"
        case notOwner = "not_owner"
        case fixedValue = "fixed_value"
        case wrongOperation = "wrong_operation"
        case maskedValue = "masked_value"
        case actIllegal = "act_illegal"
        case notAdmitted = "not_admitted"
        case unknownReader = "unknown_reader"
        case readerNotEntitled = "reader_not_entitled"
        // Of the form of a value.
        case wrongType = "wrong_type"
        case tooLong = "too_long"
        case tooShort = "too_short"
        case controlCharacter = "control_character"
        case notInList = "not_in_list"
        case wrongSize = "wrong_size"
        case tooLarge = "too_large"
        case repeatedElement = "repeated_element"
        case unknownPart = "unknown_part"
        case missingPart = "missing_part"
        case idFormat = "id_format"
        case idCheckDigit = "id_check_digit"
        case idDate = "id_date"
        case idFuture = "id_future"
        case organisationCodeFormat = "organisation_code_format"
        case organisationCodeCheck = "organisation_code_check"
        case badPhone = "bad_phone"
        case badAreaLevel = "bad_area_level"
        // Of rules.
        case outsideArea = "outside_area"
        case reservedGridNumber = "reserved_grid_number"
        case outOfRange = "out_of_range"
        case inFuture = "in_future"
        case beforeOtherField = "before_other_field"
        case afterOtherField = "after_other_field"
        case lessThanOtherField = "less_than_other_field"
        case moreThanOtherField = "more_than_other_field"
        case tooLongAfterOtherField = "too_long_after_other_field"
        case idDisagrees = "id_disagrees"
        case personalNumber = "personal_number"
        case mustBeEmpty = "must_be_empty"
        case sumDiffers = "sum_differs"
        case outsideBox = "outside_box"
        case badPeriod = "bad_period"
        case ringNotClosed = "ring_not_closed"
        // Advice only.
        case unlistedValue = "unlisted_value"
        case unusual
        case unusualCount = "unusual_count"
        // Of texts that cannot be read.
        case notANumber = "not_a_number"
        case notABoolean = "not_a_boolean"
        case notADate = "not_a_date"
        case notATime = "not_a_time"
        case notAnAreaCode = "not_an_area_code"
        case notARecord = "not_a_record"
        case notAPoint = "not_a_point"
        case notAnAttachment = "not_an_attachment"
        case notHexadecimal = "not_hexadecimal"
        case notParts = "not_parts"
    }
}
