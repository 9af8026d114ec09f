# SPDX-License-Identifier: Apache-2.0
"""Promises of gridctl and gridd, kept by real processes and folders.

usage: python3 -B Tests/Commands/test_commands.py PROGRAMS     a folder with gridd and gridctl
"""

import codecs
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from processes.link import Link
from processes.node import Node
from processes.telling import eventually

TOWNSHIP, VILLAGE = "522730103", "522730103210"
programs = ROOT / ".build" / "debug"


def office(folder):
    node = Node(programs, folder / "township", "谷脚镇", TOWNSHIP)
    node.call("init", "--area", TOWNSHIP, "--name", node.name, "--root")
    return node


def enrol(parent, folder, name, code):
    node = Node(programs, folder / code, name, code)
    parent.enrol(node, folder)
    return node


class OneNode(unittest.TestCase):
    """One enrolled village, running, for many questions."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.township = office(cls.folder)
        cls.village = enrol(cls.township, cls.folder, "茶香村", VILLAGE)
        cls.village.start("--log-level", "error")

    @classmethod
    def tearDownClass(cls):
        cls.village.stop()
        cls.temporary.cleanup()

    def fails(self, code, *words, node=None):
        """The command ends with this code and says why in both languages; returns the text."""
        done = (node or self.village).call(*words, wants=code)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"[一-鿿]")
        return done.stderr

    def test_what_was_put_is_got_listed_and_in_sql(self):
        identity = self.village.put("households", "household_no=00100", "address=一组1号")
        record = self.village.ask("get", "households", identity)
        self.assertEqual(record["schema"], "onegrid.record/1")
        self.assertEqual(record["fields"], {"household_no": "00100", "address": "一组1号"})
        self.assertIn("grid_code", record["missing"])
        items = self.village.ask("list", "households", "household_no=00100")["items"]
        self.assertEqual([each["id"] for each in items], [identity])
        rows = self.village.ask(
            "sql", f"SELECT household_no, address FROM households WHERE id = '{identity}'")["rows"]
        self.assertEqual(rows, [["00100", "一组1号"]])

    def test_an_update_clears_and_sets_work_as_written(self):
        identity = self.village.put("households", "household_no=00101", "plate_no=甲-1")
        self.village.ask("put", "households", identity, "plate_no=", "household_class+=低保|监测")
        self.village.ask("put", "households", identity, "household_class-=低保")
        fields = self.village.ask("get", "households", identity)["fields"]
        self.assertEqual(fields, {"household_no": "00101", "household_class": ["监测"]})

    def test_an_archived_record_leaves_the_list_and_an_edit_brings_it_back(self):
        identity = self.village.put("households", "household_no=00102")
        self.village.ask("put", "households", identity, "--archive")
        found = self.village.ask("list", "households", "household_no=00102")["items"]
        self.assertEqual(found, [])
        self.village.ask("put", "households", identity, "address=二组")
        found = self.village.ask("list", "households", "household_no=00102")["items"]
        self.assertEqual(len(found), 1)

    def test_history_names_entry_author_time_and_is_verified(self):
        identity = self.village.put("households", "household_no=00103")
        self.village.ask("put", "households", identity, "address=三组")
        items = self.village.ask("history", "households", identity)["items"]
        self.assertEqual(len(items), 2)
        for item in items:
            self.assertTrue(item["verified"])
            self.assertEqual(item["author"]["name"], "茶香村")
            self.assertRegex(item["at"], r"^\d{4}-\d\d-\d\dT.*\+08:00$")
        self.assertEqual(items[1]["changes"][0]["field"], "address")

    def test_a_wrong_value_is_refused_with_a_pointer_and_a_code(self):
        said = self.fails(65, "put", "residents", "name=张三", "id_no=522730199001010010")
        self.assertIn("/fields/id_no", said)
        said = self.fails(65, "put", "residents", "name=张三", "birth_date=2026-02-30")
        self.assertIn("/fields/birth_date", said)
        said = self.fails(65, "put", "residents", "nickname=三儿")
        self.assertIn("nickname", said)

    def test_a_field_of_a_level_above_is_not_written_from_below(self):
        said = self.fails(77, "put", "household_units", "unit_code=5227301032100010101")
        self.assertIn("/fields/unit_code", said)
        self.assertIn("not_owner", said)

    def test_what_was_fixed_at_creation_is_not_changed(self):
        identity = self.village.put("matters", "title=水管漏水", "source=来访")
        said = self.fails(65, "put", "matters", identity, "source=电话")
        self.assertIn("fixed_value", said)
        done = self.village.ask("put", "matters", identity, "source=来访")
        self.assertEqual(done["entries"], [])

    def test_plus_and_minus_are_for_sets_only(self):
        identity = self.village.put("households", "contact_phone=15400000001")
        for word in ("contact_phone-=15400000002", "contact_phone+=15400000002"):
            self.assertIn("wrong_operation", self.fails(65, "put", "households", identity, word))
        self.assertEqual(
            self.village.ask("get", "households", identity)["fields"]["contact_phone"],
            "15400000001")

    def test_an_empty_record_is_not_made(self):
        self.assertEqual(self.village.call("put", "residents", wants=None).returncode, 64)
        self.fails(65, "put", "residents", "name=")

    def test_hostile_numbers_get_an_answer_and_the_daemon_lives(self):
        app = self.village.app()
        rows = [{"name": "王"}, {"name": "王"}]
        status, answer = app.send("POST", "/v1/import/residents", {
            "rows": rows, "first_row": 2**63 - 1})
        self.assertEqual((status, answer["code"]), (400, "bad_first_row"))
        identity = self.village.put("households", "household_no=00106")
        for keep in (-2**63, 0, 2**63 - 1):
            path = f"/v1/records/households/{identity}/resolve"
            status, answer = app.send("POST", path, {"field": "household_no", "keep": keep})
            self.assertIn(status, (409, 422))
        for limit in ("0", "-1", "99999999999999999999", "x"):
            status, answer = app.send("GET", f"/v1/records/households?limit={limit}")
            self.assertEqual(status, 400, limit)
        self.assertEqual(app.send("GET", "/v1/status")[0], 200)

    def test_a_body_too_large_is_refused_as_that(self):
        app = self.village.app()
        status, answer = app.send(
            "POST", "/v1/records/households", {"fields": {"address": "长" * 6_000_000}})
        self.assertEqual((status, answer["code"]), (413, "body_too_large"))

    def test_collections_and_their_fields_are_listed(self):
        self.assertEqual(len(self.village.ask("collections")["items"]), 38)
        fields = self.village.ask("collections", "households")["fields"]
        self.assertIn("household_no", [each["field"] for each in fields])
        self.fails(66, "collections", "castles")

    def test_what_is_not_there_is_not_found(self):
        self.fails(66, "get", "households", "0000000000000000")
        self.fails(66, "get", "castles", "0000000000000000")
        self.fails(66, "put", "castles", "a=b")
        self.fails(66, "history", "households", "nonsense")
        self.fails(66, "pause", "没有这个村")

    def test_a_write_outside_ones_own_area_is_not_allowed(self):
        said = self.fails(77, "put", "households", "address=越界", "--area", "522730103201")
        self.assertIn("522730103201", said)
        self.fails(77, "put", "notices", "title=越级", "--area", TOWNSHIP)

    def test_usage_errors_end_with_64(self):
        for words in (
                ["put", "households", "no-equals", "also-none"], ["get", "households"],
                ["resolve", "households", "x", "address"], ["nonsense"]):
            self.assertEqual(self.village.call(*words, wants=None).returncode, 64, words)

    def test_no_conflict_to_resolve_ends_with_1(self):
        identity = self.village.put("households", "household_no=00104")
        self.fails(1, "resolve", "households", identity, "household_no", "--keep", "1")

    def test_sql_only_reads(self):
        for statement in (
                "DELETE FROM households", "PRAGMA journal_mode = DELETE", "DROP TABLE runs",
                "ATTACH '/tmp/other.db' AS other", "SELECT 1; DELETE FROM households"):
            done = self.village.call("sql", statement, wants=None)
            self.assertIn(done.returncode, (65, 77), statement)
            self.assertEqual(done.stdout, "", statement)
        self.assertEqual(self.village.ask("sql", "SELECT 40 + 2 AS n")["rows"], [[42]])
        self.fails(65, "sql", "SELECT nothing FROM nowhere")

    def test_a_sheet_is_only_checked_until_told_to_apply(self):
        sheet = self.folder / "dry.csv"
        sheet.write_text("户号*,住址\n00200,四组\n00201,四组\n", encoding="utf-8")
        answer = self.village.ask("import", "households", sheet)
        self.assertEqual((answer["new"], answer["applied"]), (2, 0))
        self.assertEqual(self.village.ask("list", "households", "household_no=00200")["items"], [])
        answer = self.village.ask("import", "households", sheet, "--apply")
        self.assertEqual(answer["applied"], 2)
        self.assertEqual(
            len(self.village.ask("list", "households", "address=四组")["items"]), 2)

    def test_sheets_come_in_utf8_with_or_without_mark_and_in_gb18030(self):
        text = "household_no,address\r\n{},谷脚镇䶮家坡\r\n"
        for number, (encoding, name) in enumerate((
                ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 BOM"), ("gb18030", "GB18030"))):
            sheet = self.folder / f"{encoding}.csv"
            sheet.write_bytes(codecs.encode(text.format(f"0030{number}"), encoding))
            answer = self.village.ask("import", "households", sheet, "--apply")
            self.assertEqual((answer["encoding"], answer["applied"]), (name, 1))
        found = self.village.ask("list", "households", "address=谷脚镇䶮家坡")["items"]
        self.assertEqual(len(found), 3)

    def test_a_wrong_row_is_named_exactly_and_nothing_is_written(self):
        sheet = self.folder / "wrong.csv"
        sheet.write_text(
            "村民花名册,,\nname,id_no,birth_date\n李四,,1990-01-01\n王五,52273019900101001X,\n"
            "赵六,,1990-13-01\n", encoding="utf-8")
        answer = self.village.ask("import", "residents", sheet, "--apply", wants=65)
        self.assertEqual((answer["new"], answer["wrong"], answer["applied"]), (1, 2, 0))
        self.assertEqual(
            [(each["row"], each["field"]) for each in answer["errors"]],
            [(4, "id_no"), (5, "birth_date")])
        self.assertEqual(self.village.ask("list", "residents", "name=李四")["items"], [])
        answer = self.village.ask("import", "residents", sheet, "--apply", "--skip-wrong")
        self.assertEqual(answer["applied"], 1)

    def test_bytes_in_no_known_encoding_are_refused_with_their_row(self):
        sheet = self.folder / "broken.csv"
        sheet.write_bytes(b"household_no\n00400\n\xff\xff\xff\n")
        self.assertIn("3", self.fails(65, "import", "households", sheet))
        self.fails(66, "import", "households", self.folder / "absent.csv")

    def test_status_peers_and_digest_answer_with_their_schema(self):
        for command in ("status", "peers", "digest", "conflicts", "verify"):
            answer = self.village.ask(command)
            self.assertEqual(answer["schema"], f"onegrid.{command}/1")
            self.assertNotEqual(self.village.call(command).stdout, "")

    def test_rebuild_changes_nothing(self):
        self.village.put("households", "household_no=00105")
        before = self.village.digests()
        self.village.ask("rebuild")
        self.assertEqual(self.village.digests(), before)
        self.assertTrue(self.village.ask("verify")["ok"])

    def test_a_second_daemon_on_one_folder_refuses_to_start(self):
        done = subprocess.run(
            [programs / "gridd", "--data", self.village.folder], capture_output=True, text=True,
            timeout=60)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn(str(self.village.daemon.pid), done.stderr)

    def test_folder_keys_and_socket_are_for_their_user_alone(self):
        folder = pathlib.Path(self.village.folder)
        paths = [folder, *folder.rglob("*")]
        self.assertIn("grid.db", [path.name for path in paths])
        for path in paths:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


class Enrolment(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.township = office(self.folder)

    def test_approve_works_with_and_without_a_running_daemon(self):
        self.township.start("--log-level", "error")
        self.addCleanup(self.township.stop)
        village = enrol(self.township, self.folder, "茶香村", VILLAGE)
        peers = self.township.ask("peers")["items"]
        self.assertEqual([(each["name"], each["state"]) for each in peers], [("茶香村", "absent")])
        village.start("--log-level", "error")
        self.addCleanup(village.stop)
        self.assertEqual(village.ask("status")["node"]["area"], VILLAGE)

    def test_a_folder_is_never_taken_twice(self):
        done = self.township.call(
            "init", "--area", TOWNSHIP, "--name", "别的镇", "--root", wants=77)
        self.assertIn("不会覆盖", done.stderr)

    def test_a_command_that_was_killed_half_way_may_be_given_again(self):
        folder = self.folder / "half"
        node = Node(programs, folder, "谷脚镇", TOWNSHIP)
        words = ("init", "--area", TOWNSHIP, "--name", node.name, "--root")
        node.call(*words)
        key = (folder / "keys" / "node.key").read_text()
        for database in folder.glob("grid.db*"):
            database.unlink()
        for draft in ("node.key.new", "root.key.new"):
            (folder / "keys" / draft).write_text("onegrid")
        (folder / "keys" / "root.key").unlink()
        node.call(*words)
        self.assertEqual((folder / "keys" / "node.key").read_text(), key)
        self.assertEqual(
            sorted(each.name for each in (folder / "keys").glob("*.key")),
            ["node.key", "root.key"])
        node.call(*words, wants=77)
        node.start("--log-level", "error")
        self.addCleanup(node.stop)
        self.assertTrue(node.ask("status")["node"]["is_root"])

    def test_nobody_is_approved_outside_the_area(self):
        stranger = Node(programs, self.folder / "stranger", "别县的村", "522731101201")
        request = self.folder / "stranger.request"
        stranger.call("request", "--area", stranger.code, "--name", stranger.name,
                      "--out", request)
        self.township.call(
            "approve", "--request", request, "--out", self.folder / "grant", wants=77)
        self.assertFalse((self.folder / "grant").exists())

    def test_an_altered_request_or_grant_is_refused(self):
        village = Node(programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        request, grant = self.folder / "request", self.folder / "grant"
        village.call("request", "--area", VILLAGE, "--name", village.name, "--out", request)
        forged = json.loads(request.read_text(encoding="utf-8"))
        forged["area"] = "522730103201"
        other = self.folder / "forged"
        other.write_text(json.dumps(forged), encoding="utf-8")
        self.township.call("approve", "--request", other, "--out", grant, wants=65)
        self.township.call("approve", "--request", request, "--out", grant)
        answer = json.loads(grant.read_text(encoding="utf-8"))
        answer["chain"] = answer["chain"][:-2] + ("00" if answer["chain"][-2:] != "00" else "01")
        other.write_text(json.dumps(answer), encoding="utf-8")
        village.call("accept", "--grant", other, wants=65)
        village.call("accept", "--grant", grant)

    def test_a_grant_for_another_node_is_refused(self):
        enrol(self.township, self.folder, "茶香村", VILLAGE)
        other = Node(programs, self.folder / "other", "高堡村", "522730103201")
        other.call("request", "--area", other.code, "--name", other.name,
                   "--out", self.folder / "other.request")
        other.call("accept", "--grant", self.folder / f"{VILLAGE}.grant", wants=65)

    def test_a_daemon_without_certificate_says_what_to_do(self):
        village = Node(programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        village.call("request", "--area", VILLAGE, "--name", village.name,
                     "--out", self.folder / "request")
        done = subprocess.run(
            [programs / "gridd", "--data", village.folder], capture_output=True, text=True,
            timeout=60)
        self.assertEqual(done.returncode, 66)
        self.assertIn("gridctl accept", done.stderr)

    def test_what_no_certificate_can_say_is_refused_before_anything_is_written(self):
        village = Node(programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        request, grant = self.folder / "request", self.folder / "grant"
        village.call("request", "--area", VILLAGE, "--name", village.name, "--out", request)
        self.township.call("approve", "--request", request, "--out", grant, "--post", "岗" * 41,
                           wants=65)
        for option, value in (("--days", "999999999999999"), ("--rights", "")):
            self.township.call(
                "approve", "--request", request, "--out", grant, option, value, wants=64)
        self.assertFalse(grant.exists())
        self.township.start("--log-level", "error")
        self.addCleanup(self.township.stop)
        self.assertEqual(self.township.ask("peers")["items"], [])

    def test_a_folder_that_is_no_nodes_stays_as_it_was(self):
        empty = self.folder / "empty"
        empty.mkdir()
        done = subprocess.run(
            [programs / "gridd", "--data", empty], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 66)
        self.assertIn("gridctl init", done.stderr)
        self.assertEqual(list(empty.iterdir()), [])

    def test_a_command_without_daemon_ends_with_69(self):
        done = self.township.call("status", wants=69)
        self.assertIn("gridd --data", done.stderr)

    def test_damage_that_keeps_the_daemon_from_starting_is_found_and_repaired(self):
        self.township.start("--log-level", "error")
        identity = self.township.put("households", "household_no=1")
        self.township.stop()
        with contextlib.closing(sqlite3.connect(self.township.folder / "grid.db")) as database:
            database.execute("DELETE FROM households")
            database.execute("UPDATE logs SET state = x'00'")
            database.commit()
        done = subprocess.run(
            [programs / "gridd", "--data", self.township.folder], capture_output=True, text=True,
            timeout=60)
        self.assertEqual(done.returncode, 70)
        self.assertIn("gridctl verify", done.stderr)
        found = self.township.call("verify", wants=1)
        self.assertIn(identity, found.stdout)
        self.assertEqual(self.township.ask("rebuild")["cuts"], [])
        self.assertTrue(self.township.ask("verify")["ok"])
        self.township.start("--log-level", "error")
        self.addCleanup(self.township.stop)
        self.assertEqual(
            self.township.ask("get", "households", identity)["fields"]["household_no"], "1")

    def test_a_path_too_long_for_a_socket_is_refused_at_once(self):
        node = Node(programs, self.folder / ("长" * 40), "茶香村", VILLAGE)
        node.call("init", "--area", TOWNSHIP, "--name", "镇", "--root", wants=65)

    def test_a_key_that_others_may_read_is_refused(self):
        os.chmod(self.township.folder / "keys" / "node.key", 0o644)
        done = subprocess.run(
            [programs / "gridd", "--data", self.township.folder], capture_output=True, text=True,
            timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("node.key", done.stderr)

    def test_wrong_settings_name_the_setting(self):
        for arguments, word in (
                (["--listen", "nowhere"], "--listen"), (["--log-level", "loud"], "--log-level"),
                (["--peer", "zz@127.0.0.1:1"], "peer")):
            done = subprocess.run(
                [programs / "gridd", "--data", self.township.folder, *arguments],
                capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn(word, done.stderr)


class Recovery(unittest.TestCase):
    """Backups of one running node, and what is made of them."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.node = office(cls.folder)
        cls.node.start("--log-level", "error")
        cls.node.put("households", "household_no=00001", "address=一组")
        cls.passphrase = cls.folder / "passphrase"
        cls.passphrase.write_text("口令\n", encoding="utf-8")
        cls.backup = cls.folder / "node.backup"
        cls.made = cls.asks("backup", cls.backup, "--data", cls.node.folder)

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()
        cls.temporary.cleanup()

    @classmethod
    def says(cls, *words, wants=0, passphrase=True):
        secret = ["--passphrase-file", cls.passphrase] if passphrase else []
        done = subprocess.run(
            [programs / "gridctl", *words, *secret], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=170)
        assert done.returncode == wants, (words, done.returncode, done.stdout, done.stderr)
        return done

    @classmethod
    def asks(cls, *words, **options):
        return json.loads(cls.says(*words, "--json", **options).stdout)

    def test_a_backup_is_sealed_and_says_what_it_holds(self):
        self.assertEqual(self.made["schema"], "onegrid.backup_made/1")
        self.assertEqual(self.made["node"]["name"], self.node.name)
        self.assertNotIn("一组".encode(), self.backup.read_bytes())
        self.assertEqual(self.backup.stat().st_mode & 0o777, 0o600)
        manifest = self.asks("backup", "inspect", self.backup)
        self.assertEqual(manifest["logs"], self.made["logs"])
        self.assertEqual(
            [each["name"] for each in manifest["files"]],
            ["grid.db", "keys/node.key", "keys/root.key"])
        status = self.node.ask("status")
        self.assertEqual(status["backups"]["last_backup"]["entries"], self.made["entries"])
        names = [each.name for each in self.node.folder.iterdir()]
        self.assertEqual([each for each in names if each.startswith("snapshot-")], [])

    def test_a_drill_proves_it_and_status_says_when(self):
        drill = self.asks("drill", "restore", self.backup, "--data", self.node.folder)
        self.assertTrue(drill["ok"] and drill["verified"])
        self.assertEqual(drill["entries"], self.made["entries"])
        self.assertIsNotNone(self.node.ask("status")["backups"]["last_drill"])
        self.assertEqual(list(self.node.folder.glob("drill-*")), [])

    def test_what_is_restored_is_another_replica_and_says_so(self):
        replicas = {self.node.ask("status")["node"]["replica"]}
        for number in range(2):
            target = self.folder / f"again-{number}"
            answer = self.asks("restore", self.backup, "--data", target)
            self.assertEqual(answer["entries"], self.made["entries"])
            node = Node(programs, target, self.node.name, TOWNSHIP)
            node.start("--log-level", "error")
            self.addCleanup(node.stop)
            status = node.ask("status")
            replicas.add(status["node"]["replica"])
            self.assertEqual([each["code"] for each in status["incidents"]], ["restored"])
            self.assertEqual(len(node.ask("list", "households")["items"]), 1)
            self.assertIn("由备份恢复", node.call("incidents").stdout)
            for path in [target, *target.rglob("*")]:
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        self.assertEqual(len(replicas), 3)

    def test_what_cannot_be_is_refused_and_says_why(self):
        self.assertIn("--force", self.says(
            "backup", self.backup, "--data", self.node.folder, wants=77).stderr)
        self.says("restore", self.backup, "--data", self.node.folder, wants=77)
        self.assertIn("--passphrase-file", self.says(
            "backup", self.folder / "x", "--data", self.node.folder, wants=64,
            passphrase=False).stderr)
        other = self.folder / "other"
        other.write_text("别的\n", encoding="utf-8")
        target = self.folder / "never"
        done = self.says("restore", self.backup, "--data", target, "--passphrase-file", other,
                         wants=65, passphrase=False)
        self.assertRegex(done.stderr, r"[一-鿿]")
        self.says("restore", other, "--data", target, wants=65)
        self.says("restore", self.folder / "none", "--data", target, wants=66)
        self.says("backup", self.folder / "x", "--data", self.node.folder, "--to", "00",
                  wants=65, passphrase=False)
        self.says("backup", self.folder / "x", "--data", target, wants=66)
        self.assertFalse(target.exists())
        self.assertFalse((self.folder / "x").exists())

    def test_a_backup_may_be_sealed_to_anothers_key(self):
        file = self.folder / "to-key.backup"
        key = self.node.ask("status")["node"]["key"]
        self.says("backup", file, "--data", self.node.folder, "--to", key, passphrase=False)
        self.assertIn(key, self.says("backup", "inspect", file, wants=65).stderr)
        manifest = self.asks("backup", "inspect", file, "--key",
                             self.node.folder / "keys" / "node.key", passphrase=False)
        self.assertEqual(manifest["entries"], self.made["entries"])

    def test_a_node_that_does_not_run_is_backed_up_as_well(self):
        node = office(self.folder / "stopped")
        file = self.folder / "stopped.backup"
        self.says("backup", file, "--data", node.folder)
        self.says("drill", "restore", file, "--data", node.folder)

    def test_the_story_of_the_old_image_ends_well(self):
        done = subprocess.run(
            [ROOT / "scripts" / "story-old-image", programs], capture_output=True, text=True,
            timeout=170)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Links(unittest.TestCase):
    """A township and a village over a wire that can be cut."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        folder = pathlib.Path(self.temporary.name)
        self.township = office(folder)
        self.village = enrol(self.township, folder, "茶香村", VILLAGE)
        self.township.start("--listen", "127.0.0.1:0", "--log-level", "error")
        self.addCleanup(self.township.stop)
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        self.link = Link((host, int(port)))
        self.addCleanup(lambda: self.link.listener and self.link.cut())
        self.village.start("--peer", self.link.address, "--log-level", "error")
        self.addCleanup(self.village.stop)
        self.linked()

    def linked(self):
        eventually(
            lambda: self.village.ask("status")["upstream"]["state"] == "connected", "a link")

    def delivered(self):
        eventually(
            lambda: self.village.ask("status")["upstream"]["waiting_entries"] == 0, "delivery")

    def test_pause_and_resume_close_and_open_the_link(self):
        self.village.call("pause", "谷脚镇")
        upstream = eventually(
            lambda: (lambda each: each["state"] == "paused" and each)(
                self.village.ask("status")["upstream"]), "paused")
        self.assertEqual(upstream["reason"], "paused")
        self.village.put("households", "household_no=1")
        self.assertEqual(self.village.ask("status")["upstream"]["waiting_entries"], 1)
        self.village.call("resume")
        self.linked()
        self.delivered()
        self.assertEqual(
            self.township.ask("sql", "SELECT count(*) FROM households")["rows"], [[1]])

    def test_peers_tell_what_is_where_and_why_not(self):
        self.village.put("households", "household_no=1")
        self.delivered()
        peer = self.township.ask("peers")["items"][0]
        self.assertEqual((peer["name"], peer["state"]), ("茶香村", "connected"))
        self.assertEqual(peer["out"]["waiting_entries"], 0)
        self.assertGreater(peer["out"]["bytes"], 100)
        self.assertGreater(peer["in"]["bytes"], 100)
        self.link.cut()
        peer = eventually(
            lambda: (lambda each: each["state"] != "connected" and each)(
                self.township.ask("peers")["items"][0]), "cut")
        self.assertNotEqual(peer["reason"], "")
        self.assertNotEqual(peer["reason_zh"], "")
        self.assertIsNotNone(peer["last_contact"])

    def test_whoever_is_killed_nothing_acknowledged_is_lost(self):
        for victim in (self.village, self.township):
            identity = self.village.put("households", f"address={victim.name}")
            victim.kill()
            victim.start()
            self.assertEqual(
                self.village.ask("get", "households", identity)["fields"]["address"], victim.name)
            if victim is self.township:
                # The wire led to a port that is gone with the process.
                host, port = self.township.ask("status")["listen"].rsplit(":", 1)
                self.link.target = (host, int(port))
            self.linked()
            self.delivered()
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")

    def test_a_damaged_run_is_cut_off_and_fetched_again(self):
        for number in range(3):
            self.village.put("households", f"household_no={number}")
            self.delivered()
        self.township.stop()
        with contextlib.closing(sqlite3.connect(self.township.folder / "grid.db")) as database:
            row, envelope = database.execute(
                "SELECT runs.id, envelope FROM runs JOIN logs ON ref = runs.id >> 32 "
                "WHERE area = ? AND first = 2", (VILLAGE,)).fetchone()
            database.execute(
                "UPDATE runs SET envelope = ? WHERE id = ?",
                (envelope[:-1] + bytes([envelope[-1] ^ 1]), row))
            database.commit()
        self.township.start("--listen", "127.0.0.1:0", "--log-level", "critical")
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        self.link.target = (host, int(port))
        self.linked()
        self.township.call("verify", wants=1)
        answer = self.township.ask("rebuild")
        self.assertEqual([(cut["from"], cut["to"]) for cut in answer["cuts"]], [(3, 1)])
        [incident] = self.township.ask("incidents")["items"]
        self.assertEqual((incident["code"], incident["entries_lost"]), ("ledger_cut", 2))
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        self.assertTrue(self.township.ask("verify")["ok"])

    def test_an_older_image_of_the_folder_becomes_a_new_replica_and_loses_nothing(self):
        self.village.put("households", "address=备份前")
        self.delivered()
        self.village.stop()
        database = self.village.folder / "grid.db"
        image = database.read_bytes()
        self.village.start()
        self.linked()
        self.village.put("households", "address=备份后")
        self.delivered()
        before = self.village.ask("status")["node"]["replica"]
        self.village.stop()
        for leftover in self.village.folder.glob("grid.db-*"):
            leftover.unlink()
        database.write_bytes(image)
        self.village.start()
        self.assertNotEqual(self.village.ask("status")["node"]["replica"], before)
        self.village.put("households", "address=还原后")
        self.linked()
        self.delivered()
        rows = "SELECT address FROM households ORDER BY address"
        eventually(
            lambda: len(self.village.ask("sql", rows)["rows"]) == 3, "one's own entries back")
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        self.assertTrue(self.village.ask("verify")["ok"])
        eventually(
            lambda: self.village.ask("incidents")["items"][0]["ended_at"], "the end of it")
        [incident] = self.village.ask("incidents")["items"]
        self.assertEqual((incident["code"], incident["replica"]), ("older_image", before))
        self.assertEqual(incident["entries_lost"], 1)

    def test_a_folder_put_back_or_copied_whole_uses_no_sequence_twice(self):
        self.village.put("households", "address=备份前")
        self.delivered()
        self.village.stop()
        backup = self.village.folder.with_name("backup")
        shutil.copytree(self.village.folder, backup)
        self.village.start()
        self.linked()
        before = self.village.ask("status")["node"]["replica"]
        self.village.put("households", "address=备份后")
        self.delivered()
        self.village.stop()
        # Nobody is there to say what is missing: only the folder can tell.
        self.link.cut()
        shutil.rmtree(self.village.folder)
        shutil.copytree(backup, self.village.folder)
        self.village.start()
        self.assertNotEqual(self.village.ask("status")["node"]["replica"], before)
        self.village.put("households", "address=还原后")
        copy = Node(programs, backup, "副本", VILLAGE)
        copy.start(*self.village.arguments)
        self.addCleanup(copy.stop)
        copy.put("households", "address=副本")
        self.link.join()
        rows = "SELECT address FROM households ORDER BY address"
        eventually(
            lambda: len(self.township.ask("sql", rows)["rows"]) == 4, "what all have written")
        copy.stop()
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        self.assertTrue(self.township.ask("verify")["ok"])
        self.assertNotIn("fork", self.township.log.read_text(encoding="utf-8"))

    def test_a_record_that_has_arrived_is_signed_for_and_can_be_proved_without_a_folder(self):
        identity = self.village.put("households", "address=一组")
        words = ("receipt", "households", identity)
        proof = self.village.folder.parent / "proof"
        self.assertIn("尚未送达", self.village.call(*words).stdout)
        self.village.call(*words, "--export", proof, wants=66)
        [receipt] = eventually(
            lambda: self.village.ask(*words)["items"][0]["receipts"], "a receipt")
        self.assertEqual(receipt["issuer"]["name"], "谷脚镇")
        said = self.village.call(*words).stdout
        self.assertRegex(said, "已送达 谷脚镇,.*回执 " + receipt["number"])
        self.assertIn("谷脚镇", self.village.call("history", "households", identity).stdout)
        self.village.call(*words, "--export", proof)
        self.village.call(*words, "--export", proof, wants=77)

        def verified(file, root, wants):
            done = subprocess.run(
                [programs / "gridctl", "receipt", "verify", file, "--root", root, "--json"],
                capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, wants, done.stderr)
            return done
        node = self.village.ask("status")["node"]
        answer = json.loads(verified(proof, node["root_key"], 0).stdout)
        self.assertEqual(answer["number"], receipt["number"])
        [entry] = self.village.ask("history", "households", identity)["items"]
        self.assertEqual((answer["entry"], answer["hash"]), (entry["entry"], entry["hash"]))
        verified(proof, node["key"], 1)
        other = proof.with_name("altered")
        other.write_bytes(b"\2" + proof.read_bytes()[1:])
        verified(other, node["root_key"], 65)
        self.assertEqual(self.village.ask("incidents")["items"], [])

    def test_a_township_restored_from_a_backup_is_offered_again_what_it_lost(self):
        self.village.put("households", "address=备份前")
        self.delivered()
        secret = self.township.folder.parent / "passphrase"
        secret.write_text("口令", encoding="utf-8")
        file = self.township.folder.parent / "township.backup"
        self.township.call("backup", file, "--passphrase-file", secret)
        for number in range(3):
            self.village.put("households", f"address=备份后{number}")
        self.delivered()
        # What was acknowledged is written down within a second.
        time.sleep(1.5)
        self.link.cut()
        self.township.stop()
        shutil.rmtree(self.township.folder)
        self.township.call("restore", file, "--passphrase-file", secret)
        self.township.start()
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        self.link.target = (host, int(port))
        self.link.join()
        [incident] = eventually(
            lambda: self.village.ask("status")["incidents"], "the village says so")
        self.assertEqual(incident["code"], "peer_restored")
        self.assertEqual(incident["peer"]["name"], "谷脚镇")
        self.assertEqual(incident["entries_lost"], 3)
        self.delivered()
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        eventually(
            lambda: self.village.ask("incidents")["items"][0]["ended_at"], "the end of it")
        self.assertIn("丢失的 3 条已重新送达", self.village.call("status").stdout)

    def test_a_folder_made_anew_gets_back_what_an_earlier_one_wrote(self):
        for number in range(3):
            self.village.put("households", f"address={number}")
        self.delivered()
        self.village.stop()
        folder = self.village.folder
        shutil.rmtree(folder)
        files = folder.parent / "again"
        files.mkdir()
        # A certificate's first day is told in seconds.
        time.sleep(1.1)
        self.township.enrol(self.village, files)
        self.village.start()
        [incident] = eventually(
            lambda: self.village.ask("incidents")["items"], "the village says so")
        self.assertEqual(incident["code"], "folder_replaced")
        eventually(
            lambda: self.village.ask("incidents")["items"][0]["entries_missing"] == 0, "all back")
        self.assertEqual(
            self.village.ask("sql", "SELECT count(*) FROM households")["rows"], [[3]])

    def test_a_corrupt_file_met_by_a_reader_stops_all_writing(self):
        identity = self.village.put("households", "address=一组")
        self.delivered()
        self.village.stop()
        database = self.village.folder / "grid.db"
        with contextlib.closing(sqlite3.connect(database)) as connection:
            [root], [size] = (connection.execute(statement).fetchone() for statement in (
                "SELECT rootpage FROM sqlite_schema WHERE name = 'households'",
                "PRAGMA page_size"))
        with open(database, "r+b") as file:
            file.seek((root - 1) * size)
            file.write(bytes(size))
        self.village.start()
        done = self.village.call("get", "households", identity, wants=70)
        self.assertIn("grid.db", done.stderr)
        status = self.village.ask("status")
        self.assertIn("store_damaged", [each["code"] for each in status["findings"]])
        self.assertGreater(status["ledger"]["entries"], 0)
        done = self.village.call("put", "residents", "name=张三", wants=70)
        self.assertIn("停止写入", done.stderr)
        self.assertIn("gridctl verify", done.stderr)
        self.assertEqual(self.village.call("verify", wants=None).returncode, 1)

    def test_a_daemon_stops_in_order_when_asked(self):
        began = time.monotonic()
        self.assertEqual(self.village.stop(), 0)
        self.assertLess(time.monotonic() - began, 15)
        self.assertFalse((self.village.folder / "gridd.sock").exists())
        self.township.daemon.send_signal(signal.SIGINT)
        self.assertEqual(self.township.daemon.wait(timeout=15), 0)


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        programs = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
