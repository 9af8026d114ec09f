// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// Values that are destroyed everywhere. Node 2 is the township's, 11 a village of it.
struct RedactionTests {
    private static let title: UInt32 = 1
    private static let phone = "13800138000-alpha"

    private func filled(_ title: String) -> LocalChange {
        .write(
            "notes",
            set: [
                "title": .assign(.text(title)), "kind": .assign(.text("走访")),
                "labels": .add([.text("困难"), .text("独居")]), "acts": .append([.text("立案")]),
                "visits": .increment(3), "on": .assign(.text("2026-11-24")),
            ])
    }

    @Test func theValuesAreGoneFromTheFilesAndNothingElseIs() throws {
        let village = try RedactionNode(11)
        let township = try RedactionNode(2)
        let written = try village.write(filled(Self.phone), filled("另一户"), .note("路灯"))
        let address = written.addresses[0]
        try village.write(
            .write("notes", .existing(address), set: ["title": .assign(.text("second-value"))]))
        try township.take(from: village)
        let before = try township.records()
        #expect(try township.holds("second-value"))
        let orders = try township.redact(address, fields: [Self.title])
        #expect(orders.map(\.fields) == [[Self.title]] && orders[0].rows.count == 2)
        #expect(try !township.holds(Self.phone) && !township.holds("second-value"))
        #expect(try township.store.verify().findings == [])
        let after = try township.records()
        for (key, state) in before where key.address != address { #expect(after[key] == state) }
        let (old, new) = (before.values, after.values)
        let left = try #require(new.first { $0.address == address })
        let was = try #require(old.first { $0.address == address })
        #expect(left.existence == was.existence && left.first == was.first && left.last == was.last)
        #expect(
            left.fields.filter { $0.key.field != Self.title }
                == was.fields.filter { $0.key.field != Self.title })
        let field = try #require(try township.display(address)["title"])
        #expect(field.value == nil && !field.isConflicting && field.candidates.isEmpty)
        #expect(
            try township.history(of: left).map { $0.change.withheld.map(\.field) }
                == [[Self.title], [Self.title]])
        #expect(try township.history(of: left).allSatisfy(\.isVerified))
    }

    @Test(arguments: 0..<4) func whateverComesFirstAllEndEqual(order: Int) throws {
        let village = try RedactionNode(11)
        let township = try RedactionNode(2)
        let written = try village.write(filled(Self.phone), filled("另一户"))
        try village.write(.note("later"))
        try township.take(from: village)
        try township.redact(written.addresses[0])
        let county = try RedactionNode(1)
        switch order {
        // The entry, and then the order.
        case 0:
            try county.take(from: village)
            try county.take(from: township)
        // The order, and then the entry with its values.
        case 1:
            try county.take(from: township, [.authority])
            try county.take(from: village)
        // The order, and then the entry without them.
        case 2:
            try county.take(from: township, [.authority])
            try county.take(from: township)
        // All at once, the entry first.
        default: _ = try county.admit(try village.runs() + township.runs([.authority]))
        }
        county.attend()
        #expect(try !county.holds(Self.phone))
        #expect(try county.store.verify().findings == [])
        #expect(try county.records() == township.records())
        try village.take(from: township)
        village.attend()
        #expect(try !village.holds(Self.phone))
        #expect(try village.records() == township.records())
        #expect(
            try village.store.digests().first { $0.area == County.village }
                == township.store.digests().first { $0.area == County.village })
        #expect(try village.store.verify().findings == [])
        // It writes on, and nobody stumbles.
        try village.write(.note("after"))
        try county.take(from: village)
        #expect(try county.records() == village.records())
    }

    @Test func whoDoesNotKnowTheOrderYetTakesNoRunWithoutItsValues() throws {
        let (village, township, county) = try (
            RedactionNode(11), RedactionNode(2), RedactionNode(1)
        )
        let written = try village.write(filled(Self.phone))
        try township.take(from: village)
        try township.redact(written.addresses[0])
        let withheld = try township.runs([.routine])
        #expect(try county.admit(withheld) == [.refused(.valuesWithheld)])
        try county.take(from: township, [.authority])
        #expect(try county.admit(withheld) == [.admitted(entries: 1)])
    }

    @Test func whatWasSaidAgainCanBeDestroyedInTurn() throws {
        let (village, township) = try (RedactionNode(11), RedactionNode(2))
        let written = try village.write(filled(Self.phone), filled("另一户"))
        let address = written.addresses[0]
        try township.take(from: village)
        try township.redact(address, fields: [Self.title])
        #expect(try township.holds("立案"))
        let again = try township.redact(address)
        #expect(again[0].rows.contains { $0.entry.dot.log.domain.lane == .authority })
        #expect(try township.display(address).fields.allSatisfy { $0.value == nil })
        // The other record of the entry has all of its own.
        let other = try township.display(written.addresses[1])
        #expect(other["title"]?.value == .text("另一户") && other["visits"]?.value == .integer(3))
        try village.take(from: township)
        village.attend()
        #expect(try village.records() == township.records())
        let county = try RedactionNode(1)
        try county.take(from: village)
        #expect(try county.records() == township.records())
        for node in [village, township, county] {
            #expect(try !node.holds(Self.phone))
            #expect(try node.store.verify().findings == [])
        }
        #expect(throws: RedactionRefusal.nothingToDestroy) { try township.redact(address) }
    }

    @Test func aConflictOfOtherFieldsStaysOne() throws {
        let (village, township) = try (RedactionNode(11), RedactionNode(2))
        let address = try village.write(filled(Self.phone)).addresses[0]
        try township.take(from: village)
        for (node, grade, title) in [(village, "甲", "one-title"), (township, "乙", "two-title")] {
            try node.write(
                .write(
                    "notes", .existing(address),
                    set: ["is_open": .assign(.text(grade)), "title": .assign(.text(title))]))
        }
        try township.take(from: village)
        #expect(try township.display(address).conflicts.count == 2)
        try township.redact(address, fields: [Self.title])
        let left = try township.display(address)
        #expect(left.conflicts.map(\.definition.name) == ["is_open"])
        #expect(left["is_open"]?.candidates.count == 2)
        #expect(try !township.holds("one-title") && !township.holds("two-title"))
        #expect(try township.store.verify().findings == [])
    }

    @Test func whatIsWrittenAfterwardsShows() throws {
        let township = try RedactionNode(2)
        let address = try township.write(filled(Self.phone)).addresses[0]
        try township.redact(address, fields: [Self.title])
        try township.write(
            .write("notes", .existing(address), set: ["title": .assign(.text("new"))]))
        #expect(try township.display(address)["title"]?.value == .text("new"))
        #expect(try township.store.verify().findings == [])
    }

    @Test func noSaltOfARedactedEntryCanBeDerived() throws {
        let (village, township) = try (RedactionNode(11), RedactionNode(2))
        for number in 0..<3 { try village.write(.note("\(number)")) }
        let address = try village.write(filled(Self.phone)).addresses[0]
        try village.write(.note("one more"))
        try township.take(from: village)
        let original = try #require(try village.runs([.routine]).first)
        let values = Array(original.run.entryBytes[original.entries[3].values])
        func gives(_ seed: Salt) -> Bool {
            var deriver = SaltDeriver(seed: seed)
            return values.withUnsafeBytes {
                Hashing.digest($0, personal: .values, salt: deriver.salt(at: 4))
            } == original.entries[3].valuesHash
        }
        func seeds(_ node: RedactionNode) throws -> [Salt] {
            try node.runs([.routine]).flatMap(\.run.salts).compactMap { segment in
                if case .seed(let seed, _) = segment { seed } else { nil }
            }
        }
        #expect(try seeds(village).contains(where: gives))
        try township.redact(address)
        try village.take(from: township)
        try village.write(.note("with another seed"))
        try township.take(from: village)
        #expect(try !seeds(village).isEmpty)
        for node in [village, township] {
            #expect(try !seeds(node).contains(where: gives))
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func verifyNamesWhatIsStillThere() throws {
        let township = try RedactionNode(2)
        let written = try township.write(filled(Self.phone))
        let id = try township.store.read { database in
            try Int64.fetchOne(database, sql: "SELECT max(id) FROM runs") ?? 0
        }
        let envelope = try township.store.read { database in
            try Data.fetchOne(
                database, sql: "SELECT envelope FROM runs WHERE id = ?", arguments: [id])
        }
        try township.redact(written.addresses[0])
        #expect(try township.store.verify().findings == [])
        try township.store.write { database in
            try database.execute(
                sql: "UPDATE runs SET envelope = ? WHERE id = ?", arguments: [envelope, id])
        }
        let findings = try township.store.verify().findings
        #expect(findings.contains { $0.contains("应已删除") })
        _ = try township.folder.rebuild()
        #expect(try township.store.verify().findings == [])
    }
}
