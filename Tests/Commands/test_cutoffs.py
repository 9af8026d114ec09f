# SPDX-License-Identifier: Apache-2.0
"""Promises about keys that are cut off."""

import pathlib
import time

from county import VILLAGE, Wired
from processes.telling import eventually


class CutOffs(Wired):
    """A township cuts off the key of a village that calls it."""

    @property
    def stick(self):
        return pathlib.Path(self.temporary.name)

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
            [(each["collection"], each["new"]) for each in shown], [("matters", True)])
        self.assertIn("没有送到", [each["value"] for each in shown[0]["writes"]])
        self.assertEqual(self.township.ask("status")["villages"]["known"], 0)
        (item,) = self.township.ask("cutoffs")["items"]
        self.assertEqual(
            (item["name"], item["reason"], item["note"], item["counts"]),
            ("茶香村", "replaced", "换了电脑", True))
        acts = [each["act"] for each in self.township.ask("audit")["items"]]
        self.assertIn("cut_off", acts)
        for node in (self.township, self.village):
            self.assertEqual(node.ask("verify")["findings"], [])

    def test_what_is_in_quarantine_of_a_child_is_masked_as_everywhere(self):
        def resident(*fields):
            return self.village.put("residents", "--area", VILLAGE, *fields)
        child = resident("name=李四光", "birth_date=2020-05-01")
        eventually(lambda: self.township.ask("list", "residents")["items"], "it has arrived")
        self.village.call("pause")
        self.village.call("put", "residents", child, "name=李小光")
        resident("name=周小明", "birth_date=2021-05-01")
        resident("name=赵大年", "birth_date=1990-05-01")
        self.township.call("revoke", "茶香村", "--reason", "replaced")
        self.village.call("resume")
        eventually(lambda: self.quarantined(self.village) == [3], "the village knows")
        shown = self.village.ask("quarantine", "show", "茶香村")["items"]
        names = [write["value"] for each in shown for write in each["writes"]
                 if write["field"] == "name"]
        self.assertEqual(names, ["李*光", "周*明", "赵大年"])

    def test_the_unsent_work_of_a_lost_machine_comes_to_the_office_on_a_stick(self):
        self.report("路灯不亮")
        eventually(lambda: self.titles(self.township) == ["路灯不亮"], "the first has arrived")
        self.link.cut()
        self.report("没送到的甲")
        matter = self.report("没送到的乙")
        self.village.call("put", "matters", matter, "place=桥头")
        self.township.call("revoke", "茶香村", "--reason", "lost")
        # It is found again, and hears of it.
        self.link.join()
        eventually(lambda: self.quarantined(self.village) == [3], "the village knows")
        stick = self.stick / "found.quarantine"
        made = self.village.ask("quarantine", "export", stick, "--to", "谷脚镇")
        self.assertEqual(made["to"]["name"], "谷脚镇")
        # A key that was cut off writes nothing, no audit trail either.
        self.assertFalse(made["noted"])
        self.assertEqual(self.quarantined(self.village), [3])
        self.assertEqual(list((self.village.folder / "bundles").iterdir()), [])
        self.assertNotIn("没送到".encode(), stick.read_bytes())
        before = stick.read_bytes()
        self.village.call("quarantine", "export", stick, "--to", "谷脚镇", wants=70)
        self.village.call("quarantine", "import", stick, wants=65)
        self.assertIn("不是数据包", self.township.call("bundle", "import", stick, wants=65).stderr)

        came = self.township.ask("quarantine", "import", stick)
        self.assertEqual((came["from"]["name"], came["new_entries"]), ("茶香村", 3))
        self.assertEqual((came["refused"], came["problem"], came["noted"]), ([], None, True))
        self.assertEqual(self.township.ask("quarantine", "import", stick)["new_entries"], 0)
        self.assertEqual(stick.read_bytes(), before)
        self.assertEqual(self.titles(self.township), ["路灯不亮"])
        (item,) = self.township.ask("quarantine", "list")["items"]
        self.assertEqual(
            (item["entries"], [each["name"] for each in item["carried_by"]]), (3, ["茶香村"]))
        self.assertIn("茶香村", self.township.call("quarantine", "list").stdout)
        shown = self.township.ask("quarantine", "show", "茶香村")
        self.assertEqual([each["new"] for each in shown["items"]], [True, True, False])
        self.assertIn("没送到的甲", self.township.call("quarantine", "show", "茶香村").stdout)
        adopted = self.township.ask("quarantine", "adopt", "茶香村")
        self.assertEqual((adopted["created"], adopted["changed"], adopted["skipped"]), (2, 1, []))
        self.assertEqual(self.titles(self.township), ["没送到的乙", "没送到的甲", "路灯不亮"])
        places = {each["fields"]["title"]: each["fields"]["place"]
                  for each in self.township.ask("list", "matters")["items"]}
        self.assertEqual(places["没送到的乙"], "桥头")
        # What was settled does not come back.
        again = self.township.ask("quarantine", "import", stick)
        self.assertEqual((again["new_entries"], again["noted"]), (0, None))
        self.assertEqual(self.quarantined(self.township), [])
        trail = self.township.ask("audit")["items"]
        self.assertIn(
            ("quarantine_import", "茶香村"), [(each["act"], each["object"]) for each in trail])
        for node in (self.township, self.village):
            self.assertEqual(node.ask("verify")["findings"], [])
        self.township.stop()
        self.township.start()
        self.assertEqual(len(self.titles(self.township)), 3)

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
