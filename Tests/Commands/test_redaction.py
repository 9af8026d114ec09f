# SPDX-License-Identifier: Apache-2.0
"""Promises about values that are destroyed on every node."""

import pathlib
import tempfile

from county import VILLAGE, Wired, enrol
from processes.telling import eventually

PHONE, NEXT, STREET = "13812345671", "13912345672", "东风路一百零七号"


class Redaction(Wired):
    """A township has values destroyed that it and two villages hold or have held."""

    def household(self):
        identity = self.village.put(
            "households", "household_no=00107", f"contact_phone={PHONE}", f"address={STREET}")
        self.village.ask("put", "households", identity, f"contact_phone={NEXT}")
        self.delivered()
        return identity

    def redact(self, node, identity, *words, **options):
        return node.ask(
            "redact", "households", identity, "--reason", "本人要求", "--yes", *words, **options)

    def gone(self, node, *texts):
        eventually(
            lambda: not any(node.holds(text) for text in texts), f"{node.name}: values are gone")

    def receipts(self):
        (item,) = self.township.ask("redactions")["items"]
        return {each["name"] for each in item["done"]}, {each["name"] for each in item["waiting"]}

    def test_values_leave_every_folder_and_everything_else_stays(self):
        identity = self.household()
        self.assertTrue(self.village.holds(PHONE) or self.village.holds(NEXT))
        answer = self.redact(self.township, identity, "--field", "contact_phone")
        self.assertEqual((answer["fields"], answer["entries"]), (["contact_phone"], 2))
        for node in (self.township, self.village):
            eventually(
                lambda: node.ask("get", "households", identity)["redacted"] == ["contact_phone"],
                "the order has come")
            self.gone(node, PHONE, NEXT)
            record = node.ask("get", "households", identity)
            self.assertEqual(
                record["fields"], {"household_no": "00107", "address": STREET})
            (order,) = record["redactions"]
            self.assertEqual((order["by"]["name"], order["reason"]), ("谷脚镇", "本人要求"))
            items = node.ask("history", "households", identity)["items"]
            self.assertTrue(all(each["verified"] for each in items))
            operations = [
                change["operation"] for each in items for change in each["changes"]
                if change["field"] == "contact_phone"]
            self.assertEqual(operations, ["redacted", "redacted"])
            self.assertIn("已删除", node.call("get", "households", identity).stdout)
            self.assertEqual(node.ask("verify")["findings"], [])
        eventually(lambda: self.receipts() == ({"谷脚镇", "茶香村"}, set()), "both have said so")
        self.assertEqual(self.township.digests()[VILLAGE], self.village.digests()[VILLAGE])
        acts = [each["act"] for each in self.township.ask("audit")["items"]]
        self.assertIn("redact", acts)
        self.assertEqual(acts.count("redacted"), 2)
        self.village.ask("put", "households", identity, "contact_phone=13712345673")
        self.delivered()
        record = self.township.ask("get", "households", identity)
        self.assertEqual(record["redacted"], [])
        for node in (self.township, self.village):
            node.ask("rebuild")
            self.assertEqual(node.ask("verify")["findings"], [])
            self.gone(node, PHONE, NEXT)

    def test_a_village_that_was_away_hears_of_it_and_one_that_is_new_never_has_the_values(self):
        identity = self.household()
        self.link.cut()
        self.redact(self.township, identity)
        self.gone(self.township, PHONE, NEXT, STREET)
        self.assertEqual(self.receipts(), ({"谷脚镇"}, {"茶香村"}))
        (item,) = self.township.ask("redactions")["items"]
        self.assertIsNotNone(item["waiting"][0]["last_contact"])
        self.village.ask("put", "households", identity, "address=西街三号")
        with tempfile.TemporaryDirectory(prefix="onegrid-test-") as files:
            second = enrol(self.township, pathlib.Path(files), "茶香村备用机", VILLAGE)
            second.start("--peer", self.township.ask("status")["listen"], "--log-level", "error")
            self.addCleanup(second.stop)
            eventually(lambda: len(second.ask("list", "households")["items"]) == 1, "it has come")
            self.gone(second, PHONE, NEXT, STREET)
            self.assertEqual(second.ask("verify")["findings"], [])
            self.link.join()
            self.gone(self.village, PHONE, NEXT, STREET)
            eventually(lambda: "茶香村" in self.receipts()[0], "its receipt has come")
            eventually(
                lambda: second.digests()[VILLAGE] == self.village.digests()[VILLAGE], "all equal")
            record = second.ask("get", "households", identity)
            self.assertEqual(record["fields"], {"address": "西街三号"})
            self.assertEqual(record["redacted"], ["household_no", "contact_phone"])
            for node in (self.village, second):
                self.assertEqual(node.ask("verify")["findings"], [])
            second.stop()

    def test_who_has_no_right_to_it_destroys_nothing(self):
        identity = self.household()
        said = self.village.call(
            "redact", "households", identity, "--reason", "不要了", "--yes", wants=77).stderr
        self.assertIn("没有在", said)
        self.redact_fails(65, identity, "--field", "nickname")
        self.redact_fails(66, "0000000000000000")
        self.redact_fails(1, identity, "--field", "remote_contact")
        self.township.call("redact", "households", identity, "--yes", wants=64)
        self.township.call("redact", "households", identity, "--reason", "本人要求", wants=64)
        said = self.township.call(
            "redact", "households", identity, "--yes", "--reason", f"电话{PHONE}", wants=65).stderr
        self.assertIn("理由", said)
        self.assertEqual(self.township.ask("redactions")["items"], [])
        self.assertEqual(
            self.township.plainly("get", "households", identity)["fields"]["contact_phone"], NEXT)

    def redact_fails(self, code, *words):
        self.township.call(
            "redact", "households", *words, "--reason", "本人要求", "--yes", wants=code)
