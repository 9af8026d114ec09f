// SPDX-License-Identifier: Apache-2.0

package import GridCore

extension RecordKeys {
    /// A record with every value that this device can open in its plain form; the others stay as they
    /// lie. It is for looking at: what is merged and kept is the sealed one.
    package func opened(_ state: RecordState, _ sealing: FieldSealing) -> RecordState {
        guard !held.isEmpty else { return state }
        let fields = state.fields.map { field in
            sealing.sealed.contains(field.key.field)
                ? RecordState.Field(
                    key: field.key, state: opened(field.state, field: field.key.field)) : field
        }
        return RecordState(
            collection: state.collection, address: state.address, domain: state.domain,
            existence: state.existence, first: state.first, last: state.last, fields: fields)
    }

    /// What a write did, with the values that this device can open in their plain form.
    package func opened(_ write: FieldWrite, _ sealing: FieldSealing) -> FieldWrite {
        guard sealing.sealed.contains(write.field) else { return write }
        func plain(_ value: FieldValue) -> FieldValue {
            open(value, field: write.field) ?? value
        }
        let operation: FieldOperation =
            switch write.operation {
            case .assign(let value): .assign(plain(value))
            case .append(let values): .append(values.map(plain))
            case .clear, .add, .remove, .increment: write.operation
            }
        return FieldWrite(field: write.field, operation: operation)
    }

    private func opened(_ state: FieldState, field: UInt32) -> FieldState {
        func plain(_ sibling: Sibling) -> Sibling {
            Sibling(
                value: sibling.value.map { open($0, field: field) ?? $0 }, dot: sibling.dot,
                timestamp: sibling.timestamp, isVoid: sibling.isVoid,
                isRedacted: sibling.isRedacted)
        }
        switch state {
        case .register(let register):
            return .register(Register(siblings: register.siblings.map(plain)))
        case .fixed(let fixed): return .fixed(FixedField(siblings: fixed.siblings.map(plain)))
        case .timeline(let timeline):
            return .timeline(
                Timeline(
                    items: timeline.items.map { item in
                        Timeline.Item(
                            value: open(item.value, field: field) ?? item.value, dot: item.dot,
                            index: item.index, timestamp: item.timestamp)
                    }))
        case .set, .counter: return state
        }
    }
}
