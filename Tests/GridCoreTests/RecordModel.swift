// SPDX-License-Identifier: Apache-2.0

import GridCore

/// One record of the real code under a small alphabet of changes.
struct RecordModel: MergeModel {
    /// One operation of an alphabet.
    struct Letter {
        var archives = false
        var level: AreaLevel = .village
        var writes: [FieldWrite] = []
    }

    static let registerField: UInt32 = 1
    static let fixedField: UInt32 = 2
    static let ownedField: UInt32 = 3

    let letters: [Letter]

    var alphabet: Int { letters.count }

    var empty: RecordState {
        RecordState(
            collection: 9, address: .named(RecordID(high: 1, low: 1)), domain: MergeWorld.domain)
    }

    func apply(_ entry: Int, of world: MergeWorld, to state: inout RecordState) {
        let letter = letters[world.letters[entry]]
        let change = RecordChange(
            collection: state.collection, address: state.address, archives: letter.archives,
            writes: letter.writes)
        state.apply(
            change, stamp: world.stamp(entry, level: letter.level), rules: Rules(),
            seen: world.vector(world.contexts[entry]))
    }

    func merge(
        _ left: RecordState, _ right: RecordState,
        contexts: (left: VersionVector, right: VersionVector)
    ) -> RecordState {
        var joined = left
        joined.merge(right, context: contexts.left, otherContext: contexts.right)
        return joined
    }

    /// Fields 2 and 3 as their names say; all others merge as registers, sets, timelines and
    /// counters by their operations.
    struct Rules: MergeRules {
        func assignmentRule(collection: UInt32, field: UInt32) -> AssignmentRule {
            switch field {
            case RecordModel.fixedField: .fixed
            case RecordModel.ownedField: .owned(.township)
            default: .register
            }
        }
    }
}

extension RecordModel.Letter {
    /// An edit of one field.
    static func edit(
        _ field: UInt32, _ operation: FieldOperation, level: AreaLevel = .village
    ) -> RecordModel.Letter {
        RecordModel.Letter(
            level: level, writes: [FieldWrite(field: field, operation: operation)])
    }

    /// An edit that leaves every field alone.
    static let touch = RecordModel.Letter()
    static let archive = RecordModel.Letter(archives: true)
}
