# SPDX-License-Identifier: Apache-2.0
"""Draws values of the catalogue's types; all of them are made up."""

import datetime
import re

EPOCH = datetime.date(1970, 1, 1).toordinal()

# What people jot down, in parts that are put together.
SUBJECTS = """老人 户主 其子女 该户 双方 群众 村民 租户 施工方 合作社 网格员 联户长 村委会 派出所 镇司法所 卫生院""".split()
DOINGS = """已上门走访 反映用水困难 要求核实补贴发放 身体状况良好 外出务工未归 已签订承诺书 同意调解
已完成整改 需要继续跟进 已电话回访 对处理结果满意 材料尚未交齐 已转镇级办理 约定下次见面时间
存在用电隐患 已现场劝导 申请低保复核 房屋漏雨待修 土地边界不清 已通知到人""".split()
ENDINGS = ["", "。", "，下周再访。", "，已登记在册。", "，请镇里协调解决。", "，家属知情。", "，已拍照留存。"]


class Drawing:
    """Values in the form of Protocol/reader, for one village.

    What no two runs share (numbers of people, telephones and papers, references, hashes) is drawn
    as zeros where `is_blurred`: in a dictionary it would only take room.
    """

    def __init__(self, chance, place, names, now, is_blurred):
        self.chance, self.place, self.names, self.now = chance, place, names, now
        self.is_blurred = is_blurred

    def blurred(self, text: str) -> dict:
        if self.is_blurred:
            text = re.sub(r"（演示数据.*）", "", text)
            text = re.sub(r"\d{8,}\w*", lambda found: found[0][:7].ljust(len(found[0]), "0"), text)
        return {"text": text}

    def noise(self, size: int) -> str:
        return (bytes(size) if self.is_blurred else self.chance.randbytes(size)).hex()

    def value(self, kind: str) -> dict:
        """A value of a type in the notation of Protocol/catalogue."""
        name, content = re.fullmatch(r"(\w+)(?:\((.*)\))?", kind, re.DOTALL).groups()
        match name:
            case "text" | "longtext": return {"text": self.text(int(re.findall(r"\d+", content)[-1]))}
            case "integer": return {"integer": self.chance.choice([1, 2, 3, 5, 10, 30, 2026])
                                    if self.chance.random() < 0.5 else self.chance.randrange(5000)}
            case "decimal": return {"decimal": self.decimal()}
            case "boolean": return {"boolean": self.chance.random() < 0.5}
            case "date": return {"date": self.now.toordinal() - EPOCH - self.chance.randrange(900)}
            case "time": return {"time": self.time()}
            case "area": return {"area": self.area(content)}
            case "enum" | "open":
                return {"text": self.chance.choice(content.split(",")).split(":")[0]}
            case "id18": return self.blurred(self.names.identity(*self.someone()))
            case "uscc18": return self.blurred(f"91522730MA{self.chance.randrange(10**8):08}")
            case "phone": return self.blurred(self.names.phone())
            case "ref": return {"reference": self.noise(10)}
            case "party": return {"text": self.place.township + self.chance.choice(
                ["人民政府", "司法所", "派出所", "应急办", "民政办"])}
            case "point": return {"point": {
                "latitude": 264_500_000 + self.chance.randrange(10**6),
                "longitude": 1_069_700_000 + self.chance.randrange(10**6)}}
            case "attachment": return {"attachment": {
                "hash": self.noise(32), "size": self.chance.randrange(2_000_000),
                "media_type": self.chance.choice(["image/jpeg", "application/pdf"])}}
            case "bytes": return {"bytes": self.noise(32)}
            case "set" | "list":
                return {"list": [self.value(content) for _ in range(self.chance.randint(1, 3))]}
            case "struct": return {"map": self.parts(content)}
        raise ValueError(f"no such type: {kind}")

    def text(self, most: int) -> str:
        if most <= 20:
            return self.names.full(self.chance.choice("MF"))
        text = self.chance.choice(SUBJECTS) + self.chance.choice(DOINGS)
        if most > 60 and self.chance.random() < 0.7:
            text += "，" + self.chance.choice(DOINGS) + self.chance.choice(ENDINGS)
        return (self.place.name if self.chance.random() < 0.3 else "") + text

    def someone(self):
        age = self.chance.randrange(90)
        return self.chance.choice("MF"), self.names.birth_date(age, self.now)

    def decimal(self) -> dict:
        tenths = self.chance.randrange(1, 2000)
        if tenths % 10 == 0:
            return {"mantissa": tenths // 10, "scale": 0}
        return {"mantissa": tenths, "scale": 1}

    def time(self) -> int:
        days = self.now.toordinal() - EPOCH - self.chance.randrange(300)
        minute = (days * 24 + self.chance.randrange(0, 12)) * 60 + self.chance.randrange(60)
        return minute * 60_000

    def area(self, levels: str) -> str:
        level = self.chance.choice(levels.split(","))
        digits = {"county": 6, "township": 9, "village": 12, "grid": 15, "group": 17, "unit": 19}
        code = f"{self.place.code}{self.chance.randint(1, 4):03}{self.chance.randint(1, 9):02}"
        return (code + f"{self.chance.randint(1, 15):02}")[:digits[level]]

    def parts(self, content: str) -> list[dict]:
        """Some of the parts of a structure; those it must have, always."""
        found = []
        for part in top_level(content):
            label, kind = part.split(":", 1)
            if label.endswith("!") or self.chance.random() < 0.4:
                found.append({"name": label.split(" ")[0].rstrip("!"), "value": self.value(kind)})
        return sorted(found, key=lambda part: part["name"].encode())


def top_level(content: str) -> list[str]:
    """The parts of a list, at its commas that stand in no brackets."""
    parts, depth = [""], 0
    for character in content:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
