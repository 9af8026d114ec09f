// SPDX-License-Identifier: Apache-2.0

/// Which fields of a collection hold values that only the devices named in a record may read: all
/// of class P4 in a collection with a field `readers`, a set of node keys, and a timeline
/// `reader_keys`, in which those keys are given what they need (Protocol/readers.md).
package struct FieldSealing: Hashable, Sendable {
    /// The number of the field that names who may read.
    package let readers: UInt32
    /// The number of the field in which keys are given to them.
    package let keys: UInt32
    /// Numbers of the fields whose values are sealed.
    package let sealed: Set<UInt32>

    static let readersName = "readers"
    static let keysName = "reader_keys"

    /// Nil where every node of the area may read. Records with a natural key are never sealed: their
    /// ids are made of what would be hidden.
    init?(_ fields: [FieldDefinition], namedBy: [String]) {
        guard namedBy.isEmpty,
            let readers = fields.first(where: { $0.name == Self.readersName }),
            readers.kind == .register, readers.type == .set(.bytes(min: 32, max: 32)),
            let keys = fields.first(where: { $0.name == Self.keysName }), keys.kind == .timeline
        else { return nil }
        self.readers = readers.number
        self.keys = keys.number
        sealed = Set(
            fields.filter { $0.privacy == .p4 && Self.canSeal($0.kind) }.map(\.number)
        ).subtracting([readers.number, keys.number])
    }

    /// Sets would need equal elements to look equal, and sums to be added up.
    private static func canSeal(_ kind: FieldKind) -> Bool {
        switch kind {
        case .register, .fixed, .timeline: true
        case .set, .counter, .derived: false
        }
    }
}
