# SPDX-License-Identifier: Apache-2.0
"""Promises about tables that are held against a peer's."""

import contextlib
import sqlite3
import unittest

from county import Wired
from processes.telling import eventually


class Tables(Wired):
    """A township and a village of which one's database is changed behind its back."""

    def setUp(self):
        super().setUp()
        self.ids = [
            self.village.put("households", f"household_no={number}", "address=一组")
            for number in range(100)]
        self.delivered()

    def compared(self, node, peer, command="verify", state="equal"):
        """Both have the same logs at last, and this comes of holding their tables together."""
        answer = {}

        def come():
            answer.update(node.ask(command, peer, wants=None))
            return answer["state"] == state

        eventually(come, f"{node.name} finds its tables {state}")
        return answer

    def tamper(self, node, statement, *cells):
        """Changes a stopped node's database."""
        node.stop()
        with contextlib.closing(sqlite3.connect(node.folder / "grid.db")) as database:
            changed = database.execute(statement, cells)
            self.assertEqual(changed.rowcount, 1)
            database.commit()
        node.start()
        self.linked()

    def found(self, answer):
        return [(each["collection"], each["id"], each["kind"])
                for area in answer["areas"] for each in area["records"]]

    def test_equal_tables_are_proved_equal_from_both_sides(self):
        for node, peer in ((self.village, "谷脚镇"), (self.township, "茶香村")):
            answer = self.compared(node, peer)
            self.assertEqual(answer["differing"], 0)
            (village,) = [each for each in answer["areas"] if each["area"] == self.village.code]
            self.assertGreaterEqual(village["here"], 100)
            self.assertEqual(node.call("verify", peer).returncode, 0)
        answer = self.village.ask("diff", "谷脚镇")
        self.assertEqual((answer["logs"], answer["records"]), ([], []))
        self.assertEqual((answer["out"]["entries"], answer["in"]["entries"]), (0, 0))

    def test_a_row_that_was_changed_is_found_named_and_mended(self):
        self.compared(self.village, "谷脚镇")
        spoilt = self.ids[42]
        self.tamper(
            self.village, "UPDATE households SET household_no = '假的' WHERE id = ?", spoilt)
        one = [("households", spoilt, "differs")]
        for node, peer in ((self.village, "谷脚镇"), (self.township, "茶香村")):
            answer = self.compared(node, peer, state="differ")
            self.assertEqual(self.found(answer), one)
            done = node.call("verify", peer, wants=1)
            self.assertIn(spoilt, done.stdout)
            self.assertRegex(done.stdout, r"[一-鿿]")
            self.assertIn("gridctl rebuild", done.stdout)
            # It stands, whoever asks, and says what to do.
            (finding,) = [each for each in node.ask("status")["findings"]
                          if each["code"] == "tables_differ"]
            self.assertIn(spoilt, finding["zh"])
            doctor = node.call("doctor", wants=1).stdout
            self.assertIn(spoilt, doctor)
            self.assertIn("gridctl verify", doctor)
        for node, peer, number in (
                (self.village, "谷脚镇", "假的"), (self.township, "茶香村", "42")):
            answer = self.compared(node, peer, "diff", state="differ")
            (record,) = answer["records"]
            self.assertEqual((record["id"], record["fields"]["household_no"]), (spoilt, number))
            self.assertIn(number, node.call("diff", peer, wants=1).stdout)
        # Whose tables do not fit its own log is wrong: each side's replay tells.
        self.assertTrue(self.township.ask("verify")["ok"])
        self.assertFalse(self.village.ask("verify", wants=1)["ok"])
        # A finding outlives the daemon.
        self.township.stop()
        self.township.start("--listen", "%s:%s" % self.link.target, "--log-level", "error")
        self.assertIn("tables_differ", self.codes(self.township))
        self.village.call("rebuild")
        for node, peer in ((self.village, "谷脚镇"), (self.township, "茶香村")):
            self.compared(node, peer)
            self.assertNotIn("tables_differ", self.codes(node))

    def codes(self, node):
        return [each["code"] for each in node.ask("status")["findings"]]

    def test_rows_that_are_gone_or_unreadable_are_told_apart(self):
        self.compared(self.village, "谷脚镇")
        gone, broken = self.ids[7], self.ids[8]
        self.tamper(self.village, "DELETE FROM households WHERE id = ?", gone)
        self.tamper(
            self.village, "UPDATE households SET _merge = zeroblob(40) WHERE id = ?", broken)
        answer = self.compared(self.village, "谷脚镇", "diff", state="differ")
        self.assertEqual(
            sorted(self.found(answer)),
            sorted([("households", gone, "missing_here"), ("households", broken, "differs")]))
        self.assertEqual([each["fields"] for each in answer["records"]], [None, None])
        answer = self.compared(self.township, "茶香村", state="differ")
        self.assertIn(("households", gone, "missing_there"), self.found(answer))

    def test_what_is_not_the_same_yet_is_said_to_be_so(self):
        self.compared(self.village, "谷脚镇")
        self.link.cut()
        self.village.put("households", "household_no=新")
        eventually(
            lambda: self.village.ask("status")["upstream"]["state"] != "connected", "no link")
        answer = self.village.ask("diff", "谷脚镇", wants=None)
        self.assertEqual(answer["state"], "not_comparable")
        self.assertEqual({each["reason"] for each in answer["areas"]}, {"audit_not_connected"})
        (log,) = answer["logs"]
        self.assertEqual((log["lacks"], log["entries"]), ("there", 1))
        self.assertGreater(log["bytes"], 0)
        self.assertEqual(answer["out"]["entries"], 1)
        done = self.village.call("verify", "谷脚镇", wants=75)
        self.assertIn("gridctl why", done.stdout)
        self.link.join()

    def test_a_difference_is_found_without_anybody_asking(self):
        self.compared(self.village, "谷脚镇")
        self.village.stop()
        with contextlib.closing(sqlite3.connect(self.village.folder / "grid.db")) as database:
            # As if the last audit were a day old.
            database.execute("DELETE FROM meta WHERE name LIKE 'table_audit/%'")
            database.execute(
                "UPDATE households SET household_no = '假的' WHERE id = ?", (self.ids[0],))
            database.commit()
        self.village.start()
        eventually(lambda: "tables_differ" in self.codes(self.village), "a finding", seconds=100)


if __name__ == "__main__":
    unittest.main()
