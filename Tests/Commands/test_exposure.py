# SPDX-License-Identifier: Apache-2.0
"""Promises about what was on a machine that is lost."""

import csv

from county import VILLAGE, Wired
from processes.telling import eventually

NAMES = ("张三丰", "李四光")


class Exposures(Wired):
    """A township asks whose data was on the machine of its village."""

    def resident(self, node, name, **fields):
        return node.put(
            "residents", "--area", VILLAGE, f"name={name}",
            *[f"{field}={value}" for field, value in fields.items()])

    def collection(self, answer, name):
        return next(each for each in answer["collections"] if each["collection"] == name)

    def fill(self):
        """Two residents, one of them a child; a matter that names another; what came too late."""
        self.resident(self.village, NAMES[0], id_no="522730194912310027", phone="13812341234")
        self.resident(self.village, NAMES[1], birth_date="2020-05-01")
        self.village.put("matters", "title=路灯不亮", "reporter_name=王五")
        self.delivered()
        # Held back a moment, so that the township knows what the village has of its own.
        self.resident(self.township, "赵六", phone="13900001111")
        eventually(
            lambda: len(self.village.ask("list", "residents")["items"]) == 3, "it has arrived")

        def acknowledged():
            answer = self.township.ask("exposure", "茶香村")
            return self.collection(answer, "residents")["known"]["records"] == 3
        eventually(acknowledged, "the township knows")
        self.link.cut()
        eventually(
            lambda: self.township.ask("peers")["items"][0]["state"] != "connected", "no link")
        self.resident(self.township, "孙七", phone="13900002222")

    def test_it_is_told_what_a_machine_had_and_what_it_may_have_had(self):
        self.fill()
        before = self.township.ask("exposure", "茶香村")
        self.assertEqual(before["state"], "live")
        residents = self.collection(before, "residents")
        self.assertEqual(
            (residents["known"], residents["possible"]), (
                {"records": 3, "p2": 3, "p3": 1, "p4": 0, "unknown": 0},
                {"records": 1, "p2": 1, "p3": 0, "p4": 0, "unknown": 0}))
        self.assertEqual(self.collection(before, "matters")["known"]["records"], 1)
        self.assertEqual(before["persons"], {
            "residents": {"known": 3, "possible": 1}, "children": {"known": 1, "possible": 0},
            "staff": {"known": 0, "possible": 0}, "named_elsewhere": {"known": 1, "possible": 0}})
        received = before["received"]
        self.assertEqual(
            (received["certainty"], received["may_have_had_more"]), ("partly", True))
        kinds = {each["kind"] for each in received["evidence"]}
        self.assertTrue({"acknowledged", "written"} <= kinds, kinds)
        self.assertTrue(all(each["at"] for each in received["evidence"]))
        self.assertEqual(
            {each["area"]: each["kind"] for each in before["areas"]},
            {VILLAGE: "own", "522730103": "above"})
        self.assertEqual(before["at_rest"]["state"], "unknown")
        steps = [each["code"] for each in before["steps"]]
        self.assertEqual(steps, ["revoke", "export", "notify", "ask"])

        self.township.call("revoke", "茶香村", "--reason", "lost")
        after = self.township.ask("exposure", "茶香村")
        self.assertEqual((after["state"], after["end_reason"]), ("ended", "lost"))
        self.assertEqual(after["persons"], before["persons"])
        self.assertNotIn("revoke", [each["code"] for each in after["steps"]])
        by_replica = self.township.ask("exposure", before["replicas"][0][:12])
        self.assertEqual(by_replica["key"], before["key"])
        text = self.township.call("exposure", "茶香村").stdout
        for words in ("已停用", "确认收到的只到", "居民 residents 3(另可能 +1)", "静态加密"):
            self.assertIn(words, text)

    def test_the_list_is_masked_unless_a_reason_is_given_and_all_of_it_is_noted(self):
        self.fill()
        sheet = self.township.folder.parent / "list.csv"

        def rows():
            with open(sheet, encoding="utf-8-sig", newline="") as file:
                return list(csv.reader(file))
        answer = self.township.ask("exposure", "茶香村", "--csv", sheet)
        self.assertEqual(answer["rows"], 5)
        names = [each[6] for each in rows()[1:]]
        self.assertEqual(sorted(names), sorted(["张*丰", "李*光", "赵*", "孙*", "王*"]))
        self.assertEqual(sheet.stat().st_mode & 0o077, 0)
        self.township.call("exposure", "茶香村", "--plain", "--reason", "通知", wants=64)
        # To a spreadsheet it begins with a sign, to people with one that bears an accent.
        self.resident(self.township, "=\u0301HYPERLINK")
        self.township.ask(
            "exposure", "茶香村", "--csv", sheet, "--plain", "--reason", "被盗,通知本人")
        self.assertIn("张三丰", [each[6] for each in rows()[1:]])
        self.assertIn("'=\u0301HYPERLINK", [each[6] for each in rows()[1:]])
        trail = self.township.ask("audit")["items"]
        plain = [each for each in trail if each["act"] == "plain_exposure"]
        self.assertEqual(
            [(each["object"], each["reason"], each["area"]) for each in plain],
            [("茶香村", "被盗,通知本人", VILLAGE)])
        self.assertIn("exposure", [each["act"] for each in trail])

    def test_pages_follow_each_other_and_wrong_questions_are_refused(self):
        self.fill()
        path = "/v1/authority/exposure"
        found, after = [], None
        while True:
            status, page = self.township.send(
                "POST", path, {"peer": VILLAGE, "records": True, "limit": 2, "after": after})
            self.assertEqual(status, 200)
            found += [(each["collection"], each["id"]) for each in page["items"]]
            after = page["next"]
            if after is None:
                break
        self.assertEqual((len(found), len(set(found))), (5, 5))
        for body, status, code in (
                ({"peer": "没有的村"}, 404, "unknown_peer"),
                ({"peer": VILLAGE, "after": "x"}, 400, "bad_after"),
                ({"peer": VILLAGE, "limit": 0}, 400, "bad_limit"),
                ({"peer": VILLAGE, "plain": True}, 400, "reason_missing")):
            refused = self.township.send("POST", path, body)
            self.assertEqual((refused[0], refused[1]["code"]), (status, code))

    def test_a_node_that_was_never_met_had_possibly_all_and_one_that_was_retired_is_found(self):
        self.village.stop()
        self.township.call("retire", "茶香村")
        self.resident(self.township, "孙七")
        answer = self.township.ask("exposure", "茶香村")
        self.assertEqual((answer["state"], answer["end_reason"]), ("ended", "retired"))
        self.assertEqual(self.collection(answer, "residents")["possible"]["records"], 1)
        own = self.township.ask("exposure", "谷脚镇")
        self.assertEqual(
            (own["received"]["certainty"], own["at_rest"]["state"]), ("own", "plain_key"))
