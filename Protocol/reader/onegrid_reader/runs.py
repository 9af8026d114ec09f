# SPDX-License-Identifier: Apache-2.0
"""Protocol/runs.md: runs, their envelopes, what proves them, and how they join."""

from . import columns, entries, zstd
from .hashes import is_signed
from .limits import LIMITS
from .notation import (
    HASH, HOME, KEY, LANE, NONCE, SEQUENCE, SIGNATURE, UNSIGNED, VERSION, Block, Byte, Codec,
    Cursor, Fields, Raw, Violation, count_up_to)

SALT = Raw(16)


class Refused(Exception):
    """A run whose bytes are well-formed and which is not what it claims to be."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Salts(Codec):
    """Segments that cover the entries of a run exactly."""

    def __init__(self, count: int):
        self.count = count

    def read(self, cursor):
        segments = []
        left = self.count
        for _ in range(count_up_to(self.count).read(cursor)):
            kind = cursor.byte()
            entries = count_up_to(left).read(cursor)
            if entries == 0:
                raise Violation("empty")
            left -= entries
            match kind:
                case 0: segments.append({"seed": SALT.read(cursor), "entries": entries})
                case 1:
                    data = cursor.take(16 * entries)
                    segments.append(
                        {"salts": [data[at:at + 16].hex() for at in range(0, len(data), 16)]})
                case 2: segments.append({"withheld": entries})
                case _: raise Violation("unknown_tag")
        if left:
            raise Violation("salts_do_not_cover")
        return segments

    def write(self, value):
        parts = [UNSIGNED.write(len(value))]
        for segment in value:
            if "seed" in segment:
                parts += [b"\0", UNSIGNED.write(segment["entries"]), SALT.write(segment["seed"])]
            elif "salts" in segment:
                parts += [b"\1", UNSIGNED.write(len(segment["salts"]))]
                parts += map(SALT.write, segment["salts"])
            else:
                parts += [b"\2", UNSIGNED.write(segment["withheld"])]
        return b"".join(parts)


def most_bytes(run: dict) -> int:
    """How large a run may be: larger where something was redacted that its salts come from."""
    whole = all("seed" in segment for segment in run["salts"])
    return LIMITS["runBytesMax" if whole else "runRedactedBytesMax"]


class Run(Codec):
    front = Fields(
        version=VERSION, key=KEY, nonce=NONCE, area=HOME, lane=LANE, first=SEQUENCE,
        count=count_up_to(LIMITS["runEntriesMax"]))
    back = Fields(entries=Block(LIMITS["runRedactedBytesMax"]), signature=SIGNATURE)

    def decode(self, data):
        if len(data) > LIMITS["runRedactedBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)

    def read_front(self, cursor):
        """What stands before the entries."""
        run = self.front.read(cursor)
        if run["count"] == 0:
            raise Violation("empty")
        if run["first"] + run["count"] - 1 > LIMITS["sequenceMax"]:
            raise Violation("sequence_out_of_range")
        run["backlink"] = HASH.read(cursor)
        run["salts"] = Salts(run["count"]).read(cursor)
        return run

    def read(self, cursor):
        size = cursor.left
        run = self.read_front(cursor)
        if size > most_bytes(run):
            raise Violation("length_too_large")
        back = Fields(entries=Block(most_bytes(run)), signature=SIGNATURE)
        return run | back.read(cursor)

    def write_front(self, value):
        return (
            self.front.write(value) + HASH.write(value["backlink"])
            + Salts(value["count"]).write(value["salts"]))

    def write(self, value):
        return self.write_front(value) + self.back.write(value)


RUN = Run()
SIZE = count_up_to(LIMITS["runBytesMax"])


def identity_of(run: dict) -> dict:
    return {name: run[name] for name in ("version", "key", "nonce", "area", "lane")}


def salt_of_each(run: dict):
    """The salt of each entry in turn; None where it is withheld."""
    sequence = run["first"]
    for segment in run["salts"]:
        if "seed" in segment:
            seed = bytes.fromhex(segment["seed"])
            for place in range(segment["entries"]):
                yield entries.derived_salt(seed, sequence + place)
            sequence += segment["entries"]
        elif "salts" in segment:
            yield from map(bytes.fromhex, segment["salts"])
            sequence += len(segment["salts"])
        else:
            yield from [None] * segment["withheld"]
            sequence += segment["withheld"]


def verify(run: dict) -> list[dict]:
    """The entries of a run with their hashes, or why it is not what it claims to be."""
    log = entries.log_digest(identity_of(run))
    head = bytes.fromhex(run["backlink"])
    if run["first"] == 1 and head != log:
        raise Refused("first_backlink_wrong")
    cursor = Cursor(bytes.fromhex(run["entries"]))
    found = []
    for sequence, salt in enumerate(salt_of_each(run), run["first"]):
        try:
            entry = entries.read_entry(cursor, salt)
        except entries.EntryTooLarge as refusal:
            raise Refused(refusal.code) from None
        entry |= {"sequence": sequence, "backlink": head.hex()}
        head = entries.entry_hash(
            log, head, sequence, bytes.fromhex(entry["values_hash"]), bytes.fromhex(entry["head"]))
        found.append(entry | {"hash": head.hex()})
    cursor.finish()
    if not is_signed("entry", head, bytes.fromhex(run["signature"]), bytes.fromhex(run["key"])):
        raise Refused("signature_wrong")
    return found


def join(left: dict, right: dict) -> dict:
    """One run of two that follow each other; the later signature covers both."""
    assert identity_of(left) == identity_of(right)
    assert left["first"] + left["count"] == right["first"]
    salts = [dict(segment) for segment in left["salts"]]
    for segment in right["salts"]:
        if "seed" in segment and salts[-1].get("seed") == segment["seed"]:
            salts[-1]["entries"] += segment["entries"]
        else:
            salts.append(segment)
    return left | {
        "count": left["count"] + right["count"], "salts": salts,
        "entries": left["entries"] + right["entries"], "signature": right["signature"]}


def redact(run: dict, sequence: int) -> dict:
    """The run without the values and the salt of one entry."""
    body = b""
    salts = []
    for entry in verify(run):
        body += bytes.fromhex(entry["head"])
        if entry["sequence"] == sequence or "values" not in entry:
            body += bytes.fromhex(entry["values_hash"])
            salts.append({"withheld": 1})
            continue
        body += bytes.fromhex(entry["values"])
        if salts and "salts" in salts[-1]:
            salts[-1]["salts"].append(entry["salt"])
        else:
            salts.append({"salts": [entry["salt"]]})
    return run | {"salts": salts, "entries": body.hex()}


def open_envelope(envelope: bytes) -> dict:
    """The run of an envelope; the entries inside it are not looked at."""
    cursor = Cursor(envelope)
    match Byte((0, 1, 2, 3)).read(cursor):
        case 0: return RUN.decode(cursor.take(cursor.left))
        case 1:
            size = SIZE.read(cursor)
            return RUN.decode(zstd.unpack_frames(cursor.take(cursor.left), size))
        case form: return open_entries(form, cursor)


def open_entries(form: int, cursor: Cursor) -> dict:
    start = cursor.position
    run = RUN.read_front(cursor)
    front = cursor.since(start)
    signature = SIGNATURE.read(cursor)
    size = count_up_to(most_bytes(run)).read(cursor)
    if len(front) + len(SIZE.write(size)) + size + 64 > most_bytes(run):
        raise Violation("length_too_large")
    if form == 2:
        columns_size = SIZE.read(cursor)
        data = zstd.unpack(cursor.take(cursor.left), columns_size)
        rows = columns.join(data, run["count"], size)
    else:
        rows = zstd.unpack(cursor.take(cursor.left), size)
    return run | {"entries": rows.hex(), "signature": signature}


def envelope_of_columns(run: dict, pack) -> bytes:
    """Form 2; `pack` makes a zstd frame of bytes."""
    rows = bytes.fromhex(run["entries"])
    data = columns.laid_out(columns.split(rows, run["count"]))
    return front_of_envelope(2, run) + SIZE.write(len(data)) + pack(data)


def envelope_of_rows(run: dict, packed: bytes) -> bytes:
    """Form 3, of a zstd frame of the entries."""
    return front_of_envelope(3, run) + packed


def front_of_envelope(form: int, run: dict) -> bytes:
    front = bytes([form]) + RUN.write_front(run) + SIGNATURE.write(run["signature"])
    return front + SIZE.write(len(run["entries"]) // 2)
