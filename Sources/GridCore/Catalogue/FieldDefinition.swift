// SPDX-License-Identifier: Apache-2.0

/// One named part of the records of a collection.
package struct FieldDefinition: Sendable {
    /// 1...65,535, unique in the collection.
    package let number: UInt32
    package let name: String
    /// In Chinese.
    package let label: String
    /// Of the whole value of a register or fixed field and of a set; of one item of a timeline.
    package let type: FieldType
    package let kind: FieldKind
    /// Whether concurrent values are shown until a person picks one. Only registers can say no.
    package let showsConflicts: Bool
    /// The level whose certificates a write needs to count; nil when any writer's write counts.
    package let owner: AreaLevel?
    /// Whether the items of a timeline are ledger lines: corrections are new lines.
    package let isLedger: Bool
    package let requirement: Requirement
    package let privacy: PrivacyClass
    package let rules: [FieldRule]
    /// The rule as the source table has it, for people.
    package let note: String

    package init(
        number: UInt32, name: String, label: String, type: FieldType, kind: FieldKind = .register,
        showsConflicts: Bool = true, owner: AreaLevel? = nil, isLedger: Bool = false,
        requirement: Requirement = .optional, privacy: PrivacyClass = .p1,
        rules: [FieldRule] = [], note: String = ""
    ) {
        precondition(owner == nil || kind == .register, "\(name): only registers have owners")
        self.number = number
        self.name = name
        self.label = label
        self.type = type
        self.kind = kind
        self.showsConflicts = showsConflicts
        self.owner = owner
        self.isLedger = isLedger
        self.requirement = requirement
        self.privacy = privacy
        self.rules = rules
        self.note = note
    }

    /// The part of the field that is shown: what was written to the others is kept beside it.
    package var shownKey: FieldKey {
        let family: FieldKey.Family =
            switch kind {
            case .register, .fixed, .derived: .assigned
            case .set: .elements
            case .timeline: .items
            case .counter: .sum
            }
        return FieldKey(field: number, family: family)
    }

    /// Whether people must choose between values of the field.
    package func isConflicting(_ state: FieldState?) -> Bool {
        switch state {
        case .register(let register): showsConflicts && register.isConflicting
        case .fixed(let fixed): fixed.isConflicting
        case .set, .timeline, .counter, nil: false
        }
    }

    var assignmentRule: AssignmentRule {
        if let owner { return .owned(owner) }
        return kind == .fixed ? .fixed : .register
    }
}

/// How a field's writes merge (design of the data; Protocol/catalogue/README.md).
package enum FieldKind: String, CaseIterable, Sendable {
    /// Assigned and cleared; concurrent values are kept side by side.
    case register
    /// Assigned once, at creation.
    case fixed
    /// Elements are added and removed; adding wins.
    case set
    /// Items are appended, never removed.
    case timeline
    /// Signed increments are summed.
    case counter
    /// Computed from other fields and records. Never stored, never written.
    case derived
}

/// Whether a record is complete without a field. Never a reason to refuse a write.
package enum Requirement: Hashable, Sendable {
    case required
    case optional
    /// Required of records for which the condition holds; nil is none that can be told by rule.
    case conditional(Condition?)
    /// Computed: nobody can give it.
    case derived
}

/// Who may see a value (privacy classes of the catalogue).
package enum PrivacyClass: UInt8, CaseIterable, Comparable, Sendable {
    /// For everybody.
    case p0 = 0
    /// For those who work with the data.
    case p1 = 1
    /// About a person.
    case p2 = 2
    /// Sensitive about a person.
    case p3 = 3
    /// For the devices named in the record only.
    case p4 = 4

    package static func < (left: PrivacyClass, right: PrivacyClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension PrivacyClass: CustomStringConvertible {
    /// `P0`...`P4`.
    package var description: String { "P\(rawValue)" }
}
