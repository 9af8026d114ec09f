// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

/// The vectors of `Protocol/vectors/enrolment.json`.
struct EnrolmentVectorTests {
    struct Vector: Decodable, Sendable {
        struct Code: Decodable, Sendable {
            struct Called: Decodable, Sendable { let key: VectorBytes? }
            struct Address: Decodable, Sendable {
                let host: String
                let port: UInt16
            }

            let root: VectorBytes
            let called: Called
            let secret: VectorBytes
            let expires: UInt64
            let addresses: [Address]
        }

        struct Request: Decodable, Sendable {
            let key: VectorBytes
            let secret: VectorBytes
            let name: String
            let software: String
        }

        struct Answer: Decodable, Sendable {
            struct Waiting: Decodable, Sendable {
                let name: String
                let area: String
                let office: String
            }

            let waiting: Waiting?
            let rejected: String?
        }

        let kind: String
        let name: String
        let bytes: VectorBytes?
        let code: Code?
        let rows: [String]?
        let joining: VectorBytes?
        let words: String?
        let text: String?
        let wrong: String?
        let request: Request?
        let answer: Answer?
    }

    private static func vectors(_ kind: String) -> [Vector] {
        ((try? VectorFile<Vector>.vectors("enrolment")) ?? []).filter { $0.kind == kind }
    }

    private func key(_ bytes: VectorBytes) throws -> PublicKey { PublicKey(try bytes.bytes32) }

    @Test func thereAreVectorsOfEachKind() {
        for kind in ["code", "text", "request", "answer"] {
            #expect(!Self.vectors(kind).isEmpty, "\(kind)")
        }
    }

    @Test(arguments: vectors("code"))
    func aCodeIsTheVectorsBytesTextAndWords(_ vector: Vector) throws {
        let parts = try #require(vector.code)
        let root = try key(parts.root)
        let code = InvitationCode(
            root: root, called: try parts.called.key.map { try key($0) } ?? root,
            secret: parts.secret.bytes, expires: parts.expires,
            addresses: try parts.addresses.map {
                try #require(InvitationCode.Address(host: $0.host, port: $0.port))
            })
        #expect(code.encoded == vector.bytes?.bytes)
        #expect(code.rows == vector.rows)
        #expect(try InvitationCode(decoding: code.encoded) == code)
        #expect(try InvitationCode(parsing: code.rows.joined(separator: "\n")) == code)
        let words = CheckWords(
            root: code.root, called: code.called, joining: try key(#require(vector.joining)),
            secret: InvitationCode.digest(ofSecret: code.secret))
        #expect(words?.chinese == vector.words)
    }

    @Test(arguments: vectors("text"))
    func aTextThatIsNoCodeIsRefusedForTheVectorsReason(_ vector: Vector) throws {
        let violation = #expect(throws: InvitationCode.Violation.self) {
            try InvitationCode(parsing: try #require(vector.text))
        }
        let found: String? =
            switch violation {
            case .text(.empty): "empty"
            case .text(.noSymbol(_, let row)): "symbol in row \(row)"
            case .text(.row(let row)): "row \(row)"
            case .text(.unevenEnd): "uneven_end"
            case .checksum: "checksum"
            case .malformed(let violation): violation.rawValue
            case nil: nil
            }
        #expect(found == vector.wrong)
    }

    @Test(arguments: vectors("request"))
    func aRequestIsTheVectorsBytes(_ vector: Vector) throws {
        let parts = try #require(vector.request)
        let request = JoinRequest(
            key: try key(parts.key), secret: parts.secret.bytes, name: parts.name,
            software: parts.software)
        #expect(request.encoded == vector.bytes?.bytes)
        #expect(try JoinRequest(decoding: request.encoded) == request)
    }

    @Test(arguments: vectors("answer"))
    func anAnswerIsTheVectorsBytes(_ vector: Vector) throws {
        let bytes = try #require(vector.bytes).bytes
        let answer = try JoinAnswer(decoding: bytes)
        #expect(answer.encoded == bytes)
        if let waiting = vector.answer?.waiting {
            #expect(
                answer
                    == .waiting(
                        name: waiting.name, area: try AreaCode(parsing: waiting.area),
                        office: waiting.office))
        } else if let reason = vector.answer?.rejected {
            #expect(answer == .rejected(reason: reason))
        }
    }
}
