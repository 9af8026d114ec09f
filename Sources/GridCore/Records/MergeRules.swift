// SPDX-License-Identifier: Apache-2.0

/// How assigned values of one field merge.
package enum AssignmentRule: Hashable, Sendable {
    /// Concurrent values stay side by side until a write has seen them.
    case register
    /// The first value by (timestamp, dot) holds for ever; others are kept and shown.
    case fixed
    /// A register in which only writers certified at this level or above count.
    case owned(AreaLevel)
}

/// What the catalogue knows about merging. Fields it does not know merge as registers, so that
/// entries of a newer node are never lost; after an upgrade the tables are rebuilt.
package protocol MergeRules: Sendable {
    func assignmentRule(collection: UInt32, field: UInt32) -> AssignmentRule

    /// Which fields of a collection hold values for named devices; nil for none.
    func sealing(of collection: UInt32) -> FieldSealing?
}

extension MergeRules {
    package func sealing(of collection: UInt32) -> FieldSealing? { nil }
}
