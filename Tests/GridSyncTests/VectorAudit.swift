// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync
import Testing

/// A question about tables, as the vectors of messages have it.
struct VectorQuestion: Decodable {
    let number: UInt64
    let area: String
    let frontier: VectorBytes
    let rules: VectorBytes
    let standing: VectorBytes
    let nonce: VectorBytes
    let prefixes: [[UInt8]]

    var question: AuditQuestion {
        get throws {
            let frontier = try frontier.words
            return AuditQuestion(
                number: number, area: try AreaCode(parsing: area),
                basis: AuditBasis(
                    frontier: FrontierDigest(high: frontier.high, low: frontier.low),
                    rules: try rules.word, standing: try standing.auditWord),
                nonce: try nonce.auditWord, prefixes: prefixes.map { AuditPrefix(steps: $0) })
        }
    }
}

/// The answer to one.
struct VectorAnswer: Decodable {
    struct Content: Decodable {
        struct Whole: Decodable {
            let digest: VectorBytes
            let records: UInt64
        }

        struct Refused: Decodable {
            let reason: UInt8
            let number: UInt64
        }

        let whole: Whole?
        let refused: Refused?
    }

    let number: UInt64
    let content: Content?
    let parts: [VectorPart]?

    var answer: AuditAnswer {
        get throws {
            if let parts {
                return AuditAnswer(
                    number: number, content: .parts(try parts.map { try $0.part }))
            }
            if let whole = content?.whole {
                return AuditAnswer(
                    number: number,
                    content: .whole(try whole.digest.auditWord, records: whole.records))
            }
            let refused = try #require(content?.refused)
            return AuditAnswer(
                number: number,
                content: .refused(
                    try #require(AuditRefusal(rawValue: refused.reason)), number: refused.number))
        }
    }
}

/// What is said of one node.
struct VectorPart: Decodable, Sendable {
    struct Record: Decodable, Sendable {
        let name: VectorName
        let digest: VectorBytes
    }

    let children: [VectorBytes]?
    let records: [Record]?

    var part: AuditPart {
        get throws {
            if let children { return .children(try children.map { try $0.word }) }
            return .records(
                try #require(records).map {
                    AuditPart.Row(name: try $0.name.name, digest: try $0.digest.word)
                })
        }
    }
}

struct VectorName: Decodable, Sendable {
    let lane: UInt8
    let collection: UInt32
    let id: VectorBytes

    var name: AuditLeaf.Name {
        get throws {
            try #require(id.bytes.count == RecordID.byteCount)
            let high = id.bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return AuditLeaf.Name(
                lane: try #require(Lane(rawValue: lane)), collection: collection,
                id: RecordID(high: high, low: UInt16(id.bytes[8]) << 8 | UInt16(id.bytes[9])))
        }
    }
}

extension VectorBytes {
    var auditWord: AuditWord {
        get throws {
            let words = try words
            return AuditWord(high: words.high, low: words.low)
        }
    }
}

/// Trees of records, which an independent reader made.
struct AuditVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        let nonce: VectorBytes?
        let leaves: [Leaf]?
        let whole: VectorBytes?
        let root: VectorPart?
        let steps: [UInt8]?
        let part: VectorPart?

        var testDescription: String { name }

        /// GridStoreTests reads the records.
        static func trees() throws -> [Vector] {
            try VectorFile<Vector>.vectors("table-audit").filter { $0.kind == "tree" }
        }
    }

    struct Leaf: Decodable, Sendable {
        let name: VectorName
        let digest: VectorBytes
    }

    @Test(arguments: try Vector.trees())
    func everyTreeSaysWhatTheVectorsSay(_ vector: Vector) throws {
        let leaves = try #require(vector.leaves).map {
            AuditLeaf(try $0.name.name, digest: try $0.digest.bytes32)
        }
        let nonce = try #require(vector.nonce).auditWord
        let tree = AuditTree(leaves.reversed())
        #expect(tree.digest(nonce) == (try #require(vector.whole).auditWord))
        #expect(tree.part(.root, nonce) == (try #require(vector.root).part))
        let prefix = AuditPrefix(steps: try #require(vector.steps))
        #expect(tree.part(prefix, nonce) == (try #require(vector.part).part))
    }
}
