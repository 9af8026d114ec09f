// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import Testing

@testable import GridStore

struct StoreOpeningTests {
    private static func pragmas(_ names: [String], _ database: Database) throws -> [String] {
        try names.map {
            try Row.fetchOne(database, sql: "PRAGMA \($0)")?.databaseValues.first
                .map { $0.storage.value.map { "\($0)" } ?? "" } ?? ""
        }
    }

    @Test func theWriterIsDurableAndCarefulAndTheOnlyOneThatCheckpoints() throws {
        try withFolder { folder in
            let store = try Store(folder.folder)
            let names = [
                "journal_mode", "synchronous", "trusted_schema", "cell_size_check",
                "secure_delete", "wal_autocheckpoint", "journal_size_limit",
            ]
            let values = try store.pool.writeWithoutTransaction { try Self.pragmas(names, $0) }
            #expect(values == ["wal", "2", "0", "1", "1", "4096", "67108864"])
        }
    }

    @Test func readersCannotWriteAndNeverCheckpoint() throws {
        try withFolder { folder in
            let store = try Store(folder.folder)
            let names = [
                "trusted_schema", "cell_size_check", "secure_delete", "wal_autocheckpoint",
            ]
            #expect(try store.read { try Self.pragmas(names, $0) } == ["0", "1", "1", "0"])
            #expect(throws: StoreFailure.self) {
                try store.read { try $0.execute(sql: "DELETE FROM meta") }
            }
        }
    }

    @Test func aFolderIsOpenOnlyOnce() throws {
        try withFolder { folder in
            let store = try Store(folder.folder)
            let failure = StoreFailure.folderInUse(
                path: folder.folder.path, processID: ProcessInfo.processInfo.processIdentifier)
            #expect(throws: failure) { _ = try Store(folder.folder) }
            _ = try store.node()
        }
        try withFolder { folder in
            _ = try Store(folder.folder)
            _ = try Store(folder.folder)
        }
    }

    @Test func aFolderThatAnotherProcessHoldsIsRefused() throws {
        try withFolder { folder in
            let other = Process()
            other.executableURL = URL(filePath: "/usr/bin/flock")
            other.arguments = [folder.folder.lockPath, "sh", "-c", "echo held; read line"]
            let (input, output) = (Pipe(), Pipe())
            other.standardInput = input
            other.standardOutput = output
            try other.run()
            _ = output.fileHandleForReading.availableData
            #expect(throws: StoreFailure.self) { _ = try Store(folder.folder) }
            try input.fileHandleForWriting.close()
            other.waitUntilExit()
            _ = try Store(folder.folder)
        }
    }

    @Test func whatIsNoDatabaseIsToldAsCorrupt() throws {
        try withFolder { folder in
            try Data("not a database at all, whatever its name".utf8)
                .write(to: URL(filePath: folder.folder.databasePath))
            #expect {
                _ = try Store(folder.folder)
            } throws: { error in
                if case StoreFailure.corrupt = error { true } else { false }
            }
        }
    }

    @Test func aFolderOfANewerProgramIsLeftAlone() throws {
        try withFolder { folder in
            _ = try Store(folder.folder)
            try folder.tamper {
                try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999-later')")
            }
            #expect(throws: StoreFailure.tooNew(path: folder.folder.databasePath)) {
                _ = try Store(folder.folder)
            }
        }
    }

    @Test func openingAgainChangesNothing() throws {
        try withFolder { folder in
            func dump() throws -> [String] {
                try folder.tamper {
                    try String.fetchAll($0, sql: "SELECT ifnull(sql, name) FROM sqlite_schema")
                        + String.fetchAll($0, sql: "SELECT hex(value) FROM meta ORDER BY name")
                        + String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations")
                }
            }
            _ = try Store(folder.folder)
            let before = try dump()
            for _ in 0..<2 { _ = try Store(folder.folder) }
            #expect(try dump() == before)
        }
    }

    private static func foldedColumns(of collection: CollectionDefinition) -> [String] {
        guard let folding = RecordFolding(collection) else { return [] }
        return ["_state", "_voids", "_sessions", "_open", "_warn_at", "_due_at"]
            + folding.derived.map(\.name)
    }

    @Test func everyCollectionHasATableWithItsFields() throws {
        try withFolder { folder in
            _ = try Store(folder.folder)
            let catalogue = Catalogue.grid
            #expect(catalogue.collections.count == 39)
            try folder.tamper { database in
                for collection in catalogue.collections {
                    let columns = try String.fetchAll(
                        database,
                        sql: "SELECT name FROM pragma_table_info(?)", arguments: [collection.name])
                    let system = [
                        "_key", "id", "_area", "_archived", "_incomplete", "_conflicts",
                        "_created_at", "_updated_at",
                    ]
                    #expect(
                        columns == system
                            + collection.fields.filter { $0.kind != .derived }.map(\.name)
                            + ["residents", "staff"].filter { $0 == collection.name }
                            .map { _ in "_find_id_no" }
                            + Self.foldedColumns(of: collection) + ["_merge"])
                }
            }
        }
    }

    @Test func theNodeOfAFolderIsKept() throws {
        try withFolder { folder in
            let chain = try County.chain(of: 11)
            let record = NodeRecord(
                name: "茶香村", area: County.village, nonce: ReplicaNonce(high: 7, low: 8),
                chain: chain, parentKey: County.author(2).key, parentName: "谷脚镇")
            do {
                let store = try Store(folder.folder)
                #expect(try store.node() == nil)
                try store.setNode(record)
            }
            let kept = try #require(try Store(folder.folder).node())
            #expect(kept.name == "茶香村")
            #expect(kept.area == County.village)
            #expect(kept.nonce == record.nonce)
            #expect(kept.chain?.certificates == chain.certificates)
            #expect(kept.parentKey == County.author(2).key)
            #expect(kept.parentName == "谷脚镇")
        }
    }
}
