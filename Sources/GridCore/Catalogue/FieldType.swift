// SPDX-License-Identifier: Apache-2.0

/// What values a field, a set's element, a timeline's item or a part of one may have. The notation
/// of each case is its form in catalogue documents (Protocol/catalogue/README.md).
package indirect enum FieldType: Hashable, Sendable {
    /// One line, counted in characters as people see them. `text(2..20)`
    case text(min: Int, max: Int)
    /// Several lines, counted in characters. `longtext(500)`
    case longText(max: Int)
    /// `integer`
    case integer
    /// `decimal`
    case decimal
    /// `boolean`
    case boolean
    /// A civil date. `date`
    case date
    /// An instant. `time`
    case time
    /// `area(village,grid)`: a code of one of these levels.
    case areaCode([AreaLevel])
    /// `enum(M:男,F:女)`: one of the choices. `open(居住,经营)`: one of them or any other short text.
    case enumeration([Choice], isOpen: Bool)
    /// Resident number of GB 11643, 18 characters. `id18`
    case idNumber
    /// Unified social credit code of GB 32100, 18 characters. `uscc18`
    case organisationCode
    /// A mobile number or one of the fixed network with its area prefix. `phone`
    case phone
    /// A record of the collection named, or of any. `ref(staff)`, `ref`
    case reference(String?)
    /// Someone who may have a record or not, as departments have none: a reference, or a name of
    /// 1...60 characters. `party`
    case party
    /// `point`
    case point
    /// A file of at most so many bytes. `attachment(2097152)`
    case attachment(maxBytes: UInt64)
    /// `bytes(32)`, `bytes(1..64)`
    case bytes(min: Int, max: Int)
    /// Different elements in no order, held as a list. `set(ref(staff))`
    case set(FieldType)
    /// Elements in their order, equal ones included. `list(point)`
    case list(FieldType)
    /// Named parts, held as a map. `struct(on 日期!:date,text 内容:longtext(500))`; `!` marks parts
    /// without which an item is refused.
    case structure([Part])

    /// One value of an enumeration.
    package struct Choice: Hashable, Sendable {
        package let value: String
        /// In Chinese; the value itself when the document gives none.
        package let label: String

        package init(value: String, label: String? = nil) {
            self.value = value
            self.label = label ?? value
        }
    }

    /// One named part of a structure.
    package struct Part: Hashable, Sendable {
        package let name: String
        package let label: String
        package let isRequired: Bool
        package let type: FieldType

        package init(name: String, label: String? = nil, isRequired: Bool = false, type: FieldType)
        {
            self.name = name
            self.label = label ?? name
            self.isRequired = isRequired
            self.type = type
        }
    }

    /// Longest text of an open enumeration, and of a short text without a length of its own.
    package static let shortTextMax = 40
    /// Longest name of a party without a record.
    package static let partyNameMax = 60

    /// The Chinese label of an enumeration's value; nil for other types and unlisted values.
    package func label(of value: String) -> String? {
        guard case .enumeration(let choices, _) = self else { return nil }
        return choices.first { $0.value == value }?.label
    }

    /// What the values of a set or list are made of; nil for other types.
    package var element: FieldType? {
        switch self {
        case .set(let element), .list(let element): element
        default: nil
        }
    }
}
