# SPDX-License-Identifier: Apache-2.0
"""Protocol/values.md: the values of fields and their order."""

from .limits import LIMITS
from .notation import (
    AREA, HASH, MESSAGE_TEXT, RECORD_ID, SIGNED, UNSIGNED, Block, Byte, Choice, Codec, Fields,
    Items, Nothing, Text, Violation, area_order, count_up_to)

FIRST_DAY, LAST_DAY = -719_162, 2_932_896


class Bounded(Codec):
    """A signed number within bounds."""

    def __init__(self, least: int, most: int, otherwise: str):
        self.least, self.most, self.otherwise = least, most, otherwise

    def read(self, cursor):
        number = SIGNED.read(cursor)
        if not self.least <= number <= self.most:
            raise Violation(self.otherwise)
        return number

    def write(self, value):
        return SIGNED.write(value)


class Decimal(Fields):
    """A mantissa and its places; zeros at the end are no form of their own."""

    def __init__(self):
        super().__init__(mantissa=SIGNED, scale=Byte(range(10), "decimal_not_normal"))

    def read(self, cursor):
        number = super().read(cursor)
        if number["scale"] > 0 and number["mantissa"] % 10 == 0:
            raise Violation("decimal_not_normal")
        return number


class Map(Codec):
    """Parts ascending by the bytes of their names."""

    def __init__(self, value: Codec):
        self.value, self.count = value, count_up_to(LIMITS["operationValuesMax"])

    def read(self, cursor):
        parts = []
        for _ in range(self.count.read(cursor)):
            name = MESSAGE_TEXT.read(cursor)
            if parts and not parts[-1]["name"].encode() < name.encode():
                raise Violation("not_ascending")
            parts.append({"name": name, "value": self.value.read(cursor)})
        return parts

    def write(self, value):
        parts = [MESSAGE_TEXT.write(part["name"]) + self.value.write(part["value"])
                 for part in value]
        return self.count.write(len(parts)) + b"".join(parts)


class TooDeep(Codec):
    def read(self, cursor):
        raise Violation("nested_too_deep")

    def write(self, value):
        raise ValueError("lists and maps stand too deep in each other")


class Truth(Choice):
    """Yes and no are tags of their own, without content."""

    def read(self, cursor):
        value = super().read(cursor)
        return {"boolean": value.pop("yes", False)} if value.keys() & {"yes", "no"} else value

    def write(self, value):
        if "boolean" in value:
            value = {"yes" if value["boolean"] else "no": None}
        return super().write(value)


def value_codec(levels: int) -> Codec:
    """Values in which lists and maps may stand so many levels deep."""
    if levels == 0:
        nested, parts = TooDeep(), TooDeep()
    else:
        inner = value_codec(levels - 1)
        nested, parts = Items(inner, LIMITS["operationValuesMax"]), Map(inner)
    point = Fields(
        latitude=Bounded(-900_000_000, 900_000_000, "point_out_of_range"),
        longitude=Bounded(-1_800_000_000, 1_800_000_000, "point_out_of_range"))
    return Truth({
        0: ("text", Text(LIMITS["entryBytesMax"])),
        1: ("integer", SIGNED),
        2: ("no", Nothing(False)),
        3: ("yes", Nothing(True)),
        4: ("decimal", Decimal()),
        5: ("date", Bounded(FIRST_DAY, LAST_DAY, "date_out_of_range")),
        6: ("time", SIGNED),
        7: ("area", AREA),
        8: ("reference", RECORD_ID),
        9: ("bytes", Block(LIMITS["entryBytesMax"])),
        10: ("point", point),
        11: ("attachment", Fields(hash=HASH, size=UNSIGNED, media_type=MESSAGE_TEXT)),
        12: ("list", nested),
        13: ("map", parts),
    })


VALUE = value_codec(LIMITS["valueDepthMax"])


def value_order(value: dict):
    """The key by which values ascend: kind, then value."""
    ((kind, content),) = value.items()
    rank = ("text", "integer", "boolean", "decimal", "date", "time", "area", "reference",
            "bytes", "point", "attachment", "list", "map").index(kind)
    match kind:
        case "text": key = content.encode()
        case "decimal": key = (content["mantissa"], content["scale"])
        case "area": key = area_order(content)
        case "point": key = (content["latitude"], content["longitude"])
        case "attachment": key = (content["hash"], content["size"], content["media_type"].encode())
        case "list": key = tuple(map(value_order, content))
        case "map":
            key = tuple((part["name"].encode(), value_order(part["value"])) for part in content)
        case _: key = content
    return rank, key
