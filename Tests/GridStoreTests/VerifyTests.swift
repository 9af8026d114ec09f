// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// What `verify` finds after a change made past the store, and where it says it is.
struct VerifyTests {
    /// Two notes, one edited and in conflict, a rule, and an alarm.
    private func fill(_ folder: TestFolder) throws {
        let (node, clerk) = (try Node(11, in: folder), try Writer(3))
        let write = try node.author(
            .write("notes", set: ["title": .assign(.text("甲")), "count": .assign(.integer(1))]),
            .note("乙"), .write("alarms", set: ["title": .assign(.text("火"))]))
        let rule = RecordNaming.id(collection: 17, area: County.village, key: [.text("R1")])
        try node.author(
            .write("rules", .existing(.named(rule)), set: ["code": .assign(.text("R1"))]))
        try clerk.admit(node.fetch().map { try $0.verified })
        let target = DraftChange.Target.existing(write.addresses[0])
        try clerk.author(.write("notes", target, set: ["title": .assign(.text("丙"))]))
        try node.author(.write("notes", target, set: ["title": .assign(.text("丁"))]))
        try node.admit(clerk.runs)
    }

    private func findings(_ folder: TestFolder) throws -> [String] {
        try Node(11, in: folder).store.verify().findings
    }

    private func findings(after sql: String) throws -> [String] {
        try withFolder { folder in
            try fill(folder)
            #expect(try findings(folder) == [])
            try folder.tamper { try $0.execute(sql: sql) }
            return try findings(folder)
        }
    }

    private func expectOne(_ found: [String], _ words: String...) {
        #expect(found.count == 1, "\(found)")
        for word in words { #expect(found.first?.contains(word) == true, "\(word): \(found)") }
    }

    @Test func aWholeFolderVerifies() throws {
        try withFolder { folder in
            try fill(folder)
            let verification = try Node(11, in: folder).store.verify()
            #expect(verification.findings == [])
            #expect(verification.entries == 5)
            #expect(verification.records == 4)
            #expect(verification.runs == 5)
            let leftovers = try FileManager.default.contentsOfDirectory(atPath: folder.folder.path)
            #expect(!leftovers.contains { $0.hasPrefix("verify") })
        }
    }

    @Test func severalVerificationsAtATimeDoNotMeet() async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        try fill(folder)
        let store = try Node(11, in: folder).store
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<2 { group.addTask { try store.verify().findings } }
            for try await findings in group { #expect(findings == []) }
        }
    }

    @Test func aChangedCellIsFound() throws {
        expectOne(
            try findings(after: "UPDATE notes SET count = 2 WHERE count = 1"),
            "notes ", "count", "differ")
    }

    @Test func aChangedMergeStateIsFound() throws {
        expectOne(
            try findings(
                after: "UPDATE notes SET _merge = CAST(_merge || 'x' AS BLOB) WHERE title = '乙'"),
            "notes ", "_merge")
    }

    @Test func aDeletedRowIsFoundByItsName() throws {
        try withFolder { folder in
            try fill(folder)
            let id = try folder.tamper { database in
                let id = try String.fetchOne(database, sql: "SELECT min(id) FROM notes")
                try database.execute(sql: "DELETE FROM notes WHERE id = ?", arguments: [id])
                return try #require(id)
            }
            let found = try findings(folder)
            #expect(found.first?.contains("notes \(id)") == true, "\(found)")
            #expect(found.first?.contains("missing") == true, "\(found)")
        }
    }

    @Test func aDeletedNamedRowIsFound() throws {
        expectOne(try findings(after: "DELETE FROM rules"), "rules ", "missing")
    }

    @Test func anAddedRowIsFound() throws {
        expectOne(
            try findings(
                after: """
                    INSERT INTO alarms
                    SELECT _key + 256, '0000000000000000', _area, _archived, _incomplete,
                           _conflicts, _created_at, _updated_at, title, _merge FROM alarms
                    """),
            "alarms 0000000000000000", "unexpected")
    }

    @Test func aFlippedBitInAnEnvelopeIsFoundWithItsLogAndEntries() throws {
        try withFolder { folder in
            try fill(folder)
            try folder.alterEnvelope(where: "first = 2 AND id >> 32 = 2") {
                $0[$0.count - 100] ^= 4
            }
            let found = try findings(folder)
            #expect(found.first?.contains("2–2") == true, "\(found)")
            #expect(found.first?.contains("signature_wrong") == true, "\(found)")
            #expect(found.contains { $0.contains("replays to 1") }, "\(found)")
        }
    }

