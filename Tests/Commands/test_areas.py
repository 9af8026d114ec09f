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

    def test_who_may_not_and_what_contradicts_is_refused_by_name(self):
        def refused(exit_code, *words, node=self.township):
            return node.call("area", *words, wants=exit_code).stderr
        refused(65, "renumber", VILLAGE, TOWNSHIP)
        refused(65, "merge", VILLAGE, "522730102202")
        refused(65, "merge", "茶香村", NEW)
        refused(65, "merge", VILLAGE, NEW, "--date", "明天")
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
