# SPDX-License-Identifier: Apache-2.0
"""messages.json: greetings, frontiers with their digests, and every message."""

from onegrid_reader import certificates, entries, messages, runs
from onegrid_reader.notation import log_order

from . import areas, forks, receipts, tables
from .certificates import county, own_root, township, village
from .cutoffs import village_ends
from .logs import COUNTY, TOWNSHIP, VILLAGE, VILLAGER

OTHER_VILLAGE = "522730103211"


def rows_of(story: dict[str, list[dict]]) -> list[dict]:
    rows = []
    for log_runs in story.values():
        last = runs.verify(log_runs[-1])[-1]
        rows.append(entries.log_id(runs.identity_of(log_runs[0]))
                    | {"height": last["sequence"], "head": last["hash"][:16]})
    return sorted(rows, key=log_order)


def reference(certificate: dict) -> str:
    return certificates.certificate_digest(certificate)[:16].hex()


def greeting(**more) -> dict:
    return {
        "version": 1, "versions": {"lowest": 1, "highest": 1}, "features": 0,
        "software": "gridd 1.0.0", "nonce": VILLAGER.nonce, "clock": 1_795_487_400_000,
        "credit": 4_194_304, "credential": {"chain": [own_root, village]},
        "recognized": {"none": None}, "area": VILLAGE,
        "holdings": {"frontier": []}} | more


def make(story: dict[str, list[dict]]) -> list[dict]:
    rows = rows_of(story)
    digests = [{"area": area, "digest": messages.frontier_digest(
        [row for row in rows if row["area"] == area])} for area in (COUNTY, TOWNSHIP, VILLAGE)]
    greetings = {
        "greeting of an empty village": greeting(),
        "greeting with a frontier": greeting(holdings={"frontier": rows}),
        "greeting with digests": greeting(
            credential={"chain": [county, township]}, area=TOWNSHIP, holdings={"digests": digests}),
        "greeting of one who is known": greeting(
            credential={"reference": reference(village)},
            recognized={"reference": reference(county)},
            holdings={"frontier": rows}),
        "greeting from a later time": greeting(
            versions={"lowest": 0, "highest": 2**64 - 1}, features=2**64 - 1, software="",
            clock=2**64 - 1, credit=67_108_864, holdings={"digests": []}),
    }
    acknowledged = [{name: row[name] for name in ("area", "lane", "replica", "height")}
                    for row in rows]
    sent = {
        "frontier of no areas": {"frontier": {"areas": [], "rows": []}},
        "frontier": {"frontier": {"areas": [VILLAGE, OTHER_VILLAGE], "rows": rows}},
        "no totals": {"totals": []},
        "totals": {"totals": [
            {"lane": 0, "entries": 1, "bytes": 300}, {"lane": 1, "entries": 6, "bytes": 7_704},
            {"lane": 2, "entries": 2**64 - 1, "bytes": 2**64 - 1}]},
        "run": {"run": "00" + runs.RUN.write(story["device"][0]).hex()},
        "run of no bytes": {"run": ""},
        "grant of credit": {"ack": {"rows": [], "credit": 67_108_864}},
        "acknowledgement": {"ack": {"rows": acknowledged, "credit": 0}},
        "refusal": {"refusal": {
            "log": {name: rows[0][name] for name in ("area", "lane", "replica")},
            "code": "forked"}},
        "ping": {"ping": None},
        "bye": {"bye": "violation"},
        "no log has ended": {"ended": []},
        "a log that has ended": {"ended": [
            {"key": VILLAGER.key, "nonce": VILLAGER.nonce, "area": VILLAGE, "lane": 2}]},
        "cut off": {"cut_off": village_ends},
        "heads": {"heads": {
            "log": {name: rows[0][name] for name in ("area", "lane", "replica")},
            "rows": [{"height": 1, "head": "01" * 8}, {"height": 2**32 - 1, "head": "02" * 8}]}},
        "branch": {"branch": [forks.make()[7]["proofs"][place]["fields"] for place in (1, 2)]},
        "lanes up to what is urgent": {"lanes": 1},
        "all lanes": {"lanes": 2},
        "words, and a log that has ended by them": {"words": {
            "words": [{"area_change": areas.STORIES["a code is taken once"][0]},
                      {"cut_off": village_ends}, {"certificate": village}],
            "ended": [{"key": VILLAGER.key, "nonce": VILLAGER.nonce, "area": VILLAGE, "lane": 2}]}},
        "a word by which no log has ended": {"words": {
            "words": [{"certificate": township}], "ended": []}},
        "bye of 200 bytes": {"bye": "x" * 200},
        "receipt": {"receipt": receipts.make(story)[0]["receipt"]},
    } | tables.messages()
    vectors = [{"name": name, "kind": "greeting", "bytes": messages.GREETING.write(fields).hex(),
                "greeting": fields} for name, fields in greetings.items()]
    vectors += [{"name": name, "kind": "message", "bytes": messages.MESSAGE.write(fields).hex(),
                 "message": fields} for name, fields in sent.items()]
    for name, some in {"no rows": [], "one row": rows[:1], "all rows": rows}.items():
        vectors.append({"name": f"digest of {name}", "kind": "frontier", "rows": some,
                        "bytes": b"".join(map(messages.ROW.write, some)).hex(),
                        "digest": messages.frontier_digest(some)})
    return vectors
