// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import Testing

/// The vectors of `Protocol/vectors/rotation.json`.
struct RotationVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        struct Request: Decodable, Sendable { let software: String }

        let kind: String
        let name: String
        let bytes: VectorBytes
        let request: Request?
        let digest: VectorBytes?
        let recordId: VectorBytes?
        let genuine: Bool
        /// The seeds of the replaced key and of the new one.
        let secrets: [VectorBytes]

        var testDescription: String { name }
    }

    @Test(arguments: try VectorFile<Vector>.vectors("rotation"))
    func aRequestOrASuccessionIsTheVectorsBytes(_ vector: Vector) throws {
        let bytes = vector.bytes.bytes
        let authors = vector.secrets.map { Author(SigningKey(seed: $0.bytes)) }
        if vector.kind == "request" {
            let request = try RotationRequest(decoding: bytes)
            #expect(request.encoded == bytes)
            #expect(request.isGenuine == vector.genuine)
            #expect(request.digest == (try vector.digest?.bytes32))
            let again = RotationRequest(
                from: authors[0], to: authors[1], software: vector.request?.software ?? "")
            #expect((again == request) == vector.genuine)
        } else {
            let succession = try Succession(decoding: bytes)
            #expect(succession.encoded == bytes)
            #expect(succession.hasValidSignature == vector.genuine)
            #expect(succession.recordID == (try vector.recordId?.record))
            let again = Succession(of: authors[0], by: authors[1].key, rows: succession.rows)
            #expect((again == succession) == vector.genuine)
        }
    }
}
