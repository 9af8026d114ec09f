// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct RecordListTests {
    private let notes: CollectionDefinition

    init() throws { notes = try #require(Catalogue.small.collection(named: "notes")) }

    private func titles(_ node: Node, _ filter: RecordFilter) throws -> [String] {
        try node.store.records(in: notes, where: filter).records.map {
            $0["title"]?.value?.plainText ?? ""
        }
    }

    private func field(_ name: String) throws -> FieldDefinition {
        try #require(notes.field(named: name))
    }

    @Test func aListIsReadPageByPageToItsEnd() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author((0..<25).map { .note("\($0)") })
            var filter = RecordFilter(limit: 10)
            var pages: [Int] = []
            var found: [String] = []
            repeat {
                let page = try node.store.records(in: notes, where: filter)
                pages.append(page.records.count)
                found += page.records.compactMap { $0["title"]?.value?.plainText }
                filter.after = page.next
            } while filter.after != nil
            #expect(pages == [10, 10, 5])
            #expect(found == (0..<25).map { "\($0)" })
        }
    }

    @Test func aLimitIsHeldBetweenOneAndAThousand() {
        #expect(RecordFilter(limit: 0).limit == 1)
        #expect(RecordFilter(limit: 5000).limit == 1000)
    }

    @Test func archivedRecordsAreLeftOutUnlessAskedFor() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let write = try node.author(.note("甲"), .note("乙"))
            try node.author(
                .write("notes", .existing(write.addresses[0]), archives: true, set: [:]))
            #expect(try titles(node, RecordFilter()) == ["乙"])
            #expect(try titles(node, RecordFilter(includesArchived: true)) == ["甲", "乙"])
        }
    }

    @Test func anAreaFilterHoldsAtLevelBoundaries() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            try node.author(
                .note("镇", County.township), .note("村", County.village),
                .note("邻", County.neighbour))
            func found(_ code: String) throws -> Set<String> {
                Set(try titles(node, RecordFilter(area: try AreaCode(parsing: code))))
            }
            #expect(try found("522730103211") == ["村"])
            #expect(try found("522730103") == ["镇", "村", "邻"])
            #expect(try found("522730") == ["镇", "村", "邻"])
            #expect(try found("522730102") == [])
        }
    }

    @Test func valuesAreComparedAsTheTableShowsThem() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let (two, half) = (
                try #require(DecimalNumber(mantissa: 2, scale: 0)),
                try #require(DecimalNumber(mantissa: 25, scale: 1))
            )
            for (title, area) in [("甲", two), ("乙", half)] {
                try node.author(
                    .write(
                        "notes",
                        set: [
                            "title": .assign(.text(title)), "area_m2": .assign(.decimal(area)),
                            "is_open": .assign(.boolean(title == "甲")),
                            "count": .assign(.integer(7)), "on": .assign(.date(0)),
                        ]))
            }
            func found(_ name: String, _ text: String) throws -> [String] {
                try titles(node, RecordFilter(equals: [(try field(name), text)]))
            }
            #expect(try found("title", "甲") == ["甲"])
            #expect(try found("title", "' OR '1'='1") == [])
            #expect(try found("area_m2", "2") == ["甲"])
            #expect(try found("area_m2", "2.5") == ["乙"])
            #expect(try found("area_m2", "two") == [])
            #expect(try found("is_open", "1") == ["甲"])
            #expect(try found("count", "7") == ["甲", "乙"])
            #expect(try found("on", "1970-01-01") == ["甲", "乙"])
        }
    }

    @Test func onlyConflictingOnesAreListedWhenAskedFor() throws {
        try withFolder { folder in
            let (node, clerk) = (try Node(11, in: folder), try Writer(3))
            let write = try node.author(.note("甲"), .note("乙"))
            try clerk.admit(node.fetch().map { try $0.verified })
            let target = DraftChange.Target.existing(write.addresses[1])
            try clerk.author(.write("notes", target, set: ["title": .assign(.text("丙"))]))
            try node.author(.write("notes", target, set: ["title": .assign(.text("丁"))]))
            try node.admit(clerk.runs)
            #expect(
                try node.store.records(in: notes, where: RecordFilter(onlyConflicting: true))
                    .records.map(\.id) == [RecordNaming.id(of: write.addresses[1])])
        }
    }

    @Test func anUnknownIDIsNoRecord() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            #expect(try node.store.record(RecordID(high: 1, low: 1), in: notes) == nil)
        }
    }

    /// A second write of one batch sees what the first has done to a record that is not stored yet.
    @Test func aNamedRecordOfTheSameBatchIsFound() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let rules = try #require(Catalogue.small.collection(named: "rules"))
            let id = RecordNaming.id(collection: 17, area: County.village, key: [.text("R1")])
            try node.work { batch, transaction in
                #expect(try transaction.record(id, in: rules, batch: &batch) == nil)
                _ = try transaction.author(
                    [.write("rules", .existing(.named(id)), set: ["points": .assign(.integer(3))])],
                    in: &batch)
                let seen = try transaction.record(id, in: rules, batch: &batch)
                #expect(seen?["points"]?.value == .integer(3))
            }
        }
    }
}
