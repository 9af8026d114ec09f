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
            let references = try references(database)
            for table in tables.values {
                guard let sealing = table.collection.sealing else { continue }
                let found = try rows(
                    database, of: table, sql: "ORDER BY _key", arguments: [],
                    references: references)
                for (_, display) in found {
                    let keys = RecordKeys(of: display.state, sealing, for: owner)
                    for (id, key) in keys.held {
                        try keep(key, id, at: keys.place, in: database)
                        count += 1
                    }
                }
            }
            return count
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
