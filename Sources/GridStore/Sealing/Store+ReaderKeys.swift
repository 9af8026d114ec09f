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
            var count = 0
            try eachRecordKeys(openedBy: owner, in: database) { keys in
                for (id, key) in keys.held { try keep(key, id, at: keys.place, in: database) }
                count += keys.held.count
            }
            return count
        }
    }

    /// How many records a key of this node reads of those for named devices, with what the folder has
    /// kept.
    package func sealedRecordCount(openedBy owner: Author) throws -> Int {
        try read { database in
            var places: Set<RecordID> = []
            try eachRecordKeys(openedBy: owner, in: database) { places.insert($0.place.record) }
            let kept = try String.fetchAll(database, sql: "SELECT DISTINCT id FROM reader_keys")
            places.formUnion(kept.compactMap { RecordID(parsing: $0) })
            return places.count
        }
    }

    /// Lets go of all keys of records that the folder has kept.
    package func forgetReaderKeys() throws {
        try write { try $0.execute(sql: "DELETE FROM reader_keys") }
    }

    /// Shows the keys of each record of which a key of this node opens any. One record's are open at a
    /// time: each lies in guarded memory, of which a process has some ten thousand pieces.
    private func eachRecordKeys(
        openedBy owner: Author, in database: Database, _ body: (RecordKeys) throws -> Void
    ) throws {
        let references = try references(database)
        for table in tables.values {
            guard let sealing = table.collection.sealing else { continue }
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT \(table.stateColumns) FROM "\(table.collection.name)" ORDER BY _key
                    """)
            while let row = try rows.next() {
                let keys = RecordKeys(
                    of: try state(row, of: table, references: references), sealing, for: owner)
                if !keys.held.isEmpty { try body(keys) }
            }
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
