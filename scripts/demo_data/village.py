# SPDX-License-Identifier: Apache-2.0
"""Grids, ten-household units, households, residents and staff of one village."""

import datetime

from demo_data import people

PER_UNIT = 15  # A unit has 10 to 20 households.
UNITS_PER_GRID = 4.2
MEDIATORS, LEGAL_LEADERS = 6, 12  # 486 and 960 in 81 villages
FULL_TIME_SHARE = 73 / 908
TARGETS = ("广东省东莞市", "广东省深圳市", "浙江省宁波市", "福建省晋江市", "贵州省贵阳市", "江苏省苏州市")
AWAY_REASONS = {"务工": 82, "经商": 12, "探亲": 2, "其他": 4}


def build(place, households, today, chance, names):
    """Returns the rows of each collection, and `links`, as lists of columns by name."""
    return _Builder(place, today, chance, names).build(households)


class _Builder:
    def __init__(self, place, today, chance, names):
        self.place, self.today, self.chance, self.names = place, today, chance, names
        self.rows = {
            name: [] for name in
            ("grids", "household_units", "households", "residents", "staff", "links")
        }
        self.numbers = 0

    def build(self, households):
        sizes = unit_sizes(households, self.chance)
        grids = max(1, round(len(sizes) / UNITS_PER_GRID))
        for grid in range(grids):
            # Units are dealt out evenly and in order.
            first, end = len(sizes) * grid // grids, len(sizes) * (grid + 1) // grids
            self.add_grid(grid + 1, sizes[first:end])
        self.add_village_staff(len(sizes) / 47)
        return self.rows

    def add_grid(self, number, sizes):
        code = f"{self.place.code}{number:03}"
        groups = max(1, round(len(sizes) / 2))
        part = "小区" if self.place.is_urban else "村民组"
        self.rows["grids"].append({
            "grid_code": code,
            "name": f"{self.place.name}第{chinese(number)}网格",
            "kind": "urban" if self.place.is_urban else "rural",
            "boundary_note": f"第{number * 2 - 1}、{number * 2}{part}",
            "household_limit": 500 if self.place.is_urban else 150,
            "status": "active",
        })
        self.add_grid_staff(code)
        for index, size in enumerate(sizes):
            self.add_unit(code, 1 + index * groups // len(sizes), index + 1, size)

    def add_unit(self, grid, group, number, size):
        code = f"{grid}{group:02}{number:02}"
        ties = [("building", 1)] if self.place.is_urban else [("place", 7), ("kin", 3)]
        self.rows["household_units"].append({
            "unit_code": code,
            "group_no": f"{group}组",
            "name": f"第{chinese(number)}联户",
            "tie": draw(ties, self.chance),
            "status": "active",
        })
        members = [row for _ in range(size) for row in self.add_household(grid, group, code)]
        self.add_unit_head(grid, members)

    def add_household(self, grid, group, unit):
        """Adds a household with its residents; returns those who could lead the unit."""
        chance = self.chance
        self.numbers += 1
        number = f"{self.numbers:05}"
        members = people.household(chance)
        floating = chance.random() < (0.10 if self.place.is_urban else 0.03)
        nation, surname = self.names.nation(), self.names.surname()
        residents = [self.resident(member, surname, nation, floating) for member in members]
        if len(members) == 1 or members[1].kin != "配偶":
            residents[0]["marital"] = chance.choices(["丧偶", "离婚", "未婚"], [60, 25, 15])[0]
        away = [row for row in residents if row["residence_status"] == "户在人不在"]
        at_home = [row for row in residents if row not in away]
        row = {
            "household_no": number,
            "plate_no": f"{self.place.code[6:]}-{number}",
            "grid_code": grid,
            "address": self.address(group),
            "household_class": "一般",
            "monitor_kind": "",
            "risk_found_on": "",
            "risk_cleared_on": "",
            "contact_phone": next((person["phone"] for person in at_home if person["phone"]), ""),
            "remote_contact": " ".join((away[0]["name"], away[0]["phone"])) if away else "",
            "live_status": "resident" if at_home else chance.choice(["empty", "seasonal"]),
        }
        row.update(self.classes())
        self.rows["households"].append(row)
        for person in residents:
            self.rows["residents"].append(person)
            self.rows["links"].append({
                "unit_code": unit, "household_no": number,
                "resident_row": len(self.rows["residents"]), "id_no": person["id_no"],
                "name": person["name"], "kin_to_head": person["kin_to_head"],
            })
        return [person for person in at_home if person["phone"] and not floating]

    def resident(self, member, surname, nation, floating):
        chance, names = self.chance, self.names
        kin, sex, age = member
        born = names.birth_date(age, self.today)
        unregistered = age == 0 and chance.random() < 0.2
        area = chance.choice(people.OTHER_COUNTIES) if floating else people.COUNTY
        married_in = kin in ("配偶", "母亲")
        row = {
            "name": names.full(sex, None if married_in else surname),
            "id_no": "" if unregistered else names.identity(sex, born, area),
            "sex": sex,
            "birth_date": born.isoformat(),
            "nation": names.nation() if kin == "配偶" else nation,
            "kin_to_head": kin,
            "registration": "unregistered" if unregistered else "floating" if floating else "local",
            "residence_status": "人在户不在" if floating else "人户同在",
            "away_reason": "", "away_since": "", "away_to": "",
            "phone": names.phone() if 15 <= age < 82 else "",
            "education": education(age, chance),
            "occupation": occupation(age, self.place.is_urban, chance),
            "marital": marital(kin, age, chance),
        }
        away_share = 0.18 if self.place.is_urban else 0.38
        if not floating and 18 <= age < 55 and chance.random() < away_share:
            self.send_away(row, age)
        return row

    def send_away(self, row, age):
        student = age < 23 and self.chance.random() < 0.5
        reason = draw(AWAY_REASONS.items(), self.chance)
        row["residence_status"] = "户在人不在"
        row["away_reason"] = "就学" if student else reason
        row["away_since"] = self.days_ago(20, 1100)
        row["away_to"] = self.chance.choice(TARGETS)
        row["occupation"] = "学生" if student else reason if reason in ("务工", "经商") else "其他"

    def classes(self):
        """Household class, and what a watched household needs besides."""
        chance = self.chance
        poor = 0.05 if self.place.is_urban else 0.4  # about 40 registered households a rural grid
        odds = {"脱贫": poor, "监测": 0.02, "低保": 0.05, "特困": 0.008, "搬迁": 0.03}
        found = [name for name, share in odds.items() if chance.random() < share]
        columns = {"household_class": "|".join(found) or "一般"}
        if "监测" in found:
            columns["monitor_kind"] = chance.choice(["脱贫不稳定", "边缘易致贫", "突发严重困难"])
            columns["risk_found_on"] = self.days_ago(400, 1500)
            columns["risk_cleared_on"] = self.days_ago(10, 390) if chance.random() < 0.5 else ""
        return columns

    def add_unit_head(self, grid, candidates):
        role = "楼栋长" if self.place.is_urban else "联户长"
        if candidates:
            person = self.chance.choice(candidates)
            self.add_staff(
                [role], grid, person["name"], person["id_no"], person["phone"],
                party_member=self.chance.random() < 0.3)
        else:
            self.add_staff([role], grid)

    def add_grid_staff(self, grid):
        self.add_staff(
            ["网格长", "挂村领导"], grid, employer=self.place.township, party_member=True)
        self.add_staff(
            ["副网格长", "第一书记"], grid, employer="县直帮村单位", party_member=True)
        self.add_staff(["网格员", "驻村干部"], grid, employer="县直帮村单位")
        if self.chance.random() < FULL_TIME_SHARE:
            self.add_staff(
                ["网格员", "专职网格员"], grid, employer=self.place.name, full_time=True)

    def add_village_staff(self, scale):
        for role, count in (("人民调解员", MEDIATORS), ("法治带头人", LEGAL_LEADERS)):
            for _ in range(max(1, round(count * scale))):
                self.add_staff([role], self.place.code)

    def add_staff(
        self, roles, scope, name=None, id_no=None, phone=None, employer="", full_time=False,
        party_member=None,
    ):
        chance, names = self.chance, self.names
        sex = chance.choices("MF", [65, 35])[0]
        born = names.birth_date(chance.randint(24, 58), self.today)
        drawn = names.identity(sex, born)
        is_member = chance.random() < 0.4 if party_member is None else party_member
        began = self.days_ago(60, 1700)
        self.rows["staff"].append({
            "name": name or names.full(sex),
            "id_no": id_no or (drawn if full_time or {"联户长", "楼栋长"} & set(roles) else ""),
            "phone": phone or names.phone(),
            "roles": "|".join(roles),
            "scopes": scope,
            "employer": employer,
            "full_time": "true" if full_time else "false",
            "party_member": "true" if is_member else "false",
            "checked_in_on": began if is_member else "",
            "term_from": began,
            "status": "active",
        })

    def address(self, group):
        where = f"{self.place.township}{self.place.name}"
        if self.place.is_urban:
            floor, door = self.chance.randint(1, 12), self.chance.randint(1, 4)
            return f"{where}{group}栋{self.chance.randint(1, 3)}单元{floor}0{door}室"
        return f"{where}{group}组{self.numbers}号"

    def days_ago(self, least, most):
        return (self.today - datetime.timedelta(days=self.chance.randint(least, most))).isoformat()


def unit_sizes(households, chance):
    """Sizes of units that sum to `households`, 10 to 20 each as far as there are that many."""
    units = max(1, round(households / PER_UNIT), -(-households // 20))
    sizes = [households // units + (index < households % units) for index in range(units)]
    for _ in range(units * 3):
        giver, taker = chance.randrange(units), chance.randrange(units)
        if giver != taker and sizes[giver] > 10 and sizes[taker] < 20:
            sizes[giver] -= 1
            sizes[taker] += 1
    return sizes


def chinese(number):
    """1 to 99 in Chinese."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else digits[tens] + "十"
    return head + (digits[ones] if ones else "")


def draw(weighted, chance):
    """One of (value, weight) pairs."""
    values, weights = zip(*weighted)
    return chance.choices(values, weights)[0]


def education(age, chance):
    if age < 3:
        return ""
    for limit, level in ((6, "学前"), (12, "小学"), (15, "初中"), (18, "普通高中")):
        if age < limit:
            return level
    if age >= 60:
        return chance.choices(["文盲或半文盲", "小学", "初中"], [35, 50, 15])[0]
    levels = {"小学": 20, "初中": 42, "普通高中": 12, "中等职业": 8, "大学专科": 11, "大学本科": 7}
    return draw(levels.items(), chance)


RURAL_WORK = {
    "务农": 58, "务工": 14, "经商": 5, "公职人员": 2, "企业职工": 6, "个体": 5, "离退休": 2, "无业": 8,
}
URBAN_WORK = {
    "务农": 8, "务工": 20, "经商": 15, "公职人员": 6, "企业职工": 20, "个体": 15, "离退休": 8, "无业": 8,
}


def occupation(age, is_urban, chance):
    if age < 19:
        return "学生" if age >= 6 else ""
    return draw((URBAN_WORK if is_urban else RURAL_WORK).items(), chance)


def marital(kin, age, chance):
    if age < 20 or kin in ("子", "女"):
        return "未婚" if age >= 15 else ""
    if kin in ("配偶", "父亲"):
        return "已婚"
    return "丧偶" if kin == "母亲" and chance.random() < 0.4 else "已婚"
