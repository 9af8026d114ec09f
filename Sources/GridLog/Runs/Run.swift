// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// Consecutive entries of one log under one signature, as bytes (Protocol/runs.md).
///
/// A run has been taken apart only as far as is needed to store, cut, join and send it. Nothing in
/// it has been judged; `RunVerifier` does that.
package struct Run: Hashable, Sendable {
    /// Where the salts of some consecutive entries come from.
    package enum SaltSegment: Hashable, Sendable {
        case seed(Salt, entries: Int)
        case salts([Salt])
        /// The values of these entries were redacted, and their salts with them.
        case withheld(entries: Int)

        package var entries: Int {
            switch self {
            case .seed(_, let entries), .withheld(let entries): entries
            case .salts(let salts): salts.count
            }
        }

        /// Whether nothing was redacted that its salts come from.
        var isSeed: Bool { if case .seed = self { true } else { false } }
    }

    package let identity: LogIdentity
    /// Sequence of the first entry.
    package let first: UInt64
    /// Number of entries, at least 1.
    package let count: Int
    /// Hash of the entry before the first; the log's digest when there is none.
    package let backlink: Bytes32
    package let salts: [SaltSegment]
    /// The entries, one after the other.
    package let entryBytes: [UInt8]
    /// Ed25519 over the hash of the last entry, 64 bytes; zeros where the run was cut at the end of
    /// its log, and a cut-off stands for it.
    package let signature: [UInt8]

    /// Sequence of the last entry.
    package var last: UInt64 { first + UInt64(count) - 1 }

    package init(
        identity: LogIdentity, first: UInt64, count: Int, backlink: Bytes32,
        salts: [SaltSegment], entryBytes: [UInt8], signature: [UInt8]
    ) {
        self.identity = identity
        self.first = first
        self.count = count
        self.backlink = backlink
        self.salts = salts
        self.entryBytes = entryBytes
        self.signature = signature
    }

    /// Stands in place of a signature where a cut-off proves the last entry. No signature is like it:
    /// its nonce point would be of small order.
    static let noSignature = [UInt8](repeating: 0, count: 64)

    /// Whether its writer has signed its end.
    package var isSigned: Bool { signature != Self.noSignature }

    /// Whether no entry's values are withheld.
    package var isWhole: Bool {
        salts.allSatisfy { segment in
            if case .withheld = segment { false } else { true }
        }
    }

    /// Whether `next` goes on right where this run ends, and both fit into one run.
    package func canBeJoined(with next: Run) -> Bool {
        identity == next.identity && next.first == last + 1
            && encodedSize + next.encodedSize <= ProtocolLimits.runBytesMax
            && count + next.count <= ProtocolLimits.runEntriesMax
    }

    /// Joins runs of one log that follow each other without a gap. The signature of the last
    /// covers them all. Nil for none; one run stays as it is.
    ///
    /// - Precondition: same identity, no gaps, within `ProtocolLimits`.
    package static func joined(_ runs: [Run]) -> Run? {
        guard let first = runs.first, let last = runs.last else { return nil }
        guard runs.count > 1 else { return first }
        var salts: [SaltSegment] = []
        var entryBytes: [UInt8] = []
        var count = 0
        for run in runs {
            precondition(
                run.identity == first.identity && run.first == first.first + UInt64(count),
                "run \(run.first) does not follow entry \(first.first + UInt64(count) - 1)")
            count += run.count
            entryBytes += run.entryBytes
            for segment in run.salts {
                if case .seed(let seed, let more) = segment,
                    case .seed(seed, let entries)? = salts.last
                {
                    salts[salts.count - 1] = .seed(seed, entries: entries + more)
                } else {
                    salts.append(segment)
                }
            }
        }
        return Run(
            identity: first.identity, first: first.first, count: count, backlink: first.backlink,
            salts: salts, entryBytes: entryBytes, signature: last.signature)
    }

    /// An upper bound of the encoded size, in bytes.
    package var encodedSize: Int {
        let saltBytes = salts.reduce(0) { sum, segment in
            switch segment {
            case .seed: sum + 32
            case .salts(let salts): sum + 16 + 16 * salts.count
            case .withheld: sum + 16
            }
        }
        return 200 + saltBytes + entryBytes.count
    }
}

