// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore
import GridCrypto

/// Why local changes do not fit into an entry.
package enum AuthoringFailure: Error, Hashable, Sendable {
    /// The entry would be larger than `ProtocolLimits.entryBytesMax`.
    case entryTooLarge(bytes: Int)
    /// More than `ProtocolLimits.entryRecordsMax` records in one change.
    case tooManyRecords(Int)
    /// The log has reached `ProtocolLimits.sequenceMax`.
    case logFull
    /// A record was created in a log that this one cannot name yet, or ever: the domain has more
    /// logs than an entry or a context may name.
    case contextFull
    /// Nobody could read the entry: what is written is not what Protocol/entries.md allows.
    case malformed(DecodingViolation)
}

/// Writes the next entries of one's own log and seals them under one signature.
package struct RunWriter: Sendable {
    private let backlink: Bytes32
    private let first: UInt64
    package let identity: LogIdentity
    private var state: LogState
    private var writer = ByteWriter(reserving: 1024)
    private var salts: [Run.SaltSegment] = []
    /// Where the salts of the next entries come from.
    package private(set) var saltSource: SaltSource
    private var entries: [Entry] = []
    private var hashes: [Bytes32] = []
    private var hasher: EntryHasher

    /// Begins a run right after `state`, with the salts of the run before it where they are known.
    package init(after state: LogState, salts: SaltSource? = nil) {
        self.state = state
        identity = state.identity
        backlink = state.head
        first = state.height + 1
        saltSource = salts ?? SaltSource(at: first)
        hasher = EntryHasher(log: state.identity.digest)
    }

    package var isEmpty: Bool { entries.isEmpty }
    /// Bytes written so far, without the run's own head.
    package var byteCount: Int { writer.bytes.count }
    /// The sequence that the next entry will have.
    package var nextSequence: UInt64 { state.height + 1 }

    /// Writes one entry.
    ///
    /// - Parameter applied: what this replica has applied in the domain.
    /// - Returns: the entry and its hash.
    package mutating func append(
        _ changes: [DraftChange], applied: VersionVector, timestamp: HybridTimestamp
    ) throws(AuthoringFailure) -> (entry: Entry, hash: Bytes32) {
        guard changes.count <= ProtocolLimits.entryRecordsMax else {
            throw .tooManyRecords(changes.count)
        }
        guard state.height < ProtocolLimits.sequenceMax else { throw .logFull }
        var next = state
        let contextChanges = next.contextChanges(to: applied)
        let previous = next.timestamp
        let timestampChange = Int64(
            bitPattern: timestamp.rawValue &- previous.rawValue)
        let shaped = try Self.shape(changes, in: next, with: contextChanges)
        var values = ByteWriter()
        values.values(shaped)
        var head = ByteWriter()
        head.entryHead(
            timestampChange: timestampChange, contextChanges: contextChanges,
            valuesLength: values.bytes.count, changes: shaped)
        let size = head.bytes.count + values.bytes.count
        guard size <= ProtocolLimits.entryBytesMax else { throw .entryTooLarge(bytes: size) }
        try Self.readBack(head: head.bytes, values: values.bytes)
        let entry = place(
            head: head.bytes, values: values.bytes, sequence: next.height + 1,
            timestampChange: timestampChange, contextChanges: contextChanges, changes: shaped)
        let hash = hasher.hash(entry, in: writer.bytes, backlink: next.head)
        do {
            _ = try next.resolve(entry)
        } catch {
            preconditionFailure("an entry just written resolves: \(error)")
        }
        next.advance(to: hash)
        state = next
        entries.append(entry)
        hashes.append(hash)
        return (entry, hash)
    }

    /// Signs the last hash and closes the run. Precondition: at least one entry.
    package consuming func seal(with author: Author) -> VerifiedRun {
        guard let last = hashes.last else { preconditionFailure("a run has an entry") }
        let run = Run(
            identity: identity, first: first, count: entries.count, backlink: backlink,
            salts: salts, entryBytes: writer.bytes, signature: author.sign(.entry, over: last))
        return VerifiedRun(run: run, entries: entries, hashes: hashes)
    }

    private mutating func place(
        head: [UInt8], values: [UInt8], sequence: UInt64, timestampChange: Int64,
        contextChanges: [ContextChange], changes: [ShapedChange]
    ) -> Entry {
        let salt = nextSalt(at: sequence)
        let headStart = writer.bytes.count
        writer.raw(head)
        let valuesStart = writer.bytes.count
        writer.raw(values)
        let valuesHash = values.withUnsafeBytes {
            Hashing.digest($0, personal: .values, salt: salt)
        }
        return Entry(
            sequence: sequence, timestampChange: timestampChange, contextChanges: contextChanges,
            content: .changes(changes), valuesHash: valuesHash, head: headStart..<valuesStart,
            values: valuesStart..<writer.bytes.count)
    }

    /// Reads the entry as a peer will: a signed entry that nobody can read would end its log.
    private static func readBack(head: [UInt8], values: [UInt8]) throws(AuthoringFailure) {
        do throws(DecodingViolation) {
            var head = ByteReader(head)
            var values = ByteReader(values)
            _ = try head.signed()
            _ = try head.contextChanges()
            _ = try head.count(max: ProtocolLimits.entryBytesMax)
            _ = try head.changes(with: &values)
            try head.finish()
            try values.finish()
        } catch {
            throw .malformed(error)
        }
    }

    private mutating func nextSalt(at sequence: UInt64) -> Salt {
        let salt = saltSource.salt(at: sequence)
        if case .seed(saltSource.seed, let entries)? = salts.last {
            salts[salts.count - 1] = .seed(saltSource.seed, entries: entries + 1)
        } else {
            salts.append(.seed(saltSource.seed, entries: 1))
        }
        return salt
    }

    /// Gives the changes the references of this log; the table already holds, or will hold after
    /// the context changes, every log of the domain that there is room for.
    private static func shape(
        _ changes: [DraftChange], in state: LogState, with contextChanges: [ContextChange]
    ) throws(AuthoringFailure) -> [ShapedChange] {
        var table = state.references
        for case .added(let replica, _) in contextChanges {
            table.append(LogID(replica: replica, domain: state.identity.domain))
        }
        var creations: UInt16 = 0
        var shaped: [ShapedChange] = []
        for change in changes {
            let reference: RecordReference
            switch change.target {
            case .new:
                reference = .new(creations)
                creations += 1
            case .existing(.named(let id)): reference = .named(id)
            case .existing(.created(let dot, let index)):
                precondition(
                    dot.log.domain == state.identity.domain,
                    "a record's creator \(dot) lies in its domain")
                guard let log = table.firstIndex(of: dot.log) else { throw .contextFull }
                reference = .existing(
                    log: UInt32(log), sequence: dot.sequence, index: index)
            }
            shaped.append(
                ShapedChange(
                    collection: change.collection, reference: reference,
                    archives: change.archives, writes: change.writes))
        }
        return shaped
    }
}

/// What a local write does to one record, before it has a place in a log.
package struct DraftChange: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case new
        case existing(RecordAddress)
    }

    package let collection: UInt32
    package let target: Target
    package let archives: Bool
    /// Ascending by field, then operation.
    package let writes: [FieldWrite]

    package init(collection: UInt32, target: Target, archives: Bool, writes: [FieldWrite]) {
        self.collection = collection
        self.target = target
        self.archives = archives
        self.writes = writes.sorted {
            ($0.field, $0.operation.code.rawValue) < ($1.field, $1.operation.code.rawValue)
        }
    }
}
