// SPDX-License-Identifier: Apache-2.0

/// When a field is required: a question to the other fields of a record, such as
/// `full_time=true or roles~联户长`.
///
/// `and` binds closer than `or`; there are no brackets. A field without a value equals nothing
/// and contains nothing.
package struct Condition: Hashable, Sendable {
    /// One comparison. Values are compared in their notation: texts as they are, booleans as `true`
    /// and `false`, integers in decimal.
    package enum Term: Hashable, Sendable {
        /// `field=value`
        case equals(field: String, value: String)
        /// `field!=value`: also when the field has no value.
        case differs(field: String, value: String)
        /// `field~value`: a set that holds the value, or an element that has it as its first
        /// listed part.
        case contains(field: String, value: String)
        /// `field absent`
        case absent(field: String)

        package var field: String {
            switch self {
            case .equals(let field, _), .differs(let field, _), .contains(let field, _),
                .absent(let field):
                field
            }
        }
    }

    /// Any of these must hold; of each, all.
    package let alternatives: [[Term]]

    package init(_ alternatives: [[Term]]) { self.alternatives = alternatives }

    /// Names of the fields it asks for.
    var fields: [String] { alternatives.flatMap { $0.map(\.field) } }

    /// Whether it holds of the values that `value` gives for field names.
    package func holds(for value: (String) -> FieldValue?) -> Bool {
        alternatives.contains { $0.allSatisfy { Self.holds($0, for: value) } }
    }

    private static func holds(_ term: Term, for value: (String) -> FieldValue?) -> Bool {
        switch term {
        case .equals(let field, let wanted): value(field).map { equals($0, wanted) } ?? false
        case .differs(let field, let wanted): value(field).map { !equals($0, wanted) } ?? true
        case .contains(let field, let wanted):
            switch value(field) {
            case .list(let elements)?: elements.contains { equals($0, wanted) }
            case let single?: equals(single, wanted)
            case nil: false
            }
        case .absent(let field): value(field) == nil
        }
    }

    private static func equals(_ value: FieldValue, _ wanted: String) -> Bool {
        switch value {
        case .text(let text): text == wanted
        case .boolean(let boolean): (boolean ? "true" : "false") == wanted
        case .integer(let integer): String(integer) == wanted
        case .map(let parts): parts.contains { equals($0.value, wanted) }
        default: false
        }
    }
}
