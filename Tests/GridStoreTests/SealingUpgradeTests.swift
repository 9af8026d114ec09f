// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// A folder that was written before anything was sealed.
struct SealingUpgradeTests {
    /// Writes notes, and puts the folder back into the form that the program had before 008.
    ///
    /// - Parameter sealed: so many runs stay sealed, as where a first opening was cut off.
    /// - Returns: the titles.
    private func fill(_ folder: TestFolder, keeping sealed: Int = 0) throws -> [String] {
        let titles = (0..<12).map { "旧的内容\($0)" }
        try { () in
            let node = try Node(11, in: folder)
            for title in titles { try node.author(.note(title)) }
            try node.store.write { database in
                let rows = try Row.fetchAll(
                    database, sql: "SELECT id, first, envelope FROM runs ORDER BY id")
                for row in rows.dropFirst(sealed) {
                    let id: Int64 = try row.cell("id")
                    try database.execute(
                        sql: "UPDATE runs SET envelope = ? WHERE id = ?",
                        arguments: [Data(try node.store.seal.envelope(in: row)), id])
                }
                try Store.markStale(in: database)
                if sealed > 0 {
                    try SealingProgress.runs(after: rows[sealed - 1].cell("id")).write(database)
                } else {
                    try database.execute(
                        sql: """
                            DELETE FROM grdb_migrations WHERE identifier = '008-sealing';
                            DELETE FROM meta WHERE substr(name, 1, 11) = 'folder_key/';
                            """)
                }
            }
        }()
        return titles
    }

