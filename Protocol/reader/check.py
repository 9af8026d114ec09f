#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks every vector of Protocol/vectors and the table of limits; says what differs."""

import json
import sys
from pathlib import Path

from onegrid_reader import (
    acts, areas, at_rest, bundles, certificates, columns, cutoffs, enrolment, entries, forks, judging,
    limits, messages, notation, readers, receipts, redaction, rotation, runs, tables, zstd)
from onegrid_reader.hashes import sign
from onegrid_reader.values import VALUE

FOLDER = Path(__file__).resolve().parents[1] / "vectors"


class Differs(Exception):
    pass


class Skipped(Exception):
    pass


def same(what: str, found, expected) -> None:
    if found != expected:
        raise Differs(f"{what}: {found!r}, not {expected!r}")


def both_ways(codec: notation.Codec, data: str, expected) -> None:
    same("decoded", codec.decode(bytes.fromhex(data)), expected)
    same("encoded", codec.write(expected).hex(), data)


def check_value(vector: dict) -> None:
    both_ways(VALUE, vector["bytes"], vector["value"])


def check_record(vector: dict) -> None:
    same("parsed", entries.id_from_text(vector["text"]), vector["id"])
    if vector["id"] is None:
        return
    same("text", entries.id_text(vector["id"]), vector["text"])
    for text in vector.get("other_texts", []):
        same("parsed", entries.id_from_text(text), vector["id"])
    if origin := vector.get("created"):
        id = entries.created_id(origin["log"], origin["sequence"], origin["index"])
        same("id", id, vector["id"])
    if origin := vector.get("named"):
        id = entries.named_id(origin["collection"], origin["area"], origin["key"])
        same("id", id, vector["id"])


class Entries:
    """Entries stand in the order of their logs; each log is followed from its beginning."""

    READ = ("timestamp_change", "context_changes", "values_length", "changes", "head", "values",
            "values_hash", "salt")

    def __init__(self):
        self.logs = {}

    def check(self, vector: dict) -> None:
        identity = entries.identity(
            vector["key"], vector["nonce"], vector["log"]["area"], vector["log"]["lane"])
        digest = entries.log_digest(identity)
        same("log", entries.log_id(identity), vector["log"])
        same("log digest", digest.hex(), vector["log_digest"])
        is_whole = "values" in vector
        salt = bytes.fromhex(vector["salt"]) if is_whole else None
        cursor = notation.Cursor(
            bytes.fromhex(vector["head"] + vector["values" if is_whole else "values_hash"]))
        entry = entries.read_entry(cursor, salt)
        cursor.finish()
        same("entry", entry, {name: vector[name] for name in self.READ if name in vector})
        same("head", entries.HEAD.write(vector).hex(), vector["head"])
        if is_whole:
            same("values", entries.write_values(vector["changes"]).hex(), vector["values"])
        found = entries.entry_hash(
            digest, bytes.fromhex(vector["backlink"]), vector["sequence"],
            bytes.fromhex(vector["values_hash"]), bytes.fromhex(vector["head"]))
        same("hash", found.hex(), vector["hash"])
        if is_whole:
            self.resolve(identity, digest.hex(), vector, entry)

    def resolve(self, identity: dict, digest: str, vector: dict, entry: dict) -> None:
        log, head = self.logs.get(digest, (entries.Log(identity), digest))
        same("backlink", vector["backlink"], head)
        same("sequence", vector["sequence"], log.height + 1)
        for name, found in log.resolve(entry).items():
            same(name, found, vector[name])
        self.logs[digest] = log, vector["hash"]


