# SPDX-License-Identifier: Apache-2.0
"""Promises of gridctl and gridd, kept by real processes and folders.

usage: python3 -B Tests/Commands/test_commands.py PROGRAMS     a folder with gridd and gridctl
"""

import codecs
import contextlib
import json
import os
import pathlib
import pty
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
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
    node.call("init", "--area", TOWNSHIP, "--name", node.name, "--root", "--no-passphrase")
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
        fields = self.village.plainly("get", "households", identity)["fields"]
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

    def test_sensitive_values_are_masked_until_a_reason_is_given(self):
        number = "11010519491231002X"
        identity = self.village.put(
            "residents", "name=周吴", f"id_no={number}", "away_to=某省某市")
        masked = {"name": "周吴", "id_no": "110105********002X", "away_to": "***"}
        path = f"/v1/records/residents/{identity}"
        record = self.village.ask("get", "residents", identity)
        self.assertEqual((record["fields"], record["plain"]), (masked, False))
        self.assertEqual(record["masked"], ["id_no", "away_to"])
        found = self.village.ask("list", "residents", f"id_no={number}")["items"]
        self.assertEqual([each["fields"] for each in found], [masked])
        for words in (("get", "residents", identity), ("list", "residents"), ("conflicts",),
                      ("history", "residents", identity), ("sql", "SELECT * FROM residents"),
                      ("sql", "SELECT hex(_merge), id_no FROM residents")):
            for form in ((), ("--json",)):
                said = self.village.call(*words, *form).stdout
                self.assertNotIn(number, said)
                self.assertNotIn("某省", said)
                self.assertNotIn(number.encode().hex(), said.lower())
        for query in ("", "&reason=", "&reason=%20%20", "&reason=13812341234"):
            status, answer = self.village.send("GET", f"{path}?plain=1{query}")
            self.assertEqual((status, answer["schema"]), (400, "onegrid.problem/1"))
        self.assertEqual(
            self.village.call("get", "residents", identity, "--plain", wants=None).returncode, 64)
        self.assertEqual(self.village.send("GET", "/v1/records/residents?plain=1")[0], 400)
        before = len(self.village.ask("audit")["items"])
        plain = self.village.ask("get", "residents", identity, "--plain", "--reason", "核对")
        self.assertEqual(plain["fields"]["id_no"], number)
        said = self.village.call(
            "history", "residents", identity, "--plain", "--reason", "核对").stdout
        self.assertIn("某省某市", said)
        status, answer = self.village.send("POST", "/v1/sql", {
            "sql": f"SELECT id_no FROM residents WHERE id_no = '{number}'", "plain": True,
            "reason": "核对"})
        self.assertEqual((status, answer["rows"]), (200, [[number]]))
        acts = self.village.ask("audit")["items"]
        self.assertEqual(len(acts), before + 3)
        self.assertEqual(
            [each["act"] for each in acts[:3]], ["plain_sql", "plain_history", "plain_read"])
        self.assertEqual(acts[2]["object"], f"residents/{identity}")
        self.assertTrue(all(each["reason"] == "核对" for each in acts[:3]))
        self.assertNotIn(number, json.dumps(acts))

    def test_a_mask_is_not_taken_for_a_value(self):
        identity = self.village.put("residents", "name=郑王", "away_to=某省")
        self.assertIn(
            "masked_value", self.fails(65, "put", "residents", identity, "away_to=***"))
        self.assertIn("gridctl sql", self.fails(77, "list", "residents", "away_to=某省"))
        self.fails(77, "sql", "SELECT id_no FROM residents NATURAL JOIN households")

    def test_the_audit_trail_is_asked_by_code_time_and_area(self):
        sheet = self.folder / "audit.csv"
        sheet.write_text("户号\n00900\n00901\n", encoding="utf-8")
        self.village.call("import", "households", sheet, "--apply")
        act = self.village.ask("audit", "--act", "import", "--since", "1d", "--limit", "1")
        self.assertEqual(act["schema"], "onegrid.audit/1")
        self.assertEqual(act["items"][0]["object"], "audit.csv")
        self.assertEqual(act["items"][0]["details"]["written"], 2)
        self.assertRegex(act["items"][0]["who"], r"^茶香村·gridctl .+")
        self.assertEqual(self.village.ask("audit", "--since", "2999-01-01")["items"], [])
        self.assertEqual(self.village.ask("audit", "--area", TOWNSHIP + "999")["items"], [])
        self.assertIn("导入 import", self.village.call("audit", "--area", VILLAGE).stdout)
        self.fails(65, "audit", "--since", "昨天")
        self.fails(65, "audit", "--after", "x")
        self.assertEqual(self.village.call("audit", "--since", "xd", wants=None).returncode, 64)
        self.fails(66, "list", "audit")

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
        every = "SELECT * FROM households ORDER BY id"
        before = self.village.plainly("sql", every), self.village.ask("status")["records"]
        self.assertTrue(self.village.ask("rebuild")["noted"])
        self.assertEqual(
            (self.village.plainly("sql", every), self.village.ask("status")["records"]), before)
        self.assertTrue(self.village.ask("verify")["ok"])
        self.assertEqual(
            [each["act"] for each in self.village.ask("audit")["items"][:3]],
            ["plain_sql", "rebuild", "plain_sql"])

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


