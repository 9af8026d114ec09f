# SPDX-License-Identifier: Apache-2.0
"""Promises about the codes of problems: the paper has all of them, and every one is reached."""

import pathlib
import re
import sqlite3
import unittest

from county import ROOT, VILLAGE, OneNode, Wired, enrol, programs
from processes.node import Node
from processes.telling import eventually

MATTER = {"title": "路灯不亮", "place": "村口", "grid_code": "522730103210003"}


def paper():
    """The codes in the paper's table, with their statuses."""
    text = (ROOT / "Protocol" / "api.md").read_text(encoding="utf-8")
    table = text[text.index("| status | code |"):text.index("## gridctl")]
    found = {}
    for row in table.splitlines()[2:]:
        cells = row.split("|")
        if len(cells) > 3:
            for code in re.findall(r"`([a-z_]+)`", cells[2]):
                found.setdefault(code, set()).add(int(cells[1]))
    return found


def sources():
    return [path.read_text(encoding="utf-8")
            for path in sorted((ROOT / "Sources").glob("Grid*/**/*.swift"))]


def program():
    """The codes that the program gives to refusals, read from its text."""
    found = set()
    for text in sources():
        # A refusal made at once, one that a helper makes, and codes that are chosen before words.
        for pattern in (
                r'(?:DeskRefusal|self\.init)\(\s*\.\w+,\s*"([a-z_]+)"',
                r'\(\s*"([a-z]+_[a-z_]+)",\s*"[^"\n]*[一-鿿][^\n]*(?:[。.]"|")\s*,?\s*$',
                r'(?:\(Kind\.failed|= \(\.notPossible), "([a-z_]+)"\)'):
            found |= set(re.findall(pattern, text, re.MULTILINE))
        if "extension InvitationRefusal" in text and "var code" in text:
            words = text[text.index("var code"):text.index("var chinese")]
            found |= set(re.findall(r'"([a-z_]+)"', words))
        if "enum FeedBreak" in text:
            found |= set(re.findall(r'case \w+ = "([a-z_]+)"', text))
    return found


class Codes(unittest.TestCase):
    """The list is closed: what the program gives stands in the paper, and the other way round."""

    def test_the_paper_has_every_code_of_the_program_and_no_other(self):
        codes, listed = program(), set(paper())
        words = set(re.findall(r'"([a-z_]+)"', "".join(sources())))
        # What status finds wrong is told the same way, and is no problem of a request.
        text = (ROOT / "Protocol" / "api.md").read_text(encoding="utf-8")
        findings = re.search(r"^\| `findings` \|.*$", text, re.MULTILINE).group()
        codes -= set(re.findall(r"`([a-z_]+)`", findings)) - listed
        # Nor are reasons, which have a closed list of their own.
        reasons = (ROOT / "Protocol" / "reasons.md").read_text(encoding="utf-8")
        codes -= set(re.findall(r"^\| `([a-z_]+)` \|", reasons, re.MULTILINE)) - listed
        self.assertEqual(sorted(codes - listed), [], "name these in Protocol/api.md")
        self.assertEqual(sorted(listed - words), [], "nothing gives these")

    def test_every_code_is_named_by_a_test(self):
        texts = "".join(
            path.read_text(encoding="utf-8") for path in sorted((ROOT / "Tests").rglob("*"))
            if path.suffix in (".py", ".swift"))
        unnamed = [each for each in sorted(paper()) if f'"{each}"' not in texts]
        self.assertEqual(unnamed, [], "no test reaches these")


