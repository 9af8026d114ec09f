# SPDX-License-Identifier: Apache-2.0
"""at-rest.json: the folder key wrapped, pieces sealed in their places, marks, and what is damage."""

from onegrid_reader import at_rest

from .logs import DEVICE, VILLAGE, VILLAGER

FOLDER_KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
NONCE = bytes(range(24))
RESIDENTS, NUMBER_FIELD, PHONE_FIELD = 23, 2, 13
RUN_ID = 3 << 32 | 7
RECORD_PLACES = {
    "a created record": {"row": 1 << 40 | 5 << 8, "id": None},
    "the second record of the last entry": {"row": 2**40 + 2**40 - 255, "id": None},
    "a named record": {"row": None, "id": "00112233445566778899"},
}


def wrapping(name: str, data: bytes, author=VILLAGER, opens: bool = True) -> dict:
    return {"kind": "wrapped", "name": name, "bytes": data.hex(), "seed": author.seed.hex(),
            "key": author.key, "folder_key": FOLDER_KEY.hex() if opens else None}


def make(runs: list[dict], redaction: list[dict]) -> list[dict]:
    wrapped = at_rest.wrapped(FOLDER_KEY, VILLAGER.seed, bytes.fromhex(VILLAGER.key), NONCE)
    other = bytes([wrapped[0] ^ 1]) + wrapped[1:]
    vectors = [
        wrapping("the folder key for its node", wrapped),
        wrapping("by another node", wrapped, DEVICE, opens=False),
        wrapping("under another nonce", other, opens=False),
        wrapping("a byte too few", wrapped[:-1], opens=False),
        wrapping("a byte too many", wrapped + b"\0", opens=False),
        wrapping("nothing", b"", opens=False),
    ]
    return vectors + list(records()) + list(envelopes(runs)) + list(acts(redaction)) + [
        {"kind": "mark", "name": name, "folder_key": key.hex(), "collection": RESIDENTS,
         "field": field, "text": text, "bytes": at_rest.mark(key, RESIDENTS, field, text).hex()}
        for name, key, field, text in (
            ("a resident number", FOLDER_KEY, NUMBER_FIELD, "522730194912310027"),
            ("the same as a telephone number", FOLDER_KEY, PHONE_FIELD, "522730194912310027"),
            ("the same in another folder", OTHER_KEY, NUMBER_FIELD, "522730194912310027"),
            ("no text", FOLDER_KEY, NUMBER_FIELD, ""))
    ]


def records():
    def one(name: str, data: bytes, place: dict, plain: bytes | None) -> dict:
        return {"kind": "record", "name": name, "folder_key": FOLDER_KEY.hex(),
                "collection": RESIDENTS, "area": VILLAGE, "lane": 2, **place,
                "plain": None if plain is None else plain.hex(), "bytes": data.hex()}

    def sealed(place: dict, plain: bytes, **other) -> bytes:
        where = {"collection": RESIDENTS, "area": VILLAGE, "lane": 2, **place, **other}
        return at_rest.sealed(FOLDER_KEY, "record", at_rest.record_place(**where), plain)

    for name, place in RECORD_PLACES.items():
        for plain in (b"", "张三".encode(), bytes(range(200))):
            yield one(f"{name}, {len(plain)} bytes", sealed(place, plain), place, plain)
    (_, first), (_, second), (_, named) = RECORD_PLACES.items()
    piece = "张三".encode()
    yield one("another row's", sealed(second, piece), first, None)
    yield one("a created record's as a named one's", sealed(first, piece), named, None)
    yield one("another village's", sealed(first, piece, area="522730103211"), first, None)
    yield one("another lane's", sealed(first, piece, lane=1), first, None)
    yield one("another collection's", sealed(first, piece, collection=24), first, None)
    whole = sealed(first, piece)
    for name, place in (("nonce", 0), ("box", 24), ("tag", len(whole) - 1)):
        altered = bytearray(whole)
        altered[place] ^= 0x80
        yield one(f"altered in its {name}", bytes(altered), first, None)
    yield one("cut short", whole[:39], first, None)
    yield one("nothing", b"", first, None)


def envelopes(runs: list[dict]):
    def one(name: str, id: int, first: int, data: bytes, envelope: str | None) -> dict:
        return {"kind": "run", "name": name, "folder_key": FOLDER_KEY.hex(), "id": id,
                "first": first, "envelope": envelope, "bytes": data.hex()}

    def sealed(vector: dict, id: int = RUN_ID, first: int = 5) -> bytes:
        return at_rest.sealed_run(
            FOLDER_KEY, id, first, len(vector["bytes"]) // 2, bytes.fromhex(vector["envelope"]))

    by_name = {vector["name"]: vector for vector in runs}
    some = [by_name[name] for name in (
        "device from 1", "device from 1, as columns",
        "village, all joined, by row with the dictionary")]
    for vector in some:
        yield one(vector["name"], RUN_ID, 5, sealed(vector), vector["envelope"])
    whole = sealed(some[0])
    yield one("of another end", RUN_ID + 1, 5, whole, None)
    yield one("of another beginning", RUN_ID, 4, whole, None)
    yield one("with another size", RUN_ID, 5, bytes([whole[0] ^ 1]) + whole[1:], None)
    yield one("without its front", RUN_ID, 5, whole[4:], None)
    yield one("cut short", RUN_ID, 5, whole[:43], None)


def acts(redaction: list[dict]):
    """Orders of redaction, and what they leave."""
    for kind, purpose in (("restatement", "resta"), ("redaction", "redac")):
        first, *others = [each for vector in redaction for each in vector[f"{kind}s"]]
        second = next(each for each in others if each["digest"] != first["digest"])
        data = at_rest.sealed(
            FOLDER_KEY, purpose, bytes.fromhex(first["digest"]), bytes.fromhex(first["bytes"]))
        for name, digest, plain in (
                (f"a {kind}", first["digest"], first["bytes"]),
                ("under another's digest", second["digest"], None)):
            yield {"kind": kind, "name": name, "folder_key": FOLDER_KEY.hex(), "digest": digest,
                   "plain": plain, "bytes": data.hex()}
