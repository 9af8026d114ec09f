// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridSync
import Testing

/// A vector of messages.json: a greeting, a message, or rows and their digest.
struct VectorMessage: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let bytes: VectorBytes
    let greeting: VectorGreeting?
    let message: VectorContent?
    let rows: [VectorRow]?
    let digest: VectorBytes?

    var testDescription: String { name }
}

/// What a greeting of the vectors says, without its credential, which is compared apart.
struct VectorGreeting: Decodable, Sendable {
    struct Versions: Decodable, Sendable {
        let lowest: UInt64
        let highest: UInt64
    }

    struct Holdings: Decodable, Sendable {
        struct Item: Decodable, Sendable {
            let area: String
            let digest: VectorBytes
        }

        let frontier: [VectorRow]?
        let digests: [Item]?

        var holdings: Greeting.Holdings {
            get throws {
                if let frontier { return .frontier(try frontier.map { try $0.frontierRow }) }
                return .digests(
                    try #require(digests).map { item in
                        let words = try item.digest.words
                        return Greeting.AreaDigest(
                            area: try AreaCode(parsing: item.area),
                            digest: FrontierDigest(high: words.high, low: words.low))
                    })
            }
        }
    }

    /// `{"chain": …}`, `{"reference": …}` or `{"none": null}`.
    struct Credential: Decodable, Sendable {
        let chain: [Link]?
        let reference: VectorBytes?
    }

    struct Link: Decodable, Sendable {
        let name: String
        let signature: VectorBytes
    }

    let versions: Versions
    let features: UInt64
    let software: String
    let nonce: VectorBytes
    let clock: UInt64
    let credit: UInt64
    let credential: Credential
    let recognized: Credential
    let area: String
    let holdings: Holdings

    /// The greeting around a credential.
    func greeting(_ credential: Greeting.Credential) throws -> Greeting {
        let words = try nonce.words
        return Greeting(
            versions: versions.lowest...versions.highest, features: features, software: software,
            nonce: ReplicaNonce(high: words.high, low: words.low), clock: clock, credit: credit,
            credential: credential, recognized: try recognized.reference?.reference,
            area: try AreaCode(parsing: area), holdings: try holdings.holdings)
    }
}

/// What a message of the vectors says: `{"form": content}`.
struct VectorContent: Decodable, Sendable {
    private enum Form: String, CodingKey {
        case frontier, totals, run, ack, refusal, ping, bye, receipt, ended, cutOff, heads, branch
        case audit, audited, auditParts, lanes, words
    }

    private struct Frontier: Decodable {
        let areas: [String]
        let rows: [VectorRow]
    }

    private struct Total: Decodable {
        let lane: UInt8
        let entries: UInt64
        let bytes: UInt64
    }

    private struct Ack: Decodable {
        let rows: [VectorRow]
        let credit: UInt64
    }

    private struct Refusal: Decodable {
        let log: VectorRow
        let code: String
    }

    private struct NamedLog: Decodable {
        let key: VectorBytes
        let nonce: VectorBytes
        let area: String
        let lane: UInt8

