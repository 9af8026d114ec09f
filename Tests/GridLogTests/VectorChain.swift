// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import Testing

/// A vector of certificates.json.
struct VectorChain: Decodable, Sendable, CustomTestStringConvertible {
    struct Link: Decodable, Sendable {
        struct Fields: Decodable, Sendable {
            let subject: VectorBytes
            let name: String
            let post: String
            let holder: String
            let area: String
            let rights: UInt8
            let validFrom: UInt64
            let validUntil: UInt64
            let issuer: VectorBytes
            let signature: VectorBytes
        }

        /// The Ed25519 seed of the issuer; nil where the signature is not its own.
        let secret: VectorBytes?
        let bytes: VectorBytes
        let fields: Fields
        let digest: VectorBytes
        let recordId: VectorBytes

        /// The certificate, issued again.
        func issued(with seed: [UInt8]) throws -> Certificate {
            Certificate(
                subject: PublicKey(try fields.subject.bytes32), name: fields.name,
                post: fields.post, holder: fields.holder,
                area: try AreaCode(parsing: fields.area), rights: Rights(rawValue: fields.rights),
                validFrom: fields.validFrom,
                validUntil: fields.validUntil, issuedBy: Author(SigningKey(seed: seed)))
        }
    }

    let name: String
    let root: VectorBytes
    /// Nil where so many certificates cannot travel.
    let bytes: VectorBytes?
    let certificates: [Link]
    /// The code of the rule that the chain breaks.
    let refusal: String?

    var testDescription: String { name }
}
