# SPDX-License-Identifier: Apache-2.0
"""Protocol/table-audit.md: digests of records and of trees of them, and messages 13 to 15."""

from .hashes import digest
from .limits import LIMITS
from .notation import (
    HOME, LANE, LOG, RECORD_ID, SEQUENCE, SIGNED, UNSIGNED, Byte, Choice, Codec, Fields, Items, Raw,
    Unsigned, Violation, count_up_to)
from .values import VALUE

NAME = Fields(
    lane=LANE, collection=Unsigned(most=LIMITS["catalogueNumberMax"]), id=RECORD_ID)
DOT = Fields(log=LOG, sequence=SEQUENCE)
VOID, REDACTED, HAS_VALUE = 2, 8, 1
FAMILIES = {"register": (0, 0), "fixed": (0, 1), "set": (1, 2), "timeline": (2, 3),
            "counter": (3, 4)}
BITS = 6


# Records


def listed(items: list, write) -> bytes:
    return UNSIGNED.write(len(items)) + b"".join(map(write, items))


class State:
    """The bytes of one record's merge state; times are relative to its first write."""

    def __init__(self, state: dict):
        self.state, self.start = state, state["first"]["timestamp"]

    def bytes(self) -> bytes:
        first, last = self.state["first"], self.state["last"]
        return (
            self.start.to_bytes(8, "big") + DOT.write(first["dot"])
            + self.time(last["timestamp"]) + DOT.write(last["dot"])
            + listed(self.state["existence"], DOT.write)
            + listed(self.state["fields"], self.field))

    def time(self, timestamp: int) -> bytes:
        return (SIGNED.write((timestamp >> 16) - (self.start >> 16))
                + UNSIGNED.write(timestamp & 0xFFFF))

    def field(self, field: dict) -> bytes:
        family, kind = FAMILIES[field["kind"]]
        write = {"register": self.sibling, "fixed": self.sibling, "set": self.member,
                 "timeline": self.item, "counter": self.share}[field["kind"]]
        return (UNSIGNED.write(field["number"] << 2 | family) + bytes([kind])
                + listed(field["items"], write))

    def sibling(self, sibling: dict) -> bytes:
        flags = (HAS_VALUE if sibling["value"] else 0) | (VOID if sibling["void"] else 0)
        flags |= REDACTED if sibling["redacted"] else 0
        return (bytes([flags]) + self.time(sibling["timestamp"]) + DOT.write(sibling["dot"])
                + bytes.fromhex(sibling["value"] or ""))

    def member(self, member: dict) -> bytes:
        return bytes.fromhex(member["value"]) + listed(member["dots"], DOT.write)

    def item(self, item: dict) -> bytes:
        return (self.time(item["timestamp"]) + DOT.write(item["dot"])
                + UNSIGNED.write(item["index"]) + bytes.fromhex(item["value"]))

    def share(self, share: dict) -> bytes:
        return LOG.write(share["log"]) + SIGNED.write(share["sum"])


def record_digest(name: dict, state: dict) -> str:
    return digest("table", NAME.write(name) + State(state).bytes()).hex()


# Trees


def place(name: dict) -> int:
    return int.from_bytes(digest("aplac", NAME.write(name))[:8], "big")


def in_order(leaves: list[dict]) -> list[dict]:
    def key(leaf):
        name = leaf["name"]
        return place(name), name["lane"], name["collection"], name["id"], leaf["digest"]
    return sorted(leaves, key=key)


def joined(leaves: list[dict], nonce: str) -> bytes:
    data = b"".join(bytes.fromhex(leaf["digest"]) for leaf in leaves)
    return digest("audit", bytes.fromhex(nonce) + data)


def below(leaves: list[dict], steps: list[int]) -> list[dict]:
    def passes(leaf):
        spot = place(leaf["name"])
        return all(spot >> 64 - BITS * (depth + 1) & 63 == step
                   for depth, step in enumerate(steps))
    return in_order(list(filter(passes, leaves)))


def whole(leaves: list[dict], nonce: str) -> str:
    return joined(in_order(leaves), nonce)[:16].hex()


def part(leaves: list[dict], steps: list[int], nonce: str) -> dict:
    found = below(leaves, steps)
    most = LIMITS["auditRecordsNamedMax"]
    if len(found) <= most or len(steps) == LIMITS["auditStepsMax"]:
        return {"records": [{"name": leaf["name"], "digest": joined([leaf], nonce)[:8].hex()}
                            for leaf in found[:most]]}
    children = (below(found, [*steps, step]) for step in range(LIMITS["auditFanOut"]))
    return {"children": [joined(child, nonce)[:8].hex() if child else "00" * 8
                         for child in children]}


# Messages


class Steps(Codec):
    """The first steps of places, one byte each."""

    COUNT = count_up_to(LIMITS["auditStepsMax"])

    def read(self, cursor):
        steps = list(cursor.take(self.COUNT.read(cursor)))
        if any(step >= LIMITS["auditFanOut"] for step in steps):
            raise Violation("integer_too_large")
        return steps

    def write(self, value):
        return self.COUNT.write(len(value)) + bytes(value)


class Prefixes(Items):
    """They ascend, and none lies below another."""

    def __init__(self):
        super().__init__(Steps(), LIMITS["auditPrefixesMax"])

    def read(self, cursor):
        prefixes = super().read(cursor)
        for before, after in zip(prefixes, prefixes[1:]):
            if after[:len(before)] <= before:
                raise Violation("not_ascending")
        return prefixes


class Children(Codec):
    """A digest for each child, without a count."""

    def read(self, cursor):
        return [Raw(8).read(cursor) for _ in range(LIMITS["auditFanOut"])]

    def write(self, value):
        return b"".join(map(Raw(8).write, value))


PART = Choice({
    0: ("children", Children()),
    1: ("records", Items(Fields(name=NAME, digest=Raw(8)), LIMITS["auditRecordsNamedMax"]))})
QUESTION = Fields(
    number=UNSIGNED, area=HOME, frontier=Raw(16), rules=Raw(8), standing=Raw(16), nonce=Raw(16),
    prefixes=Prefixes())
ANSWER = Fields(
    number=UNSIGNED,
    content=Choice({
        0: ("whole", Fields(digest=Raw(16), records=UNSIGNED)),
        1: ("refused", Fields(reason=Byte(range(5)), number=UNSIGNED))}))
PARTS = Fields(number=UNSIGNED, parts=Items(PART, LIMITS["auditPrefixesMax"], least=1))
