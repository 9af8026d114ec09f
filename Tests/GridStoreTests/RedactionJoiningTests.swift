// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// Two offices that redact one entry without knowing of each other. Nodes 1 and 2 are the county's and
/// the township's, 11 a village of it.
struct RedactionJoiningTests {
    private static let first = "13800138000-alpha"
    private static let second = "13900139000-omega"

    private struct Offices {
        let village: RedactionNode
        let township: RedactionNode
        let county: RedactionNode
        let addresses: [RecordAddress]

        var all: [RedactionNode] { [village, township, county] }
    }

    private static func filled(_ title: String) -> LocalChange {
        .write(
            "notes", set: ["title": .assign(.text(title)), "labels": .add([.text("困难")])])
    }

    /// One entry of two records, of which each office has destroyed one's title.
    private func apart() throws -> Offices {
        let (village, township, county) = try (
            RedactionNode(11), RedactionNode(2), RedactionNode(1)
        )
        let written = try village.write(Self.filled(Self.first), Self.filled(Self.second))
        for office in [township, county] { try office.take(from: village) }
        try township.redact(written.addresses[0], fields: [1])
        try county.redact(written.addresses[1], fields: [1])
        #expect(try township.holds(Self.second) && county.holds(Self.first))
        return Offices(
            village: village, township: township, county: county, addresses: written.addresses)
    }

    /// Lets nodes take from each other, in this order, until nobody has anything new.
    private func meet(_ nodes: [RedactionNode]) throws {
        for _ in 0..<4 {
            for node in nodes {
                for other in nodes where other !== node {
                    try node.take(from: other)
                    node.attend()
                }
            }
        }
    }

    private func expectDone(_ offices: Offices, _ nodes: [RedactionNode]) throws {
        let records = try offices.county.records()
        for node in nodes {
            #expect(try !node.holds(Self.first))
            #expect(try !node.holds(Self.second))
            #expect(try node.records() == records)
            #expect(try node.store.verify().findings == [])
            #expect(node.folder.replica.redactions.surpluses.isEmpty)
        }
        for address in offices.addresses {
            #expect(try offices.county.display(address)["title"]?.value == nil)
        }
    }

    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func whatOneDestroysTheOtherDoesNotSayAgain(order: [Int]) throws {
        let offices = try apart()
        try meet(order.map { offices.all[$0] })
        try expectDone(offices, offices.all)
        // The rest of both stays, and a node that comes later sees no more and no less.
        let labels = try offices.village.display(offices.addresses[0])["labels"]?.value
        #expect(labels == .list([.text("困难")]))
        let late = try RedactionNode(3)
        try late.take(from: offices.township)
        late.attend()
        try expectDone(offices, [late])
    }

    /// One office is never asked: the other does it alone, once.
    @Test func oneOfThemIsEnough() throws {
        let offices = try apart()
        try offices.county.take(from: offices.township)
        offices.county.attend()
        try expectDone(offices, [offices.county])
        let count = offices.county.folder.replica.redactions.redactions.count
        try offices.township.take(from: offices.county)
        offices.township.attend()
        try expectDone(offices, [offices.township])
        #expect(offices.township.folder.replica.redactions.redactions.count == count)
        offices.county.attend()
        #expect(offices.county.folder.replica.redactions.redactions.count == count)
    }

    /// An order that leaves nothing of an entry, beside one that says some of it again.
    @Test func whatAnOrderLeavesNothingOfStandsNowhere() throws {
        let (village, township, county) = try (
            RedactionNode(11), RedactionNode(2), RedactionNode(1)
        )
        let address = try village.write(Self.filled(Self.first)).addresses[0]
        for office in [township, county] { try office.take(from: village) }
        try township.redact(address)
        try county.redact(address, fields: [4])
        let offices = Offices(
            village: village, township: township, county: county, addresses: [address])
        try meet(offices.all)
        try expectDone(offices, offices.all)
    }

    /// The orders come before the entry that they are about.
    @Test func anOfficeThatLacksTheEntryJoinsThemWhenItComes() throws {
        let offices = try apart()
        let late = try RedactionNode(2, nonce: 9)
        for office in [offices.township, offices.county] {
            try late.take(from: office, [.authority])
        }
        late.attend()
        #expect(!late.folder.replica.redactions.surpluses.isEmpty)
        try late.take(from: offices.village)
        late.attend()
        #expect(try !late.holds(Self.first) && !late.holds(Self.second))
        #expect(late.folder.replica.redactions.surpluses.isEmpty)
    }
}
