# SPDX-License-Identifier: Apache-2.0
"""Envelopes with one fault each, for violations.json."""

from onegrid_reader import columns, runs
from onegrid_reader.notation import UNSIGNED
from onegrid_reader.writing import stored_zstd

BROKEN = "compression_broken"


def number(value: int) -> str:
    return UNSIGNED.write(value).hex()


def cases(run: dict):
    """Of a run with one entry."""
    yield from packed_cases(runs.RUN.write(run))
    yield from column_cases(run)
    yield from stream_cases(run)
    yield from row_cases(run)


def packed_cases(plain: bytes):
    size = number(len(plain))
    packed = stored_zstd(plain).hex()
    yield "envelope", "nothing", "", "truncated"
    yield "envelope", "form 9", "09" + plain.hex(), "unknown_tag"
    yield "envelope", "an empty run", "00", "truncated"
    yield "envelope", "a plain run with a byte more", "00" + plain.hex() + "00", "trailing_bytes"
    too_large, less, more = map(number, (262_145, len(plain) - 1, len(plain) + 1))
    yield "envelope", "too large when unpacked", "01" + too_large + packed, "length_too_large"
    yield "envelope", "not zstd", "01" + size + plain.hex(), BROKEN
    yield "envelope", "zstd cut short", "01" + size + packed[:-2], BROKEN
    yield "envelope", "more than stated", "01" + less + packed, BROKEN
    yield "envelope", "less than stated", "01" + more + packed, BROKEN


def column_case(run, label, code, data, rows=None, size=None, frame=None):
    """Columns, with what is stated of them and what they are packed to."""
    rows = len(run["entries"]) // 2 if rows is None else rows
    sizes = number(rows) + number(len(data) if size is None else size)
    frame = stored_zstd(data) if frame is None else frame
    front = runs.RUN.write_front(run).hex() + run["signature"]
    return "envelope", f"columns, {label}", "02" + front + sizes + frame.hex(), code


def column_cases(run: dict):
    rows = len(run["entries"]) // 2
    data = columns.laid_out(streams_of(run))

    def case(label, code, data=data, **more):
        return column_case(run, label, code, data, **more)

    yield case("more rows than a run may have", "length_too_large", rows=262_144 - 100)
    yield case("larger than a run may be", "length_too_large", size=262_145)
    yield case("fewer rows than stated", BROKEN, rows=rows + 1)
    yield case("more rows than stated", BROKEN, rows=rows - 1)
    yield case("less than stated", BROKEN, size=len(data) + 1)
    yield case("more than stated", BROKEN, size=len(data) - 1)
    yield case("not zstd", BROKEN, frame=data)
    yield case("nothing packed", BROKEN, frame=b"")
    yield case("two frames", BROKEN, frame=stored_zstd(data[:9]) + stored_zstd(data[9:]))
    skipped = bytes.fromhex("502a4d1800000000")
    yield case("a frame to be skipped", BROKEN, frame=skipped + stored_zstd(data))
    yield case("another dictionary", BROKEN, frame=stored_zstd(data, dictionary=32_770))
    yield case("4,097 of them", "length_too_large", b"\x81\x20" + data[1:])
    yield case("a byte left over", "trailing_bytes", data + b"\0")
    yield case("a byte missing", "truncated", data[:-1])


def stream_cases(run: dict):
    def case(label, code, rows=None, **changed):
        streams = dict(zip(names, streams_of(run)))
        assert changed.keys() <= streams.keys()
        data = columns.laid_out([*(streams | changed).values()])
        return column_case(run, label, code, data, rows=rows)

    names = [*columns.HEADS, *columns.KINDS]
    yield case("no time", "truncated", times=b"")
    yield case("a time too many", "trailing_bytes", times=b"\0\0")
    yield case("a time in more bytes than needed", "integer_not_shortest", times=b"\x80\0")
    yield case("a time of 65 bits", "integer_too_large", times=b"\xff" * 9 + b"\2")
    yield case("a new log without its replica", "truncated", contexts=b"\1\0\1")
    yield case("form 3", "unknown_tag", shapes=bytes([1, 20, 3, 1, 8]))
    yield case("an existing record of no log", "truncated", shapes=bytes([1, 20, 1, 1, 8]))
    yield case("a named record without its name", "truncated", shapes=bytes([1, 20, 2, 1, 8]))
    yield case("collection 65,536", "integer_too_large", shapes=b"\1\x80\x80\4\0\1\x08")
    yield case("field 65,536", "integer_too_large", shapes=b"\1\x14\0\1\x80\x80\x20")
    yield case("operation 6", "unknown_tag", shapes=bytes([1, 20, 0, 1, 14]))
    yield case("a field without its column", "truncated", shapes=bytes([1, 20, 0, 2, 8, 16]))
    yield case("a column without its field", "trailing_bytes", shapes=bytes([1, 20, 0, 0]))
    yield case("no tag", "truncated", tags=b"")
    yield case("tag 14", "unknown_tag", tags=b"\x0e")
    yield case("a tag too many", "trailing_bytes", tags=b"\0\0")
    yield case("a text longer than there is", "truncated", heads=b"\x7f")
    yield case("a text shorter than there is", "trailing_bytes", heads=b"\0")
    yield case("lists five deep", "nested_too_deep", rows=100,
               tags=b"\x0c" * 5 + b"\2", heads=b"\1" * 5)


def row_cases(run: dict):
    data = bytes.fromhex(run["entries"])
    front = "03" + runs.RUN.write_front(run).hex() + run["signature"]

    def case(label, code, frame, rows=len(data)):
        return "envelope", f"rows, {label}", front + number(rows) + frame.hex(), code

    frame = stored_zstd(data)
    yield case("more than a run may have", "length_too_large", frame, rows=262_144 - 100)
    yield case("fewer than stated", BROKEN, frame, rows=len(data) + 1)
    yield case("more than stated", BROKEN, frame, rows=len(data) - 1)
    yield case("not zstd", BROKEN, data)
    yield case("two frames", BROKEN, stored_zstd(data[:9]) + stored_zstd(data[9:]))
    yield case("another dictionary", BROKEN, stored_zstd(data, dictionary=32_770))
    yield case("a byte more", "trailing_bytes", stored_zstd(data + b"\0"), rows=len(data) + 1)


def streams_of(run: dict) -> list[bytes]:
    """One column, of a text in field 1 of collection 20."""
    streams = columns.split(bytes.fromhex(run["entries"]), run["count"])
    assert len(streams) == len(columns.HEADS) + len(columns.KINDS)
    return streams
