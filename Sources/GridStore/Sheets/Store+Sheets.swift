// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore

extension Store {
    /// The sheets taken in, the latest first.
    package func sheets(limit: Int) throws -> [SheetRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM sheets ORDER BY began_at DESC, id DESC LIMIT ?",
                arguments: [limit]
            ).map(Self.sheet)
        }
    }

    /// A sheet by its number; nil when there is none.
    package func sheet(_ number: Int64) throws -> SheetRecord? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM sheets WHERE id = ?", arguments: [number]
            ).map(Self.sheet)
        }
    }

    /// What rows of a sheet have written, in their order.
    package func rows(
        ofSheet sheet: Int64, after number: Int, limit: Int
    ) throws -> [SheetRowRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM sheet_rows WHERE sheet = ? AND number > ? ORDER BY number LIMIT ?
                    """, arguments: [sheet, number, limit]
            ).map(Self.sheetRow)
        }
    }

    /// The rows that have written a record, by sheet.
    package func sheetRows(of record: RecordID) throws -> [SheetRowRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM sheet_rows WHERE record = ? ORDER BY sheet, number LIMIT 1000",
                arguments: [record.description]
            ).map(Self.sheetRow)
        }
    }

    /// Closes a sheet that is under way.
    ///
    /// - Returns: the sheet as it then is; nil when none was, because none of its rows wrote anything.
    package func end(_ source: SheetSource, now: UInt64) throws -> SheetRecord? {
        try write { database in
            try Row.fetchOne(
                database,
                sql: """
                    UPDATE sheets SET ended_at = ? WHERE name = ? AND collection = ?
                    AND area = ? AND digest = ? AND ended_at IS NULL RETURNING *
                    """,
                arguments: [
                    Int64(clamping: now), source.name, source.collection,
                    source.area.description, source.digest,
                ]
            ).map(Self.sheet)
        }
    }

    /// What rows of a record held is not to be recognised any more, once it is redacted.
    static func forgetRows(of record: RecordID, in database: Database) throws {
        try database.execute(
            sql: "UPDATE sheet_rows SET content = NULL WHERE record = ? AND content IS NOT NULL",
            arguments: [record.description])
    }

    private static func sheet(_ row: Row) throws -> SheetRecord {
        SheetRecord(
            number: try row.cell("id"),
            source: SheetSource(
                name: try row.cell("name"), collection: try row.cell("collection"),
                area: try AreaCode(parsing: try row.cell("area", as: String.self)),
                digest: try row.cell("digest")),
            caller: try row.cell("caller"),
            beganAt: UInt64(clamping: try row.cell("began_at", as: Int64.self)),
            endedAt: try row.cell("ended_at", as: Int64?.self).map {
                UInt64(clamping: $0)
            },
            rows: try row.cell("rows"), new: try row.cell("new"),
            changed: try row.cell("changed"))
    }

    private static func sheetRow(_ row: Row) throws -> SheetRowRecord {
        let text: String = try row.cell("record")
        guard let record = RecordID(parsing: text) else {
            throw StoreFailure.damaged(what: "record id \(text)")
        }
        return SheetRowRecord(
            sheet: try row.cell("sheet"), number: try row.cell("number"), record: record)
    }
}

extension StoreTransaction {
    /// The number of a sheet that is being taken in, and whether this begins it.
    package func begin(
        _ source: SheetSource, rows: Int, caller: String, now: UInt64
    ) throws -> (sheet: Int64, isFirst: Bool) {
        let key: StatementArguments = [
            source.name, source.collection, source.area.description, source.digest,
        ]
        let found = try Row.fetchOne(
            database,
            sql: """
                SELECT id, ended_at FROM sheets
                WHERE name = ? AND collection = ? AND area = ? AND digest = ?
                """, arguments: key)
        let time = Int64(clamping: now)
        guard let found else {
            try database.execute(
                sql: """
                    INSERT INTO sheets (name, collection, area, digest, caller, began_at, rows)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """, arguments: key + [caller, time, rows])
            return (database.lastInsertedRowID, true)
        }
        let sheet: Int64 = try found.cell("id")
        guard try found.cell("ended_at", as: Int64?.self) != nil else { return (sheet, false) }
        try database.execute(
            sql: """
                UPDATE sheets SET caller = ?, began_at = ?, ended_at = NULL, rows = ?
                WHERE id = ?
                """, arguments: [caller, time, rows, sheet])
        return (sheet, true)
    }

    /// Remembers which record a row has written.
    ///
    /// - Parameter text: of a row without a key.
    package func note(_ row: SheetRowRecord, text: SheetRowText?) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO sheet_rows (sheet, number, record, content)
                VALUES (?, ?, ?, ?)
                """
        ).execute(arguments: [
            row.sheet, row.number, row.record.description, text?.mark(storage.seal),
        ])
    }

    /// Adds to the counts of a sheet.
    package func add(new: Int, changed: Int, toSheet sheet: Int64) throws {
        try database.cachedStatement(
            sql: "UPDATE sheets SET new = new + ?, changed = changed + ? WHERE id = ?"
        ).execute(arguments: [new, changed, sheet])
    }
}
