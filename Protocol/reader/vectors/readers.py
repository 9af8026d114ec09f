# SPDX-License-Identifier: Apache-2.0
"""readers.json: what one record holds for named devices."""

from onegrid_reader import readers

from .logs import DEVICE, VILLAGER

COLLECTION, RECORD, FIELD = 24, bytes.fromhex("00112233445566778899"), 2
KEY, LATER = bytes(range(32)), bytes(range(32, 64))
NONCE, PASSING = bytes(range(64, 88)), bytes(range(100, 132))
WHERE = readers.place(COLLECTION, RECORD)


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def value(name: str, data: bytes, content: dict | None) -> dict:
    opened = readers.open_value(data, FIELD, WHERE, KEY)
    assert opened == content, name
    return {
        "kind": "value", "name": name, "collection": COLLECTION, "record": RECORD.hex(),
        "field": FIELD, "content_key": KEY.hex(), "bytes": data.hex(),
        "sealed": readers.is_sealed(data), "value": content}


def values() -> list[dict]:
    def seal(plain, field=FIELD, where=WHERE, key=KEY):
        return readers.seal(plain, field, where, key, NONCE)

    short, long = {"text": "社区矫正"}, {"text": "每周二上门送药" * 20}
    whole = seal(readers.padded(short))
    plain = readers.padded(short)
    return [
        value("an enumeration", whole, short),
        value("a reference", seal(readers.padded({"reference": "ff" * 10})),
              {"reference": "ff" * 10}),
        value("a longer text", seal(readers.padded(long)), long),
        value("of another field", seal(plain, field=FIELD + 1), None),
        value("of another record", seal(plain, where=readers.place(24, b"x" * 10)), None),
        value("of another collection", seal(plain, where=readers.place(25, RECORD)), None),
        value("under another key", seal(plain, key=LATER), None),
        value("under another key with this one's name",
              whole[:17] + seal(plain, key=LATER)[17:], None),
        value("altered in its box", flipped(whole, 60), None),
        value("altered in its nonce", flipped(whole, 20), None),
        value("of another version", flipped(whole, 0), None),
        value("a byte short", whole[:-1], None),
        value("without a plain byte", whole[:57], None),
        value("padded to another length", seal(plain + b"\0"), None),
        value("padded with something", seal(plain[:-1] + b"\1"), None),
        value("no value in it", seal(b"\1\x63".ljust(64, b"\0")), None),
        value("a length beyond it", seal(b"\x7f".ljust(64, b"\0")), None),
        value("two values in it", seal(b"\2\2\2".ljust(64, b"\0")), None),
        value("open", "社区矫正".encode(), None),
    ]


def grant(name: str, data: bytes) -> dict:
    key = readers.open_grant(data, WHERE, DEVICE.seed)
    return {
        "kind": "grant", "name": name, "collection": COLLECTION, "record": RECORD.hex(),
        "reader": DEVICE.key, "secret": DEVICE.seed.hex(), "passing": PASSING.hex(),
        "content_key": KEY.hex(), "bytes": data.hex(), "opens": key == KEY,
        "genuine": readers.is_genuine_grant(data, WHERE, KEY)}


def grants() -> list[dict]:
    whole = readers.grant(KEY, bytes.fromhex(DEVICE.key), WHERE, PASSING)
    other = readers.grant(KEY, bytes.fromhex(VILLAGER.key), WHERE, PASSING)
    return [
        grant("a key for a device", whole),
        grant("for another device", other),
        grant("of another record",
              readers.grant(KEY, bytes.fromhex(DEVICE.key), b"\x18" + b"x" * 10, PASSING)),
        grant("with another's name", whole[:17] + other[17:49] + whole[49:]),
        grant("by one who has not the key", whole[:129] + bytes(16)),
        grant("with a token of no order", whole[:49] + bytes(32) + whole[81:]),
        grant("altered in its box", flipped(whole, 100)),
    ]


def link(name: str, data: bytes) -> dict:
    return {
        "kind": "link", "name": name, "collection": COLLECTION, "record": RECORD.hex(),
        "content_key": LATER.hex(), "former": KEY.hex(), "bytes": data.hex(),
        "genuine": readers.is_genuine_link(data, WHERE, KEY)}


def make() -> list[dict]:
    whole = readers.link(LATER, KEY, WHERE)
    return values() + grants() + [
        link("a key after another", whole),
        link("by one who has not the former key", whole[:33] + bytes(16)),
        link("in another record", readers.link(LATER, KEY, b"\x18" + b"x" * 10)),
    ]
