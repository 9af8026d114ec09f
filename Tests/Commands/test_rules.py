# SPDX-License-Identifier: Apache-2.0
"""Promises about acts, deadlines, numbers, points and admissions."""

from county import OneNode, VILLAGE, Wired
from processes.telling import eventually


class Rules(OneNode):
    """One village acts on its records."""

    def matter(self, title="路灯不亮", *words):
        return self.village.put(
            "matters", f"title={title}", "place=村口", "grid_code=522730103210003",
            "urgency=normal", *words)

    def act(self, collection, identity, *words):
        return self.village.ask("act", collection, identity, *words)

    def test_a_matter_goes_its_way_and_shows_state_due_and_light(self):
        identity = self.matter()
        record = self.village.ask("get", "matters", identity)
        self.assertEqual(record["state"], "registered")
        self.assertEqual(record["derived"]["light"], "normal")
        self.act("matters", identity, "triage", "role=村")
        done = self.act("matters", identity, "accept", "until=2027-03-01 18:00")
        self.assertEqual(done["schema"], "onegrid.act/1")
        self.assertEqual(done["derived"]["due_at"], "2027-03-01T18:00:00+08:00")
        self.act("matters", identity, "handle")
        self.act("matters", identity, "complete", "result=已修好")
        record = self.village.ask("get", "matters", identity)
        self.assertEqual((record["state"], record["voids"]), ("completed", 0))
        self.assertIn("verify", record["legal"])
        self.assertNotIn("light", record["derived"])
        self.assertEqual([each["outcome"] for each in record["acts"]], ["moved"] * 4)
        self.assertEqual(record["acts"][0]["author"]["name"], "茶香村")
        listed = self.village.ask("list", "matters", "status=completed")["items"]
        self.assertIn(identity, [each["id"] for each in listed])
        rows = self.village.ask(
            "sql", f"SELECT status, _state FROM matters WHERE id = '{identity}'")["rows"]
        self.assertEqual(rows, [["completed", "completed"]])
        self.assertIn("办结", self.village.call("get", "matters", identity).stdout)
        self.assertTrue(self.village.ask("verify")["ok"])

    def test_what_is_not_legal_is_refused_with_what_is(self):
        identity = self.matter()
        said = self.fails(65, "act", "matters", identity, "complete")
        self.assertIn("act_illegal", said)
        self.assertIn("triage", said)
        done = self.village.call("act", "matters", self.matter(), "triage").stdout
        self.assertRegex(done, "现在可以 / legal now: .*accept")
        status, answer = self.village.send(
            "POST", f"/v1/records/matters/{identity}/acts", {"action": "verify"})
        self.assertEqual((status, answer["code"]), (422, "act_illegal"))
        self.assertEqual(answer["problems"][0]["pointer"], "/fields/events")
        status, answer = self.village.send(
            "PATCH", f"/v1/records/matters/{identity}", {"add": {"events": [{"action": "take"}]}})
        self.assertEqual((status, answer["code"]), (422, "act_illegal"))
        self.fails(65, "act", "matters", identity, "triage", "mood=gut")
        household = self.village.put("households", "household_no=00700")
        self.fails(1, "act", "households", household, "accept")
        status, answer = self.village.send(
            "POST", f"/v1/records/households/{household}/acts", {"action": "accept"})
        self.assertEqual((status, answer["code"]), (409, "no_acts"))

    def test_a_correction_is_an_act_too(self):
        identity = self.matter()
        self.act("matters", identity, "triage")
        self.act("matters", identity, "refuse", "reason=不属于本村")
        wrong = self.village.ask("get", "matters", identity)["acts"][1]["act"]
        self.act("matters", identity, "correct", f"of={wrong}", "annul=是")
        record = self.village.ask("get", "matters", identity)
        self.assertEqual((record["state"], record["voids"]), ("triaged", 1))
        self.assertEqual(record["acts"][1]["reason"], "annulled")

    def test_numbers_are_made_without_a_counter(self):
        identity = self.matter()
        number = self.village.ask("get", "matters", identity)["fields"]["matter_no"]
        self.assertRegex(number, rf"^{VILLAGE}-\d{{8}}-{identity[:4]}$")
        given = self.matter("停水", "matter_no=旧-7")
        twin = self.matter("停电", "matter_no=旧-7")
        self.assertEqual(
            self.village.ask("get", "matters", given)["fields"]["matter_no"], "旧-7")
        self.assertIn("number_taken", self.village.ask("get", "matters", twin)["flags"])

    def test_points_are_reviewed_by_another_and_may_go_below_zero(self):
        household = self.village.put("households", "household_no=00701")
        clerk = self.village.put("visits", "note=甲")
        other = self.village.put("visits", "note=乙")
        common = ["happened_on=2026-11-01", "year=2026"]

        def entry(kind, *words):
            return self.village.put("points_entries", f"kind={kind}", *common, *words)

        score = entry("score", f"account={household}", "delta=10", f"signed_by={clerk}")
        own = entry("approve", f"target={score}", f"signed_by={clerk}")
        record = self.village.ask("get", "points_entries", own)
        self.assertEqual(record["void_review"], "own_review")
        entry("approve", f"target={score}", f"signed_by={other}")
        entry("approve", f"target={score}", f"signed_by={other}")
        record = self.village.ask("get", "points_entries", score)
        self.assertEqual((record["state"], record["derived"]["balance"]), ("approved", 10))
        entry("redeem", f"account={household}", "delta=25", f"signed_by={other}")
        self.assertEqual(
            self.village.ask("get", "points_entries", score)["derived"]["balance"], -15)

    def test_a_task_without_an_admitted_duty_goes_to_nobody(self):
        words = ["title=入户登记", "kind=form", "issuer=民政局"]
        said = self.fails(65, "put", "tasks", *words, "audience=522730103210003")
        self.assertIn("not_admitted", said)
        self.assertIn("/fields/audience", said)
        task = self.village.put("tasks", *words)
        self.fails(65, "put", "tasks", task, "audience+=522730103210003")


class Apart(Wired):
    """A township and a village act on one matter without a link."""

    def test_both_acts_are_kept_and_both_nodes_agree_what_counts(self):
        identity = self.village.put(
            "matters", "title=占道", "place=村口", "grid_code=522730103210003")
        self.village.ask("act", "matters", identity, "triage")
        self.delivered()
        eventually(
            lambda: self.township.ask("get", "matters", identity)["state"] == "triaged", "triage")
        self.link.cut()
        self.village.ask("act", "matters", identity, "accept")
        self.township.ask("act", "matters", identity, "refuse", "reason=不属于本镇")
        self.village.ask("act", "matters", identity, "handle")
        self.link.join()
        self.linked()
        self.delivered()

        def view(node):
            record = node.ask("get", "matters", identity)
            return record["state"], [
                (each["act"], each["outcome"]) for each in record["acts"]]

        eventually(lambda: view(self.village) == view(self.township), "one view")
        state, acts = view(self.village)
        self.assertEqual(state, "handling")
        self.assertEqual(sorted(outcome for _, outcome in acts), ["moved"] * 3 + ["void"])
