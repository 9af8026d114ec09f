// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// One change of the author's causal context against its previous entry.
package enum ContextChange: Hashable, Sendable {
    /// A log already in the table has grown to `height`.
    case grown(reference: UInt32, height: UInt64)
    /// A log that the author had not named before; it takes the next place of the table.
    case added(ReplicaID, height: UInt64)
}

/// One signed log element, read from bytes and not yet judged.
///
/// What needs the log's earlier entries to be understood (the table of logs, the context, the
/// timestamp) stays relative here; `LogState.resolve` makes it absolute.
package struct Entry: Sendable {
    /// Where what the entry writes is found.
    enum Content: Sendable {
        /// The values were redacted; chain and shape remain, which begins at this place of the bytes
        /// of its run.
        case withheld([UInt8], shape: Int32)
        case changes([ShapedChange])
        /// In the bytes of its run, where the shape begins at this place and all is well-formed.
        case bytes([UInt8], shape: Int32)
    }

    package let sequence: UInt64
    /// Against the author's previous timestamp, wrapping; 0 stands before the first.
    package let timestampChange: Int64
    package let contextChanges: [ContextChange]
    package let valuesHash: Bytes32
    // A run has at most 256 KiB, and a lot holds very many entries.
    private let start: Int32
    private let middle: Int32
    private let end: Int32
    private let content: Content

    init(
        sequence: UInt64, timestampChange: Int64, contextChanges: [ContextChange],
        content: Content, valuesHash: Bytes32, head: Range<Int>, values: Range<Int>
    ) {
        self.sequence = sequence
        self.timestampChange = timestampChange
        self.contextChanges = contextChanges
        self.content = content
        self.valuesHash = valuesHash
        start = Int32(head.lowerBound)
        middle = Int32(values.lowerBound)
        end = Int32(values.upperBound)
    }

    /// Where the head stands in the bytes of the run.
    package var head: Range<Int> { Int(start)..<Int(middle) }
    /// Where the values stand in the bytes of the run.
    package var values: Range<Int> { Int(middle)..<Int(end) }

    package var isWithheld: Bool {
        if case .withheld = content { true } else { false }
    }

    /// What it does to records, read from its bytes at each call; nil where the values were
    /// redacted.
    package var changes: [ShapedChange]? {
        switch content {
        case .withheld: return nil
        case .changes(let changes): return changes
        case .bytes(let bytes, let shape):
            var reader = ByteReader(bytes, in: Int(shape)..<Int(middle))
            var values = ByteReader(bytes, in: self.values)
            do {
                return try reader.changes(with: &values)
            } catch {
                preconditionFailure("entry \(sequence) was read before: \(error)")
            }
        }
    }

    /// The records that the entry speaks of.
    package func eachReference<Failure: Error>(
        _ body: (RecordReference) throws(Failure) -> Void
    ) throws(Failure) {
        if case .changes(let changes) = content {
            for change in changes { try body(change.reference) }
            return
        }
        for item in bareShape.items { try body(item.reference) }
    }

    /// The records and fields that the entry touches, be its values there or not.
    package func eachTouch(
        _ body: (_ collection: UInt32, RecordReference, _ fields: [UInt32]) throws -> Void
    ) rethrows {
        let shape = bareShape
        for item in shape.items {
            try body(item.collection, item.reference, shape.writes[item.writes].map(\.field))
        }
    }

    /// Which records and fields it touches, read from its bytes at each call.
    var bareShape: BareShape {
        var shapes = BareShape()
        switch content {
        case .changes(let changes): return BareShape(of: changes)
        case .withheld(let bytes, let shape), .bytes(let bytes, let shape):
            var reader = ByteReader(bytes, in: Int(shape)..<Int(middle))
            do {
                try reader.shape(into: &shapes)
            } catch {
                preconditionFailure("entry \(sequence) was read before: \(error)")
            }
            return shapes
        }
    }
}

extension Entry: Equatable {
    package static func == (left: Entry, right: Entry) -> Bool {
        left.sequence == right.sequence && left.timestampChange == right.timestampChange
            && left.contextChanges == right.contextChanges && left.valuesHash == right.valuesHash
            && left.head == right.head && left.values == right.values
            && left.changes == right.changes
    }
}

extension ByteWriter {
    /// The head of an entry: what its hash covers besides the values' hash and its place.
    mutating func entryHead(
        timestampChange: Int64, contextChanges: [ContextChange], valuesLength: Int,
        changes: [ShapedChange]
    ) {
        signed(timestampChange)
        count(contextChanges.count)
        for change in contextChanges {
            switch change {
            case .grown(let reference, let height):
                unsigned(reference)
                unsigned(height)
            case .added(let replica, let height):
                unsigned(UInt32(0))
                self.replica(replica)
                unsigned(height)
            }
        }
        count(valuesLength)
        shape(changes)
    }
}

extension ByteReader {
    /// Reads the context changes of one entry. References ascend and are at least 1 (0 stands
    /// for "new"); new logs come last.
    mutating func contextChanges() throws(DecodingViolation) -> [ContextChange] {
        let count = try count(max: ProtocolLimits.contextLogsMax)
        var changes: [ContextChange] = []
        changes.reserveCapacity(count)
        var last: UInt32 = 0
        var sawNew = false
        for _ in 0..<count {
            let reference = UInt32(try unsigned(max: UInt64(ProtocolLimits.contextLogsMax)))
            if reference == 0 {
                sawNew = true
                changes.append(.added(try replica(), height: try sequence()))
            } else {
                guard reference > last, !sawNew else { throw .notAscending }
                last = reference
                changes.append(.grown(reference: reference, height: try sequence()))
            }
        }
        return changes
    }
}