class Joining(unittest.TestCase):
    """A village that comes with a code."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.passphrase = self.folder / "passphrase"
        self.passphrase.write_text("谷脚镇的根密钥口令\n", encoding="utf-8")
        self.passphrase.chmod(0o600)
        self.township = Node(programs, self.folder / "township", "谷脚镇", TOWNSHIP)
        self.township.call(
            "init", "--area", TOWNSHIP, "--name", "谷脚镇", "--root",
            "--passphrase-file", self.passphrase)
        self.township.start("--listen", "127.0.0.1:0", "--log-level", "error")
        self.addCleanup(self.township.stop)
        self.village = Node(programs, self.folder / VILLAGE, "茶香村", VILLAGE)

    def invite(self, *words):
        return self.township.ask("invite", "茶香村", "--area", VILLAGE, *words)

    def join(self, node, *words, wants=0):
        """gridctl join that asks once; returns its lines of JSON."""
        done = node.call("join", *words, "--wait", "0", "--json", wants=wants)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def approve(self, identity, words, **options):
        return self.township.call(
            "approve", identity, "--words", words, "--passphrase-file", self.passphrase, **options)

    def test_a_village_joins_with_a_code_and_four_words_and_syncs(self):
        code = self.invite()["code"]
        command = [
            programs / "gridctl", "join", "--data", self.village.folder, "--json", *code.split()]
        joining = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        self.addCleanup(joining.kill)
        told = json.loads(joining.stdout.readline())
        self.assertEqual((told["state"], told["name"], told["area"]), ("waiting", "茶香村", VILLAGE))
        [asked] = self.township.ask("requests")["items"]
        self.assertEqual(asked["words"], told["words"])
        self.assertEqual(asked["request"]["key"], told["key"])
        self.approve(asked["id"], told["words"]["zh"])
        said, complaints = joining.communicate(timeout=60)
        self.assertEqual(joining.returncode, 0, complaints)
        done = json.loads(said)
        self.assertEqual((done["state"], done["area"]), ("enrolled", VILLAGE))
        root = self.township.ask("key", "show")["root"]
        self.assertEqual((root["key"], root["sealed"]), (done["root_key"], True))
        # The address of the code is in the settings: nothing else is to be said.
        self.village.start("--log-level", "error")
        self.addCleanup(self.village.stop)
        identity = self.village.put("households", "household_no=00001")
        eventually(
            lambda: self.township.call("get", "households", identity, wants=None).returncode == 0,
            "the first record of a village that has joined")
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")

    def test_an_interrupted_join_goes_on_with_or_without_the_code(self):
        code = self.invite()["compact"]
        first = self.join(self.village, code, wants=75)
        for words in ([], [code]):
            self.assertEqual(self.join(self.village, *words, wants=75), first)
        [asked] = self.township.ask("requests")["items"]
        self.approve(asked["id"], first[0]["words"]["pinyin"])
        self.assertEqual([each["state"] for each in self.join(self.village)], ["enrolled"])
        self.village.call("join", code, "--wait", "0", wants=77)
        settings = (self.village.folder / "gridd.yaml").read_text()
        self.assertIn(self.township.ask("status")["listen"], settings)

    def test_settings_that_name_peers_are_left_alone(self):
        self.village.folder.mkdir(mode=0o700)
        settings = self.village.folder / "gridd.yaml"
        settings.write_text("peers:\n  - 10.8.0.1:7440\n")
        code = self.invite()["compact"]
        words = self.join(self.village, code, wants=75)[0]["words"]["zh"]
        self.approve(self.township.ask("requests")["items"][0]["id"], words)
        self.join(self.village)
        self.assertEqual(settings.read_text(), "peers:\n  - 10.8.0.1:7440\n")

    def test_wrong_words_or_a_wrong_passphrase_issue_nothing(self):
        words = self.join(self.village, self.invite()["compact"], wants=75)[0]["words"]["zh"]
        identity = self.township.ask("requests")["items"][0]["id"]
        self.approve(identity, " ".join(reversed(words.split())), wants=77)
        wrong = self.folder / "wrong"
        wrong.write_text("another one\n")
        wrong.chmod(0o600)
        done = self.township.call(
            "approve", identity, "--words", words, "--passphrase-file", wrong, wants=77)
        self.assertIn("口令不对", done.stderr)
        done = self.township.call("approve", identity, "--words", words, wants=65)
        self.assertIn("--passphrase-file", done.stderr)
        done = self.township.call("approve", identity, wants=65)
        self.assertIn("--words", done.stderr)
        self.passphrase.chmod(0o644)
        self.approve(identity, words, wants=77)
        self.passphrase.chmod(0o600)
        self.assertEqual(len(self.township.ask("requests")["items"]), 1)
        self.join(self.village, wants=75)
        self.approve("zzzzzz", words, wants=66)

    def test_a_mistyped_code_is_refused_with_its_row_before_anything_is_made(self):
        rows = self.invite()["code"].split("\n")
        rows[2] = rows[2][:7] + ("1" if rows[2][7] != "1" else "2") + rows[2][8:]
        done = self.village.call("join", " ".join(rows), "--wait", "0", wants=65)
        self.assertIn("第 3 行", done.stderr)
        done = self.village.call("join", "nonsense!", wants=65)
        self.assertFalse(self.village.folder.exists())
        self.village.call("join", wants=66)

    def test_a_code_that_was_used_withdrawn_or_has_expired_is_not_taken(self):
        invitation = self.invite()
        self.join(self.village, invitation["compact"], wants=75)
        thief = Node(programs, self.folder / "thief", "别的村", VILLAGE)
        self.assertIn(
            "已被另一个节点使用", thief.call("join", invitation["compact"], wants=77).stderr)
        self.township.call("invitations", "withdraw", invitation["id"])
        self.assertIn("已撤回", self.village.call("join", wants=77).stderr)
        self.assertEqual(self.township.ask("invitations")["items"][0]["state"], "withdrawn")
        self.township.call("invitations", "withdraw", invitation["id"], wants=1)
        self.township.call("invite", "茶香村", "--area", VILLAGE, "--expires", "0d", wants=64)
        self.township.call("invite", "茶香村", "--area", VILLAGE, "--expires", "91d", wants=65)
        self.township.call("invite", "别县的村", "--area", "522731101201", wants=77)

    def test_a_request_that_is_turned_away_says_why(self):
        self.join(self.village, self.invite()["compact"], wants=75)
        identity = self.township.ask("requests")["items"][0]["id"]
        self.township.call("reject", identity, "--reason", "不认识\x1b[2J")
        said = self.village.call("join", wants=77).stderr
        self.assertIn("不认识", said)
        self.assertNotIn("\x1b", said)

    def test_nobody_answers_is_said_with_the_address(self):
        code = self.invite("--address", "127.0.0.1:1", "--address", "[::1]:2")["compact"]
        said = self.village.call("join", code, wants=69).stderr
        self.assertIn("127.0.0.1:1", said)
        self.assertIn("[::1]:2", said)

    def test_a_daemon_too_old_for_codes_hangs_up_and_that_is_said(self):
        with socket.create_server(("127.0.0.1", 0)) as old:
            def hang_up():
                caller, _ = old.accept()
                caller.recv(4)
                caller.close()
            threading.Thread(target=hang_up, daemon=True).start()
            port = old.getsockname()[1]
            code = self.invite("--address", f"127.0.0.1:{port}")["compact"]
            self.assertIn("太旧", self.village.call("join", code, wants=69).stderr)

    def test_invitations_work_while_no_daemon_runs(self):
        listen = self.township.ask("status")["listen"]
        self.township.stop()
        self.township.call("invite", "茶香村", "--area", VILLAGE, wants=65)
        code = self.invite("--address", listen)["compact"]
        self.township.start("--listen", listen, "--log-level", "error")
        words = self.join(self.village, code, wants=75)[0]["words"]["zh"]
        self.township.stop()
        [asked] = self.township.ask("requests")["items"]
        self.assertEqual(asked["words"]["zh"], words)
        self.approve(asked["id"], words)
        self.assertEqual(self.township.ask("invitations")["items"][0]["state"], "approved")
        self.township.start("--listen", listen, "--log-level", "error")
        self.assertEqual(self.join(self.village)[0]["state"], "enrolled")

    def test_apps_are_told_what_is_wrong_with_an_invitation(self):
        for body, status, code in (
                ({"name": "村", "area": VILLAGE, "seconds": "x"}, 400, "bad_body"),
                ({"name": "村", "area": VILLAGE, "addresses": "a:1"}, 400, "bad_body"),
                ({"name": "村", "area": VILLAGE, "addresses": [1]}, 400, "bad_body"),
                ({"name": "村", "area": VILLAGE, "secret": "x"}, 400, "bad_body"),
                ({"name": "村", "area": "x"}, 422, "bad_area"),
                ({"name": "", "area": VILLAGE}, 422, "bad_name"),
                ({"name": "村", "area": VILLAGE, "seconds": -2**63}, 422, "bad_lifetime"),
                ({"name": "村", "area": VILLAGE, "seconds": 2**63 - 1}, 422, "bad_lifetime"),
                ({"name": "村", "area": VILLAGE, "addresses": ["x"]}, 422, "bad_addresses"),
                ({"name": "村", "area": "522731101201"}, 403, "outside_area")):
            answer = self.township.send("POST", "/v1/invitations", body)
            self.assertEqual((answer[0], answer[1]["code"]), (status, code), body)
        for path, body, status, code in (
                ("invitations/zzzzzz/withdraw", {}, 404, "unknown_invitation"),
                ("requests/zzzzzz/reject", {"reason": "长" * 67}, 422, "bad_reason"),
                ("requests/zzzzzz/reject", {}, 404, "unknown_invitation"),
                ("requests/zzzzzz/approve", {"chain": "00"}, 400, "bad_certificate")):
            answer = self.township.send("POST", f"/v1/{path}", body)
            self.assertEqual((answer[0], answer[1]["code"]), (status, code), path)
        self.assertEqual(self.township.ask("invitations")["items"], [])

    def test_a_join_that_was_killed_goes_on(self):
        command = [
            programs / "gridctl", "join", "--data", self.village.folder, "--json",
            self.invite()["compact"]]
        for _ in range(3):
            joining = subprocess.Popen(
                command[:-1] if self.village.folder.exists() else command,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
            words = json.loads(joining.stdout.readline())["words"]["zh"]
            joining.kill()
            joining.communicate()
        self.approve(self.township.ask("requests")["items"][0]["id"], words)
        self.assertEqual(self.join(self.village)[0]["state"], "enrolled")

    def test_a_qr_code_is_drawn_and_written_for_this_user_alone(self):
        picture = self.folder / "code.svg"
        done = self.township.call(
            "invite", "茶香村", "--area", VILLAGE, "--qr", "text", "--qr", f"svg:{picture}")
        self.assertIn("▀", done.stdout)
        self.assertIn("<svg", picture.read_text())
        self.assertEqual(picture.stat().st_mode & 0o077, 0)
        self.township.call(
            "invite", "茶香村", "--area", VILLAGE, "--qr", f"svg:{picture}", wants=77)
        self.township.call("invite", "茶香村", "--area", VILLAGE, "--qr", "png", wants=64)


class RootKey(unittest.TestCase):
    """The root's key and its passphrase, typed by people on a terminal."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.data = self.folder / "county"

    def types(self, lines, *words):
        """Runs gridctl on a terminal and types the lines; returns exit code and all that shows."""
        child, terminal = pty.fork()
        if child == 0:
            os.execv(programs / "gridctl", ["gridctl", *map(str, words)])
        shown = b""
        waiting = list(lines)
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
            if waiting and shown.rstrip(b" ").endswith(b":"):
                time.sleep(0.2)
                os.write(terminal, waiting.pop(0).encode() + b"\n")
        os.close(terminal)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")

    def init(self, *lines):
        return self.types(
            lines, "init", "--data", self.data, "--area", "522730", "--name", "龙里县", "--root")

    def test_a_passphrase_is_typed_twice_and_never_shown(self):
        code, shown = self.init("correct horse", "correct horse")
        self.assertEqual(code, 0, shown)
        self.assertNotIn("correct", shown)
        key = (self.data / "keys" / "root.key").read_text()
        self.assertTrue(key.startswith("onegrid-ed25519-sealed-1\n"))

    def test_two_that_differ_or_one_too_short_make_nothing(self):
        for lines in (["correct horse", "correct hors"], ["short"], [""]):
            code, shown = self.init(*lines)
            self.assertEqual(code, 65, shown)
            self.assertFalse((self.data / "keys" / "root.key").exists())

    def test_an_interrupt_ends_the_question_and_makes_nothing(self):
        code, shown = self.init("secret\x03")
        self.assertEqual(code, 65, shown)
        self.assertFalse((self.data / "keys" / "root.key").exists())

    def test_without_a_terminal_the_options_are_named(self):
        node = Node(programs, self.data, "龙里县", "522730")
        words = ("init", "--area", "522730", "--name", "龙里县", "--root")
        self.assertIn("--passphrase-file", node.call(*words, wants=65).stderr)
        self.assertIn("root.key", node.call(*words, "--no-passphrase").stderr)
        self.assertFalse(node.ask("key", "show")["root"]["sealed"])

    def test_a_passphrase_is_set_changed_and_taken_away(self):
        node = Node(programs, self.data, "龙里县", "522730")
        node.call("init", "--area", "522730", "--name", "龙里县", "--root", "--no-passphrase")
        before = node.ask("key", "show")["root"]["key"]
        change = ("key", "change-passphrase", "--data", self.data)
        code, shown = self.types(["correct horse", "correct horse"], *change)
        self.assertEqual(code, 0, shown)
        self.assertTrue(node.ask("key", "show")["root"]["sealed"])
        code, shown = self.types(["wrong"], *change)
        self.assertEqual(code, 77, shown)
        code, shown = self.types(["correct horse", "battery staple", "battery staple"], *change)
        self.assertEqual(code, 0, shown)
        code, shown = self.types(["correct horse"], *change, "--no-passphrase")
        self.assertEqual(code, 77, shown)
        code, shown = self.types(["battery staple"], *change, "--no-passphrase")
        self.assertEqual(code, 0, shown)
        after = node.ask("key", "show")["root"]
        self.assertEqual((after["key"], after["sealed"]), (before, False))
        self.assertEqual(
            sorted(each.name for each in (self.data / "keys").iterdir()),
            ["node.key", "root.key"])

    def test_who_approves_types_the_passphrase_for_a_file_too(self):
        code, shown = self.init("correct horse", "correct horse")
        self.assertEqual(code, 0, shown)
        village = Node(programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        request, grant = self.folder / "request", self.folder / "grant"
        village.call("request", "--area", VILLAGE, "--name", "茶香村", "--out", request)
        words = ("approve", "--data", self.data, "--request", request, "--out", grant)
        code, shown = self.types(["correct hors"], *words)
        self.assertEqual(code, 77, shown)
        self.assertFalse(grant.exists())
        code, shown = self.types(["correct horse"], *words)
        self.assertEqual(code, 0, shown)
        village.call("accept", "--grant", grant)


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
            "init", "--area", TOWNSHIP, "--name", "别的镇", "--root", "--no-passphrase", wants=77)
        self.assertIn("不会覆盖", done.stderr)

    def test_a_command_that_was_killed_half_way_may_be_given_again(self):
        folder = self.folder / "half"
        node = Node(programs, folder, "谷脚镇", TOWNSHIP)
        words = ("init", "--area", TOWNSHIP, "--name", node.name, "--root", "--no-passphrase")
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
        node.call("init", "--area", TOWNSHIP, "--name", "镇", "--root", "--no-passphrase", wants=65)

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
        cls.passphrase.chmod(0o600)
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
        other.chmod(0o600)
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


