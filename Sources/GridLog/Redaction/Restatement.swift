// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// What of an entry's values a redaction leaves, said again by whoever ordered it
/// (Protocol/redaction.md). It stands in an entry of its own, so that it can be redacted in turn.
package struct Restatement: Hashable, Sendable {
    /// The entry whose values they were.
    package let entry: NamedEntry
    /// For each write of the entry that has values, in the order of its shape: 0, or 1 and the
    /// values.
    package let writes: [UInt8]

    package init(of entry: NamedEntry, writes: [UInt8]) {
        self.entry = entry
        self.writes = writes
    }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .restatement) }

    /// The record under which it stands in lane 0: its digest's first 80 bits.
    package var recordID: RecordID { RecordID(startOf: digest) }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 96 + writes.count)
        writer.byte(1)
        writer.log(entry.dot.log)
        writer.unsigned(entry.dot.sequence)
        writer.raw(entry.hash)
        writer.raw(writes)
        return writer.bytes
    }

    /// Reads one; whether its writes fit the entry is seen when they are asked for.
    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.restatementBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        let dot = Dot(log: try reader.log(), sequence: try reader.sequence())
        entry = NamedEntry(dot: dot, hash: try reader.bytes32())
        writes = try reader.raw(reader.remaining)
    }
}

/// What is known of the writes of one entry: their shape, and the operations whose values are there.
struct KnownWrites {
    let shape: BareShape
    /// For each write of the shape; nil where the values were destroyed.
    private(set) var operations: [FieldOperation?]

    /// Everything, or of a redacted entry what all of the restatements say again; nothing of one that
    /// does not fit the shape. Of values that differ those of the first are taken.
    init(_ entry: Entry, restated: [Restatement]) {
        shape = entry.bareShape
        if let changes = entry.changes {
            operations = changes.flatMap { $0.writes.map(\.operation) }
            return
        }
        let clears: [FieldOperation?] = shape.writes.map { $0.code == .clear ? .clear : nil }
        operations = clears
        var parts = restated.map { Self.operations(of: shape, in: $0) ?? clears }[...]
        guard let first = parts.popFirst() else { return }
        operations = first.indices.map { index in
            parts.allSatisfy { $0[index] != nil } ? first[index] : nil
        }
    }

    private static func operations(
        of shape: BareShape, in restatement: Restatement
    ) -> [FieldOperation?]? {
        var reader = ByteReader(restatement.writes)
        do throws(DecodingViolation) {
            let operations = try reader.restatedOperations(of: shape)
            try reader.finish()
            return operations
        } catch {
            return nil
        }
    }

    /// The changes, with the parts of fields that a value is missing from.
    var changes: [ShapedChange] {
        shape.items.map { item in
            var writes: [FieldWrite] = []
            var withheld: [FieldKey] = []
            for index in item.writes {
                let (field, code) = shape.writes[index]
                if let operation = operations[index] {
                    writes.append(FieldWrite(field: field, operation: operation))
                    continue
                }
                let key = FieldKey(field: field, family: code.family)
                if withheld.last != key { withheld.append(key) }
            }
            return ShapedChange(
                collection: item.collection, reference: item.reference, archives: item.archives,
                writes: writes, withheld: withheld)
        }
    }

    /// Destroys the values that some writes have.
    ///
    /// - Parameter isWanted: of the place of a record in the entry, and a field.
    /// - Returns: whether there were any.
    mutating func drop(where isWanted: (_ record: Int, _ field: UInt32) -> Bool) -> Bool {
        var hasDropped = false
        for (place, item) in shape.items.enumerated() {
            for index in item.writes
            where shape.writes[index].code != .clear && operations[index] != nil
                && isWanted(place, shape.writes[index].field)
            {
                operations[index] = nil
                hasDropped = true
            }
        }
        return hasDropped
    }

    /// What is left, for a restatement; nil when that is nothing.
    var encoded: [UInt8]? {
        var writer = ByteWriter()
        var hasAny = false
        for (write, operation) in zip(shape.writes, operations) where write.code != .clear {
            writer.byte(operation == nil ? 0 : 1)
            if let operation {
                writer.operands(operation)
                hasAny = true
            }
        }
        return hasAny ? writer.bytes : nil
    }
}

extension Entry {
    /// What it does to records, as far as that is known.
    ///
    /// - Parameter restated: what was said again of a redacted entry.
    package func changes(restated: [Restatement]) -> [ShapedChange] {
        guard isWithheld else { return changes ?? [] }
        return KnownWrites(self, restated: restated).changes
    }

    /// What is left of an entry's values when some are destroyed.
    package enum Remainder: Hashable, Sendable {
        case nothing
        /// As a restatement has them.
        case writes([UInt8])
    }

    /// What is left of the values when some are destroyed; nil when none of those are here.
    ///
    /// - Parameters:
    ///   - restated: what was said again of the entry so far.
    ///   - isWanted: whether a value is to be destroyed, by the place of its record in the entry and
    ///     its field.
    package func remainder(
        restated: [Restatement], without isWanted: (_ record: Int, _ field: UInt32) -> Bool
    ) -> Remainder? {
        var known = KnownWrites(self, restated: restated)
        guard known.drop(where: isWanted) else { return nil }
        return known.encoded.map { .writes($0) } ?? .nothing
    }

    /// What is left of the values now.
    package func remainder(restated: [Restatement]) -> Remainder {
        KnownWrites(self, restated: restated).encoded.map { .writes($0) } ?? .nothing
    }

    /// Whether its values may be destroyed: of lane 0 only restatements, and elsewhere nothing that
    /// is the system's own, as the audit trail.
    ///
    /// - Parameters:
    ///   - system: the numbers of the system's collections, `restatements` among them.
    ///   - restatements: the one that holds restatements.
    package func isRedactable(
        in lane: Lane, system: Set<UInt32>, restatements: UInt32
    ) -> Bool {
        bareShape.items.allSatisfy {
            lane == .authority ? $0.collection == restatements : !system.contains($0.collection)
        }
    }
}

extension ByteReader {
    fileprivate mutating func restatedOperations(
        of shape: BareShape
    ) throws(DecodingViolation) -> [FieldOperation?] {
        var operations: [FieldOperation?] = []
        for write in shape.writes {
            if write.code == .clear {
                operations.append(.clear)
                continue
            }
            switch try byte() {
            case 0: operations.append(nil)
            case 1: operations.append(try operation(write.code))
            default: throw .flagNotBinary
            }
        }
        return operations
    }
}