def check_run(vector: dict) -> None:
    both_ways(runs.RUN, vector["bytes"], vector["run"])
    identity = runs.identity_of(vector["run"])
    same("replica", entries.replica(identity), vector["replica"])
    same("hashes", [entry["hash"] for entry in runs.verify(vector["run"])], vector["hashes"])
    signature = sign("entry", bytes.fromhex(vector["hashes"][-1]), bytes.fromhex(vector["secret"]))
    same("signature", signature.hex(), vector["run"]["signature"])
    if parts := vector.get("parts"):
        joined, *others = [runs.RUN.decode(bytes.fromhex(part)) for part in parts]
        for other in others:
            joined = runs.join(joined, other)
        same("joined", joined, vector["run"])
    if data := vector.get("columns"):
        rows, count = bytes.fromhex(vector["run"]["entries"]), vector["run"]["count"]
        same("columns", columns.laid_out(columns.split(rows, count)).hex(), data)
        same("rows", columns.join(bytes.fromhex(data), count, len(rows)), rows)
    if vector["envelope"][:2] != "00" and not zstd.can_unpack():
        raise Skipped("there is no zstd command")
    same("envelope", runs.open_envelope(bytes.fromhex(vector["envelope"])), vector["run"])


def check_chain(vector: dict) -> None:
    chain = [one["fields"] for one in vector["certificates"]]
    for one in vector["certificates"]:
        both_ways(certificates.CERTIFICATE, one["bytes"], one["fields"])
        same("genuine", certificates.is_genuine(one["fields"]), one["secret"] is not None)
        same("digest", certificates.certificate_digest(one["fields"]).hex(), one["digest"])
        same("record id", certificates.record_id(one["fields"]), one["record_id"])
    if vector["bytes"] is not None:
        both_ways(certificates.CHAIN, vector["bytes"], chain)
    refusal = None
    try:
        certificates.verify_chain(chain, vector["root"])
    except certificates.ChainRefused as refused:
        refusal = refused.code
    same("refusal", refusal, vector["refusal"])


def check_cut_offs(vector: dict) -> None:
    for one in vector["cut_offs"]:
        both_ways(cutoffs.CUT_OFF, one["bytes"], one["fields"])
        same("genuine", cutoffs.is_genuine(one["fields"]), one["secret"] is not None)
        same("digest", cutoffs.cut_off_digest(one["fields"]).hex(), one["digest"])
        same("record id", cutoffs.record_id(one["fields"]), one["record_id"])
    known = [certificates.CERTIFICATE.decode(bytes.fromhex(one)) for one in vector["certificates"]]
    office = cutoffs.Office(vector["root"], known, [one["fields"] for one in vector["cut_offs"]])
    for log in vector["logs"]:
        name = entries.log_id(entries.identity(log["key"], log["nonce"], log["area"], log["lane"]))
        same("end", office.end(log["key"], name), log["end"])
        same("level", office.level(log["key"], log["area"], log["lane"]), log["level"])


def check_redaction(vector: dict) -> None:
    for one in vector["redactions"]:
        both_ways(redaction.REDACTION, one["bytes"], one["fields"])
        same("genuine", redaction.is_genuine(one["fields"]), one["secret"] is not None)
        same("digest", redaction.redaction_digest(one["fields"]).hex(), one["digest"])
        same("record id", one["digest"][:20], one["record_id"])
    for one in vector["restatements"]:
        both_ways(redaction.RESTATEMENT, one["bytes"], one["fields"])
        same("digest", redaction.restatement_digest(one["fields"]).hex(), one["digest"])
        same("record id", one["digest"][:20], one["record_id"])
    known = [certificates.CERTIFICATE.decode(bytes.fromhex(one)) for one in vector["certificates"]]
    ends = [cutoffs.CUT_OFF.decode(bytes.fromhex(one)) for one in vector["cut_offs"]]
    book = redaction.Book(
        cutoffs.Office(vector["root"], known, ends),
        [one["fields"] for one in vector["redactions"]], vector["restatements"])
    for one in vector["runs"]:
        run = runs.RUN.decode(bytes.fromhex(one["bytes"]))
        after, left = book.redacted(run, entries.log_id(runs.identity_of(run)))
        same("redacted", runs.RUN.write(after).hex(), one["redacted"])
        same("changes", left, one["changes"])
        hashes = [entry["hash"] for entry in runs.verify(after)]
        same("hashes", hashes, [entry["hash"] for entry in runs.verify(run)])


