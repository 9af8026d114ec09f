# SPDX-License-Identifier: Apache-2.0
"""Promises about records on one node."""

import codecs
import json
import pathlib
import subprocess

import county
from county import OneNode, TOWNSHIP, VILLAGE


class Records(OneNode):
    """Records, their history and conflicts, on one node."""

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

    def test_what_terminals_obey_in_a_value_does_not_reach_them(self):
        title = "路灯\u009b2J\u202e不亮"
        identity = self.village.put("matters", f"title={title}")
        shown = self.village.ask("get", "matters", identity)["fields"]["title"]
        self.assertEqual(shown, title)
        for words in (("get", "matters", identity), ("list", "matters"),
                      ("history", "matters", identity)):
            said = self.village.call(*words).stdout
            self.assertIn("路灯·2J·不亮", said)
            self.assertNotRegex(said, "[\u0080-\u009f\u202e]")

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
        self.assertEqual(len(self.village.ask("collections")["items"]), 39)
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
            [county.programs / "gridd", "--data", self.village.folder],
            capture_output=True, text=True,
            timeout=60)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn(str(self.village.daemon.pid), done.stderr)

    def test_folder_keys_and_socket_are_for_their_user_alone(self):
        folder = pathlib.Path(self.village.folder)
        paths = [folder, *folder.rglob("*")]
        self.assertIn("grid.db", [path.name for path in paths])
        for path in paths:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
