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
    /// From the entry that is proved to the receipt's height.
    package let entries: EntryChain
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
        let links = runs.flatMap { run in
            run.entries.filter { (sequence...row.height).contains($0.sequence) }
                .map { EntryChain.Link($0, of: run) }
        }
        guard !links.isEmpty, UInt64(links.count) == row.height - sequence + 1,
            links.count <= ProtocolLimits.receiptLinksMax
        else { return nil }
        entries = EntryChain(
            identity: identity, first: sequence, backlink: backlink, links: links)
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
        guard verified.leaf.area.contains(entries.identity.domain.area) else {
            throw .areaNotCovered
        }
        guard receipt.hasValidSignature else { throw .signatureWrong }
        let row = receipt.rows.first { $0.log == entries.identity.log }
        guard let row, row.height == entries.last else { throw .logNotCovered }
        let hashes = entries.hashes
        guard hashes.last == row.head, let proved = hashes.first else { throw .hashWrong }
        return (verified.leaf, proved)
    }
}

extension ReceiptProof {
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 2_048 + 96 * entries.links.count)
        writer.byte(1)
        entries.write(to: &writer)
        writer.block(chain.encoded)
        writer.block(receipt.encoded)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.proofBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        entries = try EntryChain(
            &reader, linksMax: ProtocolLimits.receiptLinksMax,
            headBytesMax: ProtocolLimits.entryBytesMax)
        chain = try CertificateChain(
            decoding: try reader.block(max: ProtocolLimits.greetingBytesMax))
        receipt = try Receipt(decoding: try reader.block(max: ProtocolLimits.receiptBytesMax))
        try reader.finish()
    }
}