def check_fork(vector: dict) -> None:
    for one in vector["proofs"]:
        both_ways(forks.BRANCH_PROOF, one["bytes"], one["fields"])
        same("hashes", forks.hashes(one["fields"]), one["hashes"])
        same("digest", forks.proof_digest(one["fields"]).hex(), one["digest"])
        same("record id", forks.record_id(one["fields"]), one["record_id"])
        same("genuine", forks.is_genuine(one["fields"]), one["genuine"])
    proofs = [one["fields"] for one in vector["proofs"]]
    for some in (proofs, proofs[::-1]):
        same("fork", forks.fork(some), vector["fork"])


def check_message(vector: dict) -> None:
    match vector["kind"]:
        case "greeting": both_ways(messages.GREETING, vector["bytes"], vector["greeting"])
        case "message": both_ways(messages.MESSAGE, vector["bytes"], vector["message"])
        case "frontier":
            rows = b"".join(map(messages.ROW.write, vector["rows"]))
            same("rows", rows.hex(), vector["bytes"])
            same("digest", messages.frontier_digest(vector["rows"]), vector["digest"])
        case kind: raise Differs(f"unknown kind {kind}")


def check_enrolment(vector: dict) -> None:
    match vector["kind"]:
        case "code":
            both_ways(enrolment.CODE, vector["bytes"], vector["code"])
            same("rows", enrolment.text_rows(bytes.fromhex(vector["bytes"])), vector["rows"])
            for text in ("\n".join(vector["rows"]), "".join(vector["rows"]).lower()):
                same("read", enrolment.from_text(text).hex(), vector["bytes"])
            code = vector["code"]
            words = enrolment.check_words(
                code["root"], code["called"].get("key", code["root"]), vector["joining"],
                code["secret"])
            same("words", words, vector["words"])
        case "text":
            found = None
            try:
                enrolment.CODE.decode(enrolment.from_text(vector["text"]))
            except enrolment.WrongText as wrong:
                found = wrong.what
            except notation.Violation as wrong:
                found = wrong.code
            same("wrong", found, vector["wrong"])
        case "request": both_ways(enrolment.REQUEST, vector["bytes"], vector["request"])
        case "answer":
            answer = enrolment.ANSWER.decode(bytes.fromhex(vector["bytes"]))
            same("encoded", enrolment.ANSWER.write(answer).hex(), vector["bytes"])
            if vector["answer"] is not None:
                same("answer", answer["answer"], vector["answer"])
        case kind: raise Differs(f"unknown kind {kind}")


def check_receipt(vector: dict) -> None:
    if vector["kind"] == "receipt":
        receipt = vector["receipt"]
        both_ways(receipts.RECEIPT, vector["bytes"], receipt)
        same("digest", receipts.receipt_digest(receipt).hex(), vector["digest"])
        same("number", receipts.number(receipt), vector["number"])
        same("genuine", receipts.is_genuine(receipt), vector["genuine"])
        return
    both_ways(receipts.PROOF, vector["bytes"], vector["proof"])
    refusal, found = None, None
    try:
        found = receipts.verify(vector["proof"], vector["root"])
    except receipts.ProofRefused as refused:
        refusal = refused.code
    same("refusal", refusal, vector["refusal"])
    same("hash", found, vector["hash"])


def check_acts(vector: dict) -> None:
    """Whatever the order in which they come."""
    for given in (vector["acts"], vector["acts"][::-1]):
        found = acts.fold(vector["machine"], given)
        same("state", found["state"], vector["state"])
        same("outcomes", found["outcomes"], vector["outcomes"])


