// SPDX-License-Identifier: Apache-2.0

/// The merge state of one part of a field.
package enum FieldState: Hashable, Sendable {
    case register(Register)
    case fixed(FixedField)
    case set(ElementSet)
    case timeline(Timeline)
    case counter(Counter)
}

/// Which part of which field: writes of different families never touch each other, so that an
/// operation that does not fit its field is kept beside what fits.
package struct FieldKey: Hashable, Comparable, Sendable {
    package enum Family: UInt8, Hashable, Sendable {
        case assigned = 0
        case elements = 1
        case items = 2
        case sum = 3
    }

    package let field: UInt32
    package let family: Family

    package init(field: UInt32, family: Family) {
        self.field = field
        self.family = family
    }

    package static func < (left: FieldKey, right: FieldKey) -> Bool {
        (left.field, left.family.rawValue) < (right.field, right.family.rawValue)
    }
}

extension FieldState {
    /// Applies one operation. A state built under another rule is not met: the catalogue's rule
    /// for a field is fixed while a folder is open, and a new edition rebuilds the tables.
    mutating func apply(
        _ operation: FieldOperation, stamp: WriteStamp, rule: AssignmentRule,
        seen context: VersionVector
    ) {
        switch (operation, self) {
        case (.assign, .register), (.assign, .fixed), (.clear, .register), (.clear, .fixed):
            assign(operation.assignedValue, stamp: stamp, rule: rule, seen: context)
        case (.add(let elements), .set(var set)):
            self = .set(ElementSet())
            set.add(elements, dot: stamp.dot, seen: context)
            self = .set(set)
        case (.remove(let elements), .set(var set)):
            self = .set(ElementSet())
            set.remove(elements, seen: context)
            self = .set(set)
        case (.append(let values), .timeline(var timeline)):
            self = .timeline(Timeline())
            timeline.append(values, stamp: stamp)
            self = .timeline(timeline)
        case (.increment(let amount), .counter(var counter)):
            counter.increment(by: amount, log: stamp.dot.log)
            self = .counter(counter)
        case (.assign, _), (.clear, _), (.add, _), (.remove, _), (.append, _), (.increment, _):
            preconditionFailure("\(operation.family) met the state of another family")
        }
    }

    /// Takes in that a value was assigned which has been destroyed.
    mutating func assignRedacted(
        stamp: WriteStamp, rule: AssignmentRule, seen context: VersionVector
    ) {
        assign(nil, isRedacted: true, stamp: stamp, rule: rule, seen: context)
    }

    private mutating func assign(
        _ value: FieldValue?, isRedacted: Bool = false, stamp: WriteStamp, rule: AssignmentRule,
        seen context: VersionVector
    ) {
        let isVoid = if case .owned(let level) = rule { stamp.level > level } else { false }
        let sibling = Sibling(
            value: value, dot: stamp.dot, timestamp: stamp.timestamp, isVoid: isVoid,
            isRedacted: isRedacted)
        switch self {
        case .register(var register):
            self = .register(Register())
            register.apply(sibling, seen: context)
            self = .register(register)
        case .fixed(var fixed):
            self = .fixed(FixedField())
            fixed.apply(sibling)
            self = .fixed(fixed)
        case .set, .timeline, .counter:
            preconditionFailure("assigned values live in registers and fixed fields")
        }
    }

    /// An untouched state for an operation.
    static func empty(for operation: FieldOperation, rule: AssignmentRule) -> FieldState {
        empty(for: operation.family, rule: rule)
    }

    /// An untouched state for operations of a family.
    static func empty(for family: FieldKey.Family, rule: AssignmentRule) -> FieldState {
        switch (family, rule) {
        case (.assigned, .fixed): .fixed(FixedField())
        case (.assigned, .register), (.assigned, .owned): .register(Register())
        case (.elements, _): .set(ElementSet())
        case (.items, _): .timeline(Timeline())
        case (.sum, _): .counter(Counter())
        }
    }

    /// Joins two states of one part of one field.
    mutating func merge(
        _ other: FieldState, context: VersionVector, otherContext: VersionVector
    ) {
        switch (self, other) {
        case (.register(var left), .register(let right)):
            left.merge(right, context: context, otherContext: otherContext)
            self = .register(left)
        case (.fixed(var left), .fixed(let right)):
            left.merge(right)
            self = .fixed(left)
        case (.set(var left), .set(let right)):
            left.merge(right, context: context, otherContext: otherContext)
            self = .set(left)
        case (.timeline(var left), .timeline(let right)):
            left.merge(right)
            self = .timeline(left)
        case (.counter(var left), .counter(let right)):
            left.merge(right, context: context, otherContext: otherContext)
            self = .counter(left)
        case (.register, _), (.fixed, _), (.set, _), (.timeline, _), (.counter, _):
            preconditionFailure("states of one field key are of one kind")
        }
    }

    /// Whether nothing is left in it.
    var isEmpty: Bool {
        switch self {
        case .register(let register): register.isEmpty
        case .fixed(let fixed): fixed.siblings.isEmpty
        case .set(let set): set.members.isEmpty
        case .timeline(let timeline): timeline.items.isEmpty
        case .counter(let counter): counter.shares.isEmpty
        }
    }
}

extension FieldOperation {
    /// The part of the field that this operation touches.
    package var family: FieldKey.Family {
        switch self {
        case .assign, .clear: .assigned
        case .add, .remove: .elements
        case .append: .items
        case .increment: .sum
        }
    }

    fileprivate var assignedValue: FieldValue? {
        if case .assign(let value) = self { value } else { nil }
    }
}
