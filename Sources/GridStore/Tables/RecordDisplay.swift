// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog

/// A record as people see it: for each field the displayed value, and what stands beside it.
package struct RecordDisplay: Sendable {
    package struct Field: Sendable {
        package let definition: FieldDefinition
        /// Nil when empty or cleared. A set is a list of its elements, a timeline of its items.
        package let value: FieldValue?
        /// More than one distinct value counts, and this field shows it.
        package let isConflicting: Bool
        /// All values that count, the displayed one first; one or none without a conflict.
        package let candidates: [Sibling]
        /// Values by writers who are not entitled to write this field.
        package let void: [Sibling]
    }

    package let collection: CollectionDefinition
    package let state: RecordState
    package let id: RecordID
    /// What its timelines amount to; nil for records of which nothing is folded.
    package let summary: FoldSummary?

    /// - Parameter summary: what its row says of its timelines; folded here without one.
    package init(
        _ state: RecordState, of collection: CollectionDefinition, summary: FoldSummary? = nil
    ) {
        self.collection = collection
        self.state = state
        id = RecordNaming.id(of: state.address)
        self.summary =
            summary ?? RecordFolding(collection).map { FoldSummary($0.fold(state)) }
    }

    /// Every field of the catalogue that is written, made anew at each call.
    package var fields: [Field] {
        collection.fields.filter { $0.kind != .derived }.map { Self.field($0, in: state) }
    }

    /// Its timelines, folded anew with every act; nil for records of which nothing is folded.
    package var fold: RecordFold? { RecordFolding(collection)?.fold(state) }

    /// Required fields without a value.
    package var missing: [FieldDefinition] { collection.missing { self[$0]?.value } }

    package var conflicts: [Field] { fields.filter(\.isConflicting) }

    /// Whether the record's id is the hash of what it is: of its creation, or of its natural key.
    var bearsItsOwnID: Bool {
        guard case .named(let id) = state.address else { return true }
        let key = collection.namedBy.compactMap { self[$0]?.value }
        return !key.isEmpty && key.count == collection.namedBy.count
            && id
                == RecordNaming.id(
                    collection: collection.number, area: state.domain.area, key: key)
    }

    package subscript(name: String) -> Field? {
        guard let definition = collection.field(named: name), definition.kind != .derived else {
            return nil
        }
        return Self.field(definition, in: state)
    }

    private static func field(_ definition: FieldDefinition, in state: RecordState) -> Field {
        let shown = state[definition.shownKey]
        switch shown {
        case .register(let register):
            return Field(
                definition: definition, value: register.displayed?.value,
                isConflicting: definition.isConflicting(shown),
                candidates: register.standing.reversed(),
                void: register.siblings.filter(\.isVoid))
        case .fixed(let fixed):
            let standing = fixed.siblings.filter { !$0.isVoid }
                .sorted(by: Sibling.isDisplayedAfter)
            return Field(
                definition: definition, value: fixed.displayed?.value,
                isConflicting: definition.isConflicting(shown), candidates: standing, void: [])
        case .set(let set): return plain(definition, .list(set.elements))
        case .timeline(let timeline):
            return plain(definition, .list(timeline.items.map(\.value)))
        case .counter(let counter): return plain(definition, .integer(counter.value))
        case nil: return plain(definition, nil)
        }
    }

    private static func plain(_ definition: FieldDefinition, _ value: FieldValue?) -> Field {
        Field(
            definition: definition, value: value, isConflicting: false, candidates: [], void: [])
    }
}
