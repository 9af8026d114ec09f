# SPDX-License-Identifier: Apache-2.0
"""Promises about reports."""

import codecs

from county import OneNode, VILLAGE


class Reports(OneNode):
    """One village reports what it has done."""

    def test_every_report_is_listed_and_answers_with_its_formula_and_frontier(self):
        kinds = self.village.ask("report", "list")["items"]
        self.assertEqual([each["code"] for each in kinds], [f"R{n}" for n in range(1, 15)])
        for kind in kinds:
            report = self.village.ask("report", kind["code"], "--period", "2026")
            self.assertEqual(report["schema"], "onegrid.report/1")
            self.assertEqual(report["formula_version"], kind["formula_version"])
            self.assertRegex(report["frontier"], r"^[0-9a-f]{32}$")
            self.assertEqual(report["coverage"]["villages"], 1)
            self.assertIn(kind["code"], self.village.call(
                "report", kind["code"], "--period", "2026-11").stdout)

    def test_matters_are_counted_with_numerator_and_denominator(self):
        done = []
        for number in range(3):
            identity = self.village.put(
                "matters", f"title=事{number}", "place=村口", "category=交通",
                "grid_code=522730103210003")
            for action in ("triage", "accept", "handle"):
                self.village.ask("act", "matters", identity, action)
            done.append(identity)
        self.village.ask("act", "matters", done[0], "complete", "result=好了")
        report = self.village.ask("report", "R1", "--period", "2020-01-01..")
        names = [each["name"] for each in report["columns"]]
        total = dict(zip(names, report["rows"][-1]))
        self.assertEqual((total["accepted"], total["done"], total["open"]), (3, 1, 2))
        self.assertEqual(total["done_rate"]["text"], "1/3 = 33.33%")
        late = self.village.ask(
            "report", "R5", "--period", "2026", "--as-of", "2099-01-01 00:00")
        self.assertEqual([row[0] for row in late["rows"]], ["red", "red"])
        again = self.village.call("report", "R1", "--period", "2020-01-01..", "--json").stdout
        self.assertEqual(
            self.village.call("report", "R1", "--period", "2020-01-01..", "--json").stdout, again)

    def test_a_report_is_written_as_csv_with_a_mark_and_kept_with_its_hash(self):
        sheet = self.folder / "r1.csv"
        self.village.call("report", "R1", "--period", "2026", "--csv", sheet)
        data = sheet.read_bytes()
        self.assertTrue(data.startswith(codecs.BOM_UTF8))
        text = data.decode("utf-8-sig")
        self.assertIn("办结率", text)
        self.assertIn("covers", text)
        kept = self.village.ask("report", "R1", "--period", "2026", "--keep")["kept"]
        fields = self.village.ask("get", "report_runs", kept)["fields"]
        self.assertEqual((fields["report_code"], fields["scope"]), ("R1", VILLAGE))
        self.assertRegex(fields["rows_sha256"], r"^[0-9a-f]{64}$")

    def test_a_silent_village_is_named_with_its_age(self):
        report = self.village.ask(
            "report", "R1", "--period", "2099", "--as-of", "2099-06-01 00:00")
        self.assertEqual(report["coverage"]["covered"], 0)
        self.assertRegex(report["coverage"]["en"], r"茶香村 last heard \d+ d \d+ h ago")

    def test_what_is_asked_wrongly_is_refused(self):
        self.fails(66, "report", "R99", "--period", "2026")
        self.fails(65, "report", "R1", "--period", "gestern")
        self.fails(65, "report", "R1", "--period", "2026", "--area", "x")
        self.fails(65, "report", "R1", "--period", "2026", "--as-of", "x")
        self.assertEqual(self.village.call("report", "R1", wants=None).returncode, 64)
        for path, code in (
                ("R1?nonsense=1", "bad_body"), ("R1?period=gestern", "bad_period"),
                ("R99?period=2026", "unknown_report")):
            status, answer = self.village.send("GET", "/v1/reports/" + path)
            self.assertEqual((status, answer["code"]), (
                404 if code == "unknown_report" else 400, code))
