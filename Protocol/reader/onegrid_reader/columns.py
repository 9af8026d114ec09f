# SPDX-License-Identifier: Apache-2.0
"""Protocol/runs.md, "Columns": entries laid out by column, and joined to rows again."""

from .entries import OPERATIONS
from .limits import LIMITS
from .notation import UNSIGNED, Cursor, Violation, count_up_to

HEADS = ("times", "contexts", "shapes", "logs", "sequences", "sequence_rests", "indices", "names")
KINDS = ("tags", "heads", "rests")
LENGTH = count_up_to(LIMITS["runBytesMax"])


class Splitter:
    """Carries bytes from rows to streams."""

    def __init__(self, rows: bytes):
        self.rows = Cursor(rows)
        self.streams = {name: bytearray() for name in HEADS}

    def take(self, count: int, stream) -> bytes:
        data = self.rows.take(count)
        self.streams[stream] += data
        return data

    def column(self, key) -> None:
        for kind in KINDS:
            self.streams.setdefault((key, kind), bytearray())

    def begin_length(self) -> None:
        self.length = LENGTH.read(self.rows)

    def begin_values(self) -> None:
        self.start = self.rows.position

    def end_values(self) -> None:
        if self.rows.position - self.start != self.length:
            raise Violation("values_length_wrong")


class Joiner:
    """Carries bytes from streams to rows."""

    def __init__(self, heads: dict, columns: list[dict]):
        self.streams = heads
        self.unmet = columns
        self.rows = b""

    def take(self, count: int, stream) -> bytes:
        data = self.streams[stream].take(count)
        self.rows += data
        return data

    def column(self, key) -> None:
        if (key, "tags") in self.streams:
            return
        if not self.unmet:
            raise Violation("truncated")
        for kind, cursor in self.unmet.pop(0).items():
            self.streams[key, kind] = cursor

    def begin_length(self) -> None:
        self.before, self.rows = self.rows, b""

    def begin_values(self) -> None:
        self.shape, self.rows = self.rows, b""

    def end_values(self) -> None:
        self.rows = self.before + UNSIGNED.write(len(self.rows)) + self.shape + self.rows

    def finish(self) -> None:
        if self.unmet:
            raise Violation("trailing_bytes")
        for cursor in self.streams.values():
            cursor.finish()


class Walk:
    """Leads a carrier through entries: where does the next byte belong?"""

    def __init__(self, carrier):
        self.carrier = carrier

    def number(self, stream, rest=None) -> int:
        """A number whose first byte lies in one stream, and what follows it in another."""
        data = self.carrier.take(1, stream)
        while data[-1] & 0x80:
            if len(data) == 10:
                raise Violation("integer_too_large")
            data += self.carrier.take(1, stream if rest is None else rest)
        return UNSIGNED.decode(data)

    def entry(self) -> None:
        self.number("times")
        for _ in range(self.number("contexts")):
            if self.number("contexts") == 0:
                self.carrier.take(16, "contexts")
            self.number("contexts")
        self.carrier.begin_length()
        writes = []
        for _ in range(self.number("shapes")):
            writes += self.record()
        self.carrier.begin_values()
        for key in writes:
            self.operands(key)
        self.carrier.end_values()

    def record(self) -> list:
        collection = self.number("shapes")
        match self.carrier.take(1, "shapes")[0] & ~4:
            case 0: pass
            case 1:
                self.number("logs")
                self.number("sequences", "sequence_rests")
                self.number("indices")
            case 2: self.carrier.take(10, "names")
            case _: raise Violation("unknown_tag")
        writes = []
        for _ in range(self.number("shapes")):
            key = collection, self.number("shapes")
            if max(collection, key[1] >> 3) > LIMITS["catalogueNumberMax"]:
                raise Violation("integer_too_large")
            self.carrier.column(key)
            writes.append(key)
        return writes

    def operands(self, key) -> None:
        code = key[1] & 7
        match OPERATIONS[code] if code < len(OPERATIONS) else None:
            case "assign": self.value(key, 0)
            case "clear": pass
            case "increment": self.headed(key)
            case None: raise Violation("unknown_tag")
            case _:
                for _ in range(self.headed(key)):
                    self.value(key, 0)

    def headed(self, key) -> int:
        return self.number((key, "heads"), (key, "rests"))

    def rest(self, key, count: int) -> None:
        self.carrier.take(count, (key, "rests"))

    def value(self, key, depth: int) -> None:
        match self.carrier.take(1, (key, "tags"))[0]:
            case 0 | 9: self.rest(key, self.headed(key))
            case 1 | 5 | 6: self.headed(key)
            case 2 | 3: pass
            case 4:
                self.headed(key)
                self.rest(key, 1)
            case 7:
                self.rest(key, 1)
                self.headed(key)
            case 8: self.rest(key, 10)
            case 10:
                self.headed(key)
                self.headed(key)
            case 11:
                self.rest(key, 32)
                self.headed(key)
                self.rest(key, self.headed(key))
            case 12 | 13 as tag:
                if depth == LIMITS["valueDepthMax"]:
                    raise Violation("nested_too_deep")
                for _ in range(self.headed(key)):
                    if tag == 13:
                        self.rest(key, self.headed(key))
                    self.value(key, depth + 1)
            case _: raise Violation("unknown_tag")


def split(rows: bytes, entries: int) -> list[bytes]:
    """The streams in the order in which they lie: those of heads, then the columns' by kind."""
    splitter = Splitter(rows)
    walk = Walk(splitter)
    for _ in range(entries):
        walk.entry()
    splitter.rows.finish()
    order = sorted(
        splitter.streams,
        key=lambda name: 0 if name in HEADS else 1 + KINDS.index(name[1]))
    return [bytes(splitter.streams[name]) for name in order]


def laid_out(streams: list[bytes]) -> bytes:
    columns = (len(streams) - len(HEADS)) // len(KINDS)
    lengths = [UNSIGNED.write(number) for number in (columns, *map(len, streams))]
    return b"".join(lengths + streams)


def join(columns: bytes, entries: int, size: int) -> bytes:
    """The rows of so many entries; `size` bytes of them, or a violation."""
    cursor = Cursor(columns)
    count = count_up_to(LIMITS["runColumnsMax"]).read(cursor)
    lengths = [LENGTH.read(cursor) for _ in range(len(HEADS) + len(KINDS) * count)]
    streams = [Cursor(cursor.take(length)) for length in lengths]
    cursor.finish()
    heads = dict(zip(HEADS, streams))
    by_kind = [streams[len(HEADS) + kind * count:][:count] for kind in range(len(KINDS))]
    joiner = Joiner(heads, [dict(zip(KINDS, three)) for three in zip(*by_kind)])
    walk = Walk(joiner)
    for _ in range(entries):
        walk.entry()
    joiner.finish()
    if len(joiner.rows) != size:
        raise Violation("compression_broken")
    return joiner.rows