class Reached(OneNode):
    """A township and a village, asked for what they refuse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twins = [enrol(cls.township, cls.folder, "双生村", code)
                     for code in ("522730103211", "522730103212")]
        cls.township.start("--log-level", "error")

    @classmethod
    def tearDownClass(cls):
        cls.township.stop()
        super().tearDownClass()

    def refused(self, status, code, method, path, body=None, node=None):
        found = (node or self.village).send(method, path, body)
        self.assertEqual((found[0], found[1].get("code")), (status, code), (path, body))
        self.assertIn(status, paper()[code])

    def test_peers_are_named_so_that_one_is_meant(self):
        self.refused(404, "unknown_peer", "POST", "/v1/pause", {"peer": "没有的村"})
        self.refused(
            404, "ambiguous_peer", "POST", "/v1/pause", {"peer": "双生村"}, self.township)

    def test_cut_offs_are_drawn_up_against_others_only(self):
        drafts = "/v1/authority/cutoffs/draft"
        self.refused(400, "bad_cut_off", "POST", "/v1/authority/cutoffs", {"cutoff": "00"})
        self.refused(400, "bad_certificate", "POST", "/v1/authority/certificates",
                     {"certificate": "00"})
        self.refused(403, "cut_off_self", "POST", drafts, {"peer": "谷脚镇"}, self.township)
        self.refused(400, "bad_time", "POST", drafts,
                     {"peer": "茶香村", "since": "昨天"}, self.township)
        self.refused(404, "nothing_quarantined", "POST", "/v1/quarantine/show",
                     {"peer": "茶香村"}, self.township)

    def test_invitations_have_their_bounds(self):
        new = {"name": "新村", "area": "522730103213", "addresses": ["127.0.0.1:7440"]}
        self.refused(403, "may_not_certify", "POST", "/v1/invitations", new)
        for change, code, status in (
                ({"area": "522730104213"}, "outside_area", 403), ({"name": ""}, "bad_name", 422),
                ({"addresses": ["x"]}, "bad_addresses", 422), ({"seconds": 1}, "bad_lifetime", 422),
                ({"area": "5"}, "bad_area", 422)):
            self.refused(
                status, code, "POST", "/v1/invitations", {**new, **change}, self.township)
        self.refused(404, "unknown_invitation", "POST", "/v1/invitations/ZZZZZZ/withdraw", {},
                     self.township)
        made = [self.township.send("POST", "/v1/invitations", new)[1]["id"] for _ in range(256)]
        self.refused(409, "too_many_invitations", "POST", "/v1/invitations", new, self.township)
        for each in made:
            self.township.send("POST", f"/v1/invitations/{each}/withdraw", {})
        self.refused(409, "wrong_state", "POST", f"/v1/invitations/{made[0]}/withdraw", {},
                     self.township)
        self.refused(409, "wrong_state", "POST", f"/v1/requests/{made[0]}/reject", {},
                     self.township)

    def test_records_are_written_as_their_collection_wants_them(self):
        records = "/v1/records"
        made = self.village.send("POST", f"{records}/matters", {"fields": MATTER})[1]["id"]
        self.refused(422, "key_missing", "POST", f"{records}/duties_ten", {"fields": {}})
        self.refused(422, "empty_record", "POST", f"{records}/matters", {})
        self.refused(422, "bad_area", "POST", f"{records}/matters", {"area": "5", "fields": MATTER})
        self.refused(403, "not_entitled", "POST", f"{records}/matters",
                     {"area": "522730103211", "fields": {"title": "邻村的"}})
        self.refused(422, "too_large", "PATCH", f"{records}/households/" + self.village.put(
            "households", "address=茶香村1组"), {"fields": {"member_ids": [made] * 1}, "add": {
                "member_ids": ["%016d" % each for each in range(5000)]}})
        self.refused(400, "plain_one_record", "GET", f"{records}/matters?plain=1")
        self.refused(400, "reason_missing", "GET", f"{records}/matters/{made}?plain=1")
        self.refused(400, "reason_too_long", "GET",
                     f"{records}/matters/{made}?plain=1&reason=" + "x" * 201)
        self.refused(400, "reason_personal", "GET",
                     f"{records}/matters/{made}?plain=1&reason=522730194912310027")
        self.refused(404, "unknown_field", "POST", f"{records}/matters/{made}/resolve",
                     {"field": "colour", "keep": 1})
        self.refused(409, "no_conflict", "POST", f"{records}/matters/{made}/resolve",
                     {"field": "title", "keep": 1})
        for body, code in (({"rows": [{}] * 501}, "too_many_rows"),
                           ({"rows": [], "first_row": 0}, "bad_first_row")):
            self.refused(400, code, "POST", "/v1/import/matters", body)
        self.refused(400, "bad_row_key", "POST", "/v1/import/residents",
                     {"rows": [], "key": ["away_to"]})
        for sheet in ({"digest": "0" * 15}, {"digest": "0" * 16, "rows": -1}):
            self.refused(400, "bad_sheet", "POST", "/v1/import/matters",
                         {"rows": [], "file": "x.csv", "sheet": sheet})
        self.refused(404, "unknown_sheet", "GET", "/v1/sheets/7")
        self.refused(403, "never_in_bulk", "POST", "/v1/export/care_records", {})
        self.refused(400, "bad_since", "GET", "/v1/audit?since=%E6%98%A8%E5%A4%A9")
        self.refused(400, "bad_after", "GET", "/v1/audit?after=0000000000000000")

    def test_bundles_are_made_for_who_may_read_them_and_read_from_their_folder(self):
        bundles = "/v1/bundles"
        # A plan is of all; what would be passed over in silence is refused.
        self.refused(400, "bad_body", "POST", f"{bundles}/plan",
                     {"to": "谷脚镇", "max_bytes": 100_000})
        for size in (1, 1 << 40):
            self.refused(400, "bundle_max_size", "POST", f"{bundles}/export",
                         {"to": "谷脚镇", "max_bytes": size})
        self.refused(404, "unknown_peer", "POST", f"{bundles}/plan", {"to": "没有的镇"})
        self.refused(404, "unknown_bundle", "POST", f"{bundles}/carried",
                     {"id": "0123456789abcdef", "part": 1})
        for work in ("import", "inspect"):
            for name in ("", "../grid.db", ".hidden"):
                self.refused(400, "bad_file", "POST", f"{bundles}/{work}", {"file": name})
            self.refused(404, "file_missing", "POST", f"{bundles}/{work}", {"file": "none.bundle"})

    def test_a_quarantine_is_for_an_office_and_comes_from_its_folder(self):
        export, take = "/v1/quarantine/export", "/v1/quarantine/import"
        self.refused(404, "nothing_quarantined", "POST", export, {"to": "谷脚镇"})
        self.refused(404, "unknown_peer", "POST", export, {"to": "没有的镇"})
        self.refused(404, "no_certificate", "POST", export, {"to": "522730103211"},
                     self.township)
        self.refused(400, "bad_file", "POST", take, {"file": "../grid.db"})
        self.refused(404, "file_missing", "POST", take, {"file": "none.quarantine"})
        made = self.village.send("POST", "/v1/bundles/export", {"to": "谷脚镇"})[1]
        carried = self.township.folder / "bundles"
        carried.mkdir(exist_ok=True)
        (carried / "a").write_bytes(pathlib.Path(made["path"]).read_bytes())
        self.refused(400, "not_a_quarantine", "POST", take, {"file": "a"}, self.township)

    def newcomer(self, name, code, **grant):
        """A village that runs and has written nothing."""
        files = self.folder / f"files-{code}"
        files.mkdir()
        node = Node(programs, files / "node", name, code)
        self.township.enrol(node, files, **grant)
        node.start("--log-level", "error")
        self.addCleanup(node.stop)
        return node

    def test_a_bundle_is_not_sealed_to_whom_nothing_is_known_of(self):
        node = self.newcomer("旧村", "522730103213", parent_chain=None)
        self.refused(404, "no_certificate", "POST", "/v1/bundles/plan", {"to": "谷脚镇"}, node)

    def test_tokens_have_their_bounds(self):
        token = {"name": "twice", "collections": ["*"], "read": True}
        self.assertEqual(self.village.send("POST", "/v1/tokens", token)[0], 201)
        self.refused(409, "name_taken", "POST", "/v1/tokens", token)
        self.refused(422, "bad_rights", "POST", "/v1/tokens", {**token, "read": False})
        self.refused(422, "bad_lifetime", "POST", "/v1/tokens", {**token, "days": 0})
        self.refused(404, "unknown_token", "POST", "/v1/tokens/nobody/revoke", {})

    def test_a_reader_older_than_what_is_kept_is_told_so(self):
        old = self.village.send("GET", "/v1/changes")[1]["next"]
        for number in range(3):
            self.village.put("matters", f"title={number}")
        self.village.stop()
        with sqlite3.connect(self.village.folder / "grid.db") as database:
            database.execute("DELETE FROM feed WHERE sequence < (SELECT max(sequence) FROM feed)")
        database.close()
        self.village.start()
        self.refused(410, "feed_expired", "GET", f"/v1/changes?since={old}")


class Conflicts(Wired):
    """Two nodes that had not seen each other."""

    def test_a_conflict_is_settled_by_one_of_its_values_and_a_fixed_one_is_not(self):
        made = self.village.put("matters", *[f"{name}={value}" for name, value in MATTER.items()])
        eventually(lambda: self.township.send("GET", f"/v1/records/matters/{made}")[0] == 200,
                   "the township has it")
        self.link.cut()
        for node, title, source in ((self.village, "甲", "巡查"), (self.township, "乙", "走访")):
            node.call("put", "matters", made, f"title={title}", f"source={source}")
        self.link.join()
        path = f"/v1/records/matters/{made}"
        eventually(
            lambda: set(self.village.send("GET", path)[1]["conflicts"]) == {"title", "source"},
            "the village sees both")
        for body, status, code in (
                ({"field": "title", "keep": 3}, 422, "no_such_value"),
                ({"field": "source", "keep": 1}, 409, "fixed_field")):
            found = self.village.send("POST", path + "/resolve", body)
            self.assertEqual((found[0], found[1]["code"]), (status, code))
        self.assertEqual(
            self.village.send("POST", path + "/resolve", {"field": "title", "keep": 2})[0], 200)
