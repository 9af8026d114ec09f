// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import Testing

/// Protocol/vectors of receipts and proofs, which an independent reader made.
struct ReceiptVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        struct Fields: Decodable, Sendable {
            struct Row: Decodable, Sendable {
                let area: String
                let lane: UInt8
                let replica: VectorBytes
                let height: UInt64
                let head: VectorBytes

                var row: Receipt.Row {
                    get throws {
                        let log = VectorLog(area: area, lane: lane, replica: replica)
                        return Receipt.Row(
                            log: try log.id, height: height, head: try head.bytes32)
                    }
                }
            }

            let issuer: VectorBytes
            let subject: VectorBytes
            let area: String
            let time: UInt64
            let rows: [Row]
            let signature: VectorBytes
        }

        let name: String
        let kind: String
        let bytes: VectorBytes
        // Of receipts.
        let receipt: Fields?
        let secret: VectorBytes?
        let number: String?
        let digest: VectorBytes?
        let genuine: Bool?
        // Of proofs.
        let root: VectorBytes?
        let refusal: String?
        let hash: VectorBytes?

        var testDescription: String { "\(kind): \(name)" }

        static func all(_ kind: String) throws -> [Vector] {
            try VectorFile<Vector>.vectors("receipts").filter { $0.kind == kind }
        }
    }

    @Test(arguments: try Vector.all("receipt"))
    func everyReceiptIsReadWrittenAndSignedAsInTheVectors(_ vector: Vector) throws {
        let fields = try #require(vector.receipt)
        let receipt = try Receipt(decoding: vector.bytes.bytes)
        #expect(receipt.encoded == vector.bytes.bytes)
        #expect(receipt.issuer.bytes == (try fields.issuer.bytes32))
        #expect(receipt.subject == (try fields.subject.replica))
        #expect(receipt.area.description == fields.area)
        #expect(receipt.time == fields.time)
        #expect(receipt.rows == (try fields.rows.map { try $0.row }))
        #expect(receipt.signature == fields.signature.bytes)
        #expect(receipt.number == vector.number)
        #expect(receipt.digest == (try vector.digest?.bytes32))
        #expect(receipt.hasValidSignature == vector.genuine)
        let author = Author(SigningKey(seed: try #require(vector.secret).bytes))
        let again = Receipt(
            for: receipt.subject, area: receipt.area, time: receipt.time, rows: receipt.rows,
            issuedBy: author)
        #expect((again == receipt) == vector.genuine)
    }

    @Test(arguments: try Vector.all("proof"))
    func everyProofHoldsOrIsRefusedAsInTheVectors(_ vector: Vector) throws {
        let proof = try ReceiptProof(decoding: vector.bytes.bytes)
        #expect(proof.encoded == vector.bytes.bytes)
        let root = PublicKey(try #require(vector.root).bytes32)
        var refusal: String?
        do throws(ProofRefusal) {
            let hash = try proof.verify(root: root).hash
            #expect(hash == (try? vector.hash?.bytes32))
        } catch {
            refusal = error.code
        }
        #expect(refusal == vector.refusal)
    }

    @Test func everyRefusalOfAProofHasAVector() throws {
        let all: [ProofRefusal] = [
            .issuerNotCertified, .areaNotCovered, .signatureWrong, .logNotCovered, .hashWrong,
        ]
        let seen = Set(try Vector.all("proof").compactMap(\.refusal))
        #expect(Set(all.map(\.code)).subtracting(seen).isEmpty)
        #expect(seen.contains(ProofRefusal.chain(.brokenLink).code))
    }
}
