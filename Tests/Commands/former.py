# SPDX-License-Identifier: Apache-2.0
"""A folder as a program without sealing has left it, made out of one of today; and what lies sealed
in one, opened by the second reader."""

import contextlib
import os
import shutil
import sqlite3
import sys

from county import ROOT

sys.path.insert(0, str(ROOT / "Protocol" / "reader"))

from onegrid_reader import at_rest

WRAPPED = "folder_key/"


def folder_key(database, seed):
    """The folder key, as the node key of this seed opens it; None where it is not wrapped for that."""
    rows = database.execute(
        "SELECT substr(name, 12), value FROM meta WHERE substr(name, 1, 11) = ?", (WRAPPED,))
    opened = (at_rest.unwrapped(bytes(value), seed, bytes.fromhex(key)) for key, value in rows)
    return next((key for key in opened if key), None)


def seed_of(path):
    """The seed of a plain key file."""
    return bytes.fromhex(path.read_text().splitlines()[1])


@contextlib.contextmanager
def database_of(folder):
    with contextlib.closing(sqlite3.connect(folder / "grid.db")) as database:
        yield database


def envelopes(folder, seed):
    """What the ledger of a folder holds, opened: nothing that was acknowledged is elsewhere."""
    with database_of(folder) as database:
        key = folder_key(database, seed)
        rows = database.execute("SELECT id, first, envelope FROM runs").fetchall()
    opened = {id: at_rest.opened_run(key, id, first, bytes(data)) for id, first, data in rows}
    if None in opened.values():
        raise AssertionError("a run does not open")
    return opened


def unseal(source, folder, columns):
    """Copies a stopped node's folder and puts the copy into the form of before: plain runs, plain
    columns and merge states, no folder key, a write-ahead log and pages that nobody uses any more
    with the same, and the copy that a killed backup has left.

    `columns` names, by table and column, what the sealed columns show."""
    shutil.copytree(source, folder)
    opened = envelopes(folder, seed_of(folder / "keys" / "node.key"))
    values = [value for each in columns.values() for value in each.values()]
    with database_of(folder) as database:
        database.execute("PRAGMA secure_delete = 0")
        database.execute("CREATE TABLE gone (value TEXT)")
        database.executemany("INSERT INTO gone VALUES (?)", [(value,) for value in values * 40])
        database.execute("DROP TABLE gone")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        for id, envelope in opened.items():
            database.execute("UPDATE runs SET envelope = ? WHERE id = ?", (envelope, id))
        for table, shown in columns.items():
            plain = ", ".join(f"{name} = ?" for name in shown)
            database.execute(
                f"UPDATE {table} SET {plain}, _merge = ?",
                (*shown.values(), "".join(shown.values()).encode()))
        database.execute("DELETE FROM grdb_migrations WHERE identifier = '008-sealing'")
        database.execute("DELETE FROM meta WHERE substr(name, 1, 11) = ?", (WRAPPED,))
        database.execute("UPDATE meta SET value = x'' WHERE name = 'catalogue'")
        database.commit()
        database.execute("VACUUM INTO ?", (str(folder / "snapshot-before.db"),))
        # As after kill -9: closing the connection would end the log.
        for name in ("grid.db", "grid.db-wal"):
            shutil.copy(folder / name, folder / f"{name}.kept")
    for name in ("grid.db", "grid.db-wal"):
        os.replace(folder / f"{name}.kept", folder / name)
    return opened
