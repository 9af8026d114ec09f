# SPDX-License-Identifier: Apache-2.0
"""Protocol/notation.md: a codec for each kind of field, and codecs made of codecs."""

from .limits import LIMITS

VIOLATIONS = frozenset("""
    truncated trailing_bytes integer_not_shortest integer_too_large length_too_large empty
    text_not_utf8 text_holds_nul unknown_tag unknown_version flag_not_binary not_ascending
    decimal_not_normal point_out_of_range date_out_of_range area_not_valid area_not_home
    nested_too_deep sequence_out_of_range contradiction record_twice values_length_wrong
    unknown_reference context_not_foreign salts_do_not_cover compression_broken
""".split())


class Violation(Exception):
    """Bytes are not what the papers allow; `code` is one of notation.md."""

    def __init__(self, code: str):
        if code not in VIOLATIONS:
            raise ValueError(f"no such violation: {code}")
        super().__init__(code)
        self.code = code


class Cursor:
    """Bytes and a position in them."""

    def __init__(self, data: bytes):
        self.data = data
        self.position = 0

    @property
    def left(self) -> int:
        return len(self.data) - self.position

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise Violation("truncated")
        self.position += count
        return self.data[self.position - count:self.position]

    def byte(self) -> int:
        return self.take(1)[0]

    def since(self, start: int) -> bytes:
        return self.data[start:self.position]

    def finish(self) -> None:
        if self.left:
            raise Violation("trailing_bytes")


class Codec:
    """One kind of field: `read` from a cursor, `write` to bytes."""

    def read(self, cursor: Cursor):
        raise NotImplementedError

    def write(self, value) -> bytes:
        raise NotImplementedError

    def decode(self, data: bytes):
        cursor = Cursor(data)
        value = self.read(cursor)
        cursor.finish()
        return value


class Byte(Codec):
    """One byte out of some; another is a violation."""

    def __init__(self, allowed, otherwise: str = "unknown_tag"):
        self.allowed, self.otherwise = allowed, otherwise

    def read(self, cursor):
        byte = cursor.byte()
        if byte not in self.allowed:
            raise Violation(self.otherwise)
        return byte

    def write(self, value):
        return bytes([value])


class Unsigned(Codec):
    """Unsigned LEB128 of at most 64 bits."""

    def __init__(self, least: int = 0, most: int = 2**64 - 1, otherwise: str = "integer_too_large"):
        self.least, self.most, self.otherwise = least, most, otherwise

    def read(self, cursor):
        value = 0
        for place in range(10):
            byte = cursor.byte()
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                if byte == 0 and place > 0:
                    raise Violation("integer_not_shortest")
                break
        else:
            raise Violation("integer_too_large")
        if value >> 64:
            raise Violation("integer_too_large")
        if not self.least <= value <= self.most:
            raise Violation(self.otherwise)
        return value

    def write(self, value):
        groups = []
        while True:
            value, group = value >> 7, value & 0x7F
            groups.append(group | (0x80 if value else 0))
            if not value:
                return bytes(groups)


class Signed(Codec):
    """Zig-zag of 64 bits, then LEB128."""

    def read(self, cursor):
        folded = UNSIGNED.read(cursor)
        return -(folded + 1 >> 1) if folded & 1 else folded >> 1

    def write(self, value):
        return UNSIGNED.write(-2 * value - 1 if value < 0 else 2 * value)


class Raw(Codec):
    """So many bytes as they are."""

    def __init__(self, count: int):
        self.count = count

    def read(self, cursor):
        return cursor.take(self.count).hex()

    def write(self, value):
        data = bytes.fromhex(value)
        if len(data) != self.count:
            raise ValueError(f"{len(data)} bytes where {self.count} stand")
        return data


class Block(Codec):
    """Length, then so many bytes."""

    def __init__(self, most: int):
        self.length = count_up_to(most)

    def read(self, cursor):
        return cursor.take(self.length.read(cursor)).hex()

    def write(self, value):
        data = bytes.fromhex(value)
        return self.length.write(len(data)) + data


class Text(Codec):
    """Length in bytes, then UTF-8 without U+0000."""

    def __init__(self, most: int):
        self.length = count_up_to(most)

    def read(self, cursor):
        data = cursor.take(self.length.read(cursor))
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Violation("text_not_utf8") from None
        if "\0" in text:
            raise Violation("text_holds_nul")
        return text

    def write(self, value):
        data = value.encode("utf-8")
        return self.length.write(len(data)) + data


