# SPDX-License-Identifier: Apache-2.0
"""Promises about records that only the devices named in them may read."""

import pathlib
import tempfile
import unittest

from county import VILLAGE, enrol, office
from processes.node import Node
from processes.telling import eventually

CATEGORY, PLAN, VISIT = "严重精神障碍", "每周二上门送药", "家属说近来睡得好"
MARK = "仅指定设备可见 / sealed for named devices"
SECRETS = (CATEGORY, PLAN, VISIT)


class Readers(unittest.TestCase):
    """A village writes for the township's device; another device of the village carries it."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.township = office(self.folder)
        self.village = enrol(self.township, self.folder, "茶香村", VILLAGE)
        (self.folder / "other").mkdir()
        self.other = enrol(self.township, self.folder / "other", "茶香村二室", VILLAGE)
        self.township.start("--listen", "127.0.0.1:0", "--log-level", "error")
        self.address = self.township.ask("status")["listen"]
        for node in (self.village, self.other):
            node.start("--peer", self.address, "--log-level", "error")
        for node in (self.township, self.village, self.other):
            self.addCleanup(node.stop)

    def write(self, readers="谷脚镇"):
        """A record of somebody's care; returns its id."""
        status, answer = self.village.send(
            "POST", "/v1/records/care_records",
            {"fields": {
                "category": CATEGORY, "concern_level": "high", "lead_department": "卫健办",
                "readers": [readers], "plan": [{"on": "2026-01-05", "text": PLAN}],
                "valid_from": "2026-01-01"}})
        self.assertEqual(status, 201, answer)
        return answer["id"]

    def has(self, node, identity):
        eventually(
            lambda: node.call("get", "care_records", identity, wants=None).returncode == 0,
            f"{node.name} has it")

    def same(self, *nodes):
        def digests():
            return {tuple(sorted(node.digests()[VILLAGE])) for node in nodes}
        eventually(lambda: len(digests()) == 1, "all are equal")

    def plain(self, node, identity):
        return node.plainly("get", "care_records", identity)

    def blind(self, node, identity):
        """The node has the record, and shows nothing of it in any way there is."""
        record = self.plain(node, identity)
        for field in ("category", "concern_level", "lead_department", "valid_from"):
            self.assertEqual(record["fields"][field], MARK)
        self.assertFalse(record["sealed"]["opens"])
        self.assertNotIn("names", record["sealed"])
        shown = [
            node.call("get", "care_records", identity).stdout,
            node.call("list", "care_records").stdout,
            node.call("history", "care_records", identity).stdout,
            node.call("why", "care_records", identity, "category").stdout,
            node.call("log", wants=None).stdout,
            str(node.plainly("history", "care_records", identity)),
            str(node.plainly("sql", "SELECT * FROM care_records")),
            str(node.ask("conflicts")), str(node.ask("events")),
            str(node.send("GET", "/v1/records/care_records/" + identity)),
        ]
        for text in shown:
            for secret in SECRETS:
                self.assertNotIn(secret, text)
        self.assertIn(MARK, shown[0])
        for secret in SECRETS:
            self.assertFalse(node.holds(secret))
        self.assertEqual(node.ask("verify")["findings"], [])

    def test_only_the_named_device_reads_what_everybody_carries(self):
        identity = self.write()
        for node in (self.township, self.other):
            self.has(node, identity)
        for node in (self.township, self.village):
            record = self.plain(node, identity)
            self.assertEqual(record["fields"]["category"], CATEGORY)
            self.assertEqual(record["fields"]["plan"], [{"on": "2026-01-05", "text": PLAN}])
            self.assertEqual(
                sorted(each["name"] for each in record["sealed"]["names"]), ["茶香村", "谷脚镇"])
            self.assertEqual(record["sealed"]["wrong"], [])
            history = node.plainly("history", "care_records", identity)
            self.assertIn(PLAN, str(history))
            # Masked for whoever gives no reason.
            self.assertEqual(
                node.ask("get", "care_records", identity)["fields"]["category"], MARK)
            self.assertNotIn(CATEGORY, str(node.plainly("sql", "SELECT * FROM care_records")))
        self.blind(self.other, identity)
        self.same(self.township, self.village, self.other)
        # The reader writes on, and the writer reads it.
        self.township.call("put", "care_records", identity, "concern_level=low")
        self.township.call("put", "care_records", identity, f"visit_log=text={VISIT}")
        eventually(
            lambda: self.plain(self.village, identity)["fields"].get("visit_log"), "a visit")
        record = self.plain(self.village, identity)
        self.assertEqual(record["fields"]["concern_level"], "low")
        self.assertEqual(record["fields"]["visit_log"][0]["text"], VISIT)
        # Saving what is there already changes nothing.
        answer = self.township.ask("put", "care_records", identity, "concern_level=low")
        self.assertEqual(answer["entries"], [])
        self.other.call("put", "care_records", identity, "concern_level=mid", wants=77)
        status, answer = self.other.send(
            "PATCH", f"/v1/records/care_records/{identity}",
            {"fields": {"readers": ["茶香村二室"]}})
        self.assertEqual((status, answer["code"]), (403, "not_reader"))
        self.assertIn(
            "谷脚镇", self.village.call(
                "get", "care_records", identity, "--plain", "--reason", "核对").stdout)
        self.same(self.township, self.village, self.other)
        for node in (self.township, self.village, self.other):
            node.call("rebuild")
            self.assertEqual(node.ask("verify")["findings"], [])
        self.assertEqual(self.plain(self.township, identity)["fields"]["category"], CATEGORY)

    def test_readers_come_and_go_and_the_trail_says_so(self):
        identity = self.write()
        self.has(self.township, identity)
        self.township.call("put", "care_records", identity, "readers+=茶香村二室")
        eventually(
            lambda: self.has(self.other, identity) or self.plain(
                self.other, identity)["sealed"]["opens"], "the new reader reads")
        self.assertEqual(self.plain(self.other, identity)["fields"]["category"], CATEGORY)
        self.village.call("put", "care_records", identity, "readers-=茶香村二室")
        self.village.call("put", "care_records", identity, "concern_level=mid")
        self.same(self.township, self.village, self.other)
        # What was read was read; what comes later is not.
        record = self.plain(self.other, identity)
        self.assertEqual(record["fields"]["category"], CATEGORY)
        self.assertEqual(record["fields"]["concern_level"], MARK)
        self.assertFalse(record["sealed"]["opens"])
        self.other.call("put", "care_records", identity, "concern_level=low", wants=77)
        self.assertEqual(
            self.plain(self.township, identity)["fields"]["concern_level"], "mid")
        acts = [
            (each["details"]["added"], each["details"]["removed"])
            for each in self.township.ask("audit", "--act", "readers")["items"]]
        names = [
            (sorted(each.split(" ")[0] for each in added), [each.split(" ")[0] for each in removed])
            for added, removed in acts]
        self.assertCountEqual(
            names,
            [(["茶香村", "谷脚镇"], []), (["茶香村二室"], []), ([], ["茶香村二室"])])

    def test_a_reader_must_be_a_device_that_may_read_there(self):
        neighbour = enrol(self.township, self.folder, "摆绒村", "522730103209")
        self.addCleanup(neighbour.stop)
        eventually(
            lambda: any(
                each["name"] == "摆绒村" for each in self.village.ask("posts")["items"]),
            "the neighbour is known")
        for name, code in (("没有的村", "unknown_reader"), ("摆绒村", "reader_not_entitled")):
            status, answer = self.village.send(
                "POST", "/v1/records/care_records",
                {"fields": {"category": CATEGORY, "readers": [name]}})
            self.assertEqual(status, 422, answer)
            (problem,) = answer["problems"]
            self.assertEqual((problem["code"], problem["pointer"]), (code, "/fields/readers/0"))
        status, answer = self.village.send(
            "POST", "/v1/records/care_records", {"fields": {"reader_keys": ["00" * 49]}})
        self.assertEqual(answer["problems"][0]["code"], "wrong_operation")
        self.assertEqual(self.village.ask("list", "care_records")["items"], [])

    def test_a_rotated_key_keeps_what_its_node_could_read(self):
        identity = self.write()
        self.has(self.township, identity)
        self.village.stop()
        request, grant = self.folder / "rotation.request", self.folder / "rotation.grant"
        self.village.call("key", "rotate", "--out", request)
        self.township.call("approve", "--request", request, "--out", grant)
        self.village.call("key", "rotate", "--grant", grant)
        self.village.start()
        record = self.plain(self.village, identity)
        self.assertEqual(record["fields"]["category"], CATEGORY)
        eventually(
            lambda: self.township.ask("cutoffs")["items"], "the old key has ended")
        # The township writes, and gives the successor what the old key had.
        self.township.call("put", "care_records", identity, "concern_level=mid")
        self.same(self.township, self.village)
        record = self.plain(self.village, identity)
        self.assertEqual(record["fields"]["concern_level"], "mid")
        self.village.call("put", "care_records", identity, "concern_level=low")
        self.same(self.township, self.village)
        record = self.plain(self.township, identity)
        self.assertEqual(record["fields"]["concern_level"], "low")
        self.assertEqual(
            sorted(each["name"] for each in record["sealed"]["names"]), ["茶香村", "谷脚镇"])
        self.blind(self.other, identity)

    def test_another_holder_reads_what_names_the_device_when_somebody_says_so(self):
        for choice in ("keep", "drop"):
            identity = self.write()
            self.has(self.township, identity)
            self.village.stop()
            request, grant = (self.folder / f"{choice}.{each}" for each in ("request", "grant"))
            self.village.call("key", "rotate", "--out", request)
            self.township.call(
                "handover", "茶香村", "--to", f"{choice}者", "--request", request, "--out", grant)
            said = self.village.call("key", "rotate", "--grant", grant, wants=77).stderr
            self.assertIn("--sealed", said)
            self.village.call("key", "rotate", "--grant", grant, "--sealed", choice)
            self.village.start()
            record = self.plain(self.village, identity)
            self.assertEqual(
                record["fields"]["category"], CATEGORY if choice == "keep" else MARK)
            eventually(
                lambda: self.village.ask("status")["upstream"]["waiting_entries"] == 0, "delivery")
            wants = 0 if choice == "keep" else 77
            self.village.call("put", "care_records", identity, "concern_level=mid", wants=wants)
            self.same(self.township, self.village)
        self.assertEqual(
            self.plain(self.township, identity)["fields"]["category"], CATEGORY)

    def test_two_who_write_at_once_are_in_conflict_and_one_of_them_chooses(self):
        identity = self.write()
        self.has(self.township, identity)
        self.village.stop()
        self.township.call("put", "care_records", identity, "concern_level=low")
        self.village.start("--log-level", "error")
        self.village.call("put", "care_records", identity, "concern_level=mid")
        self.village.stop()
        self.village.start("--peer", self.address, "--log-level", "error")
        self.same(self.township, self.village, self.other)
        (item,) = self.township.ask("conflicts")["items"]
        self.assertEqual([each["value"] for each in item["values"]], [MARK, MARK])
        self.other.call(
            "resolve", "care_records", identity, "concern_level", "--keep", "1", wants=77)
        self.township.call(
            "resolve", "care_records", identity, "concern_level", "--keep", "1")
        self.same(self.township, self.village, self.other)
        self.assertEqual(self.other.ask("conflicts")["items"], [])
        self.assertIn(
            self.plain(self.village, identity)["fields"]["concern_level"], ("low", "mid"))

    def test_what_is_sealed_is_redacted_like_anything_else(self):
        identity = self.write()
        self.has(self.township, identity)
        self.township.call(
            "redact", "care_records", identity, "--field", "plan", "--reason", "本人要求", "--yes")
        eventually(
            lambda: "plan" not in self.plain(self.village, identity)["fields"], "it is gone")
        self.assertEqual(self.plain(self.village, identity)["fields"]["category"], CATEGORY)
        self.assertEqual(self.plain(self.township, identity)["fields"]["category"], CATEGORY)
        for node in (self.township, self.village):
            self.assertEqual(node.ask("verify")["findings"], [])
