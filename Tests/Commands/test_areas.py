# SPDX-License-Identifier: Apache-2.0
"""Promises about villages and grids that get other codes."""

import json

from county import VILLAGE, Wired, enrol
from processes.node import App
from processes.telling import eventually

NEW, OTHER, THIRD = "522730103230", "522730103217", "522730103231"
TOWNSHIP = "522730103"


class Areas(Wired):
    """A township, a village that calls it, and changes of their codes."""

    def matter(self, node, title, *words):
        return node.put("matters", f"title={title}", "place=村口", *words)

    def titles(self, node, *words):
        items = node.ask("list", "matters", *words)["items"]
        return sorted(each["fields"]["title"] for each in items)

    def now(self, node, code):
        items = node.ask("area", "list")["items"]
        return next((each["now"] for each in items if each["from"] == code), None)

    def test_a_village_gets_another_code_and_its_records_are_found_under_it(self):
        made = self.matter(self.village, "路灯不亮", f"grid_code={VILLAGE}003")
        self.delivered()
        told = self.township.call("area", "renumber", VILLAGE, NEW, "--note", "换码").stdout
        self.assertIn(NEW, told)
        for node in (self.township, self.village):
            eventually(lambda node=node: self.now(node, VILLAGE) == NEW, "the change is known")
        self.linked()
        # New records stand under the new code, and edits of old ones where they are.
        self.matter(self.village, "井盖坏了", f"grid_code={NEW}003")
        self.village.call("put", "matters", made, "title=路灯修好")
        eventually(lambda: self.titles(self.township) == ["井盖坏了", "路灯修好"], "both arrive")
        for node in (self.township, self.village):
            for area in (NEW, VILLAGE, TOWNSHIP):
                self.assertEqual(
                    self.titles(node, "--area", area), ["井盖坏了", "路灯修好"], (node.name, area))
                _, page = node.send("GET", f"/v1/changes?snapshot=1&collection=matters&area={area}")
                self.assertEqual(
                    sorted(each["record"]["fields"]["title"] for each in page["items"]),
                    ["井盖坏了", "路灯修好"], (node.name, area))
                rows = node.folder.parent / f"{node.name}-{area}.jsonl"
                node.call("export", "matters", "--jsonl", rows, "--area", area)
                self.assertEqual(len(rows.read_text().splitlines()), 2, (node.name, area))
            for grid in (f"{NEW}003", f"{VILLAGE}003"):
                self.assertEqual(len(self.titles(node, f"grid_code={grid}")), 2)
            record = node.ask("get", "matters", made)
            self.assertEqual((record["area"], record["former_area"]), (NEW, VILLAGE))
            self.assertEqual(len(node.ask("history", "matters", made)["items"]), 2)
            self.assertEqual(node.ask("verify")["findings"], [])
        self.assertIn("area_change", [each["act"] for each in self.township.ask("audit")["items"]])

    def test_who_follows_an_area_goes_on_under_its_new_code(self):
        app = App(self.township.folder / "gridd.sock")
        self.addCleanup(app.close)
        app.connection.request(
            "GET", f"/v1/changes?collection=matters&area={VILLAGE}&heartbeat=1",
            headers={"Accept": "application/x-ndjson"})
        answer = app.connection.getresponse()
        self.township.call("area", "renumber", VILLAGE, NEW)
        eventually(lambda: self.now(self.village, VILLAGE) == NEW, "the change is known")
        made = self.matter(self.village, "路灯不亮")
        heard = (json.loads(answer.readline()) for _ in range(60))
        event = next((each for each in heard if each["event"] == "change"), None)
        self.assertIsNotNone(event, "nothing but signs of life for a minute")
        self.assertEqual((event["record"]["id"], event["record"]["area"]), (made, NEW))

    def test_reports_count_under_the_new_code_from_the_day_on(self):
        for number in range(2):
            self.village.put("households", f"address=茶香村{number}组")
        self.delivered()
        self.township.call("area", "renumber", VILLAGE, NEW, "--date", "2026-11-01")
        self.linked()
        self.village.put("households", "address=茶香村3组")
        eventually(
            lambda: len(self.township.ask("list", "households")["items"]) == 3, "all are there")

        def households(period, *words):
            report = self.township.ask("report", "R6", "--period", period, *words)
            return {row[0]: row[3] for row in report["texts"] if row[2] == "全部户"}
        self.assertEqual(households("2026-10"), {VILLAGE: "2", NEW: "1"})
        for words in ((), ("--area", NEW), ("--area", VILLAGE)):
            self.assertEqual(households("2026-11", *words), {NEW: "3"}, words)

    def test_two_villages_become_one_and_read_and_write_in_each_other(self):
        other = enrol(self.township, self.township.folder.parent, "高堡村", OTHER)
        other.start("--peer", self.link.address, "--log-level", "error")
        self.addCleanup(other.stop)
        self.matter(self.village, "甲")
        made = self.matter(other, "乙")
        eventually(lambda: self.titles(self.township) == ["乙", "甲"], "both have arrived")
        self.assertEqual(self.titles(self.village), ["甲"])
        self.township.call("area", "merge", OTHER, VILLAGE)
        for node in (self.village, other):
            eventually(lambda node=node: self.titles(node) == ["乙", "甲"], "they read both")
        self.village.call("put", "matters", made, "title=丙")
        for node in (self.township, other):
            eventually(lambda node=node: self.titles(node) == ["丙", "甲"], "it was written")
        self.matter(other, "丁")
        eventually(
            lambda: self.titles(self.village, "--area", VILLAGE) == ["丁", "丙", "甲"],
            "what the old code writes stands under the new one")
        exposed = self.township.ask("exposure", "高堡村")
        self.assertEqual(
            {each["area"]: each["kind"] for each in exposed["areas"]},
            {VILLAGE: "own", OTHER: "own", TOWNSHIP: "above"})
        for node in (self.township, self.village, other):
            self.assertEqual(node.ask("verify")["findings"], [])

    def test_a_village_is_split_and_each_household_is_found_where_its_grid_went(self):
        stay, go = f"{VILLAGE}001", f"{VILLAGE}003"
        household = {}
        for grid, name in ((stay, "留户"), (go, "走户")):
            household[name] = self.village.put(
                "households", f"household_no={grid[-1]}", f"grid_code={grid}", f"address={name}")
            self.village.put("residents", f"name={name}人", f"household_id={household[name]}")
            self.matter(self.village, f"{name}的事", f"grid_code={grid}")
        self.matter(self.village, "全村的事")
        moved = self.village.ask("list", "matters", f"grid_code={go}")["items"][0]["id"]
        self.delivered()
        told = self.township.call(
            "area", "split", VILLAGE, THIRD, "--grids", "003=001", "--rest", NEW).stdout
        self.assertIn(f"{go} → {THIRD}001", told)
        # What counts already is not said again.
        self.township.call("area", "split", VILLAGE, THIRD, "--grids", "003=001", "--rest", NEW)
        self.assertEqual(len(self.township.ask("area", "list")["items"]), 3)
        self.linked()
        other = enrol(self.township, self.township.folder.parent, "新村", THIRD)
        other.start("--peer", self.link.address, "--log-level", "error")
        self.addCleanup(other.stop)
        eventually(lambda: len(self.titles(other)) == 3, "the heir has what was written before")

        def names(node, collection, field, area):
            items = node.ask("list", collection, "--area", area)["items"]
            return sorted(each["fields"][field] for each in items)
        for node in (self.township, self.village, other):
            for area, word, rest in ((NEW, "留户", ["全村的事"]), (THIRD, "走户", [])):
                found = names(node, "households", "address", area)
                self.assertEqual(found, [word], (node.name, area))
                self.assertEqual(len(names(node, "residents", "name", area)), 1)
                self.assertEqual(
                    names(node, "matters", "title", area), sorted([f"{word}的事"] + rest))
                rows = node.folder.parent / f"{node.name}-{area}.jsonl"
                node.call("export", "households", "--jsonl", rows, "--area", area)
                self.assertIn(household[word], rows.read_text())
                _, page = node.send("GET", f"/v1/changes?snapshot=1&collection=residents&area={area}")
                self.assertEqual(len(page["items"]), 1, (node.name, area))
            record = node.ask("get", "matters", moved)
            self.assertEqual((record["area"], record["former_area"]), (THIRD, VILLAGE))
            report = node.ask("report", "R6", "--period", "2026-12", "--area", THIRD)
            self.assertIn("1", [row[3] for row in report["texts"] if row[2] == "全部户"])
        # Both write where the past lies; what comes after is each one's own.
        other.call("put", "matters", moved, "title=走户的事办好", f"grid_code={THIRD}001")
        eventually(lambda: "走户的事办好" in self.titles(self.village), "it is written in the past")
        new = self.matter(other, "新村的事", f"grid_code={THIRD}001")
        own = self.matter(self.village, "留下的事", f"grid_code={NEW}001")
        eventually(lambda: {"新村的事", "留下的事"} < set(self.titles(self.township)), "both arrive")
        self.assertNotIn("留下的事", self.titles(other))
        self.assertNotIn("新村的事", self.titles(self.village))
        self.assertEqual(other.ask("get", "matters", new)["area"], THIRD)
        self.assertEqual(self.village.ask("get", "matters", own)["area"], NEW)
        # The number of a household that went is free for the village that stays.
        said = self.village.call("put", "matters", "title=错", f"grid_code={go}", wants=65).stderr
        self.assertIn("outside_area", said)
        # An old code of a grid that went stands for its new one, and nothing is half done in silence.
        again = self.township.put("matters", "title=旧码", "place=村口", f"grid_code={go}")
        self.assertEqual(self.township.ask("get", "matters", again)["area"], THIRD)
        before = self.township.ask("area", "list")["items"]
        said = self.township.call("area", "split", NEW, OTHER, "--grids", "005,006", "--rest",
                                  VILLAGE, wants=1).stderr
        self.assertIn(f"{NEW} → {VILLAGE}", said)
        self.assertIn("没有改动", said)
        self.township.call("area", "split", NEW, OTHER, "--grids", "007", "--rest", OTHER, wants=65)
        # Two grids of one number would be one.
        self.township.put("grids", f"grid_code={OTHER}008", "name=八号", "kind=rural", "status=active")
        said = self.township.call("area", "split", NEW, OTHER, "--grids", "008", wants=65).stderr
        self.assertIn(f"{OTHER}008", said)
        said = self.township.call("area", "split", NEW, THIRD, "--grids", "009", "--rest", OTHER,
                                  wants=65).stderr
        self.assertIn(f"{OTHER} 已经有网格", said)
        # What has another code by now goes by that.
        self.township.call("area", "split", VILLAGE, THIRD, "--grids", "009", wants=1)
        self.assertEqual(self.township.ask("area", "list")["items"], before)
        for node in (self.township, self.village, other):
            self.assertEqual(node.ask("verify")["findings"], [])

    def test_the_points_of_a_household_go_with_it(self):
        go = f"{VILLAGE}003"
        household = self.village.put("households", "household_no=1", f"grid_code={go}")
        stays = self.village.put("households", "household_no=2", f"grid_code={VILLAGE}001")
        staff = self.township.put("staff", "name=王五")
        self.delivered()
        eventually(lambda: self.village.ask("list", "staff")["items"], "staff are known")

        def score(node, account, delta):
            return node.put("points_entries", "kind=score", f"account={account}", "year=2026",
                            f"delta={delta}", "happened_on=2026-11-01", f"signed_by={staff}")
        entries = [score(self.village, account, 5) for account in (household, stays)]
        self.delivered()
        self.township.call("area", "split", VILLAGE, THIRD, "--grids", "003")
        other = enrol(self.township, self.township.folder.parent, "新村", THIRD)
        other.start("--peer", self.link.address, "--log-level", "error")
        self.addCleanup(other.stop)
        eventually(lambda: len(other.ask("list", "points_entries")["items"]) == 2, "it has the past")
        score(other, household, 3)
        eventually(
            lambda: len(self.township.ask("list", "points_entries")["items"]) == 3, "it arrives")
        for node in (self.township, other):
            report = node.ask("report", "R7", "--period", "2026", "--area", TOWNSHIP)
            self.assertEqual(
                sorted((row[0], row[2], row[6]) for row in report["texts"]),
                sorted([(THIRD, household, "2"), (VILLAGE, stays, "1")]), node.name)
            self.assertEqual(
                node.ask("get", "points_entries", entries[0])["area"], THIRD, node.name)

    def test_who_may_not_and_what_contradicts_is_refused_by_name(self):
        def refused(exit_code, *words, node=self.township):
            return node.call("area", *words, wants=exit_code).stderr
        refused(65, "renumber", VILLAGE, TOWNSHIP)
        refused(65, "merge", VILLAGE, "522730102202")
        refused(65, "merge", "茶香村", NEW)
        refused(65, "merge", VILLAGE, NEW, "--date", "明天")
        for grids in ("", "3", "003,003", "003=001,004=001", f"{OTHER}003", "003=001=002", "003="):
            refused(65, "split", VILLAGE, NEW, "--grids", grids)
        refused(65, "split", f"{VILLAGE}003", f"{VILLAGE}004", "--grids", "003")
        self.assertEqual(self.township.ask("area", "list")["items"], [])
        self.assertIn("无权", refused(77, "merge", VILLAGE, NEW, node=self.village))
        self.township.call("area", "renumber", VILLAGE, NEW)
        # Whoever came to the code that was left would be one with those who have left it.
        for words in (("merge", VILLAGE, OTHER), ("renumber", OTHER, NEW), ("merge", NEW, VILLAGE),
                      ("renumber", OTHER, VILLAGE)):
            self.assertIn("矛盾", refused(1, *words))
        for path, body, status, code in (
                ("areas", {"change": "00"}, 400, "bad_area_change"),):
            found = self.township.send("POST", f"/v1/authority/{path}", body)
            self.assertEqual((found[0], found[1]["code"]), (status, code))
        (item,) = self.township.ask("area", "list")["items"]
        self.assertEqual((item["standing"], item["from"], item["to"]), ("counts", VILLAGE, NEW))
        codes = {"area_change_without_weight", "area_change_contradicted"}
        self.assertEqual(codes & {each["code"] for each in self.township.ask("status")["findings"]},
                         set())
