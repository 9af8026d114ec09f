// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCrypto
import Testing

struct NoiseVectorTests {
    @Test(arguments: try NoiseVector.published())
    func everyMessageOfThePublishedVectorsIsReproduced(_ vector: NoiseVector) throws {
        let pattern = try #require(vector.pattern)
        var (initiator, responder) = try vector.handshakes(pattern)
        var messages = vector.messages[...]
        while !initiator.isComplete {
            let message = try #require(messages.first)
            messages = messages.dropFirst()
            if initiator.isMyTurn {
                #expect(try initiator.writeMessage(message.payload) == message.ciphertext)
                #expect(try responder.readMessage(message.ciphertext) == message.payload)
            } else {
                #expect(try responder.writeMessage(message.payload) == message.ciphertext)
                #expect(try initiator.readMessage(message.ciphertext) == message.payload)
            }
        }
        #expect(initiator.handshakeHash == responder.handshakeHash)
        #expect(vector.handshakeHash.map { $0 == initiator.handshakeHash } ?? true)
        if pattern == .x {
            var (sending, receiving) = (initiator.splitOneWay(), responder.splitOneWay())
            for message in messages {
                #expect(try sending.encrypt(message.payload) == message.ciphertext)
                #expect(try receiving.decrypt(message.ciphertext) == message.payload)
            }
        } else {
            var (left, right) = (initiator.split(), responder.split())
            for (index, message) in zip(messages.indices, messages) {
                if index.isMultiple(of: 2) {
                    #expect(try left.sending.encrypt(message.payload) == message.ciphertext)
                    #expect(try right.receiving.decrypt(message.ciphertext) == message.payload)
                } else {
                    #expect(try right.sending.encrypt(message.payload) == message.ciphertext)
                    #expect(try left.receiving.decrypt(message.ciphertext) == message.payload)
                }
            }
        }
    }

    @Test func thePublishedVectorsCoverAllOurPatterns() throws {
        let names = try NoiseVector.published().map { $0.pattern }
        #expect(names.filter { $0 == .ik }.count == 2)
        #expect(names.filter { $0 == .x }.count == 2)
        #expect(names.filter { $0 == .xx }.count == 2)
    }
}

/// One entry of `Protocol/vectors/noise.json`.
struct NoiseVector: Decodable, Sendable, CustomTestStringConvertible {
    struct Message: Decodable, Sendable {
        let payload: [UInt8]
        let ciphertext: [UInt8]

        enum CodingKeys: CodingKey { case payload, ciphertext }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            payload = bytes(try container.decode(String.self, forKey: .payload))
            ciphertext = bytes(try container.decode(String.self, forKey: .ciphertext))
        }
    }

    private struct File: Decodable {
        let vectors: [NoiseVector]
    }

    let source: String
    let protocolName: String
    let initPrologue: String
    let initPsks: [String]?
    let initStatic: String
    let initEphemeral: String
    let initRemoteStatic: String?
    let respPrologue: String
    let respStatic: String
    let respEphemeral: String?
    private let handshakeHashText: String?
    let messages: [Message]

    enum CodingKeys: String, CodingKey {
        case source, messages
        case protocolName = "protocol_name"
        case initPrologue = "init_prologue"
        case initPsks = "init_psks"
        case initStatic = "init_static"
        case initEphemeral = "init_ephemeral"
        case initRemoteStatic = "init_remote_static"
        case respPrologue = "resp_prologue"
        case respStatic = "resp_static"
        case respEphemeral = "resp_ephemeral"
        case handshakeHashText = "handshake_hash"
    }

    var testDescription: String { "\(protocolName) from \(source)" }

    var handshakeHash: [UInt8]? { handshakeHashText.map(bytes) }

    var pattern: NoisePattern? {
        switch protocolName {
        case "Noise_IK_25519_ChaChaPoly_BLAKE2b": .ik
        case "Noise_X_25519_ChaChaPoly_BLAKE2b": .x
        case "Noise_XX_25519_ChaChaPoly_BLAKE2b": .xx
        default: nil
        }
    }

    /// All vectors without pre-shared keys.
    static func published() throws -> [NoiseVector] {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let content = try Data(contentsOf: folder.appending(path: "Protocol/vectors/noise.json"))
        let file = try JSONDecoder().decode(File.self, from: content)
        return file.vectors.filter { ($0.initPsks ?? []).isEmpty }
    }

    func handshakes(_ pattern: NoisePattern) throws -> (NoiseHandshake, NoiseHandshake) {
        let initiator = NoiseHandshake(
            pattern, role: .initiator, prologue: bytes(initPrologue),
            staticKey: AgreementKey(secret: bytes(initStatic)),
            remoteStaticKey: initRemoteStatic.map(bytes),
            ephemeralKey: AgreementKey(secret: bytes(initEphemeral)))
        let responder = NoiseHandshake(
            pattern, role: .responder, prologue: bytes(respPrologue),
            staticKey: AgreementKey(secret: bytes(respStatic)),
            ephemeralKey: respEphemeral.map { AgreementKey(secret: bytes($0)) })
        return (initiator, responder)
    }
}
