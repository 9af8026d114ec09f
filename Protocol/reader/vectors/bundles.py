# SPDX-License-Identifier: Apache-2.0
"""bundles.json: headers, and the plain content of whole parts."""

from onegrid_reader import bundles, runs

from .certificates import ROOT, county, township, village
from .logs import TOWN, VILLAGE, VILLAGER
from .messages import rows_of
from . import receipts

TIME = 1_795_487_460_000


def header(**more) -> dict:
    return {
        "version": 1, "root": ROOT.key, "chain": [county, township, village],
        "nonce": VILLAGER.nonce, "area": VILLAGE, "recipient": TOWN.key, "time": TIME,
        "software": "gridd 0.1.0"} | more


def make(story: dict[str, list[dict]]) -> list[dict]:
    rows = rows_of(story)
    believed = [{name: row[name] for name in ("area", "lane", "replica", "height")}
                for row in rows]
    sealed = [{"run": "00" + runs.RUN.write(run).hex()} for run in story["device"]]
    headers = {
        "of a village for its township": header(),
        "of a township": header(
            chain=[county, township], area=township["area"], recipient=VILLAGER.key, time=0,
            software=""),
    }
    contents = {
        "nothing but the end": [{"end": {"runs": 0, "has_more": 0}}],
        "an acknowledgement": [{"holds": rows}, {"end": {"runs": 0, "has_more": 0}}],
        "a first part": [
            {"holds": rows}, {"belief": believed}, *sealed[:1], {"end": {"runs": 1, "has_more": 1}}],
        "a last part": [
            {"holds": []}, {"belief": []},
            {"ended": [{"key": VILLAGER.key, "nonce": VILLAGER.nonce, "area": VILLAGE, "lane": 2}]},
            {"receipt": receipts.make(story)[0]["receipt"]}, *sealed,
            {"end": {"runs": len(sealed), "has_more": 0}}],
    }
    vectors = [{"name": name, "kind": "header", "bytes": bundles.HEADER.write(fields).hex(),
                "header": fields} for name, fields in headers.items()]
    vectors += [{"name": name, "kind": "content", "bytes": bundles.CONTENT.write(items).hex(),
                 "content": items} for name, items in contents.items()]
    return vectors + list(violations(story, rows, believed))


def violations(story: dict[str, list[dict]], rows: list[dict], believed: list[dict]):
    def one(kind: str, name: str, data: bytes, code: str) -> dict:
        return {"name": name, "kind": kind, "bytes": data.hex(), "violation": code}

    written = bundles.HEADER.write(header())
    yield one("header", "version 2", bundles.HEADER.write(header(version=2)), "unknown_version")
    yield one("header", "a byte too few", written[:-1], "truncated")
    yield one("header", "a byte too many", written + b"\0", "trailing_bytes")
    yield one("header", "8,193 bytes", (written + bytes(8_193))[:8_193], "length_too_large")
    yield one("header", "a grid", bundles.HEADER.write(header(area=VILLAGE + "003")),
              "area_not_home")

    def content(name: str, items: list[dict], code: str) -> dict:
        return one("content", name, bundles.CONTENT.write(items), code)

    end = {"end": {"runs": 0, "has_more": 0}}
    yield content("rows that descend", [{"holds": rows[::-1]}, end], "not_ascending")
    yield content("belief that descends", [{"belief": believed[::-1]}, end], "not_ascending")
    yield content("an end that counts other runs", [{"end": {"runs": 1, "has_more": 0}}],
                  "contradiction")
    yield content("something after the end", [end, end], "trailing_bytes")
    yield one("content", "an item of 307,201 bytes", bytes([0x81, 0xE0, 0x12]),
              "length_too_large")
    yield one("content", "an unknown item", bytes([1, 7]), "unknown_tag")
    yield one("content", "an item of nothing", bytes([0]), "truncated")
    yield one("content", "no end", b"", "truncated")
    yield one("content", "an end cut short", bundles.CONTENT.write([end])[:-1], "truncated")
