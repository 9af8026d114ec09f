// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import Testing

/// A vector of runs.json.
struct VectorRun: Decodable, Sendable, CustomTestStringConvertible {
    struct Segment: Decodable, Sendable {
        let seed: VectorBytes?
        let entries: Int?
        let salts: [VectorBytes]?
        let withheld: Int?

        var segment: Run.SaltSegment {
            get throws {
                if let seed { return .seed(Salt(seed.bytes), entries: try #require(entries)) }
                if let salts { return .salts(salts.map { Salt($0.bytes) }) }
                return .withheld(entries: try #require(withheld))
            }
        }
    }

    struct Fields: Decodable, Sendable {
        let key: VectorBytes
        let nonce: VectorBytes
        let area: String
        let lane: UInt8
        let first: UInt64
        let count: Int
        let backlink: VectorBytes
        let salts: [Segment]
        let entries: VectorBytes
        let signature: VectorBytes
    }

    let name: String
    /// The Ed25519 seed of the key that signed.
    let secret: VectorBytes
    let bytes: VectorBytes
    let envelope: VectorBytes
    /// What form 2 packs.
    let columns: VectorBytes?
    let fields: Fields
    let replica: VectorBytes
    let hashes: [VectorBytes]
    /// The runs that this one was joined of.
    let parts: [VectorBytes]?

    enum CodingKeys: String, CodingKey {
        case name, secret, bytes, envelope, columns, replica, hashes, parts
        case fields = "run"
    }

    var testDescription: String { name }

    var run: Run {
        get throws {
            let domain = Domain(
                area: try AreaCode(parsing: fields.area),
                lane: try #require(Lane(rawValue: fields.lane)))
            let nonce = try fields.nonce.words
            return Run(
                identity: LogIdentity(
                    key: PublicKey(try fields.key.bytes32),
                    nonce: ReplicaNonce(high: nonce.high, low: nonce.low), domain: domain),
                first: fields.first, count: fields.count, backlink: try fields.backlink.bytes32,
                salts: try fields.salts.map { try $0.segment },
                entryBytes: fields.entries.bytes, signature: fields.signature.bytes)
        }
    }
}
