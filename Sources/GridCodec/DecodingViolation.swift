// SPDX-License-Identifier: Apache-2.0

/// The ways in which bytes are not what Protocol/notation.md allows. Each has a test.
package enum DecodingViolation: String, Error, Hashable, CaseIterable, Sendable {
    /// The bytes end before the value does.
    case truncated = "truncated"
    /// Bytes are left after the last value.
    case trailingBytes = "trailing_bytes"
    /// An integer is written longer than needed.
    case integerNotShortest = "integer_not_shortest"
    /// An integer has more than 64 bits, or more than its field allows.
    case integerTooLarge = "integer_too_large"
    /// A length or count is over its limit.
    case lengthTooLarge = "length_too_large"
    /// Something that must not be empty is.
    case empty = "empty"
    /// A text is not UTF-8.
    case textNotUTF8 = "text_not_utf8"
    /// A text holds U+0000.
    case textHoldsNul = "text_holds_nul"
    /// A tag, kind or flag that this version does not know.
    case unknownTag = "unknown_tag"
    /// A version of an object that this program does not read.
    case unknownVersion = "unknown_version"
    /// A boolean-like byte is neither 0 nor 1.
    case flagNotBinary = "flag_not_binary"
    /// A list that must ascend, each item once, does not.
    case notAscending = "not_ascending"
    /// A decimal number has trailing zeros or more than nine places.
    case decimalNotNormal = "decimal_not_normal"
    /// A point lies outside the earth.
    case pointOutOfRange = "point_out_of_range"
    /// A date lies outside the years 0001–9999.
    case dateOutOfRange = "date_out_of_range"
    /// An area code is not one.
    case areaNotValid = "area_not_valid"
    /// The home of a log is finer than a village.
    case areaNotHome = "area_not_home"
    /// Lists and maps stand in each other deeper than allowed.
    case nestedTooDeep = "nested_too_deep"
    /// A sequence is 0 or over its limit.
    case sequenceOutOfRange = "sequence_out_of_range"
    /// One entry assigns and clears the same field, or adds and removes the same element.
    case contradiction = "contradiction"
    /// One entry speaks of the same record twice.
    case recordTwice = "record_twice"
    /// The stated length of the values is not the length they have.
    case valuesLengthWrong = "values_length_wrong"
    /// A context names a log that its log's table does not have yet.
    case unknownReference = "unknown_reference"
    /// A context names its own log, or a log of another domain, or one log twice.
    case contextNotForeign = "context_not_foreign"
    /// The salts of a run do not cover its entries exactly.
    case saltsDoNotCover = "salts_do_not_cover"
    /// Compressed bytes do not unpack to the stated size.
    case compressionBroken = "compression_broken"
}