    private func expectSealed(_ folder: TestFolder, _ titles: [String]) throws {
        let node = try Node(11, in: folder)
        #expect(try node.store.read { try SealingProgress.read($0) } == nil)
        #expect(try node.store.verify().findings == [])
        #expect(try node.row("SELECT count(*) FROM notes") == ["\(titles.count)"])
        for row in try node.store.read({
            try Row.fetchAll($0, sql: "SELECT id, first, envelope FROM runs")
        }) {
            #expect(throws: Never.self) {
                _ = try RunEnvelope.open(node.store.seal.envelope(in: row))
            }
        }
        try node.author(.note("新的"))
    }

    @Test(arguments: [0, 1, 11, 12])
    func itIsSealedAtItsFirstOpeningOrWhereThatWasCutOff(sealed: Int) throws {
        try withFolder { folder in
            try expectSealed(folder, try fill(folder, keeping: sealed))
        }
    }

    @Test(arguments: [SealingProgress.quarantined(after: 0), .remnants])
    func theLastStepsAreTakenAgain(progress: SealingProgress) throws {
        try withFolder { folder in
            let titles = try fill(folder)
            try { _ = try Node(11, in: folder) }()
            try { () in
                let store = try Store(folder.folder, catalogue: .small)
                try store.write { try progress.write($0) }
            }()
            try expectSealed(folder, titles)
        }
    }

    @Test func whatLayOpenIsNowhereInTheDatabaseAfterwards() throws {
        try withFolder { folder in
            let village = "运行记录"
            try { () in
                let node = try Node(11, in: folder)
                for _ in 0..<5 { try node.author(.note(village)) }
                try node.store.write { database in
                    for row in try Row.fetchAll(
                        database, sql: "SELECT id, first, envelope FROM runs ORDER BY id")
                    {
                        try database.execute(
                            sql: "UPDATE runs SET envelope = ? WHERE id = ?",
                            arguments: [
                                Data(try node.store.seal.envelope(in: row)),
                                try row.cell("id", as: Int64.self),
                            ])
                    }
                    try database.execute(
                        sql: """
                            DELETE FROM grdb_migrations WHERE identifier = '008-sealing';
                            DELETE FROM meta WHERE substr(name, 1, 11) = 'folder_key/';
                            """)
                    try Store.markStale(in: database)
                }
            }()
            let open = try folder.tamper {
                try Data.fetchAll($0, sql: "SELECT envelope FROM runs")
            }
            try { _ = try Node(11, in: folder) }()
            for name in ["grid.db", "grid.db-wal"] {
                let bytes =
                    FileManager.default.contents(atPath: "\(folder.folder.path)/\(name)") ?? Data()
                for envelope in open { #expect(bytes.range(of: envelope) == nil, "\(name)") }
            }
        }
    }

    /// Until nobody reads any more, the folder opens and knows that there is something left to do.
    @Test func aToolThatReadsMeanwhileOnlyPutsTheEndOff() throws {
        try withFolder { folder in
            let titles = try fill(folder)
            let copy = "\(folder.folder.snapshotPath)of-before.db"
            try { () in
                let reader = try DatabaseOpening.reader(at: folder.folder.databasePath)
                try reader.writeWithoutTransaction { database in
                    try database.execute(sql: "VACUUM INTO ?", arguments: [copy])
                    try database.execute(sql: "BEGIN; SELECT count(*) FROM runs")
                    _ = try Row.fetchAll(database, sql: "SELECT * FROM runs")
                    let node = try Node(11, in: folder)
                    #expect(try node.store.read { try SealingProgress.read($0) } == .remnants)
                    #expect(try node.row("SELECT count(*) FROM notes") == ["\(titles.count)"])
                    try database.execute(sql: "COMMIT")
                }
            }()
            #expect(!FileManager.default.fileExists(atPath: copy))
            try expectSealed(folder, titles)
        }
    }

    /// What a folder of before had set aside of a forked log, and what its redactions left.
    @Test func whatLaysBesideTheLedgerIsSealedToo() throws {
        let node = try RedactionNode(2)
        let written = try node.write(
            .note("题", County.village), .note("另", County.village))
        try node.redact(written.addresses[0])
        let book = try node.store.redactionBook()
        try #require(!book.knownRestatements.isEmpty)
        let envelope = try node.store.write { database -> [UInt8] in
            for (restatement, _) in book.knownRestatements {
                try database.execute(
                    sql: "UPDATE restatements SET bytes = ? WHERE digest = ?",
                    arguments: [Data(restatement.encoded), Data(restatement.digest.array)])
            }
            let row = try #require(
                try Row.fetchOne(
                    database, sql: "SELECT id, first, envelope FROM runs ORDER BY id LIMIT 1"))
            let envelope = try node.store.seal.envelope(in: row)
            try database.execute(
                sql: """
                    INSERT INTO set_aside (id, log, last, head, first, envelope)
                    VALUES (1, ?, ?, x'00', ?, ?)
                    """,
                arguments: [
                    try row.cell("id", as: Int64.self) >> 32,
                    try row.cell("id", as: Int64.self) & 0xFFFF_FFFF,
                    try row.cell("first", as: Int64.self), Data(envelope),
                ])
            try SealingProgress.setAside(after: 0).write(database)
            return envelope
        }
        try node.store.sealLedger()
        #expect(
            try node.store.redactionBook().knownRestatements.map(\.restatement)
                == book.knownRestatements.map(\.restatement))
        try node.store.read { database in
            let row = try #require(
                try Row.fetchOne(database, sql: "SELECT id, first, envelope FROM set_aside"))
            #expect(try node.store.seal.envelope(in: row) == envelope)
            #expect(try SealingProgress.read(database) == .remnants)
        }
    }

    /// What people have typed as the reason of a redaction is as personal as what it destroys.
    @Test func ordersOfRedactionAreSealedWhereverTheyLieOpen() throws {
        let node = try RedactionNode(2)
        let written = try node.write(.note("题", County.village))
        let orders = try node.redact(written.addresses[0])
        let reason = Data("本人要求".utf8)
        func kept() throws -> [Data] {
            try node.store.read { try Data.fetchAll($0, sql: "SELECT bytes FROM redactions") }
        }
        #expect(try kept().count == 1)
        #expect(try kept().allSatisfy { $0.range(of: reason) == nil })
        try node.store.write { database in
            for order in orders {
                try database.execute(
                    sql: "UPDATE redactions SET bytes = ? WHERE digest = ?",
                    arguments: [Data(order.encoded), Data(order.digest.array)])
            }
        }
        #expect(try kept().allSatisfy { $0.range(of: reason) != nil })
        try node.store.sealRedactions()
        #expect(try kept().allSatisfy { $0.range(of: reason) == nil })
        #expect(try node.store.carriedRedactions().map(\.redaction) == orders)
        #expect(try node.store.read { try SealingProgress.read($0) } == .remnants)
        try node.store.removeRemnants()
        try node.store.sealRedactions()
        #expect(try node.store.read { try SealingProgress.read($0) } == nil)
        #expect(try node.store.verify().findings == [])
    }
}
