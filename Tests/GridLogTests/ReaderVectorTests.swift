// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

@testable import GridCrypto
@testable import GridLog

/// The vectors of `Protocol/vectors/readers.json`.
struct ReaderVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let kind: String
        let name: String
        let collection: UInt32
        let record: VectorBytes
        let contentKey: VectorBytes
        let bytes: VectorBytes
        let field: UInt32?
        let sealed: Bool?
        let value: VectorValue?
        let secret: VectorBytes?
        let reader: VectorBytes?
        let opens: Bool?
        let former: VectorBytes?
        let genuine: Bool?

        var testDescription: String { "\(kind) \(name)" }
    }

    private static func vectors(_ kind: String) throws -> [Vector] {
        try VectorFile<Vector>.vectors("readers").filter { $0.kind == kind }
    }

    @Test(arguments: try vectors("value"))
    func aSealedValueOpensWhereItWasSealedAndNowhereElse(_ vector: Vector) throws {
        let place = SealedPlace(collection: vector.collection, record: try vector.record.record)
        let (key, bytes) = (ContentKey(vector.contentKey.bytes), vector.bytes.bytes)
        let field = try #require(vector.field)
        #expect(SealedValue.isSealed(.bytes(bytes)) == vector.sealed)
        let opened = SealedValue.open(.bytes(bytes), field: field, at: place, with: key)
        #expect(opened == vector.value?.value)
        guard let value = vector.value?.value else { return }
        let plain = try #require(SealedValue.padded(value))
        let head = Array(bytes[..<17])
        let again = key.seal(
            plain, beside: SealedValue.additional(head, field, place), nonce: Array(bytes[17..<41]))
        #expect(head + again == bytes)
        let fresh = try #require(SealedValue.seal(value, field: field, at: place, with: key))
        #expect(fresh != .bytes(bytes))
        #expect(SealedValue.open(fresh, field: field, at: place, with: key) == value)
    }

    @Test(arguments: try vectors("grant"))
    func aGrantIsForOneDevice(_ vector: Vector) throws {
        let place = SealedPlace(collection: vector.collection, record: try vector.record.record)
        let key = ContentKey(vector.contentKey.bytes)
        guard case .grant(let grant)? = ReaderItem(.bytes(vector.bytes.bytes)) else {
            Issue.record("it has not the form of a grant")
            return
        }
        #expect(grant.bytes == vector.bytes.bytes)
        #expect(grant.isGenuine(under: key, at: place) == vector.genuine)
        let reader = Author(SigningKey(seed: try #require(vector.secret).bytes))
        #expect(grant.reader.bytes.array == vector.bytes.bytes[17..<49].map { $0 })
        #expect(
            (reader.open(grant, of: place)?.id(at: place.bytes) == grant.key.bytes)
                == vector.opens)
    }

    @Test(arguments: try vectors("link"))
    func aLinkIsByWhoHasTheFormerKey(_ vector: Vector) throws {
        let place = SealedPlace(collection: vector.collection, record: try vector.record.record)
        let former = ContentKey(try #require(vector.former).bytes)
        guard case .link(let link)? = ReaderItem(.bytes(vector.bytes.bytes)) else {
            Issue.record("it has not the form of a link")
            return
        }
        #expect(link.isGenuine(under: former, at: place) == vector.genuine)
        guard vector.genuine == true else { return }
        let later = ContentKeyID(of: ContentKey(vector.contentKey.bytes), at: place)
        #expect(ReaderLink(later, after: former, at: place).bytes == vector.bytes.bytes)
    }
}