class Items(Codec):
    """Count, then so many items; `order` gives the key by which they ascend, each once."""

    def __init__(self, item: Codec, most: int, least: int = 0, order=None):
        self.item, self.count = item, count_up_to(most)
        self.least, self.order = least, order

    def read(self, cursor):
        count = self.count.read(cursor)
        if count < self.least:
            raise Violation("empty")
        values = []
        for _ in range(count):
            value = self.item.read(cursor)
            if self.order and values and not self.order(values[-1]) < self.order(value):
                raise Violation("not_ascending")
            values.append(value)
        return values

    def write(self, value):
        return self.count.write(len(value)) + b"".join(map(self.item.write, value))


class Fields(Codec):
    """Named fields, one after the other."""

    def __init__(self, **fields: Codec):
        self.fields = fields

    def read(self, cursor):
        return {name: codec.read(cursor) for name, codec in self.fields.items()}

    def write(self, value):
        return b"".join(codec.write(value[name]) for name, codec in self.fields.items())


class Choice(Codec):
    """One byte says which form follows. A value is `{form: content}`."""

    def __init__(self, forms: dict[int, tuple[str, Codec]]):
        self.forms = forms
        self.tags = {name: (tag, codec) for tag, (name, codec) in forms.items()}

    def read(self, cursor):
        name, codec = self.forms[Byte(self.forms).read(cursor)]
        return {name: codec.read(cursor)}

    def write(self, value):
        ((name, content),) = value.items()
        tag, codec = self.tags[name]
        return bytes([tag]) + codec.write(content)


class Nothing(Codec):
    """No bytes, for the one value there is."""

    def __init__(self, value=None):
        self.value = value

    def read(self, cursor):
        return self.value

    def write(self, value):
        return b""


class Rest(Codec):
    """All bytes that are left."""

    def read(self, cursor):
        return cursor.take(cursor.left).hex()

    def write(self, value):
        return bytes.fromhex(value)


class Area(Codec):
    """Level, then the digits as a number."""

    LEVELS = (6, 9, 12, 15, 17, 19)

    def __init__(self, deepest: int = 19):
        self.deepest = deepest

    def read(self, cursor):
        level = Byte(self.LEVELS, "area_not_valid").read(cursor)
        digits = str(UNSIGNED.read(cursor)).zfill(level)
        if not is_area(digits) or len(digits) != level:
            raise Violation("area_not_valid")
        if level > self.deepest:
            raise Violation("area_not_home")
        return digits

    def write(self, value):
        return bytes([len(value)]) + UNSIGNED.write(int(value))


def is_area(digits: str) -> bool:
    """Whether digits name an area: no part of three digits, nor the county's six, is all zero."""
    if len(digits) not in Area.LEVELS or not (digits.isascii() and digits.isdigit()):
        return False
    parts = [digits[:6], digits[6:9], digits[9:12], digits[12:15]]
    return all(int(part) for part in parts if part)


def area_order(area: str):
    return area.ljust(19, "0"), len(area)


def area_contains(outer: str, inner: str) -> bool:
    """Levels are lengths, so a prefix that is an area ends at a level's boundary."""
    return inner.startswith(outer)


def log_order(log: dict):
    return area_order(log["area"]), log["lane"], log["replica"]


def count_up_to(most: int) -> Unsigned:
    return Unsigned(most=most, otherwise="length_too_large")


UNSIGNED = Unsigned()
SIGNED = Signed()
FLAG = Byte((0, 1), "flag_not_binary")
VERSION = Byte((1,), "unknown_version")
SEQUENCE = Unsigned(1, LIMITS["sequenceMax"], "sequence_out_of_range")
HASH = KEY = Raw(32)
REPLICA = NONCE = Raw(16)
RECORD_ID = Raw(10)
SIGNATURE = Raw(64)
AREA = Area()
HOME = Area(deepest=12)
LANE = Byte((0, 1, 2))
LOG = Fields(area=HOME, lane=LANE, replica=REPLICA)
MESSAGE_TEXT = Text(LIMITS["messageTextBytesMax"])
