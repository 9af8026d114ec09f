# SPDX-License-Identifier: Apache-2.0
"""Promises about posts: keys that are replaced, holders that change, certificates that expire."""

from county import VILLAGE, Wired
from processes.telling import eventually


class Posts(Wired):
    """A township and its village, whose key, holder or certificate changes."""

    def titles(self, node):
        return sorted(each["fields"]["title"] for each in node.ask("list", "matters")["items"])

    def report(self, title):
        return self.village.put(
            "matters", f"title={title}", "place=村口", "grid_code=522730103210003")

    def codes(self, node):
        return [each["code"] for each in node.ask("status")["findings"]]

    def posts(self, node=None):
        items = (node or self.township).ask("posts")["items"]
        return [each for each in items if each["area"] == VILLAGE]

    def words_of_the_one_who_waits(self):
        """The telephone."""
        (waiting,) = self.township.ask("requests")["items"]
        return waiting["id"], waiting["words"]["zh"]

    def rotate(self, *words, wants=0):
        return self.village.call(
            "key", "rotate", "--address", self.link.address, *words, wants=wants)

    def village_key(self):
        return self.village.ask("key", "show")["node"]["key"]

    def old_key_is_ended(self, reason):
        eventually(
            lambda: [each["reason"] for each in self.township.ask("cutoffs")["items"]] == [reason],
            "the old key has ended")

    def test_a_key_is_replaced_over_the_link_and_nothing_of_its_history_is_lost(self):
        report = self.report("路灯不亮")
        self.village.stop()
        old = self.village_key()
        # Asked and interrupted: the node goes on under its old key.
        self.assertIn("批准", self.rotate("--wait", "0", wants=75).stderr)
        self.village.start()
        later = self.report("等批准时写的")
        self.delivered()
        self.village.stop()
        self.assertEqual(self.village_key(), old)
        id, words = self.words_of_the_one_who_waits()
        self.township.call("approve", id, "--words", "红牛 红牛 红牛 红牛", wants=77)
        self.township.call("approve", id, "--words", words)
        self.rotate()
        self.assertNotEqual(self.village_key(), old)
        self.village.start()
        self.linked()
        self.report("换了以后写的")
        self.old_key_is_ended("replaced")
        everything = ["换了以后写的", "等批准时写的", "路灯不亮"]
        for node in (self.township, self.village):
            eventually(lambda node=node: self.titles(node) == sorted(everything), "all is there")
            self.assertEqual(node.ask("quarantine", "list")["items"], [])
            self.assertEqual(node.ask("verify")["findings"], [])
            for each in (report, later):
                author = node.ask("history", "matters", each)["items"][0]["author"]
                eventually(
                    lambda: node.ask("history", "matters", each)["items"][0]["author"]["earlier"],
                    "an earlier key of the post")
                self.assertEqual((author["name"], author["area"]), ("茶香村", VILLAGE))
                self.assertEqual(author["key"], old)
        self.assertEqual([each["state"] for each in self.posts()], ["held", "holds"])
        self.assertEqual(self.township.ask("status")["villages"]["known"], 1)
        # A record of the old key may be written on.
        self.village.call("put", "matters", report, "title=路灯亮了")
        self.delivered()
        self.assertIn("路灯亮了", self.titles(self.township))

    def test_a_post_is_handed_over_by_files(self):
        self.report("前任写的")
        self.village.stop()
        folder = self.township.folder.parent
        request, grant = folder / "rotation.request", folder / "rotation.grant"
        self.assertIn("key rotate", self.township.call(
            "handover", "茶香村", "--to", "李四", wants=75).stderr)
        self.village.call("key", "rotate", "--out", request)
        self.township.call(
            "handover", "茶香村", "--to", "李四", "--request", request, "--out", grant)
        self.village.call("key", "rotate", "--grant", grant)
        self.village.start()
        self.linked()
        self.old_key_is_ended("left")
        (former, present) = self.posts()
        self.assertEqual((former["holder"], former["state"], former["reason"]), ("", "held", "left"))
        self.assertEqual((present["holder"], present["state"]), ("李四", "holds"))
        self.assertEqual(former["title"], present["title"])
        self.assertGreater(former["entries"], 0)
        written = self.report("继任写的")
        (item,) = self.village.ask("history", "matters", written)["items"]
        self.assertEqual((item["author"]["holder"], item["author"]["earlier"]), ("李四", False))
        # The request is worth nothing a second time: its old key holds no post any more.
        self.township.call(
            "approve", "--request", request, "--out", folder / "again.grant", wants=66)

    def test_a_request_that_is_turned_away_changes_nothing(self):
        self.village.stop()
        old = self.village_key()
        self.rotate("--wait", "0", wants=75)
        id, _ = self.words_of_the_one_who_waits()
        self.township.call("reject", id, "--reason", "没有听说")
        self.assertIn("没有听说", self.rotate("--wait", "0", wants=77).stderr)
        self.assertEqual(self.village_key(), old)
        self.village.start()
        self.linked()
        self.report("照旧")
        self.delivered()
        # A later call asks anew, with another key.
        self.village.stop()
        self.rotate("--wait", "0", wants=75)
        self.words_of_the_one_who_waits()

    def test_an_office_does_not_replace_the_key_that_others_call_it_by(self):
        self.township.stop()
        self.assertIn("签发证书", self.township.call("key", "rotate", wants=77).stderr)

    def test_a_certificate_that_expires_is_flagged_and_renewed(self):
        self.assertNotIn("certificate_expires_soon", self.codes(self.village))
        self.township.call("renew", "茶香村", "--days", "3")
        eventually(
            lambda: "certificate_expires_soon" in self.codes(self.village), "the village says so")
        (finding,) = [each for each in self.village.ask("status")["findings"]
                      if each["code"] == "certificate_expires_soon"]
        self.assertIn("gridctl renew 茶香村", finding["zh"])
        self.assertIn("谷脚镇", finding["zh"])
        self.assertIn("peer_certificate_expiry", self.codes(self.township))
        (peer,) = self.township.ask("peers")["items"]
        self.assertEqual(peer["certificate"]["expiry"], "expires_soon")
        self.township.call("renew", "茶香村", "--days", "0")
        eventually(
            lambda: "certificate_expires_soon" not in self.codes(self.village), "it is renewed")
        self.assertNotIn("peer_certificate_expiry", self.codes(self.township))
        self.assertEqual(len(self.posts()), 1)
        self.township.call("renew", "没有的村", wants=66)
