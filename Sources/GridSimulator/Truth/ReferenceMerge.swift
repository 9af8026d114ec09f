// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// A second, simple merge: each fact is kept unless an entry that removes it had seen it. Every
/// pair of entries is looked at; nothing depends on their order.
struct ReferenceMerge {
    let catalogue: Catalogue
    /// The level that a key's word has in a domain.
    let level: (PublicKey, Domain) -> AreaLevel
    /// Whether what an entry wrote to a field of a record of a collection was destroyed.
    var isDestroyed: (Dot, UInt32, RecordAddress, UInt32) -> Bool = { _, _, _, _ in false }

    private typealias Touch = (entry: ReferenceEntry, change: RecordChange)

    /// - Parameter entries: all entries that touch the record.
    func record(
        _ address: RecordAddress, in collection: UInt32, of entries: [ReferenceEntry]
    ) -> ReferenceRecord {
        var record = ReferenceRecord()
        let touches: [Touch] = entries.flatMap { entry in
            entry.changes.filter { $0.collection == collection && $0.address == address }
                .map { (entry: entry, change: $0) }
        }
        for touch in touches {
            let isSeen = touches.contains { $0.entry.hasSeen(touch.entry) }
            if !touch.change.archives, !isSeen { record.existence.insert(touch.entry.dot) }
            for write in touch.change.writes { apply(write, touch, touches, to: &record) }
        }
        let stamps = Dictionary(
            touches.map { ($0.entry.dot, $0.entry.timestamp) }, uniquingKeysWith: { $1 })
        let none = HybridTimestamp(rawValue: 0)
        for (field, items) in record.items {
            record.items[field] = items.sorted { left, right in
                (stamps[left.dot] ?? none, left.dot, left.index)
                    < (stamps[right.dot] ?? none, right.dot, right.index)
            }
        }
        for (field, values) in record.assigned where showsConflict(collection, field) {
            if Set(values.filter { !$0.isVoid && !$0.isRedacted }.map(\.value)).count > 1 {
                record.conflicts.insert(field)
            }
        }
        return record
    }

    private func apply(
        _ write: FieldWrite, _ touch: Touch, _ touches: [Touch], to record: inout ReferenceRecord
    ) {
        let dot = touch.entry.dot
        let isRedacted =
            write.operation != .clear
            && isDestroyed(dot, touch.change.collection, touch.change.address, write.field)
        if isRedacted {
            // Nobody knows what it did, but for taking the place of what was assigned.
            guard case .assign = write.operation else { return }
        }
        switch write.operation {
        case .assign, .clear:
            let rule = catalogue.assignmentRule(
                collection: touch.change.collection, field: write.field)
            let isVoid = isVoid(touch.entry, rule)
            let isReplaced = touches.contains { other in
                other.entry.hasSeen(touch.entry)
                    && other.change.assigns(write.field)
                    && (isVoid || !self.isVoid(other.entry, rule))
            }
            guard rule == .fixed || !isReplaced else { return }
            var value: FieldValue?
            if case .assign(let assigned) = write.operation, !isRedacted { value = assigned }
            record.assigned[write.field, default: []].insert(
                ReferenceRecord.Value(
                    value: value, dot: dot, isVoid: isVoid, isRedacted: isRedacted))
        case .add(let elements):
            for element in elements {
                let isReplaced = touches.contains { other in
                    other.entry.hasSeen(touch.entry)
                        && other.change.names(element, in: write.field)
                        && !isDestroyed(
                            other.entry.dot, other.change.collection, other.change.address,
                            write.field)
                }
                if !isReplaced {
                    record.elements[write.field, default: [:]][element, default: []].insert(dot)
                }
            }
        case .remove: break
        case .append(let values):
            for (index, value) in values.enumerated() {
                record.items[write.field, default: []].append(
                    ReferenceRecord.Item(value: value, dot: dot, index: index))
            }
        case .increment(let amount):
            let sum = record.sums[write.field, default: [:]][dot.log] ?? 0
            record.sums[write.field, default: [:]][dot.log] = sum &+ amount
        }
    }

    private func isVoid(_ entry: ReferenceEntry, _ rule: AssignmentRule) -> Bool {
        guard case .owned(let owner) = rule else { return false }
        return level(entry.key, entry.dot.log.domain) > owner
    }

    private func showsConflict(_ collection: UInt32, _ field: UInt32) -> Bool {
        let fields = catalogue.collection(numbered: collection)?.fields ?? []
        guard let definition = fields.first(where: { $0.number == field }) else { return false }
        return definition.kind == .fixed
            || definition.kind == .register && definition.showsConflicts
    }
}

extension RecordChange {
    fileprivate func assigns(_ field: UInt32) -> Bool {
        writes.contains { write in
            switch write.operation {
            case .assign, .clear: write.field == field
            case .add, .remove, .append, .increment: false
            }
        }
    }

    /// Whether the change adds or removes an element of a set.
    fileprivate func names(_ element: FieldValue, in field: UInt32) -> Bool {
        writes.contains { write in
            switch write.operation {
            case .add(let elements), .remove(let elements):
                write.field == field && elements.contains(element)
            case .assign, .clear, .append, .increment: false
            }
        }
    }
}

extension ReferenceRecord {
    /// The same facts of a record as the store has them.
    ///
    /// - Parameter conflicts: the fields that its table of conflicts names.
    init(_ state: RecordState, conflicts: Set<UInt32>) {
        self.init()
        existence = Set(state.existence)
        self.conflicts = conflicts
        for field in state.fields {
            let number = field.key.field
            switch field.state {
            case .register(let register): assigned[number] = Self.values(register.siblings)
            case .fixed(let fixed): assigned[number] = Self.values(fixed.siblings)
            case .set(let set):
                elements[number] = Dictionary(
                    set.members.map { ($0.element, Set($0.dots)) }, uniquingKeysWith: { $1 })
            case .timeline(let timeline):
                items[number] = timeline.items.map {
                    Item(value: $0.value, dot: $0.dot, index: Int($0.index))
                }
            case .counter(let counter):
                sums[number] = Dictionary(
                    counter.shares.map { ($0.log, $0.sum) }, uniquingKeysWith: { $1 })
            }
        }
    }

    private static func values(_ siblings: [Sibling]) -> Set<Value> {
        Set(
            siblings.map {
                Value(
                    value: $0.value, dot: $0.dot, isVoid: $0.isVoid, isRedacted: $0.isRedacted)
            })
    }
}
