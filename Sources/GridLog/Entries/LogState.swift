// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// What one must know of a log to understand, check and write its next entry.
package struct LogState: Hashable, Sendable {
    package let identity: LogIdentity
    /// Sequence of the last entry; 0 for an empty log.
    package private(set) var height: UInt64
    /// Hash of the last entry; the log's digest for an empty log.
    package private(set) var head: Bytes32
    package private(set) var timestamp: HybridTimestamp
    /// The logs its entries have named, by reference. The first is the log itself.
    package private(set) var references: [LogID]
    /// What the author had applied when it wrote the last entry, its own entries included.
    package private(set) var context: VersionVector

    /// An empty log.
    package init(identity: LogIdentity) {
        self.identity = identity
        height = 0
        head = identity.digest
        timestamp = HybridTimestamp(rawValue: 0)
        references = [identity.log]
        context = VersionVector()
    }

    /// Applies an entry's relative parts: after this, `context` is the entry's context with the
    /// entry itself still outside.
    ///
    /// - Returns: the entry's timestamp and its changes with absolute addresses.
    /// - Precondition: the entry is the next of this log.
    package mutating func resolve(
        _ entry: Entry
    ) throws(DecodingViolation) -> (timestamp: HybridTimestamp, changes: [RecordChange]) {
        try take(entry)
        var changes: [RecordChange] = []
        let dot = Dot(log: identity.log, sequence: entry.sequence)
        for change in entry.changes ?? [] { changes.append(try resolve(change, in: dot)) }
        return (timestamp, changes)
    }

    /// Applies an entry's relative parts, without its changes.
    ///
    /// - Precondition: the entry is the next of this log.
    package mutating func take(_ entry: Entry) throws(DecodingViolation) {
        precondition(
            entry.sequence == height + 1, "entry \(entry.sequence) after height \(height)")
        for change in entry.contextChanges { try apply(change) }
        timestamp = HybridTimestamp(
            rawValue: timestamp.rawValue &+ UInt64(bitPattern: entry.timestampChange))
    }

    /// A change of the entry that was taken last, with its absolute address.
    package func resolve(
        _ change: ShapedChange, in dot: Dot
    ) throws(DecodingViolation) -> RecordChange {
        RecordChange(
            collection: change.collection, address: try address(of: change.reference, in: dot),
            archives: change.archives, writes: change.writes, withheld: change.withheld)
    }

    /// Whether the changes of the entry that was taken last speak of records that it can know.
    package func check(_ entry: Entry) throws(DecodingViolation) {
        let dot = Dot(log: identity.log, sequence: entry.sequence)
        try entry.eachReference { (reference) throws(DecodingViolation) in
            _ = try address(of: reference, in: dot)
        }
    }

    /// Whether everything the author had seen when it wrote this entry is among what is applied.
    /// A reference that the table does not have counts as covered; `resolve` then says what is
    /// wrong with it.
    package func isCovered(_ entry: Entry, by applied: VersionVector) -> Bool {
        isCovered(entry) { $1 <= applied[$0] }
    }

    /// The same, where something else than a height says what is among what is applied.
    package func isCovered(_ entry: Entry, _ isApplied: (LogID, UInt64) -> Bool) -> Bool {
        entry.contextChanges.allSatisfy { change in
            switch change {
            case .grown(let reference, let height):
                Int(reference) >= references.count
                    || isApplied(references[Int(reference)], height)
            case .added(let replica, let height):
                isApplied(LogID(replica: replica, domain: identity.domain), height)
            }
        }
    }

    /// Counts the resolved entry in.
    package mutating func advance(to hash: Bytes32) {
        height += 1
        head = hash
        context.raise(identity.log, to: height)
    }

    /// The context changes that take the author from its last entry to what is applied now. New
    /// logs beyond `ProtocolLimits.contextLogsAddedTarget` wait for the next entry, and those
    /// beyond `ProtocolLimits.contextLogsMax` stay unnamed: the entry has then not seen them.
    package func contextChanges(to applied: VersionVector) -> [ContextChange] {
        var grown: [ContextChange] = []
        var added: [ContextChange] = []
        for row in applied.rows
        where row.log.domain == identity.domain && row.log != identity.log
            && row.height > context[row.log]
        {
            if let index = references.firstIndex(of: row.log) {
                grown.append(.grown(reference: UInt32(index), height: row.height))
            } else {
                added.append(.added(row.log.replica, height: row.height))
            }
        }
        let room = min(
            ProtocolLimits.contextLogsMax + 1 - references.count,
            ProtocolLimits.contextLogsAddedTarget)
        return grown.sorted { $0.reference < $1.reference } + added.prefix(room)
    }

    /// The reference by which this log's next entry may name a record's creator; nil when the
    /// creator's log has not been named yet.
    package func reference(to address: RecordAddress) -> RecordReference? {
        switch address {
        case .named(let id): return .named(id)
        case .created(let dot, let index):
            guard let log = references.firstIndex(of: dot.log) else { return nil }
            return .existing(log: UInt32(log), sequence: dot.sequence, index: index)
        }
    }

    private mutating func apply(_ change: ContextChange) throws(DecodingViolation) {
        switch change {
        case .grown(let reference, let height):
            guard Int(reference) < references.count else { throw .unknownReference }
            let log = references[Int(reference)]
            guard height > context[log] else { throw .contextNotForeign }
            context.raise(log, to: height)
        case .added(let replica, let height):
            let log = LogID(replica: replica, domain: identity.domain)
            guard !references.contains(log) else { throw .contextNotForeign }
            guard references.count <= ProtocolLimits.contextLogsMax else { throw .lengthTooLarge }
            references.append(log)
            context.raise(log, to: height)
        }
    }

    /// The record that a reference in the entry at a dot means, an entry of this log that is not
    /// after its height.
    package func address(
        of reference: RecordReference, in dot: Dot
    ) throws(DecodingViolation) -> RecordAddress {
        switch reference {
        case .new(let index): return .created(dot: dot, index: index)
        case .named(let id): return .named(id)
        case .existing(let log, let sequence, let index):
            guard Int(log) < references.count else { throw .unknownReference }
            let creator = Dot(log: references[Int(log)], sequence: sequence)
            guard context.covers(creator) else { throw .unknownReference }
            return .created(dot: creator, index: index)
        }
    }
}