        var identity: LogIdentity {
            get throws {
                let nonce = try nonce.words
                return LogIdentity(
                    key: PublicKey(try key.bytes32),
                    nonce: ReplicaNonce(high: nonce.high, low: nonce.low),
                    domain: Domain(
                        area: try AreaCode(parsing: area),
                        lane: try #require(Lane(rawValue: lane))))
            }
        }
    }

    private struct Heads: Decodable {
        struct Row: Decodable {
            let height: UInt64
            let head: VectorBytes
        }

        let log: VectorRow
        let rows: [Row]
    }

    private struct Proof: Decodable {
        struct Link: Decodable {
            let valuesHash: VectorBytes
            let head: VectorBytes
        }

        let key: VectorBytes
        let nonce: VectorBytes
        let area: String
        let lane: UInt8
        let first: UInt64
        let backlink: VectorBytes
        let links: [Link]
        let signature: VectorBytes

        /// The proof, put together by its parts as the paper has them.
        var proof: BranchProof {
            get throws {
                var writer = ByteWriter()
                writer.byte(1)
                writer.raw(key.bytes)
                writer.raw(nonce.bytes)
                writer.area(try AreaCode(parsing: area))
                writer.byte(lane)
                writer.unsigned(first)
                writer.raw(backlink.bytes)
                writer.count(links.count)
                for link in links {
                    writer.raw(link.valuesHash.bytes)
                    writer.block(link.head.bytes)
                }
                writer.raw(signature.bytes)
                return try BranchProof(decoding: writer.bytes)
            }
        }
    }

    private struct Words: Decodable {
        let words: [VectorWord]
        let ended: [NamedLog]
    }

    let message: SyncMessage

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Form.self)
        let form = try #require(object.allKeys.first)
        switch form {
        case .frontier:
            let content = try object.decode(Frontier.self, forKey: form)
            message = .frontier(
                areas: try content.areas.map { try AreaCode(parsing: $0) },
                rows: try content.rows.map { try $0.frontierRow })
        case .totals:
            message = .totals(
                try object.decode([Total].self, forKey: form).map { total in
                    SyncMessage.LaneTotal(
                        lane: try #require(Lane(rawValue: total.lane)), entries: total.entries,
                        bytes: total.bytes)
                })
        case .run: message = .run(try object.decode(VectorBytes.self, forKey: form).bytes)
        case .ack:
            let content = try object.decode(Ack.self, forKey: form)
            message = .ack(rows: try content.rows.map { try $0.ackRow }, credit: content.credit)
        case .refusal:
            let content = try object.decode(Refusal.self, forKey: form)
            message = .refusal(log: try content.log.log, code: content.code)
        case .ping: message = .ping
        case .bye: message = .bye(code: try object.decode(String.self, forKey: form))
        case .ended:
            message = .ended(
                try object.decode([NamedLog].self, forKey: form).map { try $0.identity })
        case .heads:
            let content = try object.decode(Heads.self, forKey: form)
            message = .heads(
                log: try content.log.log,
                rows: try content.rows.map { row in
                    var reader = ByteReader(row.head.bytes)
                    return SyncMessage.HeadRow(height: row.height, head: try reader.fixed64())
                })
        case .lanes:
            message = .lanes(
                try #require(Lane(rawValue: try object.decode(UInt8.self, forKey: form))))
        case .branch:
            message = .branch(
                try object.decode([Proof].self, forKey: form).map { try $0.proof })
        case .cutOff:
            message = .cutOff(try object.decode(VectorWord.CutOffFields.self, forKey: form).cutOff)
        case .words:
            let content = try object.decode(Words.self, forKey: form)
            message = .words(
                content.words.map(\.word),
                ending: try content.ended.map { try $0.identity })
        case .audit:
            message = .audit(try object.decode(VectorQuestion.self, forKey: form).question)
        case .audited, .auditParts:
            message = .audited(try object.decode(VectorAnswer.self, forKey: form).answer)
        case .receipt:
            message = .receipt(try object.decode(VectorReceipt.self, forKey: form).receipt)
        }
    }
}

extension VectorBytes {
    var reference: CertificateReference {
        get throws {
            let words = try words
            return CertificateReference(high: words.high, low: words.low)
        }
    }
}

/// A receipt of the vectors; GridLogTests compares each of its parts.
private struct VectorReceipt: Decodable {
    let issuer: VectorBytes
    let subject: VectorBytes
    let area: String
    let time: UInt64
    let rows: [VectorRow]
    let signature: VectorBytes

    var receipt: Receipt {
        get throws {
            var writer = ByteWriter()
            writer.byte(1)
            writer.raw(issuer.bytes)
            writer.raw(subject.bytes)
            writer.area(try AreaCode(parsing: area))
            writer.unsigned(time)
            writer.count(rows.count)
            for row in rows {
                writer.log(try row.log)
                writer.unsigned(try #require(row.height))
                writer.raw(try #require(row.head).bytes)
            }
            writer.raw(signature.bytes)
            return try Receipt(decoding: writer.bytes)
        }
    }
}
