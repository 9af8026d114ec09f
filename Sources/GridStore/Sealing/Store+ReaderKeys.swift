// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
package import GridCrypto
package import GridLog

/// Keys of records for named devices (Protocol/readers.md). They stand in the records, wrapped for
/// each device; a folder keeps those that it was given under a key which it is about to lose.
extension Store {
    /// Keeps every key of a record that a key of this node opens. Durable on return.
    ///
    /// - Returns: how many there are.
    @discardableResult
    package func keepReaderKeys(openedBy owner: Author) throws -> Int {
        try write { database in
            let found = try recordKeys(openedBy: owner, in: database)
            for keys in found {
                for (id, key) in keys.held { try keep(key, id, at: keys.place, in: database) }
            }
            return found.reduce(0) { $0 + $1.held.count }
        }
    }

    /// How many records a key of this node reads of those for named devices, with what the folder has
    /// kept.
    package func sealedRecordCount(openedBy owner: Author) throws -> Int {
        try read { database in
            var places = Set(try recordKeys(openedBy: owner, in: database).map(\.place.record))
            let kept = try String.fetchAll(database, sql: "SELECT DISTINCT id FROM reader_keys")
            places.formUnion(kept.compactMap { RecordID(parsing: $0) })
            return places.count
        }
    }

    /// Lets go of all keys of records that the folder has kept.
    package func forgetReaderKeys() throws {
        try write { try $0.execute(sql: "DELETE FROM reader_keys") }
    }

    private func recordKeys(openedBy owner: Author, in database: Database) throws -> [RecordKeys] {
        let references = try references(database)
        return try tables.values.flatMap { table -> [RecordKeys] in
            guard let sealing = table.collection.sealing else { return [] }
            return try rows(
                database, of: table, sql: "ORDER BY _key", arguments: [], references: references
            ).map { RecordKeys(of: $0.display.state, sealing, for: owner) }
                .filter { !$0.held.isEmpty }
        }
    }

    private func keep(
        _ key: ContentKey, _ id: ContentKeyID, at place: SealedPlace, in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO reader_keys (collection, id, key, sealed)
                VALUES (?, ?, ?, ?)
                """,
            arguments: [
                place.collection, place.record.description, Data(id.bytes),
                Data(key.kept(by: seal.key, at: place.bytes + id.bytes)),
            ])
    }

    /// What this folder has kept of a record's keys.
    package func keptReaderKeys(at place: SealedPlace) throws -> [ContentKey] {
        try read { try Self.keptReaderKeys(at: place, in: $0, seal) }
    }

    static func keptReaderKeys(
        at place: SealedPlace, in database: Database, _ seal: FolderSeal
    ) throws -> [ContentKey] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT key, sealed FROM reader_keys WHERE collection = ? AND id = ? ORDER BY key",
            arguments: [place.collection, place.record.description])
        return try rows.map { row in
            let key = ContentKey(
                kept: try row.bytes("sealed"), by: seal.key,
                at: place.bytes + (try row.bytes("key")))
            guard let key else {
                throw StoreFailure.damaged(what: "reader_keys of \(place.record): seal_broken")
            }
            return key
        }
    }
}

extension StoreTransaction {
    /// What the folder has kept of a record's keys.
    package func keptReaderKeys(at place: SealedPlace) throws -> [ContentKey] {
        try storage.keptReaderKeys(at: place)
    }
}
