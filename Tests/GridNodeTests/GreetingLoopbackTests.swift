// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync
import GridTransport
import Testing

@testable import GridNode

/// What a node makes of greetings on real sockets.
struct GreetingLoopbackTests {
    private static let chaxiang = "522730103210"

    private func put(_ node: RunningNode, _ number: String) async throws -> String {
        let answer = try await node.desk.write(
            WriteRequest(collection: "households", fields: ["household_no": .text(number)]))
        return try #require(answer.at("id")?.text)
    }

    private func port(of address: String) throws -> Int {
        try #require(address.split(separator: ":").last.flatMap { Int($0) })
    }

    /// The handshake message of a village, as someone on its road could have kept it.
    private func recording(of village: NodeFolder, to township: PublicKey) throws -> [UInt8] {
        let key = try KeyFile.read(at: village.nodeKeyPath)
        let node = try #require(try Store(village).node())
        let chain = try #require(node.chain)
        let log = LogID(
            replica: LogIdentity.replica(key: chain.leaf.subject, nonce: node.nonce),
            domain: Domain(area: node.area, lane: .routine))
        let greeting = Greeting(
            software: "recorded", nonce: node.nonce, clock: 0, credit: 1_048_576,
            credential: Greeting.Credential(of: chain, isKnown: false), area: node.area,
            holdings: .frontier([FrontierRow(log: log, height: 1, head: 1)]))
        var handshake = NoiseHandshake(
            .ik, role: .initiator, prologue: TransportLimits.preface,
            staticKey: key.agreementKey,
            remoteStaticKey: Ed25519.agreementPublicKey(of: township.bytes.array))
        let message = try handshake.writeMessage(greeting.encoded)
        return TransportLimits.preface + [UInt8(message.count >> 8), UInt8(message.count & 255)]
            + message
    }

    @Test func aRecordedGreetingLeavesTheLiveLinkAlone() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let (townshipFolder, villageFolder) = (
            try county.makeTownship(), try county.makeVillage(Self.chaxiang, name: "茶香村")
        )
        let township = Author(county.townshipKey).key
        let village = Author(try KeyFile.read(at: villageFolder.nodeKeyPath)).key
        let recording = try recording(of: villageFolder, to: township)
        try await RunningNode.run(townshipFolder, listen: true) { node in
            let address = try await node.address()
            try await RunningNode.run(villageFolder, peers: [address]) { other in
                let first = try await put(other, "1")
                _ = try await eventually { try? node.desk.get("households", first) }
                let road = try #require(node.board[village]?.address)
                let socket = try PlainSocket(port: try port(of: address))
                socket.send(recording)
                // The answer came: the greeting was taken for the village's.
                try await eventually { socket.hasBytes ? () : nil }
                let second = try await put(other, "2")
                _ = try await eventually { try? node.desk.get("households", second) }
                #expect(node.board[village]?.address == road)
                #expect(node.board[village]?.state == .connected)
                let software = try node.desk.peers().at("items")?.items.map {
                    $0.at("software")?.text
                }
                #expect(software?.contains("recorded") == false)
            }
        }
    }

    /// Two chains are most of what two equal nodes would say.
    @Test func whoHasMetSaysAReferenceInsteadOfTheChain() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let (townshipFolder, villageFolder) = (
            try county.makeTownship(), try county.makeVillage(Self.chaxiang, name: "茶香村")
        )
        try await RunningNode.run(townshipFolder, listen: true) { township in
            let address = try await township.address()
            let greetings = try await RunningNode.run(villageFolder, peers: [address]) { village in
                let id = try await put(village, "1")
                _ = try await eventually { try? township.desk.get("households", id) }
                let (caller, called) = (greeter(village), greeter(township))
                let mine = await caller.announcement(
                    calling: township.engine.author.key, isMet: true)
                let peer = GreetedPeer(
                    greeting: mine.greeting, chain: village.engine.current.chain)
                return (mine.greeting, await called.announcement(answering: peer).greeting)
            }
            let chains = (greetings.0, greetings.1)
            for greeting in [chains.0, chains.1] {
                guard case .reference = greeting.credential else {
                    Issue.record("\(greeting.software) shows its chain")
                    continue
                }
                #expect(greeting.encoded.count < 250, "\(greeting.encoded.count) bytes")
            }
            #expect(chains.0.recognized == township.engine.current.chain.leaf.reference)
            // A called node that does not know the caller's reference, and one that is recognized
            // by another certificate.
            #expect(throws: GreetingRefusal.self) {
                _ = try greeter(township).peer(
                    Greeting(
                        software: "", nonce: chains.0.nonce, clock: 0, credit: 1_048_576,
                        credential: .reference(CertificateReference(high: 1, low: 2)),
                        area: chains.0.area, holdings: .frontier([])
                    ).encoded, linkKey: [])
            }
            let stranger = Greeting(
                software: "", nonce: chains.0.nonce, clock: 0, credit: 1_048_576,
                credential: chains.0.credential,
                recognized: CertificateReference(high: 1, low: 2), area: chains.0.area,
                holdings: .frontier([]))
            let chain = township.engine.current.chain
            let answer = await greeter(township).announcement(
                answering: GreetedPeer(greeting: stranger, chain: chain)
            ).greeting
            guard case .chain = answer.credential else {
                Issue.record("a reference is said to one who does not know it")
                return
            }
        }
    }

    private func greeter(_ node: RunningNode) -> Greeter {
        Greeter(engine: node.engine, board: node.board, software: "test", credit: 1_048_576)
    }

    /// The township was called, so that the sign of its fall comes with a greeting that could be a
    /// recording.
    @Test func aTownshipThatWasRestoredLearnsItFromItsCaller() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeTownship()
        let villageFolder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        let old = NodeFolder("\(folder.path)-restored")
        // It was never opened and bears no mark, so that only a peer can tell.
        try FileManager.default.copyItem(atPath: folder.path, toPath: old.path)
        let lost = try await RunningNode.run(folder, listen: true) { township in
            let address = try await township.address()
            return try await RunningNode.run(villageFolder, peers: [address]) { village in
                let answer = try await township.desk.write(
                    WriteRequest(
                        collection: "households", area: Self.chaxiang,
                        fields: ["household_no": .text("1")]))
                let id = try #require(answer.at("id")?.text)
                _ = try await eventually { try? village.desk.get("households", id) }
                return id
            }
        }
        try await RunningNode.run(old, listen: true) { township in
            let address = try await township.address()
            try await RunningNode.run(villageFolder, peers: [address]) { village in
                _ = try await eventually { try? township.desk.get("households", lost) }
                // The village's certificate, too, was lost with what came since.
                #expect(township.board.turnedAway.map(\.reason) == ["chain_unknown"])
                let id = try await put(village, "2")
                _ = try await eventually { try? township.desk.get("households", id) }
            }
        }
    }
}
