// SPDX-License-Identifier: Apache-2.0

package import GridCodec
import GridCore

/// Certificates from a root down to a key, as somebody presented them: unverified.
package struct CertificateChain: Hashable, Sendable {
    /// Root first, 1...`ProtocolLimits.certificateChainMax`.
    package let certificates: [Certificate]

    package init(_ certificates: [Certificate]) { self.certificates = certificates }

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.count(certificates.count)
        for certificate in certificates { writer.block(certificate.encoded) }
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(DecodingViolation) {
        let count = try reader.count(max: ProtocolLimits.certificateChainMax)
        guard count > 0 else { throw .empty }
        var certificates: [Certificate] = []
        for _ in 0..<count {
            let bytes = try reader.block(max: ProtocolLimits.certificateBytesMax)
            certificates.append(try Certificate(decoding: bytes))
        }
        self.certificates = certificates
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }
}

/// Why a chain proves nothing.
package enum ChainRefusal: String, Error, Hashable, CaseIterable, Sendable {
    case empty = "chain_empty"
    /// More than `ProtocolLimits.certificateChainMax` certificates.
    case tooLong = "chain_too_long"
    /// The first certificate is not the pinned root's own.
    case foreignRoot = "foreign_root"
    case signatureWrong = "certificate_signature_wrong"
    /// A certificate's issuer is not the subject of the one before it.
    case brokenLink = "chain_broken"
    /// The issuer may not certify.
    case issuerMayNotCertify = "issuer_may_not_certify"
    /// The area lies outside the issuer's.
    case areaWidened = "area_widened"
    /// A key that is no valid point of the curve's main group (RFC 8032 §5.1.3).
    case keyNotValid = "certificate_key_not_valid"
    /// A right that the issuer does not have.
    case rightsWidened = "rights_widened"
    /// The issuer was cut off, and this is not among what it had issued before.
    case issuerCutOff = "issuer_cut_off"
    /// The key at the end was cut off.
    case keyCutOff = "key_cut_off"
}

/// A chain that leads from the pinned root to a key without widening anything on the way.
/// Only `verify` makes one.
package struct VerifiedChain: Hashable, Sendable {
    package let certificates: [Certificate]

    /// The certificate of the key at the end.
    package let leaf: Certificate

    private init(certificates: [Certificate], leaf: Certificate) {
        self.certificates = certificates
        self.leaf = leaf
    }

    package static func verify(
        _ chain: CertificateChain, root: PublicKey
    ) throws(ChainRefusal) -> VerifiedChain {
        let certificates = chain.certificates
        guard let first = certificates.first, let leaf = certificates.last else { throw .empty }
        guard certificates.count <= ProtocolLimits.certificateChainMax else { throw .tooLong }
        guard certificates.allSatisfy({ Signing.isValidKey($0.subject) }) else {
            throw .keyNotValid
        }
        guard first.isSelfIssued, first.subject == root else { throw .foreignRoot }
        guard first.hasValidSignature else { throw .signatureWrong }
        for (parent, child) in zip(certificates, certificates.dropFirst()) {
            try check(child, under: parent)
            guard child.hasValidSignature else { throw .signatureWrong }
        }
        return VerifiedChain(certificates: certificates, leaf: leaf)
    }

    /// The chain with one certificate more, whose signature and key have been found to hold.
    func extended(by genuine: Certificate) throws(ChainRefusal) -> VerifiedChain {
        guard certificates.count < ProtocolLimits.certificateChainMax else { throw .tooLong }
        try Self.check(genuine, under: leaf)
        return VerifiedChain(certificates: certificates + [genuine], leaf: genuine)
    }

    /// The chains that it goes through, from the root's own to itself.
    var prefixes: [VerifiedChain] {
        certificates.indices.map {
            VerifiedChain(certificates: Array(certificates[...$0]), leaf: certificates[$0])
        }
    }

    /// Whether a certificate's subject could have issued another.
    static func allows(_ child: Certificate, under parent: Certificate) -> Bool {
        (try? check(child, under: parent)) != nil
    }

    private static func check(
        _ child: Certificate, under parent: Certificate
    ) throws(ChainRefusal) {
        guard child.issuer == parent.subject else { throw .brokenLink }
        guard parent.rights.contains(.certify) else { throw .issuerMayNotCertify }
        guard parent.area.contains(child.area) else { throw .areaWidened }
        guard parent.rights.isSuperset(of: child.rights) else { throw .rightsWidened }
    }
}
