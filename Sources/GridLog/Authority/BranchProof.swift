// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// Consecutive entries of a log, without what they write, and the key's signature over what they
/// lead to (Protocol/forks.md). One proves that the key has written these entries; two that differ
/// after one predecessor prove that it has forked the log. Nobody but the key is asked.
package struct BranchProof: Hashable, Sendable {
    /// What of an entry its hash covers besides its place.
    package struct Link: Hashable, Sendable {
        package let valuesHash: Bytes32
        package let head: [UInt8]

        package init(valuesHash: Bytes32, head: [UInt8]) {
            self.valuesHash = valuesHash
            self.head = head
        }
    }

    package let identity: LogIdentity
    /// Sequence of the first entry.
    package let first: UInt64
    /// Hash of the entry before it; the log's digest where there is none.
    package let backlink: Bytes32
    /// At least one.
    package let links: [Link]
    /// The key's over the hash of the last entry, 64 bytes; zeros where another proof goes on there.
    package let signature: [UInt8]
    /// The hash of each entry.
    package let hashes: [Bytes32]

    /// Sequence of the last entry.
    package var last: UInt64 { first + UInt64(links.count) - 1 }
    package var isSigned: Bool { signature != Run.noSignature }

    init(
        identity: LogIdentity, first: UInt64, backlink: Bytes32, links: [Link], signature: [UInt8]
    ) {
        precondition(!links.isEmpty, "a branch has an entry")
        self.identity = identity
        self.first = first
        self.backlink = backlink
        self.links = links
        self.signature = signature
        hashes = Self.hashes(identity, first, backlink, links)
    }

    /// Proofs of what some runs hold from a sequence on, the last of them signed. They lie end to end,
    /// and are as many as their size asks for.
    ///
    /// - Parameter runs: verified, each going on where the one before it ends; the first holds the
    ///   sequence, the last is signed.
    /// - Returns: nil where the runs are not like that, or an entry is too large to be proved.
    package static func proofs(of runs: [VerifiedRun], from sequence: UInt64) -> [BranchProof]? {
        guard let front = runs.first, let end = runs.last, end.run.isSigned, sequence > 0,
            (front.run.first...front.run.last).contains(sequence),
            zip(runs, runs.dropFirst()).allSatisfy({ $0.hash(at: $0.run.last) == $1.run.backlink })
        else { return nil }
        var writing = BranchWriting(
            identity: front.run.identity, first: sequence,
            backlink: sequence == front.run.first
                ? front.run.backlink : front.hash(at: sequence - 1) ?? front.run.backlink)
        for run in runs {
            for entry in run.entries where entry.sequence >= sequence {
                let link = Link(
                    valuesHash: entry.valuesHash, head: Array(run.run.entryBytes[entry.head]))
                guard writing.append(link) else { return nil }
            }
        }
        return writing.finish(signature: end.run.signature)
    }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .branch) }

    /// The record under which it stands in lane 0: its digest's first 80 bits.
    package var recordID: RecordID {
        let digest = digest
        return RecordID(
            high: digest.words.0, low: UInt16(truncatingIfNeeded: digest.words.1 >> 48))
    }

    /// Whether a first entry follows its log's name, and the signature, if there is one, is the key's.
    package var isGenuine: Bool {
        guard first > 1 || backlink == identity.digest else { return false }
        guard isSigned else { return true }
        return Signing.isValid(
            signature, of: .entry, over: hashes[hashes.count - 1], by: identity.key)
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 256 + 64 * links.count)
        writer.byte(1)
        writer.raw(identity.key.bytes)
        writer.fixed64(identity.nonce.high)
        writer.fixed64(identity.nonce.low)
        writer.area(identity.domain.area)
        writer.byte(identity.domain.lane.rawValue)
        writer.unsigned(first)
        writer.raw(backlink)
        writer.count(links.count)
        for link in links {
            writer.raw(link.valuesHash)
            writer.block(link.head)
        }
        writer.raw(signature)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.branchProofBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        let key = PublicKey(try reader.bytes32())
        let nonce = ReplicaNonce(high: try reader.fixed64(), low: try reader.fixed64())
        let identity = LogIdentity(key: key, nonce: nonce, domain: try reader.domain())
        let first = try reader.sequence()
        let backlink = try reader.bytes32()
        // Each link has at least its hash and a length.
        let count = try reader.count(max: ProtocolLimits.branchProofBytesMax / 33)
        guard count > 0 else { throw .empty }
        guard first - 1 + UInt64(count) <= ProtocolLimits.sequenceMax else {
            throw .sequenceOutOfRange
        }
        var links: [Link] = []
        for _ in 0..<count {
            links.append(
                Link(
                    valuesHash: try reader.bytes32(),
                    head: try reader.block(max: ProtocolLimits.branchProofBytesMax)))
        }
        let signature = try reader.raw(64)
        try reader.finish()
        self.init(
            identity: identity, first: first, backlink: backlink, links: links,
            signature: signature)
    }

    private static func hashes(
        _ identity: LogIdentity, _ first: UInt64, _ backlink: Bytes32, _ links: [Link]
    ) -> [Bytes32] {
        var hasher = EntryHasher(log: identity.digest)
        var head = backlink
        return links.enumerated().map { index, link in
            head = hasher.hash(
                sequence: first + UInt64(index), valuesHash: link.valuesHash, head: link.head[...],
                backlink: head)
            return head
        }
    }
}

/// Cuts a branch into proofs of which each stands in one entry.
private struct BranchWriting {
    /// What a proof has besides its links, at most.
    private static let frameBytes = 256

    let identity: LogIdentity
    private var first: UInt64
    private var backlink: Bytes32
    private var links: [BranchProof.Link] = []
    private var bytes = frameBytes
    private var proofs: [BranchProof] = []

    init(identity: LogIdentity, first: UInt64, backlink: Bytes32) {
        self.identity = identity
        self.first = first
        self.backlink = backlink
    }

    /// - Returns: false where the link is too large, or there are more than one message may have.
    mutating func append(_ link: BranchProof.Link) -> Bool {
        let size = 32 + 4 + link.head.count
        guard Self.frameBytes + size <= ProtocolLimits.branchProofBytesMax else { return false }
        if bytes + size > ProtocolLimits.branchProofBytesMax { cut(signature: Run.noSignature) }
        links.append(link)
        bytes += size
        return proofs.count < ProtocolLimits.branchProofsMax
    }

    mutating func finish(signature: [UInt8]) -> [BranchProof]? {
        guard !links.isEmpty else { return nil }
        cut(signature: signature)
        return proofs
    }

    private mutating func cut(signature: [UInt8]) {
        let proof = BranchProof(
            identity: identity, first: first, backlink: backlink, links: links,
            signature: signature)
        proofs.append(proof)
        first = proof.last + 1
        backlink = proof.hashes[proof.hashes.count - 1]
        links = []
        bytes = Self.frameBytes
    }
}
