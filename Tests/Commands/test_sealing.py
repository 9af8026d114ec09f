# SPDX-License-Identifier: Apache-2.0
"""Promises about what lies on the disk, and about the node's key that guards it."""

import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import unittest
from unittest import mock

import county
from county import VILLAGE, OneNode, enrol, office
from processes.node import Node
from processes.sudden import SuddenEnd

import former

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

    def test_a_key_file_that_was_cut_short_opens_nothing_and_seals_nothing(self):
        stick = self.folder / "stick.key"
        self.node.call("key", "protect", "--key-file", stick)
        whole = stick.read_text()
        for count in (0, 1, 7, 63):
            self.file("stick.key", whole[:count])
            self.refuses_to_start("--passphrase-file", stick)
        self.file("stick.key", whole[:64])  # without its line feed
        self.node.start("--log-level", "error", "--passphrase-file", stick)
        # Another, which is to take its place.
        with self.knowing(ONEGRID_PASSPHRASE_FILE=stick):
            for count in (0, 1, 7):
                short = self.file("short.key", whole[:count])
                answer = self.node.call("key", "protect", "--key-file", short, wants=65)
                self.assertIn("口令", answer.stderr)
                self.assertEqual(short.read_text(), whole[:count])
        self.node.stop()
        self.node.start("--log-level", "error", "--passphrase-file", stick)

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


