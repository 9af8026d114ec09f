// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
package import GridLog

/// Changes of area codes that were issued here.
extension Store {
    /// Keeps a change; one that waits is to be written into lane 0 by the daemon.
    package func add(_ change: AreaChange, waiting: Bool) throws {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO area_changes (digest, bytes, waiting) VALUES (?, ?, ?)",
                arguments: [Data(change.digest.array), Data(change.encoded), waiting ? 1 : 0])
        }
    }

    /// All changes kept beside lane 0, and those still to be written into it.
    package func areaChanges() throws -> (all: [AreaChange], waiting: [AreaChange]) {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT bytes, waiting FROM area_changes ORDER BY digest")
            let all = try rows.compactMap { row -> (AreaChange, isWaiting: Bool)? in
                let isWaiting = try row.cell("waiting", as: Int.self) == 1
                return (try? AreaChange(decoding: row.bytes("bytes"))).map { ($0, isWaiting) }
            }
            return (all.map(\.0), all.filter(\.isWaiting).map(\.0))
        }
    }

    package func markPublished(_ changes: [AreaChange]) throws {
        try write { database in
            for change in changes {
                try database.execute(
                    sql: "UPDATE area_changes SET waiting = 0 WHERE digest = ?",
                    arguments: [Data(change.digest.array)])
            }
        }
    }

    /// Puts logs back that were taken out as a whole because their writer had no right any more, and
    /// has it again.
    static func putBackWhatHasARight(
        _ directory: CertificateDirectory, in database: Database
    ) throws -> [LogIdentity] {
        guard directory.areaChangeCount > 0 else { return [] }
        let references = try LogReferences(database)
        var restored: [LogIdentity] = []
        for (reference, identity) in references.identities.sorted(by: { $0.key < $1.key })
        where directory.end(of: identity) == nil
            && directory.level(of: identity.key, in: identity.domain) != nil
        {
            let range: StatementArguments = [reference << 32, (reference + 1) << 32]
            let isEmpty = try Bool.fetchOne(
                database,
                sql: "SELECT NOT EXISTS (SELECT 1 FROM runs WHERE id >= ? AND id < ?)",
                arguments: range)
            guard isEmpty == true else { continue }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, first, arrival FROM quarantined
                    WHERE id >= ? AND id < ? AND counted = 0 ORDER BY id
                    """, arguments: range)
            var next: Int64 = 1
            for row in rows where try row.cell("first") == next {
                let id: Int64 = try row.cell("id")
                try database.execute(
                    sql: """
                        INSERT INTO runs (id, first, arrival, total, envelope)
                        SELECT id, first, CASE
                            WHEN EXISTS (SELECT 1 FROM runs WHERE arrival = quarantined.arrival)
                            THEN (SELECT max(arrival) + 1 FROM runs) ELSE arrival END,
                            0, envelope FROM quarantined WHERE id = ?
                        """, arguments: [id])
                try database.execute(
                    sql: "DELETE FROM quarantined WHERE id = ?", arguments: [id])
                next = id & 0xFFFF_FFFF + 1
            }
            if next > 1 { restored.append(identity) }
        }
        return restored
    }

    /// The changes kept beside lane 0, for a replay.
    static func areaChanges(in database: Database) throws -> [AreaChange] {
        try Data.fetchAll(database, sql: "SELECT bytes FROM area_changes")
            .compactMap { try? AreaChange(decoding: Array($0)) }
    }
}
