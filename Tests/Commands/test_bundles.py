# SPDX-License-Identifier: Apache-2.0
"""Promises about bundles on sticks, where there is no link at all."""

import base64
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

from county import ROOT, enrol, office, programs
from processes.telling import eventually

OTHER = "522730103211"


class Bundles(unittest.TestCase):
    """A township and two villages that never see each other but by sticks."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.township = office(self.folder)
        self.village = enrol(self.township, self.folder, "茶香村", "522730103210")
        for node in (self.township, self.village):
            node.start("--log-level", "error")
            self.addCleanup(node.stop)

    def stick(self, name):
        path = self.folder / name
        path.mkdir()
        return path

    def write(self, count, node=None):
        node = node or self.village
        app = node.app()
        try:
            for number in range(count):
                content = base64.b64encode(os.urandom(1_400)).decode()
                status, _ = app.send("POST", "/v1/records/matters", {
                    "fields": {"title": f"第{number}件", "content": content}})
                self.assertEqual(status, 201)
        finally:
            app.close()

    def export(self, node, to, stick, *words):
        return node.ask("bundle", "export", stick, "--to", to.name, *words)["items"]

    def take(self, node, *paths, wants=0):
        return node.ask("bundle", "import", *paths, wants=wants)["items"]

    def count(self, node):
        return node.ask("sql", "SELECT count(*) FROM matters")["rows"][0][0]

    def out(self, node):
        """What waits for the one peer, and how much of it is on the road."""
        out = node.ask("peers")["items"][0]["out"]
        return out["waiting_entries"], (out["on_the_road"] or {"entries": 0})["entries"]

    def same(self):
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")

    def test_a_month_without_a_link_is_told_by_sticks(self):
        self.write(40)
        waiting = self.village.ask("bundle", "plan", "--to", "谷脚镇")
        self.assertEqual(
            [(each["lane"], each["entries"]) for each in waiting["lanes"]], [("urgent", 40)])
        stick = self.stick("stick")
        (part,) = self.export(self.village, self.township, stick)
        self.assertEqual((part["entries"], part["has_more"]), (41, False))
        self.assertEqual(self.out(self.village), (41, 41))
        road = self.village.ask("status")["upstream"]["on_the_road"]
        self.assertEqual([each["name"] for each in road["bundles"]], [part["name"]])
        self.assertIn("在路上", self.village.call("status").stdout)
        (lag,) = self.village.ask("lag")["items"]
        self.assertEqual(
            (lag["out"]["waiting_entries"], lag["out"]["on_the_road"]["entries"]), (41, 41))
        self.assertIn("在路上", self.village.call("lag").stdout)
        self.assertIn(part["name"], self.village.call("peers").stdout)
        # The stick is only read, and nothing is left on it but the bundle.
        self.assertEqual([each.name for each in stick.iterdir()], [pathlib.Path(part["file"]).name])
        before = pathlib.Path(part["file"]).read_bytes()
        stick.chmod(stat.S_IRUSR | stat.S_IXUSR)
        (item,) = self.take(self.township, stick)
        stick.chmod(0o700)
        self.assertEqual(pathlib.Path(part["file"]).read_bytes(), before)
        self.assertEqual(
            (item["new_entries"], item["parked_runs"], item["refused"], item["problem"]),
            (41, 0, [], None))
        self.assertEqual(self.count(self.township), 40)
        back = self.stick("back")
        self.export(self.township, self.village, back)
        (item,) = self.take(self.village, back)
        self.assertEqual(item["acknowledged_entries"], 41)
        self.assertEqual(self.out(self.village), (0, 0))
        waiting, road = self.out(self.township)
        self.assertEqual(waiting, road)
        self.same()
        # A last stick brings nothing but the acknowledgement, and is no act to note.
        last = self.stick("last")
        (part,) = self.export(self.village, self.township, last)
        self.assertEqual(part["entries"], 0)
        self.take(self.township, last)
        self.assertEqual((self.out(self.village), self.out(self.township)), ((0, 0), (0, 0)))
        for node in (self.village, self.township):
            lag = node.ask("lag")
            self.assertEqual((lag["out"]["waiting_entries"], lag["out"]["settled_peers"]), (0, 1))
            self.assertIsNone(lag["items"][0]["out"]["on_the_road"])
        self.same()
        acts = [each["act"] for each in self.township.ask("audit")["items"]]
        self.assertEqual(acts.count("bundle_import"), 1)
        self.assertIn("bundle_export", acts)
        for node in (self.township, self.village):
            self.assertTrue(node.ask("verify")["ok"])

    def test_a_stick_that_is_not_there_is_told_before_anything_is_made(self):
        nowhere = self.folder / "nowhere"
        said = self.village.call(
            "bundle", "export", nowhere, "--to", self.township.name, wants=66)
        self.assertIn("请插好存储盘", said.stderr)
        self.assertFalse(nowhere.exists())
        self.assertEqual(list((self.village.folder / "bundles").glob("*")), [])

    def test_the_first_stick_is_made_by_who_has_never_heard_from_the_office(self):
        identity = self.village.put("households", "household_no=00001")
        stick = self.stick("stick")
        (part,) = self.export(self.village, self.township, stick)
        self.assertEqual(part["to"]["key"], self.township.ask("key", "show")["node"]["key"])
        (item,) = self.take(self.township, stick)
        self.assertEqual((item["refused"], item["problem"]), ([], None))
        self.township.ask("get", "households", identity)

    def test_the_story_of_a_bundle_trip_ends_with_both_sides_equal(self):
        done = subprocess.run(
            [ROOT / "scripts" / "story-bundle-trip", programs], capture_output=True, text=True,
            timeout=170)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_lost_stick_is_sent_again_and_everything_may_come_twice(self):
        self.write(10)
        lost = self.stick("lost")
        self.export(self.village, self.township, lost)
        shutil.rmtree(lost)
        self.write(5)
        second = self.stick("second")
        (part,) = self.export(self.village, self.township, second)
        # Only what was not on the road yet: five matters and the note of the export.
        self.assertEqual(part["entries"], 6)
        (item,) = self.take(self.township, second)
        self.assertEqual((item["new_entries"], item["parked_runs"] > 0), (0, True))
        again = self.stick("again")
        (part,) = self.export(self.village, self.township, again, "--again")
        self.assertGreaterEqual(part["entries"], 17)
        for _ in range(2):
            self.take(self.township, again, second)
        self.assertEqual(self.count(self.township), 15)
        back = self.stick("back")
        self.export(self.township, self.village, back)
        self.take(self.village, back)
        self.assertEqual(self.out(self.village), (0, 0))
        self.same()

    def test_parts_go_on_from_stick_to_stick_and_come_in_any_order(self):
        self.write(600)
        sticks = [self.stick(f"stick{number}") for number in range(3)]
        limits = ("--max-size", "256K", "--files", "1")
        parts = [self.export(self.village, self.township, sticks[0], *limits)[0]]
        # The daemon may stop in between.
        self.village.stop()
        self.village.start()
        parts += self.export(self.village, self.township, sticks[1], *limits)
        parts += self.export(self.village, self.township, sticks[2], "--max-size", "256K")
        self.assertGreater(len(parts), 3)
        self.assertEqual(len({each["name"] for each in parts}), 1)
        self.assertEqual([each["part"] for each in parts], list(range(1, len(parts) + 1)))
        self.assertEqual([each["has_more"] for each in parts], [True] * (len(parts) - 1) + [False])
        for each in parts:
            size = pathlib.Path(each["file"]).stat().st_size
            self.assertEqual(size, each["bytes"])
            self.assertLessEqual(size, 256 * 1024)
        items = self.take(self.township, sticks[2], sticks[1], sticks[0], sticks[1])
        self.assertGreater(sum(each["parked_runs"] for each in items), 0)
        self.assertEqual([each["refused"] for each in items], [[]] * len(items))
        self.assertEqual(self.count(self.township), 600)
        back = self.stick("back")
        self.export(self.township, self.village, back)
        self.take(self.village, back)
        self.assertEqual(self.out(self.village), (0, 0))
        self.same()

    def test_what_is_damaged_cut_off_or_for_another_is_named(self):
        other = enrol(self.township, self.folder, "大新村", OTHER)
        other.start("--log-level", "error")
        self.addCleanup(other.stop)
        self.write(600)
        stick = self.stick("stick")
        (part,) = self.export(self.village, self.township, stick)
        file = pathlib.Path(part["file"])
        whole = file.read_bytes()
        text = other.call("bundle", "import", file, wants=65).stderr
        self.assertIn("bundle_for_another", text)
        # In a folder it is passed over: the stick may carry bundles for many.
        (item,) = self.take(other, stick)
        self.assertEqual(item["skipped"]["code"], "bundle_for_another")
        self.assertIn(part["name"], other.call("bundle", "inspect", file).stdout)
        file.write_bytes(whole[:500_000])
        (item,) = self.take(self.township, file, wants=65)
        self.assertEqual(item["problem"]["code"], "bundle_incomplete")
        taken = self.count(self.township)
        self.assertTrue(0 < taken < 600, taken)
        for place in (70, 100, 120_000):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
            (item,) = self.take(self.township, file, wants=65)
            self.assertIn(
                item["problem"]["code"], ("bundle_damaged", "bundle_incomplete"))
        file.write_bytes(b"\0" * 5_000)
        (item,) = self.take(self.township, file, wants=65)
        self.assertEqual(item["problem"]["code"], "not_a_bundle")
        file.write_bytes(whole)
        looked = self.township.ask("bundle", "inspect", file)
        self.assertEqual(looked["from"]["name"], "茶香村")
        self.assertEqual(sum(each["entries"] for each in looked["lanes"]), 601)
        (item,) = self.take(self.township, file)
        self.assertEqual(self.count(self.township), 600)
        self.same_area()
        self.assertTrue(self.township.ask("verify")["ok"])
        # Nothing is left in the folders of the nodes.
        for node in (self.township, self.village, other):
            left = list((node.folder / "bundles").glob("*"))
            self.assertEqual(left, [])

    def same_area(self):
        area = self.village.code
        self.assertEqual(self.village.digests()[area], self.township.digests()[area])

    def test_nothing_is_made_for_those_who_are_unknown_or_cut_off(self):
        self.village.call("bundle", "export", self.folder, "--to", "没有的镇", wants=66)
        self.village.call(
            "bundle", "export", self.folder, "--to", "谷脚镇", "--max-size", "1K", wants=65)
        self.village.call(
            "bundle", "export", self.folder, "--to", "谷脚镇", "--max-size", "much", wants=64)
        self.village.call("bundle", "export", self.folder / "none", "--to", "谷脚镇", wants=66)
        self.write(3)
        stick = self.stick("stick")
        (part,) = self.export(self.village, self.township, stick)
        self.township.call("revoke", "茶香村", "--reason", "lost")
        (item,) = self.take(self.township, part["file"], wants=65)
        self.assertEqual(item["problem"]["code"], "key_cut_off")
        text = self.township.call(
            "bundle", "export", stick, "--to", "茶香村", wants=77).stderr
        self.assertIn("停用", text)
