// SPDX-License-Identifier: Apache-2.0

extension LedgerMigrations {
    static let sheets = """
        -- Sheets that this node has taken in; they stay here, the records travel. `digest` is of the
        -- file, so that a file that is changed is another sheet of its name. Times are milliseconds
        -- since 1970; `ended_at` is NULL while one is under way or was broken off. `rows` counts those
        -- of the file; `new` and `changed` what became of them, all times that it was taken in.
        CREATE TABLE sheets (
            id         INTEGER PRIMARY KEY,
            name       TEXT NOT NULL,
            collection INTEGER NOT NULL,
            area       TEXT NOT NULL,
            digest     TEXT NOT NULL,
            caller     TEXT NOT NULL,
            began_at   INTEGER NOT NULL,
            ended_at   INTEGER,
            rows       INTEGER NOT NULL,
            new        INTEGER NOT NULL DEFAULT 0,
            changed    INTEGER NOT NULL DEFAULT 0,
            UNIQUE (name, collection, area, digest)
        ) STRICT;

        -- The rows that wrote something, and the ids of their records. `content` is a mark of all
        -- that a row without a key says, keyed with the folder's key; NULL for those with a key and for
        -- redacted records.
        CREATE TABLE sheet_rows (
            sheet   INTEGER NOT NULL,
            number  INTEGER NOT NULL,
            record  TEXT NOT NULL,
            content BLOB,
            PRIMARY KEY (sheet, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sheet_rows_by_content ON sheet_rows (content) WHERE content IS NOT NULL;
        CREATE INDEX sheet_rows_by_record ON sheet_rows (record);
        """
}
