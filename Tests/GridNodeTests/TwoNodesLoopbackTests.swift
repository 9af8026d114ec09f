// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridNode
import GridStore
import GridTransport
import Testing

struct TwoNodesLoopbackTests {
    private static let chaxiang = "522730103210"

    @Test func whatAVillageWritesReachesItsTownshipAndBack() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let townshipFolder = try county.makeTownship()
        let villageFolder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        try await RunningNode.run(townshipFolder, listen: true) { township in
            let address = try await township.address()
            try await RunningNode.run(villageFolder, peers: [address]) { village in
                let id = try await put(village, "households", ["household_no": .text("001")])
                let seen = try await eventually { try? township.desk.get("households", id) }
                #expect(seen.at("fields", "household_no") == .text("001"))

                let answer = try await township.desk.write(
                    WriteRequest(
                        collection: "households", id: id, fields: ["address": .text("茶香一组1号")]))
                #expect(answer.at("entries")?.items.count == 1)
                try await eventually {
                    let back = try village.desk.get("households", id)
                    return back.at("fields", "address") == .text("茶香一组1号") ? () : nil
                }
                try await eventually {
                    try township.digests()[Self.chaxiang] == village.digests()[Self.chaxiang]
                        ? () : nil
                }
            }
        }
    }

    @Test func theBoardShowsWhatHasPassedALinkWhileItLivesAndAfterwards() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let townshipFolder = try county.makeTownship()
        let villageFolder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        let key = Author(try KeyFile.read(at: villageFolder.nodeKeyPath)).key
        try await RunningNode.run(townshipFolder, listen: true) { township in
            let address = try await township.address()
            try await RunningNode.run(villageFolder, peers: [address]) { village in
                let id = try await put(village, "households", ["address": .text("一组")])
                _ = try await eventually { try? township.desk.get("households", id) }
                let status = try #require(township.board[key])
                #expect(status.bytesIn > 300)
                #expect(status.bytesOut > 300)
                #expect(status.traffic.turns >= 1)
            }
            try await eventually { township.board.isQuiet ? () : nil }
            #expect(try #require(township.board[key]).bytesIn > 300)
        }
    }

    @Test func concurrentValuesOfOneFieldAreAConflictOnBothSides() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let townshipFolder = try county.makeTownship()
        let villageFolder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        try await RunningNode.run(townshipFolder, listen: true) { township in
            let address = try await township.address()
            try await RunningNode.run(villageFolder, peers: [address]) { village in
                let id = try await put(village, "households", ["address": .text("一组")])
                _ = try await eventually { try? township.desk.get("households", id) }
                village.board.pause(nil)
                try await eventually { township.board.isQuiet ? () : nil }
                for (node, text) in [(village, "一组1号"), (township, "一组2号")] {
                    _ = try await node.desk.write(
                        WriteRequest(
                            collection: "households", id: id, fields: ["address": .text(text)]))
                }
                village.board.resume(nil)
                for node in [village, township] {
                    let conflicts = try await eventually {
                        let items = try node.desk.conflicts().at("items")?.items ?? []
                        return items.isEmpty ? nil : items
                    }
                    #expect(conflicts.count == 1)
                    #expect(conflicts[0].at("values")?.items.count == 2)
                }
                _ = try await village.desk.resolve(
                    "households", id, field: "address", choice: .keep(1))
                try await eventually {
                    try township.desk.conflicts().at("items")?.items.isEmpty == true ? () : nil
                }
            }
        }
    }

    @Test func aVillageNeitherWritesNorHoldsAnotherVillage() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let townshipFolder = try county.makeTownship()
        let first = try county.makeVillage(Self.chaxiang, name: "茶香村")
        let second = try county.makeVillage("522730103201", name: "高堡村")
        try await RunningNode.run(townshipFolder, listen: true) { township in
            let address = try await township.address()
            try await RunningNode.run(first, peers: [address]) { one in
                try await RunningNode.run(second, peers: [address]) { two in
                    let id = try await put(one, "households", ["address": .text("一组")])
                    let other = try await put(two, "households", ["address": .text("二组")])
                    _ = try await eventually { try? township.desk.get("households", id) }
                    _ = try await eventually { try? township.desk.get("households", other) }
                    await #expect(throws: DeskRefusal.self) {
                        _ = try await two.desk.write(
                            WriteRequest(
                                collection: "households", area: Self.chaxiang,
                                fields: ["address": .text("别村")]))
                    }
                    // The township's own certificates come to every village; a neighbour's
                    // records never do.
                    try await eventually {
                        try two.digests()[TestCounty.township] == nil ? nil : ()
                    }
                    #expect(try two.digests()[Self.chaxiang] == nil)
                }
            }
        }
    }

    @Test func aRestartedNodeVerifiesAndGoesOnWhereItStopped() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        let id = try await RunningNode.run(folder) { village in
            try await put(village, "households", ["address": .text("一组")])
        }
        try await RunningNode.run(folder) { village in
            _ = try await village.desk.write(
                WriteRequest(collection: "households", id: id, fields: ["plate_no": .null]))
            _ = try await village.desk.write(
                WriteRequest(
                    collection: "households", id: id, fields: ["household_no": .text("7")]))
            let verified = try village.desk.verify()
            #expect(verified.at("ok") == .boolean(true), "\(verified)")
            let before = try village.digests()
            // The desk's own would add a line to the audit trail.
            _ = try await village.engine.rebuild()
            #expect(try village.digests() == before)
            #expect(try village.desk.history("households", id).at("items")?.items.count == 2)
        }
    }

    private func put(
        _ node: RunningNode, _ collection: String, _ fields: [String: JSONValue]
    ) async throws -> String {
        let answer = try await node.desk.write(
            WriteRequest(collection: collection, fields: fields))
        return try #require(answer.at("id")?.text)
    }
}

extension LinkBoard {
    /// Whether no link lives. The peer's side of a paused link ends within moments.
    fileprivate var isQuiet: Bool { connectedCount == 0 }
}
