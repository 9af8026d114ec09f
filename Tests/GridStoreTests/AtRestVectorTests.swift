// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridCrypto
@testable import GridStore

/// Protocol/vectors of what lies sealed in a folder, which an independent reader made without
/// libsodium. What opens has one form; what does not is damage.
struct AtRestVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let kind: String
        let name: String
        let bytes: String
        /// Of `wrapped` nil where it does not open.
        let folderKey: String?
        let seed: String?
        let key: String?
        let plain: String?
        let collection: UInt32?
        let field: UInt32?
        let text: String?
        let area: String?
        let lane: UInt8?
        let row: Int64?
        /// A run's number, or a named record's id.
        let id: Place?
        let first: Int64?
        let envelope: String?
        let digest: String?

        enum Place: Decodable, Sendable {
            case run(Int64)
            case record(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int64.self) {
                    self = .run(number)
                } else {
                    self = .record(try container.decode(String.self))
                }
            }
        }

        var testDescription: String { "\(kind): \(name)" }
    }

    private struct File: Decodable {
        let schema: String
        let vectors: [Vector]
    }

    private static func vectors(_ kind: String) throws -> [Vector] {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let content = try Data(contentsOf: folder.appending(path: "Protocol/vectors/at-rest.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = try decoder.decode(File.self, from: content)
        try #require(file.schema == "onegrid.vectors.at-rest/1")
        let vectors = file.vectors.filter { $0.kind == kind }
        try #require(!vectors.isEmpty)
        return vectors
    }

    private static func bytes(_ text: String?) throws -> [UInt8] {
        let digits = try #require(text)
        return try #require(Hexadecimal.bytes(digits))
    }

    private func seal(of vector: Vector) throws -> FolderSeal {
        FolderSeal(key: FolderKey(try Self.bytes(vector.folderKey)))
    }

    @Test(arguments: try vectors("wrapped"))
    func theFolderKeyOpensForItsNodeAlone(_ vector: Vector) throws {
        let owner = SigningKey(seed: try Self.bytes(vector.seed))
        #expect(owner.publicKey == (try Self.bytes(vector.key)))
        let bytes = try Self.bytes(vector.bytes)
        let opened = FolderKey(wrapped: bytes, openedBy: owner)
        guard vector.folderKey != nil else {
            #expect(opened == nil)
            return
        }
        let key = try #require(opened)
        #expect(key.wrapped(for: owner, nonce: Array(bytes[..<24])) == bytes)
        let purpose = Personalization("onegrid/find/1")
        #expect(
            key.mark(of: [1], as: purpose) == (try seal(of: vector)).key.mark(of: [1], as: purpose))
    }

    @Test(arguments: try vectors("record"))
    func aRecordOpensInItsPlaceAlone(_ vector: Vector) throws {
        let seal = try seal(of: vector)
        let row = RowKey(rawValue: vector.row ?? -1)
        let domain = Domain(
            area: try AreaCode(parsing: try #require(vector.area)),
            lane: try #require(Lane(rawValue: vector.lane ?? .max)))
        var address = RecordAddress.created(
            dot: Dot(log: LogID(replica: ReplicaID(high: 0, low: 0), domain: domain), sequence: 1),
            index: 0)
        if case .record(let id) = vector.id {
            var reader = ByteReader(try Self.bytes(id))
            address = .named(try reader.recordID())
        }
        let record = RecordKey(
            domain: domain, collection: try #require(vector.collection), address: address)
        let bytes = try Self.bytes(vector.bytes)
        guard let plain = vector.plain else {
            #expect(throws: StoreFailure.self) {
                _ = try seal.merge(in: bytes, of: record, row: row)
            }
            return
        }
        #expect(try seal.merge(in: bytes, of: record, row: row) == Self.bytes(plain))
        #expect(try seal.sealed(merge: Self.bytes(plain), of: record, row: row) == bytes)
    }

    @Test(arguments: try vectors("run"))
    func aRunOpensInItsPlaceAlone(_ vector: Vector) throws {
        let seal = try seal(of: vector)
        guard case .run(let id) = vector.id, let first = vector.first else {
            Issue.record("a run has a number")
            return
        }
        let bytes = try Self.bytes(vector.bytes)
        let envelope = seal.envelopeIfWhole(in: bytes, id: id, first: first)
        guard vector.envelope != nil else {
            #expect(envelope == nil)
            return
        }
        let expected = try Self.bytes(vector.envelope)
        #expect(envelope == expected)
        #expect(throws: Never.self) { _ = try RunEnvelope.open(expected) }
        #expect(seal.sealed(run: expected, id: id, first: first) == bytes)
    }

    @Test(arguments: try vectors("restatement"))
    func aRestatementOpensUnderItsDigestAlone(_ vector: Vector) throws {
        let seal = try seal(of: vector)
        let bytes = try Self.bytes(vector.bytes)
        let opened = try seal.restatement(
            in: ["digest": Data(Self.bytes(vector.digest)), "bytes": Data(bytes)])
        guard vector.plain != nil else {
            #expect(opened == nil)
            return
        }
        let restatement = try #require(opened)
        #expect(restatement.encoded == (try Self.bytes(vector.plain)))
        #expect(seal.sealed(restatement: restatement) == bytes)
    }

    @Test(arguments: try vectors("redaction"))
    func anOrderOpensUnderItsDigestAlone(_ vector: Vector) throws {
        let seal = try seal(of: vector)
        let bytes = try Self.bytes(vector.bytes)
        let opened = try seal.redaction(
            in: ["digest": Data(Self.bytes(vector.digest)), "bytes": Data(bytes)])
        guard vector.plain != nil else {
            #expect(opened == nil)
            return
        }
        let redaction = try #require(opened)
        #expect(redaction.encoded == (try Self.bytes(vector.plain)))
        #expect(seal.sealed(redaction: redaction) == bytes)
    }

    @Test(arguments: try vectors("mark"))
    func aRecordIsFoundByTheSameMark(_ vector: Vector) throws {
        let collection = try #require(
            Catalogue.grid.collections.first { $0.number == vector.collection })
        let column = try #require(
            TableSchema(collection).columns.first { $0.field.number == vector.field })
        #expect(
            try seal(of: vector).mark(
                of: try #require(vector.text), in: column, of: collection.number)
                == Self.bytes(vector.bytes))
    }
}