class Wired(unittest.TestCase):
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


class CutOffs(Wired):
    """A township cuts off the key of a village that calls it."""

    def titles(self, node):
        items = node.ask("list", "matters")["items"]
        return sorted(each["fields"]["title"] for each in items)

    def report(self, title):
        return self.village.put(
            "matters", f"title={title}", "place=村口", "grid_code=522730103210003")

    def quarantined(self, node):
        return [each["entries"] for each in node.ask("quarantine", "list")["items"]]

    def test_a_key_that_is_cut_off_learns_it_and_what_it_had_sent_counts(self):
        self.report("路灯不亮")
        eventually(lambda: self.titles(self.township) == ["路灯不亮"], "the first has arrived")
        self.village.call("pause")
        self.report("没有送到")
        answer = self.township.ask("revoke", "茶香村", "--reason", "replaced", "--note", "换了电脑")
        self.assertEqual([each["height"] for each in answer["logs"]], [1])
        self.village.call("resume")
        # The lines of its audit trail about the pause are nobody's work, and not counted.
        eventually(lambda: self.quarantined(self.village) == [1], "the village knows")
        self.assertEqual(self.titles(self.village), ["路灯不亮"])
        self.assertEqual(self.titles(self.township), ["路灯不亮"])
        text = self.village.call(
            "put", "matters", "title=再写", "place=村口", "grid_code=522730103210003", wants=77)
        self.assertIn("停用", text.stderr)
        codes = [each["code"] for each in self.village.ask("status")["findings"]]
        self.assertIn("key_cut_off", codes)
        shown = self.village.ask("quarantine", "show", "茶香村")["items"]
        self.assertEqual(
            [(each["collection"], each["new"], each["writes"][0]["value"]) for each in shown],
            [("matters", True, "没有送到")])
        self.assertEqual(self.township.ask("status")["villages"]["known"], 0)
        (item,) = self.township.ask("cutoffs")["items"]
        self.assertEqual(
            (item["name"], item["reason"], item["note"], item["counts"]),
            ("茶香村", "replaced", "换了电脑", True))
        acts = [each["act"] for each in self.township.ask("audit")["items"]]
        self.assertIn("cut_off", acts)
        for node in (self.township, self.village):
            self.assertEqual(node.ask("verify")["findings"], [])

    def test_what_was_written_since_a_day_is_taken_out_and_may_be_adopted(self):
        self.report("真的")
        time.sleep(1.1)
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        time.sleep(1.1)
        self.report("可疑的")
        eventually(lambda: len(self.titles(self.township)) == 2, "both have arrived")
        self.township.call("revoke", "茶香村", "--reason", "lost", "--since", since)
        eventually(
            lambda: self.township.ask("peers")["items"][0]["state"] != "connected", "no link")
        eventually(lambda: self.titles(self.township) == ["真的"], "the second counts no more")
        self.assertEqual(self.quarantined(self.township), [1])
        self.assertEqual(self.township.ask("verify")["findings"], [])
        self.township.stop()
        self.township.start()
        self.assertEqual(self.titles(self.township), ["真的"])
        adopted = self.township.ask("quarantine", "adopt", "茶香村")
        self.assertEqual((adopted["entries"], adopted["created"], adopted["skipped"]), (1, 1, []))
        self.assertEqual(self.titles(self.township), ["可疑的", "真的"])
        self.assertEqual(self.quarantined(self.township), [])

    def test_what_nobody_wants_is_thrown_away_when_that_is_said_twice(self):
        self.report("假的")
        eventually(lambda: len(self.titles(self.township)) == 1, "it has arrived")
        self.township.call("revoke", VILLAGE, "--reason", "lost", "--since", "2026-01-01")
        eventually(lambda: self.titles(self.township) == [], "nothing counts")
        self.township.call("quarantine", "discard", "茶香村", wants=64)
        self.assertEqual(self.township.ask("quarantine", "discard", "茶香村", "--yes")["entries"], 1)
        self.assertEqual(self.quarantined(self.township), [])
        self.township.call("quarantine", "show", "茶香村", wants=66)

    def test_nobody_cuts_off_who_stands_above_or_is_not_there(self):
        text = self.village.call("revoke", "谷脚镇", "--reason", "lost", wants=77).stderr
        self.assertIn("无权", text)
        self.township.call("revoke", "没有的村", "--reason", "lost", wants=66)
        self.assertIn("自己", self.township.call(
            "revoke", "谷脚镇", "--reason", "lost", wants=77).stderr)
        self.township.call("revoke", "茶香村", "--reason", "tired", wants=64)
        self.township.call("revoke", "茶香村", "--reason", "lost", "--since", "昨天", wants=65)
        self.assertEqual(self.township.ask("cutoffs")["items"], [])


