# SPDX-License-Identifier: Apache-2.0
"""Protocol/area-changes.md: changes of area codes, and what codes stand for then."""

from .hashes import digest, is_signed
from .limits import LIMITS
from .notation import (
    AREA, KEY, SIGNATURE, UNSIGNED, VERSION, Byte, Fields, Text, Violation, area_contains)

RENUMBER, MERGE, SPLIT = 1, 2, 3
CLAIM = Fields(
    version=VERSION, kind=Byte((RENUMBER, MERGE, SPLIT), "unknown_tag"), **{"from": AREA}, to=AREA,
    day=UNSIGNED, order=UNSIGNED, note=Text(LIMITS["certificateNameBytesMax"]),
    issued_at=UNSIGNED, issuer=KEY)


def is_sound(change: dict) -> bool:
    left, right = change["from"], change["to"]
    levels = (12,) if change["kind"] == SPLIT else (12, 15)
    return (left != right and len(left) == len(right) and len(left) in levels
            and left[:9] == right[:9])


class Change(Fields):
    def decode(self, data):
        if len(data) > LIMITS["certificateBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)

    def read(self, cursor):
        value = super().read(cursor)
        if not is_sound(value):
            raise Violation("contradiction")
        return value


CHANGE = Change(**CLAIM.fields, signature=SIGNATURE)


def change_digest(change: dict) -> bytes:
    return digest("area", CHANGE.write(change))


def is_genuine(change: dict) -> bool:
    return is_signed(
        "areachange", digest("area", CLAIM.write(change)), bytes.fromhex(change["signature"]),
        bytes.fromhex(change["issuer"]))


class Map:
    """What codes have become."""

    def __init__(self):
        self.steps = {}
        # The codes that were divided, with what a part of them went into.
        self.splits = []

    def step(self, code: str) -> str | None:
        grid = code[:15]
        if len(code) >= 15 and grid in self.steps:
            return self.steps[grid]["to"] + code[15:]
        found = self.steps.get(code[:12]) if len(code) >= 12 else None
        if found is None or len(code) > 12 and found["kind"] == MERGE:
            return None
        return found["to"] + code[12:]

    def path(self, code: str) -> list[str] | None:
        path = [code]
        while (step := self.step(path[-1])) is not None:
            if step in path:
                return None
            path.append(step)
        return path

    def current(self, code: str) -> str:
        return (self.path(code) or [code])[-1]

    def take(self, change: dict) -> bool:
        left, right = change["from"], change["to"]
        if left in self.steps:
            return False
        if change["kind"] == SPLIT:
            return self.split(left, right)
        led_to = [each["to"] for each in self.steps.values()] + [to for _, to in self.splits]
        if change["kind"] == RENUMBER and right in led_to:
            return False
        self.steps[left] = change
        if all(self.path(each) for each in self.steps):
            return True
        del self.steps[left]
        return False

    def split(self, left: str, right: str) -> bool:
        if self.current(right) in self.heirs(left):
            return False
        known = {left, *self.steps}.union(*(codes for codes, _ in self.splits))
        codes = {code for code in known if len(code) == 12 and left in self.heirs(code)}
        self.splits.append((codes, right))
        return True

    def heirs(self, home: str) -> list[str]:
        """The village that a code stands for first, then those that have a part of it."""
        now = self.current(home)
        parts = {self.current(to) for codes, to in self.splits if home in codes}
        return [now] + sorted(parts - {now})

    def covers(self, area: str, home: str) -> bool:
        if area_contains(area, home):
            return True
        return len(area) == len(home) == 12 and self.current(area) in self.heirs(home)

    def place(self, home: str, grid: str) -> str:
        """The village in which a record of a village lies that says a grid."""
        village = self.current(self.current(grid)[:12])
        return village if village in self.heirs(home) else self.current(home)


def standings(changes: list[dict], offices: dict[str, str]) -> tuple[list[str], Map]:
    """How changes stand, in their order, where each key may certify for one area."""
    def weight(change):
        area = offices.get(change["issuer"])
        has = area and area_contains(area, change["from"]) and area_contains(area, change["to"])
        return len(area) if has else None

    def place(number):
        change = changes[number]
        return change["order"], weight(change) or 19, change_digest(change)

    found, known = [""] * len(changes), Map()
    for number in sorted(range(len(changes)), key=place):
        if weight(changes[number]) is None:
            found[number] = "without_weight"
        else:
            found[number] = "counts" if known.take(changes[number]) else "contradicted"
    return found, known
