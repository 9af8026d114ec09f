// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

/// Protocol/vectors of greetings and messages, which an independent reader made.
struct MessageVectorTests {
    @Test(arguments: try VectorFile<VectorMessage>.vectors("messages"))
    func everyMessageIsReadAndWrittenAsInTheVectors(_ vector: VectorMessage) throws {
        let bytes = vector.bytes.bytes
        switch vector.kind {
        case "greeting":
            let expected = try #require(vector.greeting)
            let greeting = try Greeting(decoding: bytes)
            #expect(greeting == (try expected.greeting(greeting.credential)))
            switch greeting.credential {
            case .chain(let chain):
                let links = try #require(expected.credential.chain)
                #expect(chain.certificates.map(\.name) == links.map(\.name))
                #expect(chain.certificates.map(\.signature) == links.map(\.signature.bytes))
            case .reference(let reference):
                #expect(reference == (try #require(expected.credential.reference).reference))
            }
            #expect(greeting.encoded == bytes)
        case "message":
            let expected = try #require(vector.message).message
            #expect(try SyncMessage(decoding: bytes) == expected)
            #expect(expected.encoded == bytes)
        case "frontier":
            let rows = try #require(vector.rows).map { try $0.frontierRow }
            var writer = ByteWriter()
            for row in rows { writer.frontierRow(row) }
            #expect(writer.bytes == bytes)
            let words = try #require(vector.digest).words
            #expect(FrontierDigest(of: rows) == FrontierDigest(high: words.high, low: words.low))
        default: Issue.record("no object is a \(vector.kind)")
        }
    }

    struct ViolationVector: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        let bytes: VectorBytes
        let violation: String

        var testDescription: String { "\(kind): \(name)" }

        /// Those of greetings and messages; GridLogTests reads the others.
        static func ofMessages() throws -> [ViolationVector] {
            try VectorFile<ViolationVector>.vectors("violations")
                .filter { $0.kind == "greeting" || $0.kind == "message" }
        }
    }

    @Test(arguments: try ViolationVector.ofMessages())
    func everyViolationOfAMessageHasTheCodeOfTheVectors(_ vector: ViolationVector) {
        var code: String?
        do throws(DecodingViolation) {
            switch vector.kind {
            case "greeting": _ = try Greeting(decoding: vector.bytes.bytes)
            case "message": _ = try SyncMessage(decoding: vector.bytes.bytes)
            default: Issue.record("GridLogTests reads a \(vector.kind)")
            }
        } catch {
            code = error.rawValue
        }
        #expect(code == vector.violation)
    }
}
