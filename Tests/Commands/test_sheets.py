# SPDX-License-Identifier: Apache-2.0
"""Promises about sheets: taken in with their faults, mended, taken in again, and given out."""

import codecs
import csv
import io
import json
import subprocess

import county
from county import OneNode, ROOT, VILLAGE
from demo_data import roster
from processes.telling import eventually

TROUBLE = ["原行号 row", "出错列 columns", "代码 codes", "怎么办", "what to do"]


def counts(answer):
    return [answer[name] for name in ("new", "changed", "same", "wrong", "applied")]


def from_xlsx(path):
    """The rows of a workbook, read by a program that is not ours."""
    text = subprocess.run(
        ["xlsx2csv", str(path)], check=True, capture_output=True, text=True).stdout
    return list(csv.reader(io.StringIO(text)))


class Sheets(OneNode):
    def sheet(self, name, rows, encoding="utf-8"):
        path = self.folder / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def total(self, collection):
        return self.village.ask("sql", f"SELECT count(*) AS n FROM {collection}")["rows"][0][0]

    def acts(self, act):
        return self.village.ask("audit", "--act", act, "--limit", "1000")["items"]


class Roster(Sheets):
    """4,000 people in GB18030 as an office writes them (`demo_data/roster.py`)."""

    def test_a_roster_is_checked_mended_and_taken_in_and_then_nothing_is_new(self):
        made = roster.make(VILLAGE, 4000)
        rows, wrong = len(made.rows), len(made.faults)
        path = self.folder / "花名册.csv"
        path.write_bytes(made.bytes())
        households = self.sheet("户.csv", [
            list(made.households[0]), *[list(each.values()) for each in made.households]])
        answer = self.village.ask("import", "households", households, "--apply")
        self.assertEqual(counts(answer), [len(made.households), 0, 0, 0, len(made.households)])

        # A dry run writes nothing, and names each row that is wrong and no other.
        errors = self.folder / "错误.csv"
        answer = self.village.ask("import", "residents", path, "--errors", errors, wants=65)
        self.assertEqual(counts(answer), [rows - wrong, 0, 0, wrong, 0])
        self.assertEqual((answer["rows"], answer["encoding"]), (rows, "GB18030"))
        self.assertEqual(self.total("residents"), 0)
        self.assertTrue(errors.read_bytes().startswith(codecs.BOM_UTF8))
        told = self.mend(errors, made, self.folder / "改正.csv")
        self.assertEqual(told, {number: fault.code for number, fault in made.faults.items()})

        answer = self.village.ask("import", "residents", path, "--apply", "--skip-wrong")
        self.assertEqual(counts(answer), [rows - wrong, 0, 0, wrong, rows - wrong])

        # The mended error file brings the others, as it is.
        mended = sum(fault.head >= 0 for fault in made.faults.values())
        answer = self.village.ask("import", "residents", self.folder / "改正.csv", "--apply")
        self.assertEqual(counts(answer), [mended, 0, 0, 0, mended])

        # Each person once, with all that the sheet says, each in their household.
        found = self.village.ask(
            "sql", "SELECT count(*), count(DISTINCT household_id), count(birth_date), "
            "min(birth_date) >= '1900' FROM residents")["rows"]
        households = {row[1] for row in made.rows[:-1]}
        self.assertEqual(found, [[rows - wrong + mended, len(households), rows - wrong + mended, 1]])

        # Again: nothing is new, nothing is written.
        before = self.village.digests()
        for file, same in ((path, rows - wrong), (self.folder / "改正.csv", mended)):
            answer = self.village.ask(
                "import", "residents", file, "--apply", "--skip-wrong")
            self.assertEqual(counts(answer)[:3] + [answer["applied"]], [0, 0, same, 0], file)
        self.assertEqual(self.village.digests(), before)

        # One line for each sheet of sensitive values, and two for each that wrote; no value in them.
        self.assertEqual(
            sorted(act["details"]["file"] for act in self.acts("look_up")),
            ["户.csv", "改正.csv", "花名册.csv"])
        ends = [act["details"] for act in self.acts("import") if act["details"]["state"] == "done"]
        self.assertEqual(
            sorted(each["written"] for each in ends), sorted([len(made.households), rows - wrong, mended]))
        self.assertNotIn(made.rows[0][3], json.dumps(self.acts("look_up") + self.acts("import")))

    def test_what_the_example_shows_is_what_happens(self):
        done = subprocess.run(
            [ROOT / "scripts" / "story-import", county.programs, "300"], capture_output=True,
            text=True, timeout=170)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
        shown = (ROOT / "Examples" / "import.md").read_text(encoding="utf-8")
        for said in (done.stdout, shown):
            for words in ("不能", "Traceback"):
                self.assertNotIn(words, said)
            for words in ("原行号 row | 出错列 columns", "跳过了有错的", "没有写入任何内容", "每人一条"):
                self.assertIn(words, said)

    def mend(self, errors, made, into):
        """Mends an error file as a person does, and returns the codes of its rows by number."""
        with errors.open(encoding="utf-8-sig", newline="") as file:
            heads, *rows = csv.reader(file)
        self.assertEqual(heads[:len(TROUBLE)], TROUBLE)
        self.assertEqual(heads[len(TROUBLE):], list(roster.HEADS))
        self.assertEqual([int(row[0]) for row in rows], sorted(made.faults))
        told, right = {}, []
        for row in rows:
            number, fault = int(row[0]), made.faults[int(row[0])]
            told[number] = row[2]
            self.assertRegex(row[3], r"[一-鿿]")
            original = made.rows[number - roster.FIRST_ROW]
            self.assertEqual(row[len(TROUBLE):len(TROUBLE) + len(original)], original)
            if fault.head >= 0:
                row[len(TROUBLE) + fault.head] = fault.right
                right.append(row)
        with into.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([heads, *right])
        return told


