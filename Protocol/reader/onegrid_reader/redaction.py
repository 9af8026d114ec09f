# SPDX-License-Identifier: Apache-2.0
"""Protocol/redaction.md: redactions, restatements, and what is left of entries."""

from .certificates import REDACT
from .cutoffs import Office
from .entries import CONTENTS
from .hashes import digest, is_signed
from .limits import LIMITS
from .notation import (
    FLAG, HASH, KEY, LOG, RECORD_ID, SEQUENCE, SIGNATURE, UNSIGNED, VERSION, Codec, Cursor, Fields,
    Items, Rest, Text, Unsigned, Violation, area_contains, log_order)
from .runs import salt_of_each, verify

RESTATEMENTS, SYSTEM = 7, {1, 2, 3, 4, 5, 6, 7, 8}
FAMILIES = {"assign": 0, "clear": 0, "add": 1, "remove": 1, "append": 2, "increment": 3}
# No seed serves entries further from each other than this.
REACH = 256

NAMED = Fields(**LOG.fields, sequence=SEQUENCE, hash=HASH)


class Row(Codec):
    """An entry, and the digest of what is said again of it."""

    def read(self, cursor):
        row = NAMED.read(cursor)
        return row | {"restatement": HASH.read(cursor) if FLAG.read(cursor) else None}

    def write(self, value):
        digest = value["restatement"]
        tail = b"\0" if digest is None else b"\1" + HASH.write(digest)
        return NAMED.write(value) + tail


def row_order(row: dict):
    return log_order(row), row["sequence"]


NUMBER = Unsigned(most=LIMITS["catalogueNumberMax"])
CLAIM = Fields(
    version=VERSION, collection=NUMBER, record=RECORD_ID,
    fields=Items(NUMBER, LIMITS["recordWritesMax"], 1, lambda one: one),
    reason=Text(LIMITS["redactionReasonBytesMax"]), issued_at=UNSIGNED,
    rows=Items(Row(), LIMITS["redactionRowsMax"], 1, row_order), issuer=KEY)


class Bounded(Fields):
    def __init__(self, most: int, **fields):
        super().__init__(**fields)
        self.most = most

    def decode(self, data):
        if len(data) > self.most:
            raise Violation("length_too_large")
        return super().decode(data)


REDACTION = Bounded(LIMITS["redactionBytesMax"], **CLAIM.fields, signature=SIGNATURE)
RESTATEMENT = Bounded(
    LIMITS["restatementBytesMax"], version=VERSION, **NAMED.fields, writes=Rest())


def redaction_digest(redaction: dict) -> bytes:
    return digest("redac", REDACTION.write(redaction))


def restatement_digest(restatement: dict) -> bytes:
    return digest("rstat", RESTATEMENT.write(restatement))


def is_genuine(redaction: dict) -> bool:
    return is_signed(
        "redaction", digest("redac", CLAIM.write(redaction)),
        bytes.fromhex(redaction["signature"]), bytes.fromhex(redaction["issuer"]))


def has_values(write: dict) -> bool:
    return write["operation"] != "clear"


def restate(changes: list[dict], dropped: set[tuple[int, int]]) -> str:
    """What is said again of an entry without some (place of a record, field)."""
    parts = []
    for place, change in enumerate(changes):
        for write in filter(has_values, change["writes"]):
            if (place, write["field"]) in dropped:
                parts.append(b"\0")
            else:
                name, codec = CONTENTS[write["operation"]]
                parts.append(b"\1" + codec.write(write[name]))
    return b"".join(parts).hex()


def restated(changes: list[dict], writes: str) -> list[dict | None] | None:
    """For each write that has values its content, or None; None in all where they do not fit."""
    cursor = Cursor(bytes.fromhex(writes))
    found = []
    try:
        for change in changes:
            for write in filter(has_values, change["writes"]):
                name, codec = CONTENTS[write["operation"]]
                found.append({name: codec.read(cursor)} if FLAG.read(cursor) else None)
        cursor.finish()
    except Violation:
        return None
    return found


