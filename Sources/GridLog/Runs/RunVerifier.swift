// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore
import GridCrypto

/// A run whose entries are well-formed, chained from its backlink, and signed by its log's key; one
/// that is not signed (`Run.isSigned`) counts only where a cut-off names its last entry.
///
/// Only `RunVerifier` and `RunWriter` make one. It says nothing yet about rights, gaps or forks:
/// those depend on what a replica holds.
package struct VerifiedRun: Sendable {
    package let run: Run
    package let entries: [Entry]
    /// The hash of each entry, in order.
    package let hashes: [Bytes32]
    /// The envelope that the run came in; nil for one that came in none.
    package private(set) var envelope: [UInt8]?

    init(run: Run, entries: [Entry], hashes: [Bytes32]) {
        precondition(entries.count == run.count && hashes.count == run.count)
        self.run = run
        self.entries = entries
        self.hashes = hashes
    }

    fileprivate func inside(_ envelope: [UInt8]) -> VerifiedRun {
        var run = self
        run.envelope = envelope
        return run
    }

    /// The hash of the entry at a sequence of this run, or of the one right before it.
    package func hash(at sequence: UInt64) -> Bytes32? {
        if sequence + 1 == run.first { return run.backlink }
        guard sequence >= run.first, sequence <= run.last else { return nil }
        return hashes[Int(sequence - run.first)]
    }
}

/// Why a run is not what it claims to be.
package enum RunViolation: Error, Hashable, Sendable {
    case malformed(DecodingViolation)
    /// An entry is larger than `ProtocolLimits.entryBytesMax`.
    case entryTooLarge(sequence: UInt64)
    /// A first entry whose backlink is not its log's digest.
    case firstBacklinkWrong
    /// The signature is not the key's over the last hash.
    case signatureWrong
}

/// Checks runs: one Ed25519 verification a run, two BLAKE2b an entry.
package enum RunVerifier {
    /// Opens an envelope and verifies the run in it.
    package static func verify(envelope: [UInt8]) throws(RunViolation) -> VerifiedRun {
        let run: Run
        do {
            run = try RunEnvelope.open(envelope)
        } catch {
            throw .malformed(error)
        }
        return try verify(run).inside(envelope)
    }

    /// A run without a signature passes: it is the gate that must know the cut-off which names its
    /// last entry.
    package static func verify(_ run: Run) throws(RunViolation) -> VerifiedRun {
        let checked = try read(run)
        guard run.isSigned else { return checked }
        guard let last = checked.hashes.last,
            Signing.isValid(run.signature, of: .entry, over: last, by: run.identity.key)
        else { throw .signatureWrong }
        return checked
    }

    /// Reads the entries and computes their hashes, without the signature: for one's own ledger,
    /// where the signature was checked on the way in, and for what this node has just written.
    package static func read(_ run: Run) throws(RunViolation) -> VerifiedRun {
        if run.first == 1, run.backlink != run.identity.digest { throw .firstBacklinkWrong }
        do {
            return try readEntries(of: run)
        } catch let violation as DecodingViolation {
            throw .malformed(violation)
        } catch let violation as RunViolation {
            throw violation
        } catch {
            preconditionFailure("reading entries fails in no other way: \(error)")
        }
    }

    private static func readEntries(of run: Run) throws -> VerifiedRun {
        var reader = ByteReader(run.entryBytes)
        var shape = BareShape()
        var entries: [Entry] = []
        var hashes: [Bytes32] = []
        entries.reserveCapacity(run.count)
        hashes.reserveCapacity(run.count)
        var hasher = EntryHasher(log: run.identity.digest)
        var head = run.backlink
        var sequence = run.first
        for segment in run.salts {
            var salts = SegmentSalts(segment)
            for _ in 0..<segment.entries {
                let entry = try reader.entry(
                    sequence: sequence, salt: salts.salt(at: sequence), scratch: &shape)
                head = hasher.hash(entry, in: run.entryBytes, backlink: head)
                entries.append(entry)
                hashes.append(head)
                sequence += 1
            }
        }
        try reader.finish()
        return VerifiedRun(run: run, entries: entries, hashes: hashes)
    }
}

/// The salt of each entry of one segment.
struct SegmentSalts {
    private var deriver: SaltDeriver?
    private var explicit: ArraySlice<Salt> = []

    init(_ segment: Run.SaltSegment) {
        switch segment {
        case .seed(let seed, _): deriver = SaltDeriver(seed: seed)
        case .salts(let salts): explicit = salts[...]
        case .withheld: break
        }
    }

    /// Nil where the values are withheld.
    mutating func salt(at sequence: UInt64) -> Salt? {
        if deriver != nil { return deriver?.salt(at: sequence) }
        return explicit.popFirst()
    }
}

extension ByteReader {
    /// Reads one entry of a run: its head, then its values or, without a salt, their hash.
    ///
    /// - Parameter shape: memory for its shape.
    fileprivate mutating func entry(
        sequence: UInt64, salt: Salt?, scratch shape: inout BareShape
    ) throws -> Entry {
        let start = offset
        let timestampChange = try signed()
        let contextChanges = try contextChanges()
        let valuesLength = try count(max: ProtocolLimits.entryBytesMax)
        let shapeStart = Int32(offset)
        try self.shape(into: &shape)
        let head = start..<offset
        guard head.count + valuesLength <= ProtocolLimits.entryBytesMax else {
            throw RunViolation.entryTooLarge(sequence: sequence)
        }
        guard let salt else {
            let hash = try bytes32()
            return Entry(
                sequence: sequence, timestampChange: timestampChange,
                contextChanges: contextChanges, content: .withheld(bytes, shape: shapeStart),
                valuesHash: hash, head: head,
                values: head.upperBound..<head.upperBound)
        }
        let valuesStart = offset
        guard valuesLength <= remaining else { throw DecodingViolation.truncated }
        try skipValues(of: shape)
        guard offset - valuesStart == valuesLength else {
            throw DecodingViolation.valuesLengthWrong
        }
        let values = valuesStart..<offset
        let hash = bytes.withUnsafeBytes {
            Hashing.digest(
                UnsafeRawBufferPointer(rebasing: $0[values]), personal: .values, salt: salt)
        }
        return Entry(
            sequence: sequence, timestampChange: timestampChange, contextChanges: contextChanges,
            content: .bytes(bytes, shape: shapeStart), valuesHash: hash, head: head,
            values: values)
    }
}

/// Computes entry hashes: BLAKE2b-256 over log digest, backlink, sequence, values hash and head.
struct EntryHasher {
    private let log: Bytes32
    private var input: [UInt8] = []

    init(log: Bytes32) {
        self.log = log
        input.reserveCapacity(256)
    }

    mutating func hash(_ entry: Entry, in bytes: [UInt8], backlink: Bytes32) -> Bytes32 {
        hash(
            sequence: entry.sequence, valuesHash: entry.valuesHash, head: bytes[entry.head],
            backlink: backlink)
    }

    mutating func hash(
        sequence: UInt64, valuesHash: Bytes32, head: ArraySlice<UInt8>, backlink: Bytes32
    ) -> Bytes32 {
        input.removeAll(keepingCapacity: true)
        log.withBytes { input.append(contentsOf: $0) }
        backlink.withBytes { input.append(contentsOf: $0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            input.append(UInt8(truncatingIfNeeded: sequence >> UInt64(shift)))
        }
        valuesHash.withBytes { input.append(contentsOf: $0) }
        head.withUnsafeBufferPointer { input.append(contentsOf: $0) }
        return Hashing.digest(input, personal: .entry)
    }
}