extension ContextChange {
    fileprivate var reference: UInt32 {
        switch self {
        case .grown(let reference, _): reference
        case .added: .max
        }
    }
}

extension ByteWriter {
    /// The durable form of a log's state, without its identity (a store's own bytes, not sent).
    package mutating func logState(_ state: LogState) {
        unsigned(state.height)
        raw(state.head)
        unsigned(state.timestamp.rawValue)
        count(state.references.count - 1)
        for log in state.references.dropFirst() {
            replica(log.replica)
            unsigned(state.context[log])
        }
    }
}

extension ByteReader {
    package mutating func logState(
        identity: LogIdentity
    ) throws(DecodingViolation) -> LogState {
        try LogState(identity: identity, from: &self)
    }
}

extension LogState {
    fileprivate init(
        identity: LogIdentity, from reader: inout ByteReader
    ) throws(DecodingViolation) {
        self.init(identity: identity)
        height = try reader.unsigned(max: ProtocolLimits.sequenceMax)
        head = try reader.bytes32()
        timestamp = HybridTimestamp(rawValue: try reader.unsigned())
        let count = try reader.count(max: ProtocolLimits.contextLogsMax)
        context.raise(identity.log, to: height)
        for _ in 0..<count {
            let log = LogID(replica: try reader.replica(), domain: identity.domain)
            references.append(log)
            context.raise(log, to: try reader.sequence())
        }
    }
}
