// SPDX-License-Identifier: Apache-2.0

/// The tables of quarantines that were carried here. Never edited after release.
enum CarriedMigration {
    static let sql = """
        -- The runs of set_aside that somebody has carried here out of another machine's quarantine:
        -- `source` is the key that has sealed the file, `at` in milliseconds since 1970. They are in
        -- quarantine here, too. `start` is the state of the log before such a run (without the log's
        -- identity), where the entries before it were settled and are here no more: NULL elsewhere.
        CREATE TABLE carried (
            log    INTEGER NOT NULL,
            last   INTEGER NOT NULL,
            head   BLOB NOT NULL,
            source BLOB NOT NULL,
            at     INTEGER NOT NULL,
            start  BLOB,
            PRIMARY KEY (log, last, head)
        ) STRICT, WITHOUT ROWID;

        -- Entries that were in quarantine here until somebody adopted or discarded them, by the hash
        -- of each: they are not brought in again.
        CREATE TABLE settled (
            log  INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (log, hash)
        ) STRICT, WITHOUT ROWID;
        """
}
