# SPDX-License-Identifier: Apache-2.0
"""Protocol/entries.md: identities, heads, shapes, values, salts, hashes, records."""

from .hashes import digest
from .limits import LIMITS
from .notation import (
    AREA, HOME, KEY, LANE, LOG, NONCE, RECORD_ID, REPLICA, SEQUENCE, SIGNED, UNSIGNED, VERSION,
    Codec, Cursor, Fields, Items, Unsigned, Violation, count_up_to)
from .values import VALUE, value_order

OPERATIONS = ("assign", "clear", "add", "remove", "append", "increment")

# Who writes a log, and where. `version` is always 1.
IDENTITY = Fields(version=VERSION, key=KEY, nonce=NONCE, area=HOME, lane=LANE)


def identity(key: str, nonce: str, area: str, lane: int) -> dict:
    return {"version": 1, "key": key, "nonce": nonce, "area": area, "lane": lane}


def log_digest(identity: dict) -> bytes:
    return digest("log", IDENTITY.write(identity))


def replica(identity: dict) -> str:
    return digest("repl", bytes.fromhex(identity["key"] + identity["nonce"]), size=16).hex()


def log_id(identity: dict) -> dict:
    return {"area": identity["area"], "lane": identity["lane"], "replica": replica(identity)}


def derived_salt(seed: bytes, sequence: int) -> bytes:
    """Four salts come out of each keyed hash."""
    block, place = divmod(sequence, 4)
    four = digest("salt", block.to_bytes(8, "little"), size=64, key=seed)
    return four[16 * place:16 * place + 16]


def values_hash(values: bytes, salt: bytes) -> bytes:
    return digest("values", values, salt=salt)


def entry_hash(
    log: bytes, backlink: bytes, sequence: int, values_hash: bytes, head: bytes
) -> bytes:
    return digest("entry", log + backlink + sequence.to_bytes(8, "big") + values_hash + head)


class ContextChanges(Codec):
    """Known logs that have grown, ascending by reference, then new ones."""

    count = count_up_to(LIMITS["contextLogsMax"])
    reference = Unsigned(most=LIMITS["contextLogsMax"])

    def read(self, cursor):
        changes = []
        references = []
        for _ in range(self.count.read(cursor)):
            references.append(self.reference.read(cursor))
            if references[-1] == 0:
                change = {"replica": REPLICA.read(cursor)}
            elif len(references) > 1 and not 0 < references[-2] < references[-1]:
                raise Violation("not_ascending")
            else:
                change = {"reference": references[-1]}
            changes.append(change | {"height": SEQUENCE.read(cursor)})
        return changes

    def write(self, value):
        parts = [self.count.write(len(value))]
        for change in value:
            if "replica" in change:
                parts += [b"\0", REPLICA.write(change["replica"])]
            else:
                parts.append(UNSIGNED.write(change["reference"]))
            parts.append(SEQUENCE.write(change["height"]))
        return b"".join(parts)


class Shape(Codec):
    """Which records and fields an entry touches, without what it writes."""

    count = count_up_to(LIMITS["entryRecordsMax"])
    collection = Unsigned(most=LIMITS["catalogueNumberMax"])
    write_count = count_up_to(LIMITS["recordWritesMax"])
    operation = Unsigned(most=LIMITS["catalogueNumberMax"] * 8 + 7)
    existing = Fields(
        log=Unsigned(most=LIMITS["contextLogsMax"]), sequence=SEQUENCE,
        index=Unsigned(most=LIMITS["entryRecordsMax"] - 1))
    archive_bit = 4

    def read(self, cursor):
        count = self.count.read(cursor)
        if count == 0:
            raise Violation("empty")
        changes = []
        created = 0
        for _ in range(count):
            collection = self.collection.read(cursor)
            tag = cursor.byte()
            match tag & ~self.archive_bit:
                case 0:
                    record = {"new": created}
                    created += 1
                case 1: record = {"existing": self.existing.read(cursor)}
                case 2: record = {"named": RECORD_ID.read(cursor)}
                case _: raise Violation("unknown_tag")
            if any((one["collection"], one["record"]) == (collection, record) for one in changes):
                raise Violation("record_twice")
            changes.append({
                "collection": collection, "record": record,
                "archives": bool(tag & self.archive_bit), "writes": self.read_writes(cursor)})
        return changes

    def read_writes(self, cursor):
        writes = []
        previous = None
        for _ in range(self.write_count.read(cursor)):
            number = self.operation.read(cursor)
            field, code = divmod(number, 8)
            if previous is not None:
                if number <= previous:
                    raise Violation("not_ascending")
                if code == 1 and previous == number - 1:
                    raise Violation("contradiction")
            if code >= len(OPERATIONS):
                raise Violation("unknown_tag")
            previous = number
            writes.append({"field": field, "operation": OPERATIONS[code]})
        return writes

    def write(self, value):
        parts = [self.count.write(len(value))]
        for change in value:
            archive = self.archive_bit if change["archives"] else 0
            ((form, content),) = change["record"].items()
            parts.append(self.collection.write(change["collection"]))
            parts.append(bytes([("new", "existing", "named").index(form) | archive]))
            if form == "existing":
                parts.append(self.existing.write(content))
            elif form == "named":
                parts.append(RECORD_ID.write(content))
            parts.append(self.write_count.write(len(change["writes"])))
            for write in change["writes"]:
                code = OPERATIONS.index(write["operation"])
                parts.append(self.operation.write(write["field"] * 8 + code))
        return b"".join(parts)


