// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridCrypto
package import GridLog

/// The key of the folder's data. It lies in the database, wrapped, so that whoever has the database
/// and the node's key has all, whatever else of the folder is lost.
extension Store {
    private static let keyName = "folder_key/"

    /// Wraps the folder's data for another key as well: before the node's own key is replaced, so
    /// that the folder opens with either, whatever happens in between. Durable on return.
    package func wrapFolderKey(for owner: Author) throws {
        try write { try Self.keep(seal.key, for: owner, in: $0) }
    }

    /// Lets no other key than this one open the folder's data from now on. It must have been
    /// wrapped for it.
    package func forgetFolderKeys(except owner: PublicKey) throws {
        try write { try forgetFolderKeys(except: owner, in: $0) }
    }

    func forgetFolderKeys(except owner: PublicKey, in database: Database) throws {
        guard try Self.meta(Self.name(owner), in: database) != nil else {
            throw StoreFailure.keyDoesNotOpen(path: folder.path, key: "\(owner)")
        }
        try database.execute(
            sql: "DELETE FROM meta WHERE substr(name, 1, ?) = ? AND name <> ?",
            arguments: [Self.keyName.count, Self.keyName, Self.name(owner)])
    }

    /// The folder key; a fresh one in a folder of which nothing is sealed yet.
    static func folderKey(
        _ pool: DatabasePool, of folder: NodeFolder, for owner: Author
    ) throws -> FolderKey {
        if let wrapped = try pool.read({ try meta(name(owner.key), in: $0) }) {
            guard let key = owner.unwrap(wrapped) else {
                throw StoreFailure.damaged(what: "table meta: \(name(owner.key))")
            }
            return key
        }
        return try pool.write { database in
            let isOpen = try SealingProgress.read(database) == .open
            guard try isOpen || isEmpty(database) else {
                throw StoreFailure.keyDoesNotOpen(path: folder.path, key: "\(owner.key)")
            }
            try database.execute(
                sql: "DELETE FROM meta WHERE substr(name, 1, ?) = ?",
                arguments: [keyName.count, keyName])
            let key = FolderKey.generate()
            try keep(key, for: owner, in: database)
            if isOpen { try SealingProgress.runs(after: 0).write(database) }
            return key
        }
    }

    private static func isEmpty(_ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT NOT EXISTS (SELECT 1 FROM runs) AND NOT EXISTS (SELECT 1 FROM quarantined)
                    AND NOT EXISTS (SELECT 1 FROM other_records)
                    AND NOT EXISTS (SELECT 1 FROM set_aside)
                    AND NOT EXISTS (SELECT 1 FROM restatements)
                """) ?? false
    }

    private static func keep(
        _ key: FolderKey, for owner: Author, in database: Database
    ) throws {
        try setMeta(name(owner.key), owner.wrap(key), in: database)
    }

    private static func name(_ owner: PublicKey) -> String { "\(keyName)\(owner)" }
}
