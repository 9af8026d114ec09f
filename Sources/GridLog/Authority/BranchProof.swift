// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// Consecutive entries of a log, without what they write, and the key's signature over what they
/// lead to (Protocol/forks.md). One proves that the key has written these entries; two that differ
/// after one predecessor prove that it has forked the log. Nobody but the key is asked.
package struct BranchProof: Hashable, Sendable {
    package let entries: EntryChain
    /// The key's over the hash of the last entry, 64 bytes; zeros where another proof goes on there.
    package let signature: [UInt8]
    /// The hash of each entry.
    package let hashes: [Bytes32]

    /// Sequence of the last entry.
    package var last: UInt64 { entries.last }
    package var identity: LogIdentity { entries.identity }
    /// Sequence of the first entry.
    package var first: UInt64 { entries.first }
    /// Hash of the entry before it; the log's digest where there is none.
    package var backlink: Bytes32 { entries.backlink }
    package var isSigned: Bool { signature != Run.noSignature }

    init(_ entries: EntryChain, signature: [UInt8]) {
        self.entries = entries
        self.signature = signature
        hashes = entries.hashes
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
                let link = EntryChain.Link(entry, of: run)
                guard writing.append(link) else { return nil }
            }
        }
        return writing.finish(signature: end.run.signature)
    }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .branch) }

    /// The record under which it stands in lane 0: its digest's first 80 bits.
    package var recordID: RecordID { RecordID(startOf: digest) }

    /// Whether a first entry follows its log's name, and the signature, if there is one, is the key's.
    package var isGenuine: Bool {
        guard first > 1 || backlink == identity.digest else { return false }
        guard isSigned else { return true }
        return Signing.isValid(
            signature, of: .entry, over: hashes[hashes.count - 1], by: identity.key)
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 256 + 64 * entries.links.count)
        writer.byte(1)
        entries.write(to: &writer)
        writer.raw(signature)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.branchProofBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        // Each link has at least its hash and a length.
        let entries = try EntryChain(
            &reader, linksMax: ProtocolLimits.branchProofBytesMax / 33,
            headBytesMax: ProtocolLimits.branchProofBytesMax)
        let signature = try reader.raw(64)
        try reader.finish()
        self.init(entries, signature: signature)
    }
}

/// Cuts a branch into proofs of which each stands in one entry.
private struct BranchWriting {
    /// What a proof has besides its links, at most.
    private static let frameBytes = 256

    let identity: LogIdentity
    private var first: UInt64
    private var backlink: Bytes32
    private var links: [EntryChain.Link] = []
    private var bytes = frameBytes
    private var proofs: [BranchProof] = []

    init(identity: LogIdentity, first: UInt64, backlink: Bytes32) {
        self.identity = identity
        self.first = first
        self.backlink = backlink
    }

    /// - Returns: false where the link is too large, or there are more than one message may have.
    mutating func append(_ link: EntryChain.Link) -> Bool {
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
            EntryChain(identity: identity, first: first, backlink: backlink, links: links),
            signature: signature)
        proofs.append(proof)
        first = proof.last + 1
        backlink = proof.hashes[proof.hashes.count - 1]
        links = []
        bytes = Self.frameBytes
    }
}