CONTENTS = {
    "assign": ("value", VALUE),
    "add": ("values", Items(VALUE, LIMITS["operationValuesMax"], 1, value_order)),
    "remove": ("values", Items(VALUE, LIMITS["operationValuesMax"], 1, value_order)),
    "append": ("values", Items(VALUE, LIMITS["operationValuesMax"], 1)),
    "increment": ("amount", SIGNED),
}

HEAD = Fields(
    timestamp_change=SIGNED, context_changes=ContextChanges(),
    values_length=count_up_to(LIMITS["entryBytesMax"]), changes=Shape())


def read_values(cursor: Cursor, changes: list[dict]) -> None:
    """Fills in what the writes of a shape write, in its order."""
    for change in changes:
        added = {}
        for write in change["writes"]:
            name, codec = CONTENTS.get(write["operation"], (None, None))
            if codec is None:
                continue
            write[name] = codec.read(cursor)
            if write["operation"] == "add":
                added[write["field"]] = write[name]
            elif write["operation"] == "remove":
                if any(value in added.get(write["field"], []) for value in write[name]):
                    raise Violation("contradiction")


def write_values(changes: list[dict]) -> bytes:
    parts = []
    for change in changes:
        for write in change["writes"]:
            name, codec = CONTENTS.get(write["operation"], (None, None))
            if codec is not None:
                parts.append(codec.write(write[name]))
    return b"".join(parts)


class EntryTooLarge(Exception):
    code = "entry_too_large"


def read_entry(cursor: Cursor, salt: bytes | None) -> dict:
    """One entry: head, then values or, where there is no salt for them, their hash."""
    start = cursor.position
    entry = HEAD.read(cursor)
    head = cursor.since(start)
    length = entry["values_length"]
    if len(head) + length > LIMITS["entryBytesMax"]:
        raise EntryTooLarge()
    if salt is None:
        return entry | {"head": head.hex(), "values_hash": cursor.take(32).hex()}
    if length > cursor.left:
        raise Violation("truncated")
    start = cursor.position
    read_values(cursor, entry["changes"])
    values = cursor.since(start)
    if len(values) != length:
        raise Violation("values_length_wrong")
    return entry | {
        "head": head.hex(), "values": values.hex(), "salt": salt.hex(),
        "values_hash": values_hash(values, salt).hex()}


class Log:
    """What one must know of a log to understand its next entry."""

    def __init__(self, identity: dict):
        self.identity = identity
        self.height = 0
        self.timestamp = 0
        # Replicas by reference; the first is the log's own.
        self.table = [replica(identity)]
        self.context: dict[str, int] = {}

    def resolve(self, entry: dict) -> dict:
        """Counts the next entry in: its timestamp, context and records, made absolute."""
        for change in entry["context_changes"]:
            if "replica" in change:
                if change["replica"] in self.table:
                    raise Violation("context_not_foreign")
                if len(self.table) > LIMITS["contextLogsMax"]:
                    raise Violation("length_too_large")
                self.table.append(change["replica"])
                name = change["replica"]
            elif change["reference"] < len(self.table):
                name = self.table[change["reference"]]
                if change["height"] <= self.context.get(name, 0):
                    raise Violation("context_not_foreign")
            else:
                raise Violation("unknown_reference")
            self.context[name] = change["height"]
        self.timestamp = (self.timestamp + entry["timestamp_change"]) % 2**64
        sequence = self.height + 1
        resolved = {
            "timestamp": self.timestamp,
            "context": [{"replica": name, "height": self.context[name]}
                        for name in sorted(self.context)],
            "record_ids": [self.record_id(change["record"], sequence)
                           for change in entry["changes"]],
        }
        self.height = sequence
        self.context[self.table[0]] = sequence
        return resolved

    def record_id(self, record: dict, sequence: int) -> str:
        ((form, content),) = record.items()
        if form == "named":
            return content
        if form == "new":
            return created_id(log_id(self.identity), sequence, content)
        if content["log"] >= len(self.table):
            raise Violation("unknown_reference")
        creator = self.table[content["log"]]
        if content["sequence"] > self.context.get(creator, 0):
            raise Violation("unknown_reference")
        return created_id(
            log_id(self.identity) | {"replica": creator}, content["sequence"], content["index"])


def created_id(log: dict, sequence: int, index: int) -> str:
    data = LOG.write(log) + UNSIGNED.write(sequence) + UNSIGNED.write(index)
    return digest("record", data, size=16)[:10].hex()


def named_id(collection: int, area: str, key: list[dict]) -> str:
    data = UNSIGNED.write(collection) + AREA.write(area) + b"".join(map(VALUE.write, key))
    return digest("name", data, size=16)[:10].hex()


CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def id_text(id: str) -> str:
    number = int(id, 16)
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(16)))


def id_from_text(text: str) -> str | None:
    places = [CROCKFORD.find(letter) for letter in text.lower()]
    if len(places) != 16 or -1 in places or not text.isascii():
        return None
    number = 0
    for place in places:
        number = number * 32 + place
    return f"{number:020x}"
