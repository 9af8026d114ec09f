// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import Testing

/// A vector of cutoffs.json: certificates and cut-offs, and where logs end for them.
struct VectorCutOffs: Decodable, Sendable, CustomTestStringConvertible {
    struct Row: Decodable, Sendable {
        let area: String
        let lane: UInt8
        let replica: VectorBytes
        let height: UInt64
        let head: VectorBytes

        var row: CutOff.Row {
            get throws {
                let id = try replica.replica
                let lane = try #require(Lane(rawValue: lane))
                return CutOff.Row(
                    log: LogID(
                        replica: id, domain: Domain(area: try AreaCode(parsing: area), lane: lane)),
                    height: height, head: try head.bytes32)
            }
        }
    }

    struct Word: Decodable, Sendable {
        struct Fields: Decodable, Sendable {
            let subject: VectorBytes
            let reason: UInt8
            let note: String
            let issuedAt: UInt64
            let rows: [Row]
            let kept: [VectorBytes]
        }

        /// The Ed25519 seed of the issuer; nil where the signature is not its own.
        let secret: VectorBytes?
        let bytes: VectorBytes
        let fields: Fields
        let digest: VectorBytes
        let recordId: VectorBytes

        /// The cut-off, issued again.
        func issued(with seed: [UInt8]) throws -> CutOff {
            CutOff(
                subject: PublicKey(try fields.subject.bytes32),
                reason: try #require(CutOff.Reason(rawValue: fields.reason)), note: fields.note,
                issuedAt: fields.issuedAt, rows: try fields.rows.map { try $0.row },
                kept: try fields.kept.map {
                    let words = try $0.words
                    return CertificateReference(high: words.high, low: words.low)
                }, issuedBy: Author(SigningKey(seed: seed)))
        }
    }

    struct Log: Decodable, Sendable {
        struct End: Decodable, Sendable {
            let height: UInt64
            let head: VectorBytes?
        }

        let key: VectorBytes
        let nonce: VectorBytes
        let area: String
        let lane: UInt8
        /// How many digits the area has by which the key's word has its weight.
        let level: Int?
        let end: End?

        var identity: LogIdentity {
            get throws {
                let nonce = try nonce.words
                let lane = try #require(Lane(rawValue: lane))
                return LogIdentity(
                    key: PublicKey(try key.bytes32),
                    nonce: ReplicaNonce(high: nonce.high, low: nonce.low),
                    domain: Domain(area: try AreaCode(parsing: area), lane: lane))
            }
        }
    }

    let name: String
    let root: VectorBytes
    let certificates: [VectorBytes]
    let cutOffs: [Word]
    let logs: [Log]

    var testDescription: String { name }
}
