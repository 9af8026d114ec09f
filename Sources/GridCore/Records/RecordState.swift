// SPDX-License-Identifier: Apache-2.0

/// Everything the entries applied so far say about one record. A function of the set of entries,
/// never of the order of their arrival.
package struct RecordState: Hashable, Sendable {
    /// A write's place in display order.
    package struct Mark: Hashable, Comparable, Sendable {
        package let timestamp: HybridTimestamp
        package let dot: Dot

        package init(timestamp: HybridTimestamp, dot: Dot) {
            self.timestamp = timestamp
            self.dot = dot
        }

        package static func < (left: Mark, right: Mark) -> Bool {
            (left.timestamp, left.dot) < (right.timestamp, right.dot)
        }
    }

    package struct Field: Hashable, Sendable {
        package let key: FieldKey
        package var state: FieldState

        package init(key: FieldKey, state: FieldState) {
            self.key = key
            self.state = state
        }
    }

    package let collection: UInt32
    package let address: RecordAddress
    package let domain: Domain
    /// The writes that raised the record and that no archiving had seen, ascending. Empty means
    /// archived.
    package private(set) var existence: [Dot]
    /// The first and the last write in display order; both nil until a write is applied.
    package private(set) var first: Mark?
    package private(set) var last: Mark?
    /// Ascending by key; no empty states.
    package private(set) var fields: [Field]

    package init(
        collection: UInt32, address: RecordAddress, domain: Domain, existence: [Dot] = [],
        first: Mark? = nil, last: Mark? = nil, fields: [Field] = []
    ) {
        self.collection = collection
        self.address = address
        self.domain = domain
        self.existence = existence
        self.first = first
        self.last = last
        self.fields = fields
    }

    package var isArchived: Bool { existence.isEmpty }

    /// The state of one part of a field; nil when nothing was ever written or all was removed.
    package subscript(key: FieldKey) -> FieldState? {
        let index = firstIndex(notBelow: key)
        return index < fields.count && fields[index].key == key ? fields[index].state : nil
    }

    /// Whether the entry `dot` has an assigned value in the field that `write` assigns too.
    package func keeps(_ dot: Dot, beside write: FieldWrite) -> Bool {
        keeps(dot, in: FieldKey(field: write.field, family: write.operation.family))
    }

    /// Whether the entry `dot` has an assigned value in a part of a field.
    package func keeps(_ dot: Dot, in key: FieldKey) -> Bool {
        switch self[key] {
        case .register(let register): register.contains { $0.dot == dot }
        case .fixed(let fixed): fixed.siblings.contains { $0.dot == dot }
        case .set, .timeline, .counter, nil: false
        }
    }

    /// Whether a field has more than one assigned value: without that nothing is in conflict.
    package var hasSiblings: Bool {
        fields.contains { field in
            switch field.state {
            case .register(let register): register.isDivided
            case .fixed(let fixed): fixed.siblings.count > 1
            case .set, .timeline, .counter: false
            }
        }
    }

    /// Applies what one entry does to this record.
    ///
    /// - Parameter context: what the entry's author had applied in this domain, its own earlier
    ///   entries included.
    package mutating func apply(
        _ change: RecordChange, stamp: WriteStamp, rules: any MergeRules,
        seen context: VersionVector
    ) {
        if !change.archives, existence.count == 1, context.covers(existence[0]) {
            existence[0] = stamp.dot
        } else {
            existence.removeAll { context.covers($0) }
            if !change.archives { existence.insertSorted(stamp.dot, by: <) }
        }
        let mark = Mark(timestamp: stamp.timestamp, dot: stamp.dot)
        first = first.map { min($0, mark) } ?? mark
        last = last.map { max($0, mark) } ?? mark
        if fields.isEmpty { fields.reserveCapacity(change.writes.count) }
        for write in change.writes {
            let key = FieldKey(field: write.field, family: write.operation.family)
            let rule = rules.assignmentRule(collection: collection, field: write.field)
            let index = firstIndex(notBelow: key)
            if index == fields.count || fields[index].key != key {
                fields.insert(
                    Field(key: key, state: .empty(for: write.operation, rule: rule)), at: index)
            }
            fields[index].state.apply(write.operation, stamp: stamp, rule: rule, seen: context)
            if fields[index].state.isEmpty { fields.remove(at: index) }
        }
        for key in change.withheld { applyRedacted(key, stamp: stamp, rules: rules, seen: context) }
    }

    /// Applies a write whose value was destroyed: an assigned one still takes the place of what it
    /// had seen. Nobody knows what it did to a set, a list or a sum.
    private mutating func applyRedacted(
        _ key: FieldKey, stamp: WriteStamp, rules: any MergeRules, seen context: VersionVector
    ) {
        guard key.family == .assigned else { return }
        let rule = rules.assignmentRule(collection: collection, field: key.field)
        let index = firstIndex(notBelow: key)
        if index == fields.count || fields[index].key != key {
            fields.insert(
                Field(key: key, state: .empty(for: key.family, rule: rule)), at: index)
        }
        fields[index].state.assignRedacted(stamp: stamp, rule: rule, seen: context)
    }

    /// Joins two states of one record, each with the version vector of what was applied to it.
    package mutating func merge(
        _ other: RecordState, context: VersionVector, otherContext: VersionVector
    ) {
        existence = DottedMerge.merge(
            existence, other.existence, contexts: (context, otherContext), dot: { $0 })
        first = [first, other.first].compactMap { $0 }.min()
        last = [last, other.last].compactMap { $0 }.max()
        var merged: [Field] = []
        var left = fields[...]
        var right = other.fields[...]
        while let key = [left.first?.key, right.first?.key].compactMap({ $0 }).min() {
            let ours = left.first?.key == key ? left.removeFirst().state : nil
            let theirs = right.first?.key == key ? right.removeFirst().state : nil
            guard var state = ours ?? theirs?.emptied else { continue }
            state.merge(
                theirs ?? state.emptied, context: context, otherContext: otherContext)
            if !state.isEmpty { merged.append(Field(key: key, state: state)) }
        }
        fields = merged
    }

    private func firstIndex(notBelow key: FieldKey) -> Int {
        // A record's first write has its fields in order.
        guard let last = fields.last, !(last.key < key) else { return fields.count }
        var low = 0
        var high = fields.count
        while low < high {
            let middle = (low + high) / 2
            if fields[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension FieldState {
    /// The untouched state of the same kind.
    fileprivate var emptied: FieldState {
        switch self {
        case .register: .register(Register())
        case .fixed: .fixed(FixedField())
        case .set: .set(ElementSet())
        case .timeline: .timeline(Timeline())
        case .counter: .counter(Counter())
        }
    }
}