def left_of(changes: list[dict], restatements: list[dict]) -> list[dict]:
    """The changes of a redacted entry, as far as all restatements say them again."""
    count = sum(has_values(write) for change in changes for write in change["writes"])
    lists = [restated(changes, one["writes"]) or [None] * count for one in restatements]
    contents = iter([
        lists[0][at] if all(one[at] is not None for one in lists) else None
        for at in range(count)] if lists else [None] * count)
    result = []
    for change in changes:
        writes, withheld = [], []
        for write in change["writes"]:
            bare = {"field": write["field"], "operation": write["operation"]}
            content = next(contents) if has_values(write) else {}
            if content is not None:
                writes.append(bare | content)
            elif [write["field"], FAMILIES[write["operation"]]] not in withheld:
                withheld.append([write["field"], FAMILIES[write["operation"]]])
        result.append(change | {"writes": writes, "withheld": withheld})
    return result


def is_redactable(lane: int, changes: list[dict]) -> bool:
    numbers = {change["collection"] for change in changes}
    return numbers <= {RESTATEMENTS} if lane == 0 else not numbers & SYSTEM


class Book:
    """What follows from sets of redactions, restatements, certificates and cut-offs."""

    def __init__(self, office: Office, redactions: list[dict], restatements: list[dict]):
        """A restatement has `carriers` beside it: the entries in which it stands."""
        self.office = office
        self.rows: dict[bytes, list[dict]] = {}
        for one in filter(is_genuine, redactions):
            for row in one["rows"]:
                if self.may_redact(one["issuer"], row["area"]):
                    self.rows.setdefault(NAMED.write(row), []).append(row)
        self.restatements = {restatement_digest(one["fields"]).hex(): one for one in restatements}

    def may_redact(self, key: str, area: str) -> bool:
        leaves = [chain[-1] for chain in self.office.chains.get(key, [])]
        leaves += [one for one in self.office.orphans if one["subject"] == key]
        return any(one["rights"] & REDACT and area_contains(one["area"], area) for one in leaves)

    def treatment(self, entry: dict) -> list[dict] | None:
        """The restatements that say what is left; None for an entry that is not redacted."""
        rows = self.rows.get(NAMED.write(entry))
        if rows is None:
            return None
        digests = {row["restatement"] for row in rows}
        if None in digests:
            return []
        found = [self.restatements[one] for one in sorted(digests) if one in self.restatements]
        return [
            one["fields"] for one in found
            if NAMED.write(one["fields"]) == NAMED.write(entry)
            and not any(NAMED.write(carrier) in self.rows for carrier in one["carriers"])]

    def sequences(self, log: dict) -> list[int]:
        return sorted(
            row["sequence"] for rows in self.rows.values() for row in rows[:1]
            if {name: row[name] for name in log} == log)

    def redacted(self, run: dict, log: dict) -> tuple[dict, list[list[dict]]]:
        """The run without what is redacted, and the changes of each entry as they are left."""
        sequences = self.sequences(log)
        body, salts, left = b"", [], []
        for entry, salt in zip(verify(run), salt_of_each(run)):
            named = log | {"sequence": entry["sequence"], "hash": entry["hash"]}
            treatment = self.treatment(named)
            body += bytes.fromhex(entry["head"])
            if treatment is None or not is_redactable(log["lane"], entry["changes"]):
                body += bytes.fromhex(entry["values"])
                salts.append(salt)
                left.append([change | {"withheld": []} for change in entry["changes"]])
                continue
            body += bytes.fromhex(entry["values_hash"])
            salts.append(None)
            left.append(left_of(entry["changes"], treatment))
        last = run["first"] + run["count"] - 1
        near = [one for one in sequences if run["first"] - REACH < one < last + REACH]
        if not near:
            return run, left
        return run | {"salts": segments(salts), "entries": body.hex()}, left


def segments(salts: list[bytes | None]) -> list[dict]:
    found: list[dict] = []
    for salt in salts:
        if salt is None and found and "withheld" in found[-1]:
            found[-1]["withheld"] += 1
        elif salt is None:
            found.append({"withheld": 1})
        elif found and "salts" in found[-1]:
            found[-1]["salts"].append(salt.hex())
        else:
            found.append({"salts": [salt.hex()]})
    return found
