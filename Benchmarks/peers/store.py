# SPDX-License-Identifier: Apache-2.0
"""What a peer keeps on disk: one SQLite file, WAL, synchronous=FULL."""

import os
import sqlite3

TABLES = """
CREATE TABLE IF NOT EXISTS document (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL)
STRICT;
CREATE TABLE IF NOT EXISTS writers (writer INTEGER PRIMARY KEY, key BLOB) STRICT;
CREATE TABLE IF NOT EXISTS updates (
    writer INTEGER NOT NULL, sequence INTEGER NOT NULL, signature BLOB, body BLOB NOT NULL,
    PRIMARY KEY (writer, sequence)
) STRICT, WITHOUT ROWID;
"""


class Store:
    """One file. `state` keeps the table document; `log` and `signed` keep the other two."""

    def __init__(self, path, durable=True):
        self.connection = sqlite3.connect(path, isolation_level=None)
        if durable:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
        else:
            # Only for files that are prepared before anything is measured.
            self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.executescript(TABLES)

    def whole(self):
        row = self.connection.execute("SELECT body FROM document").fetchone()
        return row[0] if row else None

    def keep_whole(self, body):
        self.connection.execute("INSERT OR REPLACE INTO document VALUES (1, ?)", (body,))

    def writers(self):
        """Pairs of writer and key, in order; the key is None in `log`."""
        return self.connection.execute("SELECT writer, key FROM writers ORDER BY 1").fetchall()

    def heights(self):
        """How many updates there are of each writer; a log has no gaps."""
        # One search for each writer; grouping the table of updates would read all of it.
        return dict(self.connection.execute(
            "SELECT writer, (SELECT coalesce(max(sequence), 0) FROM updates "
            "WHERE updates.writer = writers.writer) FROM writers"))

    def after(self, writer, height):
        """Pairs of signature and update of this writer, above this height."""
        return self.connection.execute(
            "SELECT signature, body FROM updates WHERE writer = ? AND sequence > ? "
            "ORDER BY sequence", (writer, height)).fetchall()

    def bodies(self):
        return [body for body, in self.connection.execute(
            "SELECT body FROM updates ORDER BY writer, sequence")]

    def keep(self, writers, rows):
        """Keeps writers and rows (writer, sequence, signature, body) in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT OR IGNORE INTO writers VALUES (?, ?)", writers)
        self.connection.executemany("INSERT INTO updates VALUES (?, ?, ?, ?)", rows)
        self.connection.execute("COMMIT")

    def keep_one(self, row):
        """One update, one commit."""
        self.connection.execute("INSERT INTO updates VALUES (?, ?, ?, ?)", row)

    def close(self):
        self.connection.close()


def bytes_on_disk(path):
    """Of the file and its log beside it."""
    return sum(os.path.getsize(path + end) for end in ("", "-wal") if os.path.exists(path + end))