def check_reader(vector: dict) -> None:
    data, key = bytes.fromhex(vector["bytes"]), bytes.fromhex(vector["content_key"])
    where = readers.place(vector["collection"], bytes.fromhex(vector["record"]))
    if vector["kind"] == "value":
        same("form", readers.is_sealed(data), vector["sealed"])
        same("value", readers.open_value(data, vector["field"], where, key), vector["value"])
        if vector["value"] is not None:
            plain = readers.padded(vector["value"])
            same("sealed", readers.seal(plain, vector["field"], where, key, data[17:41]), data)
    elif vector["kind"] == "grant":
        found = readers.open_grant(data, where, bytes.fromhex(vector["secret"]))
        same("opens", found == key, vector["opens"])
        same("genuine", readers.is_genuine_grant(data, where, key), vector["genuine"])
        if vector["opens"] and vector["genuine"]:
            reader, passing = bytes.fromhex(vector["reader"]), bytes.fromhex(vector["passing"])
            same("made", readers.grant(key, reader, where, passing), data)
    else:
        former = bytes.fromhex(vector["former"])
        same("genuine", readers.is_genuine_link(data, where, former), vector["genuine"])
        if vector["genuine"]:
            same("made", readers.link(key, former, where), data)


def check_rotation(vector: dict) -> None:
    if vector["kind"] == "request":
        request = vector["request"]
        both_ways(rotation.REQUEST, vector["bytes"], request)
        same("digest", rotation.request_digest(request).hex(), vector["digest"])
        same("genuine", rotation.is_genuine_request(request), vector["genuine"])
        return
    succession = vector["succession"]
    both_ways(rotation.SUCCESSION, vector["bytes"], succession)
    same("record id", rotation.succession_record(succession), vector["record_id"])
    same("genuine", rotation.is_genuine_succession(succession), vector["genuine"])


def check_table_audit(vector: dict) -> None:
    if vector["kind"] == "record":
        same("bytes", tables.State(vector["state"]).bytes().hex(), vector["bytes"])
        found = tables.record_digest(vector["record"], vector["state"])
        same("digest", found, vector["digest"])
        return
    leaves, nonce = vector["leaves"], vector["nonce"]
    same("whole", tables.whole(leaves[::-1], nonce), vector["whole"])
    same("root", tables.part(leaves, [], nonce), vector["root"])
    same("part", tables.part(leaves, vector["steps"], nonce), vector["part"])


def check_area_changes(vector: dict) -> None:
    changes = [each["fields"] for each in vector["changes"]]
    offices = {}
    for each in vector["changes"]:
        change = each["fields"]
        both_ways(areas.CHANGE, each["bytes"], change)
        same("genuine", areas.is_genuine(change), True)
        same("digest", areas.change_digest(change).hex(), each["digest"])
        same("record id", each["digest"][:20], each["record_id"])
        offices[change["issuer"]] = {
            "01": "522730", "02": "522730103", "09": "522730102"}[each["secret"][:2]]
    for given in (changes, changes[::-1]):
        found, known = areas.standings(given, offices)
        if given is not changes:
            found = found[::-1]
        same("standings", found, [each["standing"] for each in vector["changes"]])
    for each in vector["codes"]:
        same("now", known.current(each["code"]), each["now"])
    codes = [each["code"] for each in vector["codes"]]
    same("covers", [[left, right] for left in codes for right in codes
                    if len(right) <= 12 and known.covers(left, right)], vector["covers"])
    for each in vector["heirs"]:
        same("heirs", known.heirs(each["code"]), each["villages"])
    for each in vector["places"]:
        same("place", known.place(each["code"], each["grid"]), each["village"])


def check_bundle(vector: dict) -> None:
    codec = {"header": bundles.HEADER, "content": bundles.CONTENT}[vector["kind"]]
    if code := vector.get("violation"):
        found = None
        try:
            codec.decode(bytes.fromhex(vector["bytes"]))
        except notation.Violation as wrong:
            found = wrong.code
        same("violation", found, code)
        return
    both_ways(codec, vector["bytes"], vector[vector["kind"]])


