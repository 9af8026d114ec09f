# SPDX-License-Identifier: Apache-2.0
"""table-audit.json: digests of records, and trees of them."""

from onegrid_reader import entries, tables
from onegrid_reader.hashes import digest
from onegrid_reader.values import VALUE

from .logs import ROUTINE, VILLAGE, VILLAGER

NONCE = "a5" * 16
START = 1_795_487_400_000 << 16


def dot(sequence: int, replica: str | None = None) -> dict:
    log = entries.log_id(VILLAGER.identity(VILLAGE, ROUTINE))
    return {"log": log | ({"replica": replica} if replica else {}), "sequence": sequence}


def sibling(value, sequence: int, after: int = 0, void=False, redacted=False) -> dict:
    return {"value": VALUE.write(value).hex() if value else None, "void": void,
            "redacted": redacted, "timestamp": START + after, "dot": dot(sequence)}


def state(*fields: dict, existence=(1,), last: int = 1) -> dict:
    return {
        "first": {"timestamp": START, "dot": dot(1)},
        "last": {"timestamp": START + (last << 16) - 1, "dot": dot(last)},
        "existence": [dot(sequence) for sequence in existence], "fields": list(fields)}


def field(number: int, kind: str, *items: dict) -> dict:
    return {"number": number, "kind": kind, "items": list(items)}


def records() -> dict[str, dict]:
    text = {"text": "茶香村"}
    other = "ee" * 16
    return {
        "a record without a field": state(),
        "an archived record": state(existence=(), last=9),
        "one value": state(field(1, "register", sibling(text, 1))),
        "two values at once": state(
            field(1, "register", sibling(text, 1), sibling({"text": ""}, 2, after=65_537)), last=2),
        "a cleared field, a void value and a destroyed one": state(
            field(1, "register", sibling(None, 1)),
            field(2, "register", sibling({"integer": -7}, 2, void=True)),
            field(300, "register", sibling(None, 3, redacted=True)), last=3),
        "a value set at creation": state(field(4, "fixed", sibling({"boolean": True}, 1))),
        "members, acts and a sum": state(
            field(5, "set", {"value": VALUE.write(text).hex(), "dots": [dot(1), dot(1, other)]}),
            field(6, "timeline", {
                "timestamp": START - (3 << 16), "dot": dot(2), "index": 4,
                "value": VALUE.write({"list": [text, {"integer": 1}]}).hex()}),
            field(7, "counter", {"log": dot(1)["log"], "sum": -3},
                  {"log": dot(1, other)["log"], "sum": 2**40}), last=2),
    }


def leaves(count: int) -> list[dict]:
    return [{"name": {"lane": number % 3, "collection": 16, "id": f"{number:020x}"},
             "digest": digest("table", bytes([number % 256, number // 256])).hex()}
            for number in range(count)]


def make() -> list[dict]:
    vectors = []
    for number, (name, fields) in enumerate(records().items()):
        record = {"lane": ROUTINE, "collection": 16 + number, "id": f"{number + 1:020x}"}
        vectors.append({
            "name": name, "kind": "record", "record": record, "area": VILLAGE, "state": fields,
            "bytes": tables.State(fields).bytes().hex(),
            "digest": tables.record_digest(record, fields)})
    for count in (0, 1, 64, 65, 150):
        some = leaves(count)
        steps = [] if count < 65 else [tables.place(some[-1]["name"]) >> 64 - tables.BITS]
        vectors.append({
            "name": f"a tree of {count}", "kind": "tree", "nonce": NONCE, "leaves": some,
            "whole": tables.whole(some, NONCE), "root": tables.part(some, [], NONCE),
            "steps": steps, "part": tables.part(some, steps, NONCE)})
    return vectors


def messages() -> dict[str, dict]:
    question = {
        "number": 1, "area": VILLAGE, "frontier": "11" * 16, "rules": "22" * 8,
        "standing": "33" * 16, "nonce": NONCE, "prefixes": []}
    some = leaves(150)
    deep = [63] * 10
    return {
        "audit of the whole": {"audit": question},
        "audit of nodes": {"audit": question | {
            "number": 2**64 - 1, "prefixes": [[0], [1, 0], [1, 63], [2], deep]}},
        "audit of the root": {"audit": question | {"prefixes": [[]]}},
        "audited: a digest": {"audited": {"number": 1, "content": {
            "whole": {"digest": tables.whole(some, NONCE), "records": 150}}}},
        "audited: other logs": {"audited": {"number": 2, "content": {
            "refused": {"reason": 0, "number": 77}}}},
        "audited: too much": {"audited": {"number": 3, "content": {
            "refused": {"reason": 4, "number": 0}}}},
        "audit parts": {"audit_parts": {"number": 4, "parts": [
            tables.part(some, [], NONCE), tables.part(some, [1], NONCE), {"records": []}]}},
    }


def violation_cases():
    question = messages()["audit of the whole"]["audit"]

    def asked(name, code, prefixes):
        from onegrid_reader.messages import MESSAGE
        data = MESSAGE.write({"audit": question | {"prefixes": prefixes}})
        return "message", name, data.hex(), code

    yield asked("a step of 64", "integer_too_large", [[64]])
    yield asked("eleven steps", "length_too_large", [[0] * 11])
    yield asked("17 nodes", "length_too_large", [[step] for step in range(17)])
    yield asked("a node twice", "not_ascending", [[1], [1]])
    yield asked("nodes that descend", "not_ascending", [[2], [1]])
    yield asked("a node below another", "not_ascending", [[1], [1, 5]])
    yield asked("a node below the root", "not_ascending", [[], [5]])
    yield "message", "an audit cut short", "0d01", "truncated"
    yield "message", "an answer of a third form", "0e0102", "unknown_tag"
    yield "message", "an answer for a sixth reason", "0e01010500", "unknown_tag"
    yield "message", "an answer with a byte more", "0e0101000000", "trailing_bytes"
    yield "message", "no parts", "0f0100", "empty"
    yield "message", "17 parts", "0f0111", "length_too_large"
    yield "message", "a part of a third form", "0f010102", "unknown_tag"
    yield "message", "65 records", "0f01010141", "length_too_large"
    yield "message", "a record of lane 3", "0f0101010103", "unknown_tag"
    yield "message", "a record of a large collection", "0f010101010080808004", "integer_too_large"
    yield "message", "children cut short", "0f010100" + "00" * 511, "truncated"
