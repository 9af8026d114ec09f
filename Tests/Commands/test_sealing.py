# SPDX-License-Identifier: Apache-2.0
"""Promises about what lies on the disk, and about the node's key that guards it."""

import contextlib
import os
import pathlib
import sqlite3
import tempfile
import unittest
from unittest import mock

import county
from county import VILLAGE, OneNode, enrol, office
from processes.node import Node

NUMBER, PLACE, FACTS = "11010519491231002X", "某省某市某厂", "两家为界石争了三年"


class AtRest(OneNode):
    """A running village whose folder is looked into."""

    def test_no_sensitive_value_lies_in_the_folder_and_none_is_lost(self):
        resident = self.village.put(
            "residents", "name=周吴", f"id_no={NUMBER}", f"away_to={PLACE}")
        dispute = self.village.put(
            "disputes", f"facts={FACTS}", "category=邻里")
        self.village.kill()
        self.addCleanup(self.village.start)
        for secret in (NUMBER, PLACE, FACTS):
            self.assertFalse(self.village.holds(secret), secret)
        self.assertTrue(self.village.holds("周吴"), "ordinary columns lie open")
        with contextlib.closing(sqlite3.connect(self.village.folder / "grid.db")) as database:
            self.assertEqual(
                database.execute("SELECT name, id_no, away_to FROM residents").fetchall(),
                [("周吴", None, None)])
        self.village.start()
        for identity, collection, field, value in (
                (resident, "residents", "id_no", NUMBER), (resident, "residents", "away_to", PLACE),
                (dispute, "disputes", "facts", FACTS)):
            shown = self.village.plainly("get", collection, identity)
            self.assertEqual(shown["fields"][field], value)
        rows = self.village.plainly("sql", "SELECT id_no, away_to FROM residents")["rows"]
        self.assertEqual(rows, [[NUMBER, PLACE]])
        self.assertEqual(self.village.ask("sql", "SELECT id_no FROM residents")["rows"], [[None]])
        found = self.village.ask("list", "residents", f"id_no={NUMBER}")["items"]
        self.assertEqual([each["id"] for each in found], [resident])
        acts = self.village.ask("audit", "--act", "look_up")["items"]
        self.assertEqual([each["object"] for each in acts], ["residents?id_no"])
        self.assertEqual(self.village.ask("verify")["findings"], [])

    def test_a_cell_that_was_exchanged_is_found(self):
        for number in range(2):
            self.village.put("households", f"household_no={number}", "address=一组")
        self.village.stop()
        self.addCleanup(self.village.start)
        path = self.village.folder / "grid.db"
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute(
                "UPDATE households SET _merge = (SELECT _merge FROM households "
                "ORDER BY _key DESC LIMIT 1) WHERE _key = (SELECT min(_key) FROM households)")
            database.commit()
        answer = self.village.ask("verify", wants=1)
        self.assertIn("_merge", answer["findings"][0])
        self.village.call("rebuild")
        self.assertEqual(self.village.ask("verify")["findings"], [])


class Protection(unittest.TestCase):
    """The node's key under a passphrase."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.node = enrol(office(self.folder), self.folder, "茶香村", VILLAGE)
        self.secret = self.file("secret", "八个字的长口令啊\n")
        self.addCleanup(self.node.stop)

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    def knowing(self, **environment):
        return mock.patch.dict(os.environ, {name: str(each) for name, each in environment.items()})

    def refuses_to_start(self, *arguments):
        self.node.launch("--log-level", "error", *arguments)
        self.assertEqual(self.node.daemon.wait(timeout=30), 77)
        said = self.node.log.read_text(encoding="utf-8")
        self.node.log.unlink()
        self.assertRegex(said, r"[一-鿿].* / ")
        return said

    def test_a_protected_node_starts_with_its_passphrase_alone(self):
        answer = self.node.ask("key", "protect", "--passphrase-file", self.secret)
        self.assertTrue(answer["sealed"])
        self.assertTrue(self.node.ask("key", "show")["node"]["sealed"])
        self.assertIn("--passphrase-file", self.refuses_to_start())
        wrong = self.file("wrong", "别的口令别的口令\n")
        self.refuses_to_start("--passphrase-file", wrong)
        self.secret.chmod(0o644)
        self.assertIn("chmod 600", self.refuses_to_start("--passphrase-file", self.secret))
        self.secret.chmod(0o600)
        self.node.start("--log-level", "error", "--passphrase-file", self.secret)
        self.node.put("households", "household_no=1", "address=一组")
        self.node.stop()
        # As systemd gives credentials.
        self.file("credentials/onegrid-passphrase", "八个字的长口令啊")
        with self.knowing(CREDENTIALS_DIRECTORY=self.folder / "credentials"):
            self.node.start("--log-level", "error")
        self.assertEqual(len(self.node.ask("list", "households")["items"]), 1)
        self.node.stop()
        # A stopped node's folder takes the passphrase, too.
        self.assertIn("ONEGRID_PASSPHRASE_FILE", self.node.call("verify", wants=65).stderr)
        with self.knowing(ONEGRID_PASSPHRASE_FILE=wrong):
            self.node.call("verify", wants=77)
        with self.knowing(ONEGRID_PASSPHRASE_FILE=self.secret):
            self.assertEqual(self.node.ask("verify")["findings"], [])
            self.node.call("rebuild")
        backup = self.folder / "node.backup"
        with self.knowing(ONEGRID_PASSPHRASE_FILE=self.secret):
            self.node.call("backup", backup, "--passphrase-file", self.secret)
            self.node.call("drill", "restore", backup, "--passphrase-file", self.secret)
            again = Node(county.programs, self.folder / "again", self.node.name, VILLAGE)
            again.call("restore", backup, "--passphrase-file", self.secret)
        again.call("verify", wants=65)
        self.node.call("key", "unprotect", "--passphrase-file", wrong, wants=77)
        self.node.call("key", "unprotect", "--passphrase-file", self.secret)
        self.node.start("--log-level", "error")
        self.assertEqual(len(self.node.ask("list", "households")["items"]), 1)

    def test_a_key_file_elsewhere_is_made_and_needed(self):
        inside = self.node.folder / "inside.key"
        self.node.call("key", "protect", "--key-file", inside, wants=65)
        stick = self.folder / "stick.key"
        self.node.call("key", "protect", "--key-file", stick)
        self.assertEqual(stick.stat().st_mode & 0o777, 0o600)
        self.assertEqual(len(stick.read_text()), 65)
        self.refuses_to_start()
        self.refuses_to_start("--passphrase-file", self.folder / "gone.key")
        self.node.start("--log-level", "error", "--passphrase-file", stick)
        short = self.file("short", "短\n")
        with self.knowing(ONEGRID_PASSPHRASE_FILE=stick):
            self.node.call("key", "protect", "--passphrase-file", short, wants=65)
        self.node.stop()
        self.node.start()

    def test_another_key_is_told_and_opens_nothing(self):
        self.node.start("--log-level", "error")
        self.node.put("households", "household_no=1", "address=一组")
        self.node.stop()
        key = self.node.folder / "keys" / "node.key"
        own = key.read_bytes()
        other = Node(county.programs, self.folder / "other", "别村", "522730103211")
        other.call("request", "--area", other.code, "--name", other.name, "--out",
                   self.folder / "other.request")
        key.write_bytes((other.folder / "keys" / "node.key").read_bytes())
        self.assertIn("node.key", self.refuses_to_start())
        key.write_bytes(own)
        self.node.start()
