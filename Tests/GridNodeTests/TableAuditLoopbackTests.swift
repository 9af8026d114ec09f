// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import GridStore
import Testing

/// Tables that are held against a peer's over a real link.
struct TableAuditLoopbackTests {
    @Test func tablesAreProvedEqualOverALink() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let townshipFolder = try county.makeTownship()
        let villageFolder = try county.makeVillage("522730103210", name: "茶香村")
        try await RunningNode.run(townshipFolder, listen: true) { township in
            let address = try await township.address()
            try await RunningNode.run(villageFolder, peers: [address]) { village in
                for number in 0..<30 {
                    _ = try await village.desk.write(
                        WriteRequest(
                            collection: "households", fields: ["household_no": .text("\(number)")]))
                }
                let answer = try await eventually {
                    let answer = try await village.desk.audit(peer: "谷脚镇")
                    return answer.at("state") == .text("equal") ? answer : nil
                }
                let areas = try #require(answer.at("areas")?.items)
                let own = try #require(
                    areas.first { $0.at("area") == .text("522730103210") })
                #expect(own.at("here") == own.at("there"))
                let difference = try await township.desk.difference(peer: "茶香村")
                #expect(difference.at("logs") == .list([]))
                #expect(difference.at("records") == .list([]))
                #expect(difference.at("out", "entries") == .integer(0))
            }
        }
    }

    @Test func withoutALinkNothingIsCompared() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        _ = try county.makeTownship()
        let folder = try county.makeVillage("522730103210", name: "茶香村")
        try await RunningNode.run(folder) { village in
            _ = try await village.desk.write(
                WriteRequest(collection: "households", fields: ["household_no": .text("1")]))
            let answer = try await village.desk.audit(peer: "谷脚镇")
            #expect(answer.at("state") == .text("not_comparable"))
            let areas = try #require(answer.at("areas")?.items)
            #expect(areas.map { $0.at("reason") } == [.text("audit_not_connected")])
        }
    }
}
