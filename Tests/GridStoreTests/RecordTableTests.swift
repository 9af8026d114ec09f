// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct RecordTableTests {
    private func rows(_ folder: TestFolder, _ sql: String) throws -> [[String]] {
        try folder.tamper { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.databaseValues.map { $0.storage.value.map { "\($0)" } ?? "NULL" }
            }
        }
    }

    private func grid(
        _ name: String, set values: [String: FieldValue]
    ) -> LocalChange {
        .write(name, in: .grid, set: values.mapValues { .assign($0) })
    }

    @Test func residentsAreReadableInPlainSQL() throws {
        try withFolder { folder in
            try Node(11, in: folder, catalogue: .grid).author(
                grid(
                    "residents",
                    set: [
                        "name": .text("王小䶮"), "sex": .text("M"),
                        "birth_date": .date(CivilDate.days("1990-01-31")),
                        "alive": .map(of: ["alive": .boolean(true)]), "note": .text("住\"三组\"\n东头"),
                    ]))
            let found = try rows(
                folder,
                """
                SELECT name, sex, birth_date, alive, note, phone, _area, _archived,
                       typeof(birth_date), length(id) FROM residents
                """)
            #expect(
                found == [
                    [
                        "王小䶮", "M", "1990-01-31", #"{"alive":true}"#, "住\"三组\"\n东头", "NULL",
                        "522730103211", "0", "text", "16",
                    ]
                ])
        }
    }

    @Test func numbersAndTruthValuesHaveTheirTypes() throws {
        try withFolder { folder in
            let area = try #require(DecimalNumber(mantissa: 12_050, scale: 2))
            let node = try Node(2, in: folder, catalogue: .grid)
            try node.author(
                grid("houses", set: ["area_m2": .decimal(area), "is_rental": .boolean(true)]),
                grid("projects", set: ["name": .text("村道"), "investment_fen": .integer(-9_007)]))
            let houses = "SELECT area_m2, typeof(area_m2), is_rental, typeof(is_rental) FROM houses"
            #expect(try node.row(houses) == ["120.5", "real", "1", "integer"])
            let projects = "SELECT investment_fen, typeof(investment_fen), name FROM projects"
            #expect(try node.row(projects) == ["-9007", "integer", "村道"])
        }
    }

    @Test func setsAndTimelinesAreJSONThatSQLiteCanQuery() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder, catalogue: .grid)
            let write = try node.author(
                .write(
                    "households", in: .grid,
                    set: ["household_class": .add([.text("低保"), .text("监测")])]),
                .write(
                    "matters", in: .grid,
                    set: [
                        "title": .assign(.text("路灯不亮")), "point": .assign(.point(Self.point)),
                        "events": .append([
                            .map(of: ["action": .text("triage"), "note": .text("公家事")])
                        ]),
                    ]))
            try node.author(
                .write(
                    "matters", .existing(write.addresses[1]), in: .grid,
                    set: ["events": .append([.map(of: ["action": .text("accept")])])]))
            let households = """
                SELECT group_concat(value) FROM households, json_each(household_class)
                """
            #expect(try node.row(households) == ["低保,监测"])
            let matters = """
                SELECT group_concat(json_extract(value, '$.action')), title, point
                FROM matters, json_each(events)
                """
            #expect(try node.row(matters) == ["triage,accept", "路灯不亮", "26.4,106.9"])
        }
    }

    private static var point: GeoPoint {
        get throws { try #require(GeoPoint(latitude: 264_000_000, longitude: 1_069_000_000)) }
    }

    @Test func whatDoesNotFitItsColumnLeavesItEmptyAndIsKept() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let write = try node.author(
                .write(
                    "notes",
                    set: [
                        "title": .assign(.text("数")), "count": .assign(.text("many")),
                        "area_m2": .assign(.boolean(true)), "is_open": .assign(.integer(2)),
                    ]))
            #expect(
                try node.row("SELECT title, count, area_m2, is_open FROM notes")
                    == ["数", "null", "null", "null"])
            let notes = try #require(Catalogue.small.collection(named: "notes"))
            let id = RecordNaming.id(of: write.addresses[0])
            let record = try #require(try node.store.record(id, in: notes))
            #expect(record["count"]?.value == .text("many"))
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func incompleteArchivedAndConflictingRecordsAreMarked() throws {
        try withFolder { folder in
            let (node, clerk) = (try Node(11, in: folder), try Writer(3))
            let write = try node.author(
                .note("甲"), .write("notes", set: ["count": .assign(.integer(1))]), .note("乙"))
            try clerk.admit(try node.fetch().map { try $0.verified })
            try clerk.author(
                .write("notes", .existing(write.addresses[0]), set: ["title": .assign(.text("丙"))]))
            try node.author(
                .write("notes", .existing(write.addresses[0]), set: ["title": .assign(.text("丁"))]),
                .write("notes", .existing(write.addresses[2]), archives: true, set: [:]))
            try node.admit(clerk.runs)
            let marks = """
                SELECT group_concat(_incomplete || _archived || _conflicts)
                FROM (SELECT * FROM notes ORDER BY _key)
                """
            #expect(try node.row(marks) == ["001,100,010"])
            #expect(
                try node.row("SELECT count(*), min(field) FROM conflicts") == ["1", "1"])
            #expect(try node.store.conflictingRecords(limit: 9).map(\.conflicts.count) == [1])
            #expect(
                try node.store.counts().map(\.counts)
                    == [RecordCounts(records: 3, archived: 1, incomplete: 1, conflicts: 1)])
        }
    }

    @Test func valuesAssignedToATimelineAreKeptAndNoConflict() throws {
        try withFolder { folder in
            let (node, clerk) = (try Node(11, in: folder), try Writer(3))
            let write = try node.author(.note("甲"))
            try clerk.admit(try node.fetch().map { try $0.verified })
            let target = DraftChange.Target.existing(write.addresses[0])
            try clerk.author(.write("notes", target, set: ["acts": .assign(.text("丙"))]))
            try node.author(.write("notes", target, set: ["acts": .assign(.text("丁"))]))
            try node.admit(clerk.runs)
            #expect(try node.row("SELECT count(*) FROM conflicts") == ["0"])
            #expect(try node.row("SELECT _conflicts, acts FROM notes") == ["0", "null"])
            let key = FieldKey(field: 5, family: .assigned)
            guard case .register(let kept) = try #require(node.records().values.first)[key] else {
                Issue.record("the assigned values are not kept")
                return
            }
            #expect(Set(kept.siblings.map(\.value)) == [.text("丙"), .text("丁")])
        }
    }

    @Test func namedRecordsOfSeveralAreasAreApart() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            let rules = try #require(Catalogue.small.collection(named: "rules"))
            func rule(_ area: AreaCode, _ points: Int64) -> LocalChange {
                let id = RecordNaming.id(collection: 17, area: area, key: [.text("R1")])
                return .write(
                    "rules", .existing(.named(id)), area,
                    set: ["code": .assign(.text("R1")), "points": .assign(.integer(points))])
            }
            try node.author(rule(County.village, 1), rule(County.neighbour, 2))
            try node.author(rule(County.neighbour, 3))
            #expect(
                try node.row("SELECT count(*), sum(points), max(_key) < 0 FROM rules")
                    == ["2", "4", "1"])
            let id = RecordNaming.id(
                collection: 17, area: County.neighbour, key: [.text("R1")])
            #expect(try node.store.record(id, in: rules)?["points"]?.value == .integer(3))
            #expect(try node.store.verify().findings == [])
        }
    }

    /// Whoever may write in one area may give any id to a record there.
    @Test func aRecordThatBorrowsAnIDDoesNotHideItsOwner() throws {
        try withFolder { folder in
            let (node, thief) = (try Node(2, in: folder), try Writer(12))
            let rules = try #require(Catalogue.small.collection(named: "rules"))
            let notes = try #require(Catalogue.small.collection(named: "notes"))
            let write = try node.author(.note("真", County.village))
            let created = RecordNaming.id(of: write.addresses[0])
            let named = RecordNaming.id(
                collection: 17, area: County.village, key: [.text("R1")])
            try node.author(
                .write(
                    "rules", .existing(.named(named)), County.village,
                    set: ["code": .assign(.text("R1")), "points": .assign(.integer(1))]))
            try thief.author(
                .write(
                    "notes", .existing(.named(created)), County.neighbour,
                    set: ["title": .assign(.text("假"))]),
                .write(
                    "rules", .existing(.named(named)), County.neighbour,
                    set: ["code": .assign(.text("R1")), "points": .assign(.integer(9))]))
            try node.admit(thief.runs)
            #expect(try node.row("SELECT count(*) FROM notes") == ["2"])
            #expect(try node.store.record(created, in: notes)?["title"]?.value == .text("真"))
            #expect(try node.store.record(named, in: rules)?["points"]?.value == .integer(1))
            #expect(try node.store.verify().findings == [])
        }
    }
}

extension CivilDate {
    /// Days since 1970-01-01 of a date that is right.
    fileprivate static func days(_ text: String) -> Int32 {
        guard case .date(let days)? = try? FieldType.date.parse(text) else {
            preconditionFailure("\(text) is no date")
        }
        return days
    }
}