class SuddenEnds(unittest.TestCase):
    """kill -9 while a folder changes its form: it opens afterwards, and has everything."""

    PLACES = {"residents": {"id_no": NUMBER, "away_to": PLACE}, "disputes": {"facts": FACTS}}

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        cls.sudden = SuddenEnd(cls.folder)
        cls.township = office(cls.folder)
        cls.village = enrol(cls.township, cls.folder, "茶香村", VILLAGE)
        cls.village.start("--log-level", "error")
        cls.resident = cls.village.put(
            "residents", "name=周吴", f"id_no={NUMBER}", f"away_to={PLACE}")
        for _ in range(12):
            cls.village.put("disputes", f"facts={FACTS}", "category=邻里")
        cls.village.stop()
        cls.secret, cls.other = cls.folder / "secret", cls.folder / "other"
        for path in (cls.secret, cls.other):
            path.write_text(f"八个字的长口令{path.name}\n", encoding="utf-8")
            path.chmod(0o600)

    def setUp(self):
        self.seed = int(os.environ.get("ONEGRID_SEED") or random.randrange(2**32))
        self.dice = random.Random(self.seed)
        print(f"\n{self.id()}: ONEGRID_SEED={self.seed}", file=sys.stderr)

    def copy(self, folder, name):
        """A node in a copy of a folder, and the folder's ledger as it was acknowledged."""
        node = Node(county.programs, self.folder / name, "茶香村", VILLAGE)
        shutil.rmtree(node.folder, ignore_errors=True)
        shutil.copytree(folder, node.folder)
        return node

    def command(self, node, *words):
        return [county.programs / "gridctl", *words, "--data", node.folder]

    def moments(self, count, last):
        """So many changes of which each is the first that is not made."""
        return sorted(self.dice.sample(range(1, last + 1), min(count, last)))

    def is_whole(self, node, **passphrase):
        """It opens, agrees with itself, and shows nothing to who has no key."""
        with mock.patch.dict(os.environ, {name: str(each) for name, each in passphrase.items()}):
            answer = node.ask("verify")
        self.assertEqual(answer["findings"], [])
        for values in self.PLACES.values():
            for value in values.values():
                self.assertFalse(node.holds(value), value)
        self.assertEqual(
            [each.name for each in (node.folder / "keys").glob("*.new")], [])

    def test_the_first_sealing_of_a_folder_goes_on_where_it_was_killed(self):
        before = self.folder / "before"
        ledger = former.unseal(self.village.folder, before, self.PLACES)
        for name in ("grid.db", "grid.db-wal", "snapshot-before.db"):
            for value in (NUMBER, PLACE, FACTS):
                self.assertIn(value.encode(), (before / name).read_bytes(), name)
        node = self.copy(before, "sealing")
        verify = self.command(node, "verify")
        # The second time there is nothing to seal.
        last = self.sudden.changes(verify) - self.sudden.changes(verify)
        self.assertGreater(last, 50)
        for moment in self.moments(10, last):
            with self.subTest(seed=self.seed, moment=moment):
                node = self.copy(before, "sealing")
                self.assertTrue(self.sudden.at(moment, verify))
                self.sudden.at(self.dice.randint(1, last), verify)
                self.is_whole(node)
                key = node.folder / "keys" / "node.key"
                self.assertEqual(former.envelopes(node.folder, former.seed_of(key)), ledger)
                with former.database_of(node.folder) as database:
                    self.assertEqual(
                        database.execute("SELECT count(*) FROM disputes").fetchall(), [(12,)])
                    self.assertEqual(
                        database.execute(
                            "SELECT count(*) FROM meta WHERE name = 'sealing'").fetchall(), [(0,)])
        node.start("--log-level", "error")
        self.addCleanup(node.stop)
        shown = node.plainly("get", "residents", self.resident)["fields"]
        self.assertEqual((shown["id_no"], shown["away_to"]), (NUMBER, PLACE))

    def waiting(self, request):
        """A folder that has asked for another key."""
        node = self.copy(self.village.folder, "waiting")
        node.call("key", "rotate", "--out", request)
        return node.folder

    def test_a_folder_key_that_is_wrapped_anew_opens_for_one_key_or_both(self):
        request, grant = self.folder / "rotation.request", self.folder / "rotation.grant"
        waiting = self.waiting(request)
        self.township.start("--log-level", "error")
        self.addCleanup(self.township.stop)
        self.township.call("approve", "--request", request, "--out", grant)
        ledger = former.envelopes(waiting, former.seed_of(waiting / "keys" / "node.key"))
        seeds = [former.seed_of(waiting / "keys" / name) for name in ("node.key", "node.key.next")]
        node = self.copy(waiting, "rotating")
        rotate = self.command(node, "key", "rotate", "--grant", grant)
        for moment in self.moments(5, self.sudden.changes(rotate)):
            with self.subTest(seed=self.seed, moment=moment):
                node = self.copy(waiting, "rotating")
                self.assertTrue(self.sudden.at(moment, rotate))
                key = node.folder / "keys" / "node.key"
                self.assertIn(former.seed_of(key), seeds)
                self.assertEqual(former.envelopes(node.folder, former.seed_of(key)), ledger)
                self.is_whole(node)
                # The grant is asked for no more where the key is in its place.
                node.call("key", "rotate", "--grant", grant, wants=None)
                self.assertEqual(former.seed_of(key), seeds[1])
                self.assertEqual(former.envelopes(node.folder, seeds[1]), ledger)
                with former.database_of(node.folder) as database:
                    self.assertIsNone(former.folder_key(database, seeds[0]))
                self.is_whole(node)
        node.start("--log-level", "error")
        self.addCleanup(node.stop)
        self.assertEqual(len(node.ask("list", "disputes")["items"]), 12)

    def keys_of(self, node):
        """Whether the node's key is sealed, and the one that waits to take its place."""
        return [
            (node.folder / "keys" / name).read_text().startswith("onegrid-ed25519-sealed-1\n")
            for name in ("node.key", "node.key.next")]

    def keeps_its_key(self, template, passphrase, word, becomes):
        """Kills a command that gives the keys another seal, and at last lets it be done again."""
        node = self.copy(template, "killed")
        command = self.command(node, "key", word, "--passphrase-file", passphrase)
        for moment in self.moments(2, self.sudden.changes(command)):
            with self.subTest(seed=self.seed, moment=moment, word=word):
                self.copy(template, "killed")
                self.assertTrue(self.sudden.at(moment, command))
                sealed, sealed_next = self.keys_of(node)
                self.assertTrue(sealed_next or not sealed, "the next key lies open")
                self.assertEqual(node.ask("key", "show")["node"]["sealed"], sealed)
                if sealed:
                    node.call("verify", wants=65)
                self.is_whole(node, ONEGRID_PASSPHRASE_FILE=passphrase if sealed else "")
        with self.knowing(passphrase):
            node.call("key", word, "--passphrase-file", passphrase)
        self.assertEqual(self.keys_of(node), [becomes, becomes])
        return node

    def knowing(self, passphrase):
        return mock.patch.dict(os.environ, ONEGRID_PASSPHRASE_FILE=str(passphrase))

    def test_a_key_is_sealed_or_it_is_not_and_the_next_one_with_it(self):
        waiting = self.waiting(self.folder / "asked.request")
        self.keeps_its_key(waiting, self.secret, "protect", True)
        node = self.copy(self.folder / "killed", "sealed")
        # Another passphrase is that of both.
        with self.knowing(self.secret):
            node.call("key", "protect", "--passphrase-file", self.other)
        self.keeps_its_key(node.folder, self.other, "unprotect", False)
