# SPDX-License-Identifier: Apache-2.0
"""Protocol/enrolment.md: codes and their text, requests, answers, check words."""

import re

from nacl.pwhash import argon2id

from .certificates import CHAIN, NAME
from .hashes import digest
from .limits import LIMITS
from .notation import (
    HOME, KEY, MESSAGE_TEXT, UNSIGNED, VERSION, Choice, Fields, Items, Nothing, Raw, Text, Unsigned,
    Violation)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ROW = 24
SECRET = Raw(16)


class Host(Text):
    def __init__(self):
        super().__init__(LIMITS["invitationHostBytesMax"])

    def read(self, cursor):
        host = super().read(cursor)
        if not re.fullmatch(r"[0-9A-Za-z.\-_:%]+", host):
            raise Violation("empty")
        return host


ADDRESS = Fields(
    host=Host(), port=Unsigned(most=65_535))


class Code(Fields):
    """The checksum stands behind the fields, and is looked at first."""

    def __init__(self):
        super().__init__(
            version=VERSION, root=KEY, called=Choice({0: ("root", Nothing()), 1: ("key", KEY)}),
            secret=SECRET, expires=UNSIGNED,
            addresses=Items(ADDRESS, LIMITS["invitationAddressesMax"], least=1))

    def decode(self, data):
        if len(data) > LIMITS["invitationBytesMax"]:
            raise Violation("length_too_large")
        content, checksum = data[:-4], data[-4:]
        if digest("code", content)[:4] != checksum:
            raise WrongText("checksum")
        code = super().decode(content)
        if code["called"] == {"key": code["root"]}:
            raise Violation("contradiction")
        if not all(address["port"] for address in code["addresses"]):
            raise Violation("empty")
        return code

    def write(self, value):
        content = super().write(value)
        return content + digest("code", content)[:4]


class Bounded(Fields):
    def __init__(self, most: int, **fields):
        super().__init__(**fields)
        self.most = most

    def decode(self, data):
        if len(data) > self.most:
            raise Violation("length_too_large")
        return super().decode(data)


CODE = Code()
REQUEST = Bounded(
    LIMITS["joinRequestBytesMax"],
    version=VERSION, key=KEY, secret=SECRET, name=NAME, software=MESSAGE_TEXT)
ANSWER = Bounded(
    LIMITS["joinAnswerBytesMax"],
    version=VERSION,
    answer=Choice({
        0: ("not_taken", Nothing()),
        1: ("waiting", Fields(name=NAME, area=HOME, office=NAME)),
        2: ("approved", Fields(office=NAME, chain=CHAIN)),
        3: ("rejected", MESSAGE_TEXT),
    }))


class WrongText(Exception):
    """A text is no code: `what` is `checksum`, `row N`, `symbol in row N`, `empty` or `uneven_end`."""

    def __init__(self, what: str):
        super().__init__(what)
        self.what = what


def product(left: int, right: int) -> int:
    """In the field of 32 elements, modulo x^5 + x^2 + 1."""
    result = 0
    for bit in range(5):
        if right >> bit & 1:
            result ^= left << bit
    for bit in range(8, 4, -1):
        if result >> bit & 1:
            result ^= 0x25 << bit - 5
    return result


def check_symbol(symbols: list[int], row: int) -> int:
    """`row` counts from 1."""
    total, weight = row & 31, 1
    for symbol in symbols:
        weight = product(weight, 2)
        total ^= product(weight, symbol)
    return total


def text_rows(data: bytes) -> list[str]:
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    symbols = [int(bits[place:place + 5], 2) for place in range(0, len(bits), 5)]
    rows = []
    for number, start in enumerate(range(0, len(symbols), ROW), 1):
        row = symbols[start:start + ROW]
        letters = "".join(ALPHABET[each] for each in [*row, check_symbol(row, number)])
        rows.append(" ".join(letters[place:place + 5] for place in range(0, len(letters), 5)))
    return rows


def from_text(text: str) -> bytes:
    rows: list[list[int]] = [[]]
    for letter in text:
        if letter in " \t\r\n-\u00a0\u3000\uff0d\ufeff" or "\u2010" <= letter <= "\u2015":
            continue
        if "\uff01" <= letter <= "\uff5e":
            letter = chr(ord(letter) - 0xFEE0)
        letter = {"I": "1", "L": "1", "O": "0"}.get(letter.upper(), letter.upper())
        if len(rows[-1]) == ROW + 1:
            rows.append([])
        if letter not in ALPHABET:
            raise WrongText(f"symbol in row {len(rows)}")
        rows[-1].append(ALPHABET.index(letter))
    if not rows[0]:
        raise WrongText("empty")
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or check_symbol(row[:-1], number) != row[-1]:
            raise WrongText(f"row {number}")
    bits = "".join(f"{symbol:05b}" for row in rows for symbol in row[:-1])
    whole, rest = bits[:len(bits) // 8 * 8], bits[len(bits) // 8 * 8:]
    if len(rest) >= 5 or "1" in rest:
        raise WrongText("uneven_end")
    return bytes(int(whole[place:place + 8], 2) for place in range(0, len(whole), 8))


FIRST = "大小红黄蓝绿白黑紫金铜铁木玉石新老高长圆快甜酸热春秋东西空香早胖"
SECOND = "牛马羊蜂狗猫鱼鹅虎龙兔山河水花草树瓜豆米茶糖门桥船灯鼓碗刀云雪月"


def check_words(root: str, called: str, joining: str, secret: str) -> str:
    """Keys and the secret in hexadecimal; four pairs with spaces between."""
    told = bytes.fromhex(root + called + joining) + digest("secret", bytes.fromhex(secret))
    bits = int.from_bytes(argon2id.kdf(
        32, told, digest("words", told)[:16], opslimit=3, memlimit=16_384 << 10)[:5], "big")
    numbers = [bits >> shift & 1023 for shift in (30, 20, 10, 0)]
    return " ".join(FIRST[number >> 5] + SECOND[number & 31] for number in numbers)
