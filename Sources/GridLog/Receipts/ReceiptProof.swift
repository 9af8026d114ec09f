// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// Why a proof of delivery proves nothing.
package enum ProofRefusal: Error, Hashable, Sendable {
    /// The issuer's certificates do not lead from the root to it.
    case chain(ChainRefusal)
    /// They lead to another key.
    case issuerNotCertified
    /// The issuer speaks for another area.
    case areaNotCovered
    case signatureWrong
    /// The receipt does not name the log at the height where the entries end.
    case logNotCovered
    /// The entries do not lead to the receipt's head.
    case hashWrong

    package var code: String {
        switch self {
        case .chain(let refusal): refusal.rawValue
        case .issuerNotCertified: "issuer_not_certified"
        case .areaNotCovered: "area_not_covered"
        case .signatureWrong: "receipt_signature_wrong"
        case .logNotCovered: "log_not_covered"
        case .hashWrong: "hash_wrong"
        }
    }
}

/// All that is needed to show anybody who knows the root key that an entry has reached the issuer
/// of a receipt (Protocol/receipts.md, "Proof"). It holds hashes and shapes, and no values.
package struct ReceiptProof: Hashable, Sendable {
    /// What of an entry its hash covers.
    package struct Link: Hashable, Sendable {
        package let valuesHash: Bytes32
        package let head: [UInt8]
    }

    package let identity: LogIdentity
    /// Of the entry that is proved.
    package let sequence: UInt64
    /// Hash of the entry before it.
    package let backlink: Bytes32
    /// From that entry to the receipt's height; at least one.
    package let links: [Link]
    /// Root first, to the issuer.
    package let chain: CertificateChain
    package let receipt: Receipt

    /// Puts a proof together of runs that lie end to end; nil where they do not lead from the
    /// entry to the receipt's height.
    package init?(
        sequence: UInt64, runs: [VerifiedRun], chain: CertificateChain, receipt: Receipt
    ) {
        guard let identity = runs.first?.run.identity,
            let row = receipt.rows.first(where: { $0.log == identity.log }),
            let backlink = sequence == 0 ? nil : runs.first?.hash(at: sequence - 1)
        else { return nil }
        var links: [Link] = []
        for run in runs {
            for entry in run.entries where (sequence...row.height).contains(entry.sequence) {
                links.append(
                    Link(
                        valuesHash: entry.valuesHash, head: Array(run.run.entryBytes[entry.head])))
            }
        }
        guard !links.isEmpty, UInt64(links.count) == row.height - sequence + 1,
            links.count <= ProtocolLimits.receiptLinksMax
        else { return nil }
        self.identity = identity
        self.sequence = sequence
        self.backlink = backlink
        self.links = links
        self.chain = chain
        self.receipt = receipt
    }

    /// Whether it holds for those who trust the root.
    /// - Returns: the issuer's certificate, and the hash of the entry.
    package func verify(
        root: PublicKey
    ) throws(ProofRefusal) -> (issuer: Certificate, hash: Bytes32) {
        let verified: VerifiedChain
        do {
            verified = try VerifiedChain.verify(chain, root: root)
        } catch { throw .chain(error) }
        guard verified.leaf.subject == receipt.issuer else { throw .issuerNotCertified }
        guard verified.leaf.area.contains(identity.domain.area) else { throw .areaNotCovered }
        guard receipt.hasValidSignature else { throw .signatureWrong }
        let last = sequence + UInt64(links.count) - 1
        let row = receipt.rows.first { $0.log == identity.log }
        guard let row, row.height == last else { throw .logNotCovered }
        var hasher = EntryHasher(log: identity.digest)
        var head = backlink
        var proved: Bytes32?
        for (index, link) in links.enumerated() {
            head = hasher.hash(
                sequence: sequence + UInt64(index), valuesHash: link.valuesHash,
                head: link.head[...],
                backlink: head)
            proved = proved ?? head
        }
        guard head == row.head, let proved else { throw .hashWrong }
        return (verified.leaf, proved)
    }
}

extension ReceiptProof {
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 2_048 + 96 * links.count)
        writer.byte(1)
        writer.raw(identity.key.bytes)
        writer.fixed64(identity.nonce.high)
        writer.fixed64(identity.nonce.low)
        writer.area(identity.domain.area)
        writer.byte(identity.domain.lane.rawValue)
        writer.unsigned(sequence)
        writer.raw(backlink)
        writer.count(links.count)
        for link in links {
            writer.raw(link.valuesHash)
            writer.block(link.head)
        }
        writer.block(chain.encoded)
        writer.block(receipt.encoded)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.proofBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        let key = PublicKey(try reader.bytes32())
        let nonce = ReplicaNonce(high: try reader.fixed64(), low: try reader.fixed64())
        identity = LogIdentity(key: key, nonce: nonce, domain: try reader.domain())
        sequence = try reader.sequence()
        backlink = try reader.bytes32()
        let count = try reader.count(max: ProtocolLimits.receiptLinksMax)
        guard count > 0 else { throw .empty }
        guard sequence + UInt64(count) - 1 <= ProtocolLimits.sequenceMax else {
            throw .sequenceOutOfRange
        }
        var links: [Link] = []
        for _ in 0..<count {
            links.append(
                Link(
                    valuesHash: try reader.bytes32(),
                    head: try reader.block(max: ProtocolLimits.entryBytesMax)))
        }
        self.links = links
        chain = try CertificateChain(
            decoding: try reader.block(max: ProtocolLimits.greetingBytesMax))
        receipt = try Receipt(decoding: try reader.block(max: ProtocolLimits.receiptBytesMax))
        try reader.finish()
    }
}