def check_at_rest(vector: dict) -> None:
    """A piece opens in its place to what was sealed, and has one form there; else it is damage."""
    data, key = bytes.fromhex(vector["bytes"]), bytes.fromhex(vector["folder_key"] or "")
    match vector["kind"]:
        case "mark":
            mark = at_rest.mark(key, vector["collection"], vector["field"], vector["text"])
            return same("mark", mark.hex(), vector["bytes"])
        case "wrapped":
            owner = bytes.fromhex(vector["seed"]), bytes.fromhex(vector["key"])
            plain = vector["folder_key"]
            found = at_rest.unwrapped(data, *owner)
            again = plain and at_rest.wrapped(key, *owner, data[:at_rest.NONCE_BYTES])
        case "run":
            where, plain = (key, vector["id"], vector["first"]), vector["envelope"]
            found = at_rest.opened_run(*where, data)
            again = plain and at_rest.sealed_run(
                *where, int.from_bytes(data[:4], "little"), bytes.fromhex(plain))
        case kind:
            purpose, place = {
                "record": lambda: ("record", at_rest.record_place(*(
                    vector[name] for name in ("collection", "area", "lane", "row", "id")))),
                "restatement": lambda: ("resta", bytes.fromhex(vector["digest"])),
                "redaction": lambda: ("redac", bytes.fromhex(vector["digest"])),
            }[kind]()
            plain = vector["plain"]
            found = at_rest.opened(key, purpose, place, data)
            again = None if plain is None else at_rest.sealed(
                key, purpose, place, bytes.fromhex(plain))
    same("opened", None if found is None else found.hex(), plain)
    same("sealed", again, None if plain is None else data)


def check_violation(vector: dict) -> None:
    data = bytes.fromhex(vector["bytes"])
    if vector["kind"] == "envelope" and data[:1] != b"\0" and not zstd.can_unpack():
        raise Skipped("there is no zstd command")
    same("violation", judging.judge(vector["kind"], data), vector["violation"])


def check_file(name: str, check) -> bool:
    text = (FOLDER / f"{name}.json").read_text("utf-8")
    file = json.loads(text)
    failures, skipped = [], []
    if file["schema"] != f"onegrid.vectors.{name}/1":
        failures.append(f"schema {file['schema']}")
    if not file["vectors"]:
        failures.append("no vectors")
    for vector in file["vectors"]:
        label = " ".join(filter(None, [vector.get("kind"), vector["name"]]))
        try:
            check(vector)
        except Skipped as reason:
            skipped.append(f"{label}: {reason}")
        except Exception as failure:
            failures.append(f"{label}: {type(failure).__name__}: {failure}")
    print(f"{name}: {len(file['vectors'])} vectors, {len(failures)} differ, "
          f"{len(skipped)} skipped")
    for line in failures:
        print(f"  differs: {line}")
    for line in skipped:
        print(f"  skipped: {line}")
    return not failures


def check_codes() -> bool:
    """Every violation of the notation has a vector, and notation.md names it."""
    vectors = json.loads((FOLDER / "violations.json").read_text("utf-8"))["vectors"]
    seen = {vector["violation"] for vector in vectors}
    paper = (FOLDER.parent / "notation.md").read_text("utf-8")
    missing = sorted(notation.VIOLATIONS - seen)
    unnamed = sorted(code for code in notation.VIOLATIONS if f"`{code}`" not in paper)
    print(f"codes: {len(notation.VIOLATIONS)} violations, {len(missing)} without a vector, "
          f"{len(unnamed)} not in notation.md")
    for code in missing + unnamed:
        print(f"  missing: {code}")
    return not missing and not unnamed


def check_limits() -> bool:
    differing = limits.differences()
    print(f"limits: {len(limits.LIMITS)} constants, {len(differing)} differ")
    for line in differing:
        print(f"  differs: {line}")
    return not differing


def main() -> int:
    checks = {
        "values": check_value, "records": check_record, "entries": Entries().check,
        "runs": check_run, "certificates": check_chain, "messages": check_message,
        "cutoffs": check_cut_offs, "forks": check_fork, "enrolment": check_enrolment,
        "receipts": check_receipt, "redaction": check_redaction,
        "violations": check_violation, "acts": check_acts, "rotation": check_rotation,
        "readers": check_reader,
        "table-audit": check_table_audit,
        "areas": check_area_changes,
        "bundles": check_bundle, "at-rest": check_at_rest,
    }
    results = [check_file(name, check) for name, check in checks.items()]
    results += [check_codes(), check_limits()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
