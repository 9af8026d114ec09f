// SPDX-License-Identifier: Apache-2.0

/// What a field's values must keep beyond their type. The notation of each case is its form in
/// catalogue documents. A rule that speaks of another field asks nothing while that has no value.
package enum FieldRule: Hashable, Sendable {
    /// Integers and decimals between the bounds, both included. `range 1..60`, `range 0..`
    case range(min: Int64?, max: Int64?)
    /// Integers and decimals greater than this. `above 0`
    case above(Int64)
    /// `nonzero`
    case nonzero
    /// A year from this one to the year of today. `year 1900..`
    case year(from: Int64)
    /// Dates not after today and instants not after a day from now; of a structure, its parts `at`
    /// and `on`. `not_future`
    case notFuture
    /// Not before, or not less than, another field. `at_least from_on`
    case atLeast(String)
    /// Not after, or not more than, another field. `at_most staff_count`
    case atMost(String)
    /// An instant at most so many hours after another field's. `within_hours 24 started_at`
    case withinHours(Int64, of: String)
    /// Area codes inside the area of the record. `inside_area`
    case insideArea
    /// A grid code with a number of 900...999 needs this field to be `dedicated`.
    /// `dedicated_grid kind`
    case dedicatedGrid(kind: String)
    /// Sex and birth date as in the resident number of this field. Refused when both are written
    /// together, else advice. `agrees_with_id id_no`
    case agreesWithID(String)
    /// No resident numbers or mobile numbers in the text; numbers of the fixed network are advice.
    /// `no_personal_numbers`, and all of it as advice: `advise_personal_numbers`
    case noPersonalNumbers(isAdvice: Bool)
    /// No value in records of which the condition holds. `empty_when anonymous=true`
    case emptyWhen(Condition)
    /// Fewer elements leave the record incomplete. `min_count 2`, `min_count 2 when mode=joint`
    case minCount(Int, when: Condition?)
    /// Advice outside these bounds. `usual 1..500`
    case usual(min: Int64?, max: Int64?)
    /// Advice when a set has fewer or more elements. `usual_count 10..20`
    case usualCount(min: Int64?, max: Int64?)
    /// The integers of a structure sum up to another field. Refused when both are written
    /// together, else advice. `sum_equals investment_fen`
    case sumEquals(String)
    /// A point within these degrees. `box 3,73..54,136`
    case box(south: Int64, west: Int64, north: Int64, east: Int64)
    /// A year or a month: `2026`, `2026-10`. `period`
    case period
    /// At least four points, the last equal to the first. `closed_ring`
    case closedRing

    /// Names of the fields it compares with.
    package var otherFields: [String] {
        switch self {
        case .atLeast(let other), .atMost(let other), .withinHours(_, let other),
            .dedicatedGrid(let other), .agreesWithID(let other), .sumEquals(let other):
            [other]
        case .emptyWhen(let condition): condition.fields
        case .range, .above, .nonzero, .year, .notFuture, .insideArea, .noPersonalNumbers,
            .minCount, .usual, .usualCount, .box, .period, .closedRing:
            []
        }
    }
}