extension Run {
    /// The canonical bytes.
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: encodedSize)
        writer.run(self)
        return writer.bytes
    }

    /// Reads a run; the entries inside it are not looked at.
    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        var reader = ByteReader(bytes)
        try self.init(decodingRest: &reader)
    }

    /// Reads a run that goes on to the reader's end.
    init(decodingRest reader: inout ByteReader) throws(DecodingViolation) {
        let size = reader.remaining
        guard size <= ProtocolLimits.runRedactedBytesMax else { throw .lengthTooLarge }
        let front = try Front(&reader)
        guard size <= front.bytesMax else { throw .lengthTooLarge }
        let entryBytes = try reader.block(max: front.bytesMax)
        let signature = try reader.raw(64)
        try reader.finish()
        self.init(front, entryBytes: entryBytes, signature: signature)
    }

    init(_ front: Front, entryBytes: [UInt8], signature: [UInt8]) {
        self.init(
            identity: front.identity, first: front.first, count: front.count,
            backlink: front.backlink, salts: front.salts, entryBytes: entryBytes,
            signature: signature)
    }

    /// What stands before the entries.
    struct Front {
        let identity: LogIdentity
        let first: UInt64
        let count: Int
        let backlink: Bytes32
        let salts: [SaltSegment]

        /// The largest run that may have it.
        var bytesMax: Int {
            salts.allSatisfy(\.isSeed)
                ? ProtocolLimits.runBytesMax : ProtocolLimits.runRedactedBytesMax
        }

        init(_ reader: inout ByteReader) throws(DecodingViolation) {
            guard try reader.byte() == EntryFormat.version else { throw .unknownVersion }
            let key = PublicKey(try reader.bytes32())
            let nonce = ReplicaNonce(high: try reader.fixed64(), low: try reader.fixed64())
            identity = LogIdentity(key: key, nonce: nonce, domain: try reader.domain())
            first = try reader.sequence()
            count = try reader.count(max: ProtocolLimits.runEntriesMax)
            guard count > 0 else { throw .empty }
            guard first - 1 + UInt64(count) <= ProtocolLimits.sequenceMax else {
                throw .sequenceOutOfRange
            }
            backlink = try reader.bytes32()
            salts = try Run.salts(&reader, covering: count)
        }
    }

    fileprivate static func salts(
        _ reader: inout ByteReader, covering count: Int
    ) throws(DecodingViolation) -> [SaltSegment] {
        let segments = try reader.count(max: count)
        var salts: [SaltSegment] = []
        var covered = 0
        for _ in 0..<segments {
            let kind = try reader.byte()
            let entries = try reader.count(max: count - covered)
            guard entries > 0 else { throw .empty }
            covered += entries
            switch kind {
            case 0: salts.append(.seed(Salt(try reader.raw(16)), entries: entries))
            case 1:
                let bytes = try reader.raw(16 * entries)
                salts.append(
                    .salts((0..<entries).map { Salt(bytes[16 * $0..<16 * $0 + 16]) }))
            case 2: salts.append(.withheld(entries: entries))
            default: throw .unknownTag
            }
        }
        guard covered == count else { throw .saltsDoNotCover }
        return salts
    }
}

extension ByteWriter {
    mutating func run(_ run: Run) {
        runFront(run)
        block(run.entryBytes)
        raw(run.signature)
    }

    /// What stands before the entries.
    mutating func runFront(_ run: Run) {
        byte(EntryFormat.version)
        raw(run.identity.key.bytes)
        fixed64(run.identity.nonce.high)
        fixed64(run.identity.nonce.low)
        area(run.identity.domain.area)
        byte(run.identity.domain.lane.rawValue)
        unsigned(run.first)
        count(run.count)
        raw(run.backlink)
        count(run.salts.count)
        for segment in run.salts {
            switch segment {
            case .seed(let seed, let entries):
                byte(0)
                count(entries)
                raw(seed.array)
            case .salts(let salts):
                byte(1)
                count(salts.count)
                for salt in salts { raw(salt.array) }
            case .withheld(let entries):
                byte(2)
                count(entries)
            }
        }
    }
}
