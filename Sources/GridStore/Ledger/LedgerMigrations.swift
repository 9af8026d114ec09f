// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables that hold the truth. A migration is never edited after release.
enum LedgerMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001-ledger") { try $0.execute(sql: ledger) }
        migrator.registerMigration("002-enrolment") { try $0.execute(sql: enrolment) }
        migrator.registerMigration("003-recovery") { try $0.execute(sql: recovery) }
        migrator.registerMigration("004-cutoffs") { try $0.execute(sql: cutOffs) }
        migrator.registerMigration("005-forks") { try $0.execute(sql: forks) }
        migrator.registerMigration("006-posts") { try $0.execute(sql: posts) }
        migrator.registerMigration("007-redaction") { try $0.execute(sql: redaction) }
        migrator.registerMigration("008-sealing") { try $0.execute(sql: sealing) }
        migrator.registerMigration("009-feed") { try $0.execute(sql: feed) }
        migrator.registerMigration("010-bundles") { try $0.execute(sql: BundleMigration.sql) }
        migrator.registerMigration("012-api") { try $0.execute(sql: api) }
        migrator.registerMigration("013-sheets") { try $0.execute(sql: sheets) }
        migrator.registerMigration("014-areas") { try $0.execute(sql: areas) }
        migrator.registerMigration("015-readers") { try $0.execute(sql: readers) }
        migrator.registerMigration("016-link-usage") { try $0.execute(sql: LinkUsageMigration.sql) }
        migrator.registerMigration("017-carried") { try $0.execute(sql: CarriedMigration.sql) }
        return migrator
    }

    private static let readers = """
        -- Keys of records that this node was given under an earlier key of its own, sealed for the
        -- folder. `key` is the name of the record's key.
        CREATE TABLE reader_keys (
            collection INTEGER NOT NULL,
            id         TEXT NOT NULL,
            key        BLOB NOT NULL,
            sealed     BLOB NOT NULL,
            PRIMARY KEY (collection, id, key)
        ) STRICT, WITHOUT ROWID;
        """

    private static let areas = """
        -- Changes of area codes by digest; those this node issued wait here until they stand in
        -- lane 0.
        CREATE TABLE area_changes (
            digest  BLOB PRIMARY KEY NOT NULL,
            bytes   BLOB NOT NULL,
            waiting INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        """

    private static let posts = """
        -- The certificate of the key whose place a request asks for; NULL where somebody joins.
        ALTER TABLE invitations ADD COLUMN replaces BLOB;
        """

    private static let redaction = """
        -- Redactions by digest, so that what they have destroyed stays explained when the log in which
        -- they stand is cut off. `done_at` is when their values were gone from this folder, in
        -- milliseconds since 1970; `noted` is 1 when the audit trail says so.
        CREATE TABLE redactions (
            digest  BLOB PRIMARY KEY NOT NULL,
            bytes   BLOB NOT NULL,
            done_at INTEGER,
            noted   INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        -- What they leave of entries, by digest, and the entries of lane 0 that say so. One that is
        -- redacted in turn has no row.
        CREATE TABLE restatements (
            digest   BLOB PRIMARY KEY NOT NULL,
            bytes    BLOB NOT NULL,
            carriers BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let api = """
        -- Apps that may ask over TCP. `digest` is of the secret, which is nowhere here; `collections`
        -- are names joined by commas, or * for all; `rights` a sum of 1 read, 2 write, 4 plain; times
        -- are milliseconds since 1970.
        CREATE TABLE api_tokens (
            name        TEXT PRIMARY KEY NOT NULL,
            digest      BLOB NOT NULL UNIQUE,
            collections TEXT NOT NULL,
            rights      INTEGER NOT NULL,
            made_at     INTEGER NOT NULL,
            expires_at  INTEGER
        ) STRICT, WITHOUT ROWID;

        -- What was answered to writes that bore a key of the app's own, for asking again: written in
        -- the same commit as what they wrote. `request` is a digest of it; old ones are let go of.
        CREATE TABLE api_answers (
            app     TEXT NOT NULL,
            key     TEXT NOT NULL,
            request BLOB NOT NULL,
            answer  TEXT NOT NULL,
            at      INTEGER NOT NULL,
            PRIMARY KEY (app, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX api_answers_by_time ON api_answers (at);
        """

    private static let feed = """
        -- Which record each commit has touched, in the order of the commits: what apps follow.
        -- `sequence` has no gaps; the oldest rows are let go of. `mark` is a digest over all rows
        -- of the epoch up to this one. The epoch stands in meta and is another one whenever the
        -- rows begin anew: the tables were rebuilt, or the folder writes as a new replica.
        CREATE TABLE feed (
            sequence   INTEGER PRIMARY KEY,
            mark       INTEGER NOT NULL,
            collection INTEGER NOT NULL,
            record     INTEGER NOT NULL,
            operation  INTEGER NOT NULL
        ) STRICT;
        INSERT INTO meta (name, value) VALUES ('feed_epoch', randomblob(8));
        """

    private static let forks = """
        -- Branch proofs by digest; those that this node is to write into lane 0 wait here for it.
        CREATE TABLE branch_proofs (
            digest  BLOB PRIMARY KEY NOT NULL,
            bytes   BLOB NOT NULL,
            waiting INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        -- Runs of forked logs beyond the fork, of whatever branch, until an office has named the one
        -- that counts and all of it is here. `head` is the hash of the run's last entry.
        CREATE TABLE set_aside (
            id       INTEGER PRIMARY KEY,
            log      INTEGER NOT NULL,
            last     INTEGER NOT NULL,
            head     BLOB NOT NULL,
            first    INTEGER NOT NULL,
            envelope BLOB NOT NULL,
            UNIQUE (log, last, head)
        ) STRICT;
        """

    private static let sealing = """
        -- What was written before lies open in the ledger; `Store.sealLedger` seals it. A name that
        -- begins with folder_key/ is a node's key, and its value the folder key wrapped for it.
        INSERT INTO meta (name, value)
        SELECT 'sealing', CAST('open' AS BLOB) WHERE EXISTS (SELECT 1 FROM runs)
            OR EXISTS (SELECT 1 FROM quarantined) OR EXISTS (SELECT 1 FROM set_aside)
             OR EXISTS (SELECT 1 FROM restatements) OR EXISTS (SELECT 1 FROM other_records);
        """

    private static let cutOffs = """
        -- Cut-offs by digest; those this node issued wait here until they stand in lane 0.
        CREATE TABLE cutoffs (
            digest  BLOB PRIMARY KEY NOT NULL,
            bytes   BLOB NOT NULL,
            waiting INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        -- Runs that a cut-off has taken out of the ledger, as they lay there, until somebody decides
        -- what becomes of them. `id` as in runs; what stands after `counted` does not count.
        CREATE TABLE quarantined (
            id       INTEGER PRIMARY KEY,
            first    INTEGER NOT NULL,
            counted  INTEGER NOT NULL,
            arrival  INTEGER NOT NULL,
            envelope BLOB NOT NULL
        ) STRICT;
        """

    private static let ledger = """
        -- Facts about this folder: nonce, area, certificate chain, parent, catalogue edition.
        CREATE TABLE meta (
            name  TEXT PRIMARY KEY NOT NULL,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- One row a log. `ref` is a small local number for it, never sent, never reused. `state`
        -- holds height, head hash, timestamp and the author's context (LogState). `height` repeats
        -- the height for people; `bytes` is the size of all envelopes of the log.
        CREATE TABLE logs (
            ref     INTEGER PRIMARY KEY,
            replica BLOB NOT NULL,
            area    TEXT NOT NULL,
            lane    INTEGER NOT NULL,
            key     BLOB NOT NULL,
            nonce   BLOB NOT NULL,
            height  INTEGER NOT NULL DEFAULT 0,
            bytes   INTEGER NOT NULL DEFAULT 0,
            state   BLOB,
            UNIQUE (replica, area, lane)
        ) STRICT;

        -- The signed log itself. `id` is ref << 32 | sequence of the run's last entry, so that the
        -- runs of a log lie together in order. `arrival` counts runs in the order in which they
        -- were applied here, a causal order. `total` is the size of the log's envelopes up to and
        -- including this one. The runs of a log lie end to end: each begins where the one before it
        -- has ended.
        CREATE TABLE runs (
            id       INTEGER PRIMARY KEY,
            first    INTEGER NOT NULL,
            arrival  INTEGER NOT NULL,
            total    INTEGER NOT NULL,
            envelope BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX runs_by_arrival ON runs (arrival);

        -- Certificates by digest; those this node issued wait here until they stand in lane 0.
        CREATE TABLE certificates (
            digest  BLOB PRIMARY KEY NOT NULL,
            bytes   BLOB NOT NULL,
            waiting INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        -- Other nodes, as they were last met.
        CREATE TABLE peers (
            key          BLOB PRIMARY KEY NOT NULL,
            name         TEXT NOT NULL,
            area         TEXT NOT NULL,
            replica      BLOB NOT NULL,
            software     TEXT NOT NULL,
            last_contact INTEGER NOT NULL,
            last_reason  TEXT NOT NULL DEFAULT '',
            clock_skew   INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        -- What each peer has said it has durably.
        CREATE TABLE peer_heights (
            peer   BLOB NOT NULL,
            log    INTEGER NOT NULL,
            height INTEGER NOT NULL,
            PRIMARY KEY (peer, log)
        ) STRICT, WITHOUT ROWID;

        -- Edits of different fields of one record that had not seen each other: noted, no more.
        CREATE TABLE parallel_updates (
            id         INTEGER PRIMARY KEY,
            collection INTEGER NOT NULL,
            record     INTEGER NOT NULL,
            earlier    TEXT NOT NULL,
            later      TEXT NOT NULL
        ) STRICT;

        -- Fields in conflict, derived from the record tables.
        CREATE TABLE conflicts (
            collection INTEGER NOT NULL,
            record     INTEGER NOT NULL,
            field      INTEGER NOT NULL,
            PRIMARY KEY (collection, record, field)
        ) STRICT, WITHOUT ROWID;

        -- Records of collections that this program's catalogue does not know, those of the system
        -- itself, and those written into a lane that is not their collection's. They are merged
        -- and relayed like all others.
        CREATE TABLE other_records (
            collection INTEGER NOT NULL,
            _key       INTEGER NOT NULL,
            id         TEXT NOT NULL,
            _area      TEXT NOT NULL,
            _lane      INTEGER NOT NULL,
            _merge     BLOB NOT NULL,
            PRIMARY KEY (collection, _key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX other_records_by_id ON other_records (collection, id);
        """

    private static let enrolment = """
        -- Codes that this node has given out, and what became of them. `secret` is a digest; the
        -- secret itself is nowhere but in the code. `state` is open, waiting (a key has used the
        -- code and people have to decide), approved, rejected or withdrawn; times are milliseconds
        -- since 1970. From `key` on everything is what the joining node says of itself, and `chain`
        -- what it fetches once it is approved.
        CREATE TABLE invitations (
            id         TEXT PRIMARY KEY NOT NULL,
            secret     BLOB NOT NULL UNIQUE,
            name       TEXT NOT NULL,
            area       TEXT NOT NULL,
            made_at    INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            state      TEXT NOT NULL,
            decided_at INTEGER,
            reason     TEXT,
            key        BLOB,
            said_name  TEXT,
            software   TEXT,
            remote     TEXT,
            asked_at   INTEGER,
            chain      BLOB
        ) STRICT;
        """

    private static let recovery = """
        -- What has befallen this folder or what a peer had of it, until it is over and afterwards.
        -- `code` is stable (Incident.Code); times are milliseconds since 1970; `peer` is a key, and
        -- `replica` the one that was left or lost.
        CREATE TABLE incidents (
            id       INTEGER PRIMARY KEY,
            code     TEXT NOT NULL,
            at       INTEGER NOT NULL,
            ended_at INTEGER,
            peer     BLOB,
            replica  BLOB
        ) STRICT;

        -- The logs of an incident: what was left of each when it was found, and how much is known
        -- to have been there. Named in full, because nothing of a log may be here yet.
        CREATE TABLE incident_logs (
            incident INTEGER NOT NULL,
            replica  BLOB NOT NULL,
            area     TEXT NOT NULL,
            lane     INTEGER NOT NULL,
            held     INTEGER NOT NULL,
            known    INTEGER NOT NULL,
            PRIMARY KEY (incident, replica, area, lane)
        ) STRICT, WITHOUT ROWID;

        -- Receipts of nodes above, as they came; thinned as they grow old. `at` is the issuer's
        -- clock, `received` this node's, in milliseconds since 1970.
        CREATE TABLE receipts (
            id       INTEGER PRIMARY KEY,
            issuer   BLOB NOT NULL,
            at       INTEGER NOT NULL,
            received INTEGER NOT NULL,
            bytes    BLOB NOT NULL
        ) STRICT;
        CREATE INDEX receipts_by_issuer ON receipts (issuer, received);

        -- Their rows that agree with the ledger: whoever signed the receipt has the log up to there.
        CREATE TABLE receipt_rows (
            log     INTEGER NOT NULL,
            height  INTEGER NOT NULL,
            receipt INTEGER NOT NULL,
            PRIMARY KEY (log, height, receipt)
        ) STRICT, WITHOUT ROWID;
        """
}
