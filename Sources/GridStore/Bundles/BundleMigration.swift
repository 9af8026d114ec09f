// SPDX-License-Identifier: Apache-2.0

/// The tables of bundles. Never edited after release.
enum BundleMigration {
    static let sql = """
        -- Parts of bundles that were made for peers. `carried_at` is null until the file is known to
        -- lie where it was wanted, `arrived_at` until all of it has been acknowledged; `more` says
        -- that another part goes on from there. Times are milliseconds since 1970.
        CREATE TABLE bundles (
            id         INTEGER NOT NULL,
            part       INTEGER NOT NULL,
            peer       BLOB NOT NULL,
            made_at    INTEGER NOT NULL,
            entries    INTEGER NOT NULL,
            bytes      INTEGER NOT NULL,
            more       INTEGER NOT NULL,
            carried_at INTEGER,
            arrived_at INTEGER,
            PRIMARY KEY (id, part)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX bundles_by_peer ON bundles (peer, arrived_at);

        -- What of each log lies in a part, until the peer has acknowledged it.
        CREATE TABLE bundle_ranges (
            id    INTEGER NOT NULL,
            part  INTEGER NOT NULL,
            log   INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last  INTEGER NOT NULL,
            PRIMARY KEY (id, part, log)
        ) STRICT, WITHOUT ROWID;
        """
}
