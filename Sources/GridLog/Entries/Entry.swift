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
package struct Entry: Hashable, Sendable {
    package let sequence: UInt64
    /// Against the author's previous timestamp, wrapping; 0 stands before the first.
    package let timestampChange: Int64
    package let contextChanges: [ContextChange]
    /// Nil where the values were redacted: shape and chain remain.
    package let changes: [ShapedChange]?
    package let valuesHash: Bytes32
    /// Where the head and the values stand in the bytes of the run.
    package let head: Range<Int>
    package let values: Range<Int>
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
