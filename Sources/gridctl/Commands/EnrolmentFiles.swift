// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// The files by which a node is enrolled without any network.
enum EnrolmentFiles {
    /// What a new node asks its parent for; signed, so that nobody asks for another's key.
    struct Request {
        let name: String
        let area: AreaCode
        let key: PublicKey

        private static let schema = "onegrid.request/1"

        /// What is signed: the schema's name, then every part on a line of its own.
        private var claim: [UInt8] {
            Array("\(Self.schema)\u{0}\(key)\n\(area)\n\(name)".utf8)
        }

        func json(signedBy signingKey: SigningKey) -> JSONValue {
            .object([
                "schema": .text(Self.schema), "name": .text(name),
                "area": .text(area.description), "key": .text(key.description),
                "signature": .text(Hexadecimal.text(signingKey.sign(claim))),
            ])
        }

        init(name: String, area: AreaCode, key: PublicKey) {
            self.name = name
            self.area = area
            self.key = key
        }

        init(_ path: String) throws {
            let value = try EnrolmentFiles.read(path)
            guard value["schema"]?.string == Self.schema, let name = value["name"]?.string,
                let area = value["area"]?.string.flatMap({ try? AreaCode(parsing: $0) }),
                let key = value["key"]?.string.flatMap(Hexadecimal.bytes),
                let bytes = Bytes32(key),
                let signature = value["signature"]?.string.flatMap(Hexadecimal.bytes)
            else {
                throw CommandFailure(
                    .badData, "\(path) 不是入网申请文件。", "\(path) is no request file")
            }
            self.init(name: name, area: area, key: PublicKey(bytes))
            guard Ed25519.verify(signature: signature, message: claim, publicKey: key) else {
                throw CommandFailure(
                    .badData, "\(path) 的签名不成立,文件可能被改动。",
                    "the signature in \(path) does not hold; it may have been altered")
            }
        }
    }

    /// What the parent answers.
    struct Grant {
        let chain: CertificateChain
        let parentKey: PublicKey
        let parentName: String
        /// The parent's own certificates, so that something can be sealed to it before it was met; nil
        /// in a grant that an earlier program has written.
        let parentChain: CertificateChain?

        private static let schema = "onegrid.grant/1"

        var json: JSONValue {
            .object([
                "schema": .text(Self.schema), "chain": .text(Hexadecimal.text(chain.encoded)),
                "parent_key": .text(parentKey.description), "parent_name": .text(parentName),
                "parent_chain": parentChain.map { .text(Hexadecimal.text($0.encoded)) } ?? .null,
                "name": .text(chain.certificates.last?.name ?? ""),
                "area": .text(chain.certificates.last?.area.description ?? ""),
            ])
        }

        init(
            chain: CertificateChain, parentKey: PublicKey, parentName: String,
            parentChain: CertificateChain?
        ) {
            self.chain = chain
            self.parentKey = parentKey
            self.parentName = parentName
            self.parentChain = parentChain
        }

        init(_ path: String) throws {
            let value = try EnrolmentFiles.read(path)
            guard value["schema"]?.string == Self.schema,
                let chain = value["chain"]?.string.flatMap(Hexadecimal.bytes)
                    .flatMap({ try? CertificateChain(decoding: $0) }),
                let key = value["parent_key"]?.string.flatMap(Hexadecimal.bytes)
                    .flatMap({ Bytes32($0) }),
                let name = value["parent_name"]?.string
            else { throw Self.noGrant(path) }
            let parentChain: CertificateChain? =
                switch value["parent_chain"] {
                case nil, .null: nil
                case let given?: try Self.chain(given, path)
                }
            self.init(
                chain: chain, parentKey: PublicKey(key), parentName: name,
                parentChain: parentChain)
        }

        private static func chain(_ value: JSONValue, _ path: String) throws -> CertificateChain {
            guard let bytes = value.string.flatMap(Hexadecimal.bytes),
                let chain = try? CertificateChain(decoding: bytes)
            else { throw noGrant(path) }
            return chain
        }

        private static func noGrant(_ path: String) -> CommandFailure {
            CommandFailure(.badData, "\(path) 不是批准文件。", "\(path) is no grant file")
        }
    }

    private static let rotationSchema = "onegrid.rotation/1"

    /// The file of a request for another key.
    static func json(_ request: RotationRequest) -> JSONValue {
        .object([
            "schema": .text(rotationSchema), "request": .text(Hexadecimal.text(request.encoded)),
            "key": .text(request.key.description), "replaces": .text(request.replaced.description),
        ])
    }

    /// A request for another key; nil for a file of another kind.
    static func rotation(_ path: String) throws -> RotationRequest? {
        let value = try read(path)
        guard value["schema"]?.string == rotationSchema else { return nil }
        guard
            let request = value["request"]?.string.flatMap(Hexadecimal.bytes)
                .flatMap({ try? RotationRequest(decoding: $0) })
        else {
            throw CommandFailure(
                .badData, "\(path) 不是完整的换钥申请文件。", "\(path) is no whole request for another key")
        }
        return request
    }

    /// Writes a file that is not there yet, or says why not. Others may read it: it holds no secret,
    /// and is to be handed over.
    static func write(_ value: JSONValue, to path: String) throws {
        do {
            try Data((value.description + "\n").utf8)
                .write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: path)
        } catch {
            throw CommandFailure(
                .notAllowed, "不能写入 \(path)(文件已存在或没有权限)。",
                "cannot write \(path): it exists already, or permission is missing")
        }
    }

    private static func read(_ path: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.notFound, "读不到文件 \(path)。", "cannot read \(path)")
        }
        guard data.count <= 1_048_576,
            let value = try? JSONDecoder().decode(JSONValue.self, from: data)
        else {
            throw CommandFailure(
                .badData,
                "\(path) 不是申请文件或批准文件(不是 JSON)。请给出 gridctl request 或 approve 写出的文件。",
                "\(path) is no request and no grant (not JSON); give what gridctl request or approve wrote"
            )
        }
        return value
    }
}
