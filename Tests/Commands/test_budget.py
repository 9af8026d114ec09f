# SPDX-License-Identifier: Apache-2.0
"""Promises about links that are paid by the byte."""

from county import VILLAGE, Wired
from processes.telling import Failed, eventually

GRID = VILLAGE + "003"


class Budgets(Wired):
    """A village whose budget is spent, and its township."""

    def restart(self, *lines):
        self.village.stop()
        settings = self.village.folder / "gridd.yaml"
        settings.write_text("link:\n  budget:\n" + "".join(f"    {line}\n" for line in lines),
                            encoding="utf-8")
        self.village.start("--peer", self.link.address, "--log-level", "error")
        self.linked()

    def lag(self, node):
        return node.ask("lag")["items"][0]

    def waits(self, node, code):
        return eventually(lambda: self.lag(node)["reason"] == code and self.lag(node), code)

    def test_what_is_routine_waits_and_what_is_urgent_goes(self):
        self.restart("day_bytes: 1")
        self.village.put("households", "household_no=1")
        self.village.put("matters", "title=水管漏水", "place=村口", f"grid_code={GRID}")
        item = self.waits(self.village, "budget_spent")
        eventually(lambda: self.township.ask("list", "matters")["items"], "the matter is there")
        self.assertEqual(self.township.ask("list", "households")["items"], [])
        self.assertEqual(item["state"], "connected")
        self.assertEqual([lane["lane"] for lane in self.lag(self.village)["out"]["lanes"]],
                         ["routine"])
        budget = self.village.ask("lag")["budget"]
        self.assertTrue(budget["spent"])
        self.assertEqual(budget["day_bytes"], 1)
        self.assertGreater(budget["counted_bytes"], 1)
        self.assertRegex(budget["resumes_at"], r"T00:00:00\+08:00$")
        self.assertEqual(self.village.ask("why", "谷脚镇")["cause"]["code"], "budget_spent")
        looks = self.village.ask("doctor", wants=None)["items"]
        self.assertIn("budget_spent", [each["code"] for each in looks])
        text = self.village.call("lag").stdout
        self.assertIn("流量预算已用完", text)
        self.assertIn("恢复", text)

    def test_the_other_side_holds_back_and_says_so(self):
        self.restart("day_bytes: 1")
        self.township.put("households", "household_no=9", "--area", VILLAGE)
        self.waits(self.township, "peer_budget_spent")
        self.assertEqual(self.village.ask("list", "households")["items"], [])
        self.restart("day_bytes: 100000000")
        eventually(lambda: self.village.ask("list", "households")["items"], "it came")
        self.assertEqual(self.lag(self.township)["reason"], "")

    def test_the_count_of_a_day_outlives_the_daemon(self):
        self.village.put("households", "household_no=1")
        self.delivered()
        before = self.village.ask("lag")["budget"]["counted_bytes"]
        self.assertGreater(before, 500)
        self.restart(f"day_bytes: {before}")
        self.village.put("households", "household_no=2")
        self.waits(self.village, "budget_spent")
        self.assertGreaterEqual(self.village.ask("lag")["budget"]["counted_bytes"], before)

    def test_cheap_hours_are_not_counted(self):
        self.restart("day_bytes: 1", 'cheap_hours: ["00:00-12:00", "12:00-24:00"]')
        self.village.put("households", "household_no=1")
        self.delivered()
        budget = self.village.ask("lag")["budget"]
        self.assertTrue(budget["cheap_now"])
        self.assertFalse(budget["spent"])
        self.assertGreater(budget["free_bytes"], 500)

    def test_a_setting_that_is_no_time_is_named(self):
        self.village.stop()
        (self.village.folder / "gridd.yaml").write_text(
            'link:\n  budget:\n    cheap_hours: ["night"]\n', encoding="utf-8")
        with self.assertRaises(Failed) as refusal:
            self.village.start("--peer", self.link.address)
        self.assertIn("link.budget.cheap_hours", str(refusal.exception))
        self.assertIn("HH:MM-HH:MM", str(refusal.exception))
