// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

/// Protocol/vectors of bundles, which an independent reader made.
struct BundleVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        struct Header: Decodable, Sendable {
            let root: VectorBytes
            let nonce: VectorBytes
            let area: String
            let recipient: VectorBytes
            let time: UInt64
            let software: String
        }

        struct Item: Decodable, Sendable {
            struct End: Decodable, Sendable {
                let runs: UInt64
                let hasMore: Int
            }

            let holds: [VectorRow]?
            let belief: [VectorRow]?
            let run: VectorBytes?
            let end: End?
        }

        let name: String
        let kind: String
        let bytes: VectorBytes
        let header: Header?
        let content: [Item]?
        let violation: String?

        var testDescription: String { "\(kind): \(name)" }
    }

    @Test(arguments: try VectorFile<Vector>.vectors("bundles"))
    func everyBundleIsReadWrittenAndRefusedAsInTheVectors(_ vector: Vector) throws {
        var violation: String?
        do {
            switch vector.kind {
            case "header": try check(vector.header, vector.bytes.bytes)
            default: try check(vector.content, vector.bytes.bytes)
            }
        } catch let wrong as DecodingViolation {
            violation = wrong.rawValue
        }
        #expect(violation == vector.violation)
    }

    private func check(_ expected: Vector.Header?, _ bytes: [UInt8]) throws {
        let header = try BundleHeader(decoding: bytes)
        #expect(header.encoded == bytes)
        let fields = try #require(expected)
        #expect(header.root.bytes == (try fields.root.bytes32))
        #expect(header.nonce.high == (try fields.nonce.words.high))
        #expect(header.area.description == fields.area)
        #expect(header.recipient.bytes == (try fields.recipient.bytes32))
        #expect(header.time == fields.time)
        #expect(header.software == fields.software)
    }

    private func check(_ expected: [Vector.Item]?, _ bytes: [UInt8]) throws {
        // In one part, and byte by byte: where parts end must make no difference.
        let items = try read([bytes])
        #expect(try read(bytes.map { [$0] }) == items)
        var writer = ByteWriter()
        for item in items { writer.bundleItem(item) }
        #expect(writer.bytes == bytes)
        let fields = try #require(expected)
        #expect(items.count == fields.count)
        for (item, fields) in zip(items, fields) {
            switch item {
            case .holds(let rows): #expect(rows == (try fields.holds?.map { try $0.frontierRow }))
            case .belief(let rows): #expect(rows == (try fields.belief?.map { try $0.ackRow }))
            case .run(let envelope): #expect(envelope == fields.run?.bytes)
            case .end(let runs, let hasMore):
                #expect(runs == fields.end?.runs)
                #expect(hasMore == (fields.end?.hasMore == 1))
            case .ended(let logs): #expect(logs.count == 1)
            case .receipt(let receipt): #expect(receipt.hasValidSignature)
            }
        }
    }

    private func read(_ parts: [[UInt8]]) throws -> [BundleItem] {
        var reader = BundleItems()
        var items: [BundleItem] = []
        for part in parts {
            reader.take(part)
            while let item = try reader.next() { items.append(item) }
        }
        guard reader.isEnded else { throw DecodingViolation.truncated }
        return items
    }
}
