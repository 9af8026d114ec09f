# SPDX-License-Identifier: Apache-2.0
"""Promises about logs that their own writer has forked."""

import pathlib
import unittest

from county import Wired
from processes.telling import eventually


class Disk:
    """A folder's files as they are now, to be put back under the same inodes, as an image of the
    whole disk does it: nothing in the folder can tell."""

    def __init__(self, node):
        self.node = node
        self.files = {each: each.read_bytes() for each in node.folder.iterdir() if each.is_file()}

    def put_back(self):
        for each in self.node.folder.iterdir():
            if each.is_file() and each not in self.files:
                each.unlink()
        for each, content in self.files.items():
            with open(each, "r+b" if each.exists() else "wb") as file:
                file.truncate(0)
                file.write(content)


class Forks(Wired):
    """A village whose disk is put back writes on before it meets its township again."""

    def titles(self, node):
        items = node.ask("list", "matters")["items"]
        return sorted(each["fields"]["title"] for each in items)

    def report(self, title):
        return self.village.put(
            "matters", f"title={title}", "place=村口", "grid_code=522730103210003")

    def show(self, *titles):
        """Both nodes come to have these, and no others."""
        for node in (self.township, self.village):
            eventually(
                lambda: self.titles(node) == sorted(titles), f"{node.name}: {' '.join(titles)}")

    def codes(self, node):
        return [each["code"] for each in node.ask("status")["findings"]]

    def forked(self, *households):
        """
        Args:
            households: one that is written on each branch, so that another log is forked, too.
        """
        self.report("共同的")
        self.show("共同的")
        self.village.stop()
        disk = Disk(self.village)
        self.village.start()
        self.linked()
        for number in households[:1]:
            self.village.put("households", f"household_no={number}")
        self.report("镇里有的")
        self.show("共同的", "镇里有的")
        self.delivered()
        self.village.stop()
        self.link.cut()
        disk.put_back()
        self.village.start()
        for number in households[1:]:
            self.village.put("households", f"household_no={number}")
        self.report("村里又写的")
        self.assertEqual(self.titles(self.village), ["共同的", "村里又写的"])
        self.link.join()
        self.show("共同的")

    def test_a_forked_log_is_frozen_everywhere_and_its_office_says_what_counts(self):
        self.forked()
        for node in (self.township, self.village):
            self.assertIn("log_forked", self.codes(node))
            self.assertIn("gridctl fork show", node.call("doctor", wants=1).stdout)
            (fork,) = node.ask("fork", "list")["items"]
            self.assertEqual((fork["state"], fork["common_height"]), ("open", 1))
            self.assertEqual(len(fork["branches"]), 2)
        incidents = self.village.ask("incidents")["items"]
        self.assertIn("own_log_forked", [each["code"] for each in incidents])
        # It writes on under another name.
        self.report("换身份后写的")
        self.show("共同的", "换身份后写的")

        shown = self.township.ask("fork", "show", fork["replica"])
        written = {
            write["value"]: branch["number"] for branch in shown["branches"]
            for item in branch["items"] for write in item["writes"] if write["field"] == "title"}
        self.assertIn("镇里有的", written)
        words = self.township.call("fork", "show", "茶香村").stdout
        self.assertIn("镇里有的", words)
        refused = self.township.call(
            "fork", "close", "茶香村", "--keep", "9", wants=66).stderr
        self.assertIn("没有版本", refused)
        refused = self.village.call(
            "fork", "close", "茶香村", "--keep", "1", wants=77).stderr
        self.assertIn("无权", refused)

        keep = str(written["镇里有的"])
        answer = self.township.ask("fork", "close", fork["replica"], "--keep", keep)
        self.assertEqual(answer["height"], 2)
        self.show("共同的", "换身份后写的", "镇里有的")
        self.assertEqual(
            [each["state"] for each in self.village.ask("fork", "list")["items"]], ["closed"])
        self.assertNotIn("log_forked", self.codes(self.township))
        acts = [each["act"] for each in self.township.ask("audit")["items"]]
        self.assertIn("close_fork", acts)
        # The other version was not lost: whoever answers for it writes it again.
        adopted = self.village.ask("quarantine", "adopt", "茶香村")
        self.assertEqual(adopted["created"], 1)
        self.show("共同的", "换身份后写的", "村里又写的", "镇里有的")
        for node in (self.township, self.village):
            self.assertEqual(node.ask("verify")["findings"], [])
        self.village.stop()
        self.village.start()
        self.linked()
        self.delivered()
        self.assertEqual(self.township.digests(), self.village.digests())

    def test_the_version_that_does_not_count_comes_to_the_office_on_a_stick(self):
        self.forked()
        (fork,) = self.township.ask("fork", "list")["items"]
        stick = pathlib.Path(self.temporary.name) / "branch"
        made = self.village.ask("quarantine", "export", stick, "--to", "谷脚镇")
        self.assertTrue(made["noted"])
        acts = [each["act"] for each in self.village.ask("audit")["items"]]
        self.assertIn("quarantine_export", acts)
        # Before the fork is closed, both versions lie there.
        self.assertEqual(self.township.ask("quarantine", "import", stick)["new_entries"], 1)
        shown = self.township.ask("quarantine", "show", "茶香村")
        titles = {write["value"] for item in shown["items"] for write in item["writes"]}
        self.assertLessEqual({"镇里有的", "村里又写的"}, titles)
        branches = self.township.ask("fork", "show", fork["replica"])["branches"]
        first = next(
            branch["first"] for branch in branches
            if any(write["value"] == "镇里有的" for item in branch["items"]
                   for write in item["writes"]))
        self.township.call("fork", "close", "茶香村", "--keep", first[:16])
        self.show("共同的", "镇里有的")
        (item,) = self.township.ask("quarantine", "list")["items"]
        self.assertEqual(
            (item["entries"], [each["name"] for each in item["carried_by"]]), (1, ["茶香村"]))
        self.township.call("quarantine", "adopt", "茶香村")
        self.show("共同的", "村里又写的", "镇里有的")
        self.assertEqual(self.township.ask("quarantine", "import", stick)["new_entries"], 0)
        # The machine keeps what it has until somebody throws it away there.
        self.assertEqual(
            [each["entries"] for each in self.village.ask("quarantine", "list")["items"]], [1])
        self.village.call("quarantine", "discard", "茶香村", "--yes")
        for node in (self.township, self.village):
            self.assertEqual(node.ask("verify")["findings"], [])
        self.linked()
        self.delivered()
        self.assertEqual(self.township.digests(), self.village.digests())

    def test_the_version_that_was_carried_may_be_the_one(self):
        self.forked()
        shown = self.village.ask("fork", "show", "茶香村")
        first = next(
            branch["first"] for branch in shown["branches"]
            if any(write["value"] == "村里又写的" for item in branch["items"]
                   for write in item["writes"]))
        stick = pathlib.Path(self.temporary.name) / "branch"
        self.village.call("quarantine", "export", stick, "--to", "谷脚镇")
        self.village.stop()
        self.township.call("quarantine", "import", stick)
        self.township.call("fork", "close", "茶香村", "--keep", first[:16])
        eventually(
            lambda: self.titles(self.township) == ["共同的", "村里又写的"], "it counts")
        self.assertEqual(self.township.ask("verify")["findings"], [])

    def test_the_version_that_only_the_village_has_may_be_the_one(self):
        self.forked()
        (fork,) = self.township.ask("fork", "list")["items"]
        shown = self.village.ask("fork", "show", fork["replica"])
        first = next(
            branch["first"] for branch in shown["branches"]
            if any(write["value"] == "村里又写的" for item in branch["items"]
                   for write in item["writes"]))
        self.township.call("fork", "close", "茶香村", "--keep", first[:16], "--note", "以村里为准")
        self.show("共同的", "村里又写的")
        self.township.call("quarantine", "adopt", "茶香村")
        self.show("共同的", "村里又写的", "镇里有的")

    def test_a_node_with_two_forked_logs_is_no_name_for_one(self):
        self.forked(1, 2)
        eventually(
            lambda: len(self.township.ask("fork", "list")["items"]) == 2, "both forks are proved")
        for log, code in (("茶香村", "ambiguous_log"), ("没有的村", "no_such_fork")):
            status, answer = self.township.send("POST", "/v1/forks/show", {"log": log})
            self.assertEqual((status, answer["code"]), (404, code))
        for fork in self.township.ask("fork", "list")["items"]:
            self.township.call("fork", "show", fork["log"])



if __name__ == "__main__":
    unittest.main()