    @Test func aFlippedBitInTheSealOfAnEnvelopeIsFound() throws {
        try withFolder { folder in
            try fill(folder)
            try folder.tamper { database in
                var sealed = try #require(
                    try Data.fetchOne(
                        database, sql: "SELECT envelope FROM runs WHERE first = 2 AND id >> 32 = 2")
                )
                sealed[sealed.count - 1] ^= 4
                try database.execute(
                    sql: "UPDATE runs SET envelope = ? WHERE first = 2 AND id >> 32 = 2",
                    arguments: [sealed])
            }
            let found = try findings(folder)
            #expect(found.first?.contains("2–2") == true, "\(found)")
            #expect(found.first?.contains("seal_broken") == true, "\(found)")
        }
    }

    @Test func aRunOfAnotherPlaceUnderTheRightSealIsFound() throws {
        try withFolder { folder in
            try fill(folder)
            var other: [UInt8] = []
            try folder.alterEnvelope(where: "first = 1 AND id >> 32 = 2") { other = $0 }
            try folder.alterEnvelope(where: "first = 2 AND id >> 32 = 2") { $0 = other }
            let found = try findings(folder)
            #expect(found.contains { $0.contains("不在其位") }, "\(found)")
        }
    }

    @Test func aRunInAnothersPlaceIsFound() throws {
        let found = try findings(
            after: """
                UPDATE runs SET envelope = (
                    SELECT envelope FROM runs AS other WHERE other.first = 1 AND other.id >> 32 = 2)
                WHERE first = 2 AND id >> 32 = 2
                """)
        #expect(found.contains { $0.contains("seal_broken") }, "\(found)")
    }

    @Test func aMissingRunIsFound() throws {
        let found = try findings(after: "DELETE FROM runs WHERE first = 2 AND id >> 32 = 2")
        #expect(found.contains { $0.hasPrefix("runs 2/3") }, "\(found)")
        #expect(found.contains { $0.contains("replays to 1 / 3") }, "\(found)")
    }

    @Test func aMissingLastRunIsFound() throws {
        let found = try findings(after: "DELETE FROM runs WHERE first = 3 AND id >> 32 = 2")
        #expect(found.contains { $0.hasPrefix("logs ") && $0.contains("height") }, "\(found)")
    }

    @Test func aChangedHeightOfALogIsFoundWithItsName() throws {
        let found = try findings(after: "UPDATE logs SET height = height + 1 WHERE ref = 2")
        expectOne(found, "logs ", "/522730103211/", "height")
    }

    @Test func aChangedTotalIsFound() throws {
        expectOne(
            try findings(
                after: "UPDATE runs SET total = total + 1 WHERE first = 2 AND id >> 32 = 2"),
            "runs 2/2")
    }

    @Test func aLostConflictIsFound() throws {
        expectOne(try findings(after: "DELETE FROM conflicts"), "conflicts notes", "missing")
    }

    @Test func aConflictOfNoRecordIsFound() throws {
        expectOne(
            try findings(after: "INSERT INTO conflicts VALUES (16, 12345, 1), (77, 1, 1)"),
            "conflicts: 2", "of no record")
    }

    @Test func aParallelUpdateOfNoRecordIsFound() throws {
        expectOne(
            try findings(
                after: """
                    INSERT INTO parallel_updates (collection, record, earlier, later)
                    VALUES (16, 12345, 'a#1', 'b#2')
                    """),
            "parallel_updates notes", "of no record")
    }

    @Test func anAlteredCertificateIsFound() throws {
        let found = try findings(
            after: "UPDATE certificates SET bytes = CAST(bytes || 'x' AS BLOB) WHERE waiting = 0")
        #expect(found.contains { $0.contains("certificate") && $0.contains("altered") }, "\(found)")
    }

    @Test func aLostChainIsFound() throws {
        try withFolder { folder in
            try fill(folder)
            try folder.tamper { try $0.execute(sql: "DELETE FROM meta WHERE name = 'chain'") }
            let found = try Store(folder.folder, catalogue: .small).verify().findings
            #expect(found.contains { $0.contains("chain") }, "\(found)")
        }
    }
}
