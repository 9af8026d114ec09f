# SPDX-License-Identifier: Apache-2.0
"""redaction.json: who can have what destroyed, and what is left of entries."""

from onegrid_reader import certificates, cutoffs, entries, redaction, runs
from onegrid_reader.certificates import READ, REDACT, WRITE
from onegrid_reader.writing import Author, Writer

from .certificates import ROOT, county, device, township, village
from .cutoffs import OTHER_TOWN, cut, other_township
from .logs import AUTHORITY, STAMP, TOWN, VILLAGE, VILLAGER, assign, change

CLERK = Author(b"\x66" * 32, "06" * 16)
AUTHORS = (ROOT, TOWN, VILLAGER, OTHER_TOWN, CLERK)
ALL_CERTIFICATES = [county, township, village, device, other_township]
deputy = TOWN.certify(CLERK.key, "删除专员", VILLAGE, REDACT | READ)
only_here = ROOT.certify(OTHER_TOWN.key, "醒狮镇", "522730103211", WRITE | READ | REDACT)


def named(run: dict, sequence: int) -> dict:
    (entry,) = (one for one in runs.verify(run) if one["sequence"] == sequence)
    log = entries.log_id(runs.identity_of(run))
    return log | {"sequence": sequence, "hash": entry["hash"]}


def changes(run: dict, sequence: int) -> list[dict]:
    return runs.verify(run)[sequence - run["first"]]["changes"]


def restatement(run: dict, sequence: int, *dropped: tuple[int, int]) -> dict:
    writes = redaction.restate(changes(run, sequence), set(dropped))
    return {"version": 1} | named(run, sequence) | {"writes": writes}


def row(entry: dict, says: dict | None = None) -> dict:
    digest = redaction.restatement_digest(says).hex() if says else None
    return entry | {"restatement": digest}


def order(issuer: Author, *rows: dict, fields=(1,), reason="本人要求", **more) -> dict:
    return issuer.redact(
        40, "0123456789abcdef0123", sorted(fields), reason,
        sorted(rows, key=redaction.row_order)) | more


def carried(*all: dict) -> tuple[dict, list[dict]]:
    """A run of lane 0 in which restatements stand, and each with its entry there."""
    writer = Writer(TOWN, VILLAGE, AUTHORITY)
    run = writer.run(
        b"\xc1" * 16,
        *[({}, STAMP + at, [change(
            7, {"named": redaction.restatement_digest(one)[:10].hex()},
            assign(1, {"bytes": redaction.RESTATEMENT.write(one).hex()}))])
          for at, one in enumerate(all)])
    return run, [{"fields": one, "carriers": [named(run, at)]} for at, one in enumerate(all, 1)]


def scenes(story: dict):
    v1, v2, urgent, authority = (
        story["village"][0], story["village"][1], story["urgent"][0], story["authority"][0])
    entry, both = named(v1, 1), [v1, v2]
    half = restatement(v1, 1, (0, 1), (0, 2))
    other = restatement(v1, 1, (0, 2), (0, 3), (1, 2))
    foreign = restatement(v2, 2, (0, 1))
    lane0, (said_half, said_other) = carried(half, other)
    broken = {"version": 1} | entry | {"writes": "0203"}
    _, (said_broken,) = carried(broken)
    _, (said_foreign,) = carried(foreign)
    yield "nobody has ordered anything", both, [], [], {}
    yield "a township has two fields destroyed", both + [lane0], [order(TOWN, row(entry, half))], [
        said_half], {}
    yield "nothing is said again", both, [order(TOWN, row(entry))], [], {}
    yield "the restatement has not come", both, [order(TOWN, row(entry, half))], [], {}
    yield "the county has it done", both, [order(ROOT, row(entry))], [], {}
    yield "a village without the right", both, [order(VILLAGER, row(entry))], [], {}
    yield "a township elsewhere", both, [order(OTHER_TOWN, row(entry))], [], {}
    yield "a right that ends at the neighbour's", both, [order(OTHER_TOWN, row(entry))], [], {
        "certificates": ALL_CERTIFICATES + [only_here]}
    yield "a clerk with this right alone", both, [order(CLERK, row(entry))], [], {
        "certificates": ALL_CERTIFICATES + [deputy]}
    yield "one who was cut off since", both, [order(CLERK, row(entry))], [], {
        "certificates": ALL_CERTIFICATES + [deputy], "cut_offs": [cut(TOWN, CLERK)]}
    yield "one whose issuer was cut off and did not keep it", both, [order(CLERK, row(entry))], [], {
        "certificates": ALL_CERTIFICATES + [deputy], "cut_offs": [cut(ROOT, TOWN)]}
    yield "another hash", both, [order(TOWN, row(entry | {"hash": "00" * 32}))], [], {}
    yield "a signature that does not hold", both, [
        order(TOWN, row(entry)) | {"reason": "别的理由"}], [], {}
    yield "two orders, two restatements", both, [
        order(TOWN, row(entry, half)), order(ROOT, row(entry, other), fields=(2, 3))], [
        said_half, said_other], {}
    yield "two orders of which one leaves nothing", both, [
        order(TOWN, row(entry, half)), order(ROOT, row(entry))], [said_half], {}
    yield "a restatement that is redacted in turn", both + [lane0], [
        order(TOWN, row(entry, half)),
        order(TOWN, row(entry, other), row(said_half["carriers"][0]), fields=(1, 2, 3))], [
        said_half, said_other], {}
    yield "a restatement that does not fit", both, [order(TOWN, row(entry, broken))], [
        said_broken], {}
    yield "a restatement of another entry", both, [order(TOWN, row(entry, foreign))], [
        said_foreign], {}
    yield "the third of six", [urgent], [order(TOWN, row(named(urgent, 3)))], [], {}
    yield "an entry of lane 0", [authority], [order(TOWN, row(named(authority, 1)))], [], {}


def make(story: dict) -> list[dict]:
    return [made(*scene) for scene in scenes(story)]


def made(name: str, before: list[dict], orders: list[dict], says: list[dict], more: dict) -> dict:
    some = more.get("certificates", ALL_CERTIFICATES)
    cut_offs = more.get("cut_offs", [])
    book = redaction.Book(cutoffs.Office(ROOT.key, some, cut_offs), orders, says)
    results = []
    for run in before:
        after, left = book.redacted(run, entries.log_id(runs.identity_of(run)))
        results.append({
            "bytes": runs.RUN.write(run).hex(), "redacted": runs.RUN.write(after).hex(),
            "changes": left})
    return {
        "name": name, "root": ROOT.key,
        "certificates": [certificates.CERTIFICATE.write(one).hex() for one in some],
        "cut_offs": [cutoffs.CUT_OFF.write(one).hex() for one in cut_offs],
        "redactions": [described(one) for one in orders],
        "restatements": [said(one) for one in says], "runs": results}


def described(one: dict) -> dict:
    (secret,) = (author.seed for author in AUTHORS if author.key == one["issuer"])
    digest = redaction.redaction_digest(one)
    return {
        # The issuer's, where the signature is its own.
        "secret": secret.hex() if redaction.is_genuine(one) else None,
        "bytes": redaction.REDACTION.write(one).hex(), "fields": one, "digest": digest.hex(),
        "record_id": digest[:10].hex()}


def said(one: dict) -> dict:
    digest = redaction.restatement_digest(one["fields"])
    return one | {
        "bytes": redaction.RESTATEMENT.write(one["fields"]).hex(), "digest": digest.hex(),
        "record_id": digest[:10].hex()}