class Interrupted(Sheets):
    def test_a_sheet_that_was_cut_off_goes_on_without_doubles(self):
        # Houses have no key; two of these rows say the same and are two houses.
        rows = [["房屋地址*", "层数"], *[[f"{number // 2}号", 2] for number in range(5000)]]
        path = self.sheet("房屋.csv", rows)
        running = subprocess.Popen(
            [county.programs / "gridctl", "import", "houses", path, "--apply", "--data",
             self.village.folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        def begun():
            items = self.village.send("GET", "/v1/sheets")[1]["items"]
            return items and items[0]["new"] >= 500
        eventually(begun, "some rows written", every=0.02)
        self.village.kill()
        _, said = running.communicate(timeout=60)
        self.assertNotEqual(running.returncode, 0)
        self.assertIn("再运行一次", said)
        self.village.start()
        sheet = self.village.ask("sheets")["items"][0]
        self.assertIsNone(sheet["ended_at"])
        written = self.total("houses")
        self.assertEqual(sheet["new"], written)
        self.assertTrue(500 <= written < 5000 and written % 250 == 0, written)
        answer = self.village.ask("import", "houses", path, "--apply")
        self.assertEqual(counts(answer), [5000 - written, 0, written, 0, 5000 - written])
        self.assertEqual(self.total("houses"), 5000)
        sheet = self.village.ask("sheets")["items"][0]
        self.assertEqual((sheet["new"], sheet["rows"]), (5000, 5000))
        self.assertIsNotNone(sheet["ended_at"])
        rows = self.village.ask("sheets", str(sheet["number"]), "--after", "4000")["rows"]
        self.assertEqual((rows[0]["row"], len({each["id"] for each in rows})), (4001, 1000))


class InAndOut(Sheets):
    """Sheets of other forms, and what is given out."""

    def test_a_key_that_stands_twice_far_apart_is_named(self):
        rows = [["户号*", "住址"], *[[f"7{number:04}", "四组"] for number in range(600)]]
        # Two of them in one call with each other, and not with the first.
        rows += [["70003", "五组"], ["70003", "六组"]]
        answer = self.village.ask("import", "households", self.sheet("twice.csv", rows), wants=65)
        self.assertEqual(counts(answer), [600, 0, 0, 2, 0])
        self.assertEqual(
            [(each["row"], each["code"]) for each in answer["errors"]],
            [(602, "repeated_key"), (603, "repeated_key")])
        for each in answer["errors"]:
            self.assertIn("第 5 行", each["zh"])

    def test_a_workbook_is_taken_in_and_its_errors_come_back_as_one(self):
        template, errors = self.folder / "空表.xlsx", self.folder / "错误.xlsx"
        self.village.call("template", "organizations", "--xlsx", template)
        heads = from_xlsx(template)[0]
        self.assertIn("名称*", heads)
        self.assertNotIn("住址", heads)
        # What xlsx2csv makes of our own export is read; the wrong code comes back as it was written.
        rows = [["名称*", "类别*", "统一社会信用代码"],
                ["茶香茶叶合作社", "合作社", ""], ["茶香果业", "合作社", "91522730MA6DL00000"]]
        path = self.sheet("组织.csv", rows)
        self.village.call("import", "organizations", path, "--errors", errors, wants=65)
        told = from_xlsx(errors)
        self.assertEqual(told[0], TROUBLE + rows[0])
        self.assertEqual((told[1][0], told[1][5:]), ("3", rows[2]))
        self.village.call("import", "organizations", path, "--apply", "--skip-wrong")
        out = self.folder / "组织.xlsx"
        self.village.call("export", "organizations", "--xlsx", out)
        answer = self.village.ask("import", "organizations", out, "--apply")
        self.assertEqual((counts(answer), answer["encoding"]), ([0, 0, 1, 0, 0], "XLSX"))

    def test_heads_of_another_office_are_mapped(self):
        rows = [["单位全称", "性质", "经办人"], ["茶香村蜂业协会", "协会", "某某"]]
        path, proposed = self.sheet("协会.csv", rows), self.folder / "对照.json"
        self.village.call("import", "organizations", path, wants=65)
        proposed.write_text(
            json.dumps({"单位全称": "name", "性质": "kind", "经办人": None}), encoding="utf-8")
        answer = self.village.ask(
            "import", "organizations", path, "--mapping", proposed, "--apply")
        self.assertEqual(counts(answer), [1, 0, 0, 0, 1])
        again = self.folder / "对照2.json"
        self.village.call("import", "organizations", path, "--mapping", proposed, "--mapping-out", again)
        self.assertEqual(
            json.loads(again.read_text(encoding="utf-8")), {"单位全称": "name", "性质": "kind"})

    def test_rows_go_through_the_gate_that_everything_goes_through(self):
        # What the desk gives a new record, a row gets as well.
        path = self.sheet("事项.csv", [
            ["事项标题", "地点", "网格"], ["路灯不亮", "村口", VILLAGE + "003"]])
        answer = self.village.ask("import", "matters", path, "--apply", "--skip-wrong", wants=None)
        self.assertEqual(answer["applied"], 1, answer)
        item, = self.village.ask("list", "matters")["items"]
        self.assertRegex(item["fields"]["matter_no"], VILLAGE)
        # What is for named devices is sealed for this one before anything is written.
        path = self.sheet("服务.csv", [["category", "concern_level"], ["戒毒康复", "high"]])
        answer = self.village.ask("import", "care_records", path, "--apply", wants=None)
        self.assertEqual(answer["applied"], 1, answer)
        self.assertFalse(self.village.holds("戒毒康复"))

    def test_exports_are_masked_unless_a_reason_is_noted(self):
        number = "522730194912310027"
        put = self.village.put("residents", "name=钱雷生", f"id_no={number}", "phone=15412341234")
        outs = {name: self.folder / f"人.{name}" for name in ("csv", "xlsx", "jsonl")}
        for name, path in outs.items():
            self.village.call("export", "residents", f"--{name}", path)
        data = outs["csv"].read_bytes()
        self.assertTrue(data.startswith(codecs.BOM_UTF8))
        text = data.decode("utf-8-sig")
        line = outs["jsonl"].read_text(encoding="utf-8")
        for shown in (text, line, str(from_xlsx(outs["xlsx"]))):
            self.assertIn("522730********0027", shown)
            for hidden in (number, "钱雷生", "15412341234"):
                self.assertNotIn(hidden, shown)
        self.assertEqual(from_xlsx(outs["xlsx"]), list(csv.reader(io.StringIO(text))))
        self.assertEqual((json.loads(line)["id"], json.loads(line)["name"]), (put, "钱*生"))

        # Masks that come back change nothing.
        for name in ("csv", "xlsx"):
            answer = self.village.ask("import", "residents", outs[name], "--apply")
            self.assertEqual(counts(answer), [0, 0, 1, 0, 0], name)

        # Plain for a reason, which the audit trail has; and in GB18030.
        plain = self.folder / "原.csv"
        self.assertIn("reason", self.fails(64, "export", "residents", "--csv", plain, "--plain"))
        self.village.call(
            "export", "residents", "--csv", plain, "--gb18030", "--plain", "--reason", "换届核对")
        self.assertIn(number, plain.read_bytes().decode("gb18030"))
        noted = self.acts("plain_export")
        self.assertEqual(
            [(each["object"], each["reason"]) for each in noted], [("residents", "换届核对")])
        self.assertEqual(
            len([act for act in self.acts("export") if act["object"] == "residents"]), 3)
        self.assertIn("P4", self.fails(77, "export", "care_records", "--csv", self.folder / "x"))

    def test_nothing_is_calculated_from_what_people_typed(self):
        names = ['=HYPERLINK("http://x")', "+86社", "-2+3", "@cmd", "＝1+1", "'引号"]
        for name in names:
            self.village.put("places", f"name={name}", "kind=其他")
        out = {form: self.folder / f"场所.{form}" for form in ("csv", "xlsx")}
        for form, path in out.items():
            self.village.call("export", "places", f"--{form}", path)
        cells = [row[1] for row in csv.reader(
            io.StringIO(out["csv"].read_bytes().decode("utf-8-sig")))][1:]
        self.assertEqual(cells, ["'" + name for name in names[:5]] + ["'引号"])
        self.assertEqual([row[1] for row in from_xlsx(out["xlsx"])][1:], names)
        for path in out.values():
            answer = self.village.ask("import", "places", path, "--apply")
            self.assertEqual(counts(answer), [0, 0, len(names), 0, 0], path)
