# SPDX-License-Identifier: Apache-2.0
"""A village's roster as an office has it: a CSV in GB18030 with a title over its heads, dates in
many hands, and faults that are known. The people in it are those of make-demo-data: synthetic."""

import csv
import datetime
import io
import random
import typing

from demo_data import people, places, village

LABELS = {
    "M": "男", "F": "女", "local": "户籍", "floating": "流动", "unregistered": "未落户",
    "overseas": "境外",
}
HEADS = (
    "序号", "户编号", "姓　名*", "公民身份号码*\n(18位)", "性别*", "出生年月*", "民族", "与户主的关系*",
    "户籍类别*", "人户状态*", "外出原因", "外出时间", "外出去向", "联系电话", "文化程度", "职业", "婚姻状况",
    "经办人意见",
)
TITLES = (["谷脚镇茶香村实有人口花名册"], ["填报单位:茶香村村委会", "", "", "填报日期:2026年10月1日"], [])
FIRST_ROW = len(TITLES) + 2


class Fault(typing.NamedTuple):
    """What is wrong in a row, and how it is put right."""

    code: str
    head: int
    """Place of the cell; -1 for the whole row, which is then to be struck out."""
    right: str


class Roster(typing.NamedTuple):
    rows: list
    faults: dict
    """By number of the row in the sheet, from 1."""
    households: list

    def text(self):
        output = io.StringIO(newline="")
        csv.writer(output).writerows([*TITLES, HEADS, *self.rows])
        return output.getvalue()

    def bytes(self):
        return self.text().encode("gb18030")


def make(code, count, faulty=24, seed="1", today=datetime.date(2026, 10, 1)):
    """A roster of so many people, with some rows that are wrong, and the households they are of."""
    chance = random.Random(f"{seed}/{code}/roster")
    place = places.villages()[code]
    built = village.build(place, count // 2, today, chance, people.Names(chance))
    residents = built["residents"][:count]
    rows = [
        row(number, person, link["household_no"], chance)
        for number, (person, link) in enumerate(zip(residents, built["links"]), 1)
    ]
    faults = {}
    spoilers = [spoil for spoil in SPOILERS for _ in range(max(1, faulty // len(SPOILERS)))]
    places_of_faults = chance.sample(range(10, len(rows)), len(spoilers))
    for at, spoil in zip(places_of_faults, spoilers):
        faults[FIRST_ROW + at] = spoil(rows[at], residents[at], rows, chance)
    wanted = {link["household_no"] for link in built["links"][:count]}
    rows.append(["合计", "", "", f"{count}人"])
    faults[FIRST_ROW + count] = Fault("id_format", -1, "")
    households = [each for each in built["households"] if each["household_no"] in wanted]
    return Roster(rows, faults, households)


def row(number, person, household, chance):
    label = lambda name: LABELS.get(person[name], person[name])
    name = person["name"]
    if chance.random() < 0.03:
        name = f"　{name} "
    identity = person["id_no"]
    if identity.endswith("X") and chance.random() < 0.5:
        identity = identity.lower()
    phone = person["phone"]
    if phone and chance.random() < 0.03:
        phone = "".join(chr(ord(digit) + 0xFEE0) for digit in phone)
    if phone and chance.random() < 0.05:
        phone = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    return [
        str(number), household, name, identity, label("sex"), date(person["birth_date"], chance),
        person["nation"], person["kin_to_head"], label("registration"),
        person["residence_status"], person["away_reason"], date(person["away_since"], chance),
        person["away_to"], phone, person["education"], person["occupation"], person["marital"], "",
    ]


def date(text, chance):
    """A day as people and spreadsheets write it."""
    if not text:
        return ""
    day = datetime.date.fromisoformat(text)
    return chance.choices([
        text, f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}",
        str((day - datetime.date(1899, 12, 30)).days),
    ], [40, 25, 15, 10, 6, 4])[0]


def _swap(row, person, rows, chance):
    """Two digits of the number the wrong way round."""
    right = row[3] = person["id_no"] or people.Names(chance).identity(
        person["sex"], datetime.date.fromisoformat(person["birth_date"]))
    at = next(at for at in range(14, 17) if right[at] != right[at - 1])
    row[3] = right[:at - 1] + right[at] + right[at - 1] + right[at + 1:]
    return Fault("id_check_digit", 3, right)


def _scientific(row, person, rows, chance):
    """The spreadsheet took the number for a number."""
    right, row[3] = person["id_no"], "5.2273E+17"
    return Fault("mangled_number", 3, right)


def _day(row, person, rows, chance):
    right, row[5] = person["birth_date"], person["birth_date"][:4] + "年2月30日"
    return Fault("not_a_date", 5, right)


def _phone(row, person, rows, chance):
    right = person["phone"]
    row[13] = (right or people.Names(chance).phone())[:-1]
    return Fault("bad_phone", 13, right)


def _kind(row, person, rows, chance):
    """A word of the office's own for what the catalogue calls otherwise."""
    right, row[8] = row[8], "本地户口"
    return Fault("not_in_list", 8, right)


def _twice(row, person, rows, chance):
    """Another person's row once more, further down."""
    other = rows[chance.randrange(0, 9)]
    row[1:] = other[1:]
    return Fault("repeated_key", -1, "")


SPOILERS = (_swap, _scientific, _day, _phone, _kind, _twice)
