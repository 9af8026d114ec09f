# SPDX-License-Identifier: Apache-2.0
"""areas.json: changes of area codes, and what codes stand for then."""

from onegrid_reader import areas
from onegrid_reader.areas import MERGE, RENUMBER, SPLIT
from onegrid_reader.hashes import digest, public_key, sign

ROOT, TOWNSHIP, STRANGER = (bytes([number]) * 32 for number in (1, 2, 9))
OFFICES = {ROOT: "522730", TOWNSHIP: "522730103", STRANGER: "522730102"}
A, B, C, D = (f"5227301032{number}" for number in ("10", "17", "30", "31"))


def change(seed: bytes, kind: int, left: str, right: str, order: int, note: str = "") -> dict:
    claim = {
        "version": 1, "kind": kind, "from": left, "to": right, "day": 20_788, "order": order,
        "note": note, "issued_at": 1_790_000_000_000, "issuer": public_key(seed).hex()}
    hashed = digest("area", areas.CLAIM.write(claim))
    return claim | {"signature": sign("areachange", hashed, seed).hex()}


STORIES = {
    "a village gets another code, and its grids with it": [
        change(TOWNSHIP, RENUMBER, A, C, 1, "换码")],
    "two villages become one, and a grid of theirs another": [
        change(TOWNSHIP, MERGE, B, A, 1), change(TOWNSHIP, RENUMBER, B + "003", A + "015", 2)],
    "one after the other": [
        change(TOWNSHIP, RENUMBER, A, C, 1), change(ROOT, MERGE, C, B, 2)],
    "of two that contradict each other the lesser order counts": [
        change(TOWNSHIP, MERGE, A, B, 2), change(TOWNSHIP, MERGE, A, C, 1)],
    "of two of one order the higher office counts": [
        change(TOWNSHIP, MERGE, A, B, 1), change(ROOT, MERGE, A, C, 1)],
    "nothing leads in a circle": [
        change(TOWNSHIP, MERGE, A, B, 1), change(TOWNSHIP, MERGE, B, C, 2),
        change(TOWNSHIP, MERGE, C, A, 3)],
    "a code is taken once": [
        change(TOWNSHIP, RENUMBER, A, D, 1), change(TOWNSHIP, RENUMBER, B, D, 2)],
    "another township has no say": [change(STRANGER, MERGE, A, B, 1)],
    "a part of a village goes into another, and a grid with it": [
        change(TOWNSHIP, SPLIT, A, B, 1, "划出"), change(TOWNSHIP, RENUMBER, A + "003", B + "015", 2)],
    "a part of a village becomes one of its own, and the rest gets another code": [
        change(TOWNSHIP, SPLIT, A, C, 1), change(TOWNSHIP, RENUMBER, A, D, 2),
        change(TOWNSHIP, RENUMBER, D + "003", C + "003", 3)],
    "what a village was called before a split is divided too": [
        change(TOWNSHIP, RENUMBER, B, A, 1), change(TOWNSHIP, SPLIT, A, C, 2)],
    "what goes into a village after a split is not the heir's": [
        change(TOWNSHIP, SPLIT, A, C, 1), change(TOWNSHIP, MERGE, B, A, 2)],
    "an heir goes into another village, and its grids keep their codes": [
        change(TOWNSHIP, SPLIT, A, C, 1), change(TOWNSHIP, RENUMBER, A + "003", C + "003", 2),
        change(TOWNSHIP, MERGE, C, B, 3)],
    "what an heir has of another goes on to its own heirs": [
        change(TOWNSHIP, SPLIT, A, B, 1), change(TOWNSHIP, SPLIT, B, C, 2)],
    "what an heir comes by later does not": [
        change(TOWNSHIP, SPLIT, A, B, 2), change(TOWNSHIP, SPLIT, B, C, 1)],
    "a village is split once into another, whatever that is called": [
        change(TOWNSHIP, SPLIT, A, B, 1), change(TOWNSHIP, RENUMBER, B, C, 2),
        change(TOWNSHIP, SPLIT, A, C, 3), change(ROOT, SPLIT, A, B, 1)],
    "a split leads to a code, and not into what is one": [
        change(TOWNSHIP, SPLIT, A, C, 1), change(TOWNSHIP, RENUMBER, B, C, 2),
        change(TOWNSHIP, MERGE, D, A, 3), change(TOWNSHIP, SPLIT, A, D, 4)],
    "what was left is split no more": [
        change(TOWNSHIP, RENUMBER, A, D, 1), change(TOWNSHIP, SPLIT, A, B, 2)],
}
VILLAGES = [A, B, C, D]
CODES = [*VILLAGES, A + "003", B + "003", A + "015", C + "003", B + "0030102", "522730103"]


def story(name: str, changes: list[dict]) -> dict:
    offices = {public_key(seed).hex(): area for seed, area in OFFICES.items()}
    standings, known = areas.standings(changes, offices)
    return {
        "name": name,
        "changes": [
            {
                "bytes": areas.CHANGE.write(each).hex(), "fields": each,
                "secret": next(
                    seed.hex() for seed in OFFICES if public_key(seed).hex() == each["issuer"]),
                "digest": areas.change_digest(each).hex(),
                "record_id": areas.change_digest(each)[:10].hex(), "standing": standing}
            for each, standing in zip(changes, standings)],
        "codes": [{"code": code, "now": known.current(code)} for code in CODES],
        "covers": [
            [left, right] for left in CODES for right in CODES
            if len(right) <= 12 and known.covers(left, right)],
        "heirs": [{"code": code, "villages": known.heirs(code)} for code in VILLAGES],
        "places": [
            {"code": code, "grid": grid, "village": known.place(code, grid)}
            for code in VILLAGES for grid in CODES if len(grid) > 12],
    }


def make() -> list[dict]:
    return [story(name, changes) for name, changes in STORIES.items()]
