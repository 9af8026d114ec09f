# SPDX-License-Identifier: Apache-2.0
"""enrolment.json: codes, texts that are none, requests, answers, check words."""

from onegrid_reader import enrolment
from onegrid_reader.notation import Violation

from . import certificates
from .certificates import ROOT
from .logs import TOWN, VILLAGE, VILLAGER

SECRET = bytes(range(16, 32)).hex()
CODES = {
    "a township calls itself its root": {
        "version": 1, "root": TOWN.key, "called": {"root": None}, "secret": SECRET,
        "expires": 29_000_000, "addresses": [{"host": "10.8.0.1", "port": 7440}]},
    "a township below a county, with three addresses": {
        "version": 1, "root": ROOT.key, "called": {"key": TOWN.key}, "secret": SECRET,
        "expires": 29_000_000, "addresses": [
            {"host": "192.168.1.20", "port": 7440}, {"host": "fd00::1", "port": 7440},
            {"host": "gujiao.example", "port": 65_535}]},
}
REQUESTS = {
    "a request": {
        "version": 1, "key": VILLAGER.key, "secret": SECRET, "name": "茶香村",
        "software": "gridctl 0.1.0"},
    "a request without a name": {
        "version": 1, "key": VILLAGER.key, "secret": SECRET, "name": "", "software": ""},
}
ANSWERS = {
    "not taken": {"not_taken": None},
    "waiting": {"waiting": {"name": "茶香村", "area": VILLAGE, "office": "谷脚镇"}},
    "approved": {"approved": {
        "office": "谷脚镇",
        "chain": [certificates.county, certificates.township, certificates.village]}},
    "rejected": {"rejected": "不认识"},
    "rejected without a reason": {"rejected": ""},
}


def texts() -> dict[str, str]:
    """Texts that people get wrong, of the second code."""
    rows = enrolment.text_rows(enrolment.CODE.write(list(CODES.values())[1]))
    swapped = rows[0].split(" ")
    swapped[0], swapped[1] = swapped[1], swapped[0]
    wrong = rows[2][:-1] + ("0" if rows[2][-1] != "0" else "1")
    # A whole text whose bytes are not those of the checksum.
    other = enrolment.text_rows(b"\1" + enrolment.CODE.write(list(CODES.values())[1])[1:-1] + b"\0")
    return {
        "nothing": " ", "two groups swapped": "\n".join([" ".join(swapped), *rows[1:]]),
        "two rows swapped": "\n".join([rows[1], rows[0], *rows[2:]]),
        "a wrong check symbol": "\n".join([*rows[:2], wrong, *rows[3:]]),
        "a symbol left out": "\n".join([*rows[:3], rows[3][1:], *rows[4:]]),
        "the last row left out": "\n".join(rows[:-1]),
        "a letter that is no symbol": "\n".join([rows[0], "U" + rows[1][1:], *rows[2:]]),
        "another checksum": "\n".join(other),
        "five bits too many": "000" + enrolment.ALPHABET[enrolment.check_symbol([0, 0, 0], 1)],
    }


def make() -> list[dict]:
    vectors = []
    for name, code in CODES.items():
        data = enrolment.CODE.write(code)
        assert enrolment.CODE.decode(data) == code
        called = code["called"].get("key", code["root"])
        vectors.append({
            "kind": "code", "name": name, "bytes": data.hex(), "code": code,
            "rows": enrolment.text_rows(data), "joining": VILLAGER.key,
            "words": enrolment.check_words(code["root"], called, VILLAGER.key, SECRET)})
    for name, text in texts().items():
        try:
            enrolment.CODE.decode(enrolment.from_text(text))
            raise AssertionError(f"{name} is a code")
        except enrolment.WrongText as wrong:
            what = wrong.what
        except Violation as wrong:
            what = wrong.code
        vectors.append({"kind": "text", "name": name, "text": text, "wrong": what})
    for name, request in REQUESTS.items():
        vectors.append({
            "kind": "request", "name": name, "request": request,
            "bytes": enrolment.REQUEST.write(request).hex()})
    for name, answer in ANSWERS.items():
        data = enrolment.ANSWER.write({"version": 1, "answer": answer})
        # The chain itself is a vector of certificates.json.
        plain = None if "approved" in answer else answer
        vectors.append({
            "kind": "answer", "name": name, "bytes": data.hex(), "answer": plain})
    return vectors
