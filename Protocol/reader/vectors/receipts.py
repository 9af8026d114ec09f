# SPDX-License-Identifier: Apache-2.0
"""receipts.json: receipts, and proofs that hold or break one rule each."""

from onegrid_reader import entries, receipts, runs
from onegrid_reader.hashes import digest, sign
from onegrid_reader.notation import log_order

from .certificates import ROOT, county, own_root, township, village
from .logs import COUNTY, DEVICE, TOWN, TOWNSHIP, VILLAGE, VILLAGER

TIME = 1_795_487_460_000


def sealed(author, **fields) -> dict:
    receipt = {"version": 1, "issuer": author.key} | fields
    hashed = digest("recpt", receipts.CLAIM.write(receipt))
    return receipt | {"signature": sign("receipt", hashed, author.seed).hex()}


def rows_of(story: dict[str, list[dict]]) -> list[dict]:
    rows = []
    for log_runs in story.values():
        last = runs.verify(log_runs[-1])[-1]
        log = entries.log_id(runs.identity_of(log_runs[0]))
        if log["area"] == VILLAGE:
            rows.append(log | {"height": last["sequence"], "head": last["hash"]})
    return sorted(rows, key=log_order)


def make(story: dict[str, list[dict]]) -> list[dict]:
    rows = rows_of(story)
    subject = entries.replica(VILLAGER.identity(VILLAGE, 2))
    whole = sealed(TOWN, subject=subject, area=VILLAGE, time=TIME, rows=rows)
    empty = sealed(TOWN, subject=subject, area=VILLAGE, time=0, rows=[])
    vectors = [
        {"name": name, "kind": "receipt", "bytes": receipts.RECEIPT.write(receipt).hex(),
         "receipt": receipt, "secret": TOWN.seed.hex(), "number": receipts.number(receipt),
         "digest": receipts.receipt_digest(receipt).hex(),
         "genuine": receipts.is_genuine(receipt)}
        for name, receipt in {
            "a village's logs": whole, "nothing yet": empty,
            "another time": whole | {"time": TIME + 1}}.items()]
    return vectors + proofs(story, whole)


def proofs(story: dict[str, list[dict]], receipt: dict) -> list[dict]:
    log_runs = story["device"]
    identity = runs.identity_of(log_runs[0])
    found = [entry for run in log_runs for entry in runs.verify(run)]

    def proof(sequence: int, **more) -> dict:
        return {
            "version": 1, "key": identity["key"], "nonce": identity["nonce"],
            "area": identity["area"], "lane": identity["lane"], "sequence": sequence,
            "backlink": found[sequence - 1]["backlink"],
            "links": [{"values_hash": entry["values_hash"], "head": entry["head"]}
                      for entry in found[sequence - 1:]],
            "chain": [county, township], "receipt": receipt} | more

    last = len(found)
    altered = proof(last)
    altered["links"] = [altered["links"][0] | {"values_hash": "00" * 32}]
    elsewhere = sealed(DEVICE, subject=receipt["subject"], area=VILLAGE, time=TIME,
                       rows=receipt["rows"])
    other_area = ROOT.certify(TOWN.key, "别的镇", "522730104", 15)
    cases = {
        "of the first entry": (proof(1), None),
        "of the last entry": (proof(last), None),
        "under a root that is no county's": (proof(1, chain=[own_root]), None),
        "a chain that is broken": (proof(1, chain=[county, village]), "chain_broken"),
        "a receipt of another": (proof(1, receipt=elsewhere), "issuer_not_certified"),
        "an issuer of another area": (
            proof(1, chain=[county, other_area]), "area_not_covered"),
        "a time that was altered": (
            proof(1, receipt=receipt | {"time": 1}), "receipt_signature_wrong"),
        "a log of another lane": (proof(1, lane=0), "log_not_covered"),
        "an entry too few": (proof(1, links=proof(1)["links"][:-1]), "log_not_covered"),
        "values that were altered": (altered, "hash_wrong"),
    }
    vectors = []
    for name, (fields, refusal) in cases.items():
        root = TOWN.key if fields["chain"] == [own_root] else ROOT.key
        vectors.append({
            "name": name, "kind": "proof", "root": root, "proof": fields,
            "bytes": receipts.PROOF.write(fields).hex(), "refusal": refusal,
            "hash": None if refusal else found[fields["sequence"] - 1]["hash"]})
    return vectors


def violation_cases(story: dict[str, list[dict]]):
    rows = rows_of(story)
    subject = entries.replica(VILLAGER.identity(VILLAGE, 2))
    vectors = make(story)
    receipt, proof = vectors[0]["bytes"], next(
        one for one in vectors if one["kind"] == "proof")

    def one(name, code, **more):
        fields = {"subject": subject, "area": VILLAGE, "time": TIME, "rows": rows} | more
        return "receipt", name, receipts.RECEIPT.write(sealed(TOWN, **fields)).hex(), code

    yield one("rows that descend", "not_ascending", rows=rows[::-1])
    yield one("a row twice", "not_ascending", rows=rows[:1] * 2)
    yield one("a row of height 0", "sequence_out_of_range", rows=[rows[0] | {"height": 0}])
    yield one("a grid", "area_not_home", area=VILLAGE + "003")
    yield one("version 2", "unknown_version", version=2)
    yield "receipt", "a byte too few", receipt[:-2], "truncated"
    yield "receipt", "a byte too many", receipt + "00", "trailing_bytes"
    yield "receipt", "81,921 bytes", (receipt + "00" * 81_921)[:2 * 81_921], "length_too_large"
    yield "message", "a receipt of 81,921 bytes", "08" + "00" * 81_921, "length_too_large"
    yield "message", "a receipt with a byte more", "08" + receipt + "00", "trailing_bytes"
    yield "message", "a receipt of nothing", "08", "truncated"
    yield "proof", "a byte too many", proof["bytes"] + "00", "trailing_bytes"
    yield "proof", "no entries", receipts.PROOF.write(
        proof["proof"] | {"links": []}).hex(), "empty"
    yield "proof", "beyond the last sequence", receipts.PROOF.write(
        proof["proof"] | {"sequence": 2**32 - 1}).hex(), "sequence_out_of_range"
    yield "proof", "version 2", receipts.PROOF.write(proof["proof"] | {"version": 2}).hex(), \
        "unknown_version"
