// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// Digests of records, which an independent reader made.
struct TableAuditVectorTests {
    struct File: Decodable {
        let vectors: [Vector]
    }

    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        let record: Name?
        let area: String?
        let state: State?
        let bytes: String?
        let digest: String?

        var testDescription: String { name }

        /// GridSyncTests reads the trees.
        static func records() throws -> [Vector] {
            var folder = URL(filePath: #filePath)
            for _ in 0..<3 { folder.deleteLastPathComponent() }
            let path = folder.appending(path: "Protocol/vectors/table-audit.json")
            let vectors = try JSONDecoder().decode(File.self, from: Data(contentsOf: path)).vectors
            let records = vectors.filter { $0.kind == "record" }
            try #require(!records.isEmpty)
            return records
        }
    }

    struct Name: Decodable, Sendable {
        let lane: UInt8
        let collection: UInt32
        let id: String
    }

    struct Log: Decodable, Sendable {
        let area: String
        let lane: UInt8
        let replica: String

        var log: LogID {
            get throws {
                LogID(
                    replica: try #require(ReplicaID(hexadecimal: replica)),
                    domain: Domain(
                        area: try AreaCode(parsing: area),
                        lane: try #require(Lane(rawValue: lane))))
            }
        }
    }

    struct DotText: Decodable, Sendable {
        let log: Log
        let sequence: UInt64

        var dot: Dot { get throws { Dot(log: try log.log, sequence: sequence) } }
    }

    struct Mark: Decodable, Sendable {
        let timestamp: UInt64
        let dot: DotText

        var mark: RecordState.Mark {
            get throws {
                RecordState.Mark(
                    timestamp: HybridTimestamp(rawValue: timestamp), dot: try dot.dot)
            }
        }
    }

    struct State: Decodable, Sendable {
        let first: Mark
        let last: Mark
        let existence: [DotText]
        let fields: [Field]
    }

    struct Field: Decodable, Sendable {
        let number: UInt32
        let kind: String
        let items: [Item]

        var field: RecordState.Field {
            get throws {
                let (family, state): (FieldKey.Family, FieldState) =
                    switch kind {
                    case "register":
                        (.assigned, .register(Register(siblings: try items.map { try $0.sibling })))
                    case "fixed":
                        (.assigned, .fixed(FixedField(siblings: try items.map { try $0.sibling })))
                    case "set":
                        (
                            .elements,
                            .set(
                                ElementSet(
                                    members: try items.map {
                                        ElementSet.Member(
                                            element: try #require(try $0.fieldValue),
                                            dots: try #require($0.dots).map { try $0.dot })
                                    }))
                        )
                    case "timeline":
                        (
                            .items,
                            .timeline(
                                Timeline(
                                    items: try items.map {
                                        Timeline.Item(
                                            value: try #require(try $0.fieldValue),
                                            dot: try #require($0.dot).dot,
                                            index: try #require($0.index),
                                            timestamp: HybridTimestamp(
                                                rawValue: try #require($0.timestamp)))
                                    }))
                        )
                    default:
                        (
                            .sum,
                            .counter(
                                Counter(
                                    shares: try items.map {
                                        Counter.Share(
                                            log: try #require($0.log).log,
                                            sum: try #require($0.sum))
                                    }))
                        )
                    }
                return RecordState.Field(
                    key: FieldKey(field: number, family: family), state: state)
            }
        }
    }

    /// One of a field's items, of whatever kind.
    struct Item: Decodable, Sendable {
        let value: String?
        let void: Bool?
        let redacted: Bool?
        let timestamp: UInt64?
        let dot: DotText?
        let dots: [DotText]?
        let index: UInt16?
        let log: Log?
        let sum: Int64?

        var fieldValue: FieldValue? {
            get throws {
                guard let value else { return nil }
                var reader = ByteReader(try #require(Hexadecimal.bytes(value)))
                let read = try reader.value()
                try reader.finish()
                return read
            }
        }

        var sibling: Sibling {
            get throws {
                Sibling(
                    value: try fieldValue, dot: try #require(dot).dot,
                    timestamp: HybridTimestamp(rawValue: try #require(timestamp)),
                    isVoid: void ?? false, isRedacted: redacted ?? false)
            }
        }
    }

    @Test(arguments: try Vector.records())
    func everyRecordHasTheDigestOfTheVectors(_ vector: Vector) throws {
        let (record, state) = (try #require(vector.record), try #require(vector.state))
        let id = try #require(Hexadecimal.bytes(record.id))
        let domain = Domain(
            area: try AreaCode(parsing: try #require(vector.area)),
            lane: try #require(Lane(rawValue: record.lane)))
        let name = RecordID(
            high: id[..<8].reduce(0) { $0 << 8 | UInt64($1) },
            low: UInt16(id[8]) << 8 | UInt16(id[9]))
        let made = RecordState(
            collection: record.collection, address: .named(name), domain: domain,
            existence: try state.existence.map { try $0.dot }, first: try state.first.mark,
            last: try state.last.mark, fields: try state.fields.map { try $0.field })
        let bytes = try RecordStateWriter.bytes(of: made, coding: .portable)
        #expect(Hexadecimal.text(bytes) == vector.bytes)
        #expect("\(try Store.digest(of: made))" == vector.digest)
    }
}
