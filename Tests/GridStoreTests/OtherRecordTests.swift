// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// What the catalogue of this program does not know, or would put elsewhere.
struct OtherRecordTests {
    private static let older = Catalogue.made(
        """
        edition 1
        collection 16|notes|笔记|routine
        1|title|标题|text(1..40)|register shown|R|P0
        """)

    private func text(_ field: UInt32, _ text: String) -> FieldWrite {
        FieldWrite(field: field, operation: .assign(.text(text)))
    }

    @Test func unknownCollectionsAndFieldsAreKeptAndServed() throws {
        let writer = try Writer(11)
        try writer.author(
            .raw(16, .new, lane: .routine, [text(1, "旱"), text(60, "later")]),
            .raw(99, .new, lane: .routine, [text(1, "new")]))
        try withFolder { folder in
            let node = try Node(2, in: folder)
            try node.admit(writer.runs)
            #expect(try node.row("SELECT title FROM notes") == ["旱"])
            #expect(try node.row("SELECT collection FROM other_records") == ["99"])
            #expect(try node.records() == writer.storage.records)
            #expect(try node.fetch().map { try $0.verified.run } == writer.runs.map(\.run))
        }
    }

    @Test func theyAppearInTablesAfterAnUpgrade() throws {
        let writer = try Writer(11)
        let write = try writer.author(
            .write("notes", set: ["title": .assign(.text("旱")), "labels": .add([.text("急")])]),
            .write("alarms", set: ["title": .assign(.text("火"))]))
        try writer.author(
            .write("notes", .existing(write.addresses[0]), set: ["kind": .assign(.text("甲"))]))
        try withFolder { folder in
            try {
                let node = try Node(2, in: folder, catalogue: Self.older)
                try node.admit(writer.runs)
                #expect(try node.row("SELECT title FROM notes") == ["旱"])
                #expect(try node.store.verify().findings == [])
            }()
            let node = try Node(2, in: folder, catalogue: .small)
            #expect(try node.row("SELECT title, labels, kind FROM notes") == ["旱", "[\"急\"]", "甲"])
            #expect(try node.row("SELECT title FROM alarms") == ["火"])
            #expect(try node.row("SELECT count(*) FROM other_records") == ["0"])
            #expect(try node.records() == writer.storage.records)
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func anOlderProgramKeepsWhatItNoLongerKnows() throws {
        try withFolder { folder in
            try withNode(folder, catalogue: .small) { node in
                try node.author(.write("alarms", set: ["title": .assign(.text("火"))]))
            }
            try withNode(folder, catalogue: Self.older) { node in
                #expect(throws: QueryRefusal.self) { try node.row("SELECT * FROM alarms") }
                let others = try node.row("SELECT collection, _lane FROM other_records")
                #expect(others == ["18", "1"])
            }
            let node = try Node(11, in: folder, catalogue: .small)
            #expect(try node.row("SELECT title FROM alarms") == ["火"])
        }
    }

    @Test func aRenamedCollectionLeavesNoTableBehind() throws {
        try withFolder { folder in
            try withNode(folder, catalogue: Self.older) { try $0.author(.note("旱")) }
            let renamed = Catalogue.made(
                """
                edition 2
                collection 16|remarks|备注|routine
                1|heading|标题|text(1..40)|register shown|R|P0
                """)
            let node = try Node(11, in: folder, catalogue: renamed)
            #expect(try node.row("SELECT heading FROM remarks") == ["旱"])
            #expect(throws: QueryRefusal.self) { try node.row("SELECT * FROM notes") }
        }
    }

    @Test func openingUnderTheSameCatalogueRebuildsNothing() throws {
        try withFolder { folder in
            try withNode(folder) { try $0.author(.note("旱")) }
            try folder.tamper { try $0.execute(sql: "UPDATE notes SET title = 'marked'") }
            #expect(try Node(11, in: folder).row("SELECT title FROM notes") == ["marked"])
        }
    }

    /// Nobody can be kept from writing a collection into a lane that is not its own. It must not
    /// meet the record of the same name in the right one, nor be edited from here.
    @Test func recordsInAWrongLaneStayBesideTheTables() throws {
        let writer = try Writer(11)
        let named = DraftChange.Target.existing(.named(RecordID(high: 1, low: 1)))
        try writer.author(
            .raw(17, named, lane: .routine, [text(1, "right")]),
            .raw(17, named, lane: .urgent, [text(1, "wrong")]),
            .raw(16, .new, lane: .urgent, [text(1, "wrong")]))
        try writer.author(.raw(17, named, lane: .urgent, [text(1, "still wrong")]))
        for runs in [writer.runs, writer.runs.reversed()] {
            try withFolder { folder in
                let node = try Node(2, in: folder)
                for run in runs { try node.admit([run]) }
                #expect(try node.records() == writer.storage.records)
                #expect(try node.row("SELECT group_concat(code) FROM rules") == ["right"])
                #expect(try node.row("SELECT count(*) FROM notes") == ["0"])
                #expect(try node.row("SELECT count(*) FROM other_records") == ["2"])
                let notes = try #require(Catalogue.small.collection(named: "notes"))
                let key = try #require(writer.storage.records.keys.first { $0.collection == 16 })
                #expect(try node.store.record(RecordNaming.id(of: key.address), in: notes) == nil)
                #expect(try node.store.verify().findings == [])
            }
        }
    }

    @Test func certificatesInLaneZeroAreReadBack() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            let certificate = try #require(County.certificates[12])
            try node.author(.certificate(certificate, County.township))
            #expect(try node.store.certificateRecords() == [certificate.encoded])
            #expect(try node.store.certificates().all.count == County.certificates.count)
            #expect(try node.store.certificates().waiting.isEmpty)
        }
    }
}