class Links(Wired):
    """What passes the wire, and what happens when it is cut or a side is hurt."""

    def test_pause_and_resume_close_and_open_the_link(self):
        self.village.call("pause", "谷脚镇")
        upstream = eventually(
            lambda: (lambda each: each["state"] == "paused" and each)(
                self.village.ask("status")["upstream"]), "paused")
        self.assertEqual(upstream["reason"], "paused")
        self.village.put("households", "household_no=1")
        # The pause itself is an act for the audit trail.
        self.assertEqual(self.village.ask("status")["upstream"]["waiting_entries"], 2)
        self.village.call("resume")
        self.linked()
        self.delivered()
        self.assertEqual(
            self.township.ask("sql", "SELECT count(*) FROM households")["rows"], [[1]])

    def test_a_conflict_of_sensitive_values_is_masked_and_settled_unseen(self):
        identity = self.village.put("residents", "name=冯陈")
        self.delivered()
        self.link.cut()
        numbers = ["522730194912310027", "11010519491231002X"]
        self.village.put("residents", identity, f"id_no={numbers[0]}")
        self.township.put("residents", identity, f"id_no={numbers[1]}")
        self.link.join()
        self.linked()
        items = eventually(lambda: self.village.ask("conflicts")["items"], "a conflict")
        self.assertEqual(
            sorted(each["value"] for each in items[0]["values"]),
            ["110105********002X", "522730********0027"])
        self.assertTrue(items[0]["masked"])
        self.assertIn("--plain", self.village.call("conflicts").stdout)
        self.village.ask("resolve", "residents", identity, "id_no", "--keep", "2")
        self.assertEqual(self.village.ask("conflicts")["items"], [])
        self.delivered()
        shown = self.township.plainly("get", "residents", identity)["fields"]["id_no"]
        self.assertIn(shown, numbers)

    def test_a_township_reads_what_its_village_noted(self):
        identity = self.village.put("residents", "name=褚卫")
        self.village.call("get", "residents", identity, "--plain", "--reason", "走访前核对")
        self.delivered()
        acts = self.township.ask("audit", "--area", VILLAGE, "--act", "plain_read")["items"]
        self.assertEqual(
            [(each["reason"], each["author"]["name"]) for each in acts], [("走访前核对", "茶香村")])
        issued = self.township.ask("audit", "--act", "certificate")["items"]
        self.assertEqual([each["object"] for each in issued], ["茶香村"])
        self.assertTrue(self.township.ask("verify")["ok"])
        self.township.call("rebuild")
        acts = self.township.ask("audit", "--area", VILLAGE, "--act", "plain_read")["items"]
        self.assertEqual([each["reason"] for each in acts], ["走访前核对"])
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")

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
        secret.chmod(0o600)
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
