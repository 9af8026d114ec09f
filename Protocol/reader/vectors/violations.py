# SPDX-License-Identifier: Apache-2.0
"""violations.json: bytes with one fault each, and the code that names it."""

from onegrid_reader import certificates, entries, forks, judging, messages, runs
from onegrid_reader.hashes import sign
from onegrid_reader.notation import UNSIGNED
from onegrid_reader.values import VALUE

from . import envelopes, receipts, tables
from . import forks as fork_vectors
from .certificates import county, own_root, village
from .logs import (
    DEVICE, ROUTINE, VILLAGE, VILLAGER, assign, change, clear, existing, increment, new, several)
from .messages import greeting, rows_of
from .values import nested

SALT_SEED = b"\xb0" * 16


def number(value: int) -> str:
    return UNSIGNED.write(value).hex()


def notation_cases():
    yield "unsigned", "nothing", "", "truncated"
    yield "unsigned", "a first byte alone", "80", "truncated"
    yield "unsigned", "zero in two bytes", "8000", "integer_not_shortest"
    yield "unsigned", "one in two bytes", "8100", "integer_not_shortest"
    yield "unsigned", "ten bytes for nine", "ff" * 9 + "00", "integer_not_shortest"
    yield "unsigned", "65 bits", "ff" * 9 + "02", "integer_too_large"
    yield "unsigned", "eleven bytes", "ff" * 10 + "01", "integer_too_large"
    yield "unsigned", "two numbers", "0101", "trailing_bytes"
    yield "flag", "two", "02", "flag_not_binary"
    yield "flag", "255", "ff", "flag_not_binary"
    yield "flag", "nothing", "", "truncated"


def value_cases():
    def value(name, data, code):
        return "value", name, data.replace(" ", ""), code

    def area(name, level, digits):
        return value(f"area: {name}", f"07 {level:02x} {number(digits)}", "area_not_valid")

    yield value("nothing", "", "truncated")
    yield value("tag 14", "0e", "unknown_tag")
    yield value("tag 255", "ff", "unknown_tag")
    yield value("a second value", "02 02", "trailing_bytes")
    yield value("a text cut short", "00 02 41", "truncated")
    yield value("a text without its length", "00", "truncated")
    yield value("byte ff in a text", "00 01 ff", "text_not_utf8")
    yield value("half a character", "00 02 e8 8c", "text_not_utf8")
    yield value("an overlong slash", "00 02 c0 af", "text_not_utf8")
    yield value("U+0000 in two bytes", "00 02 c0 80", "text_not_utf8")
    yield value("a surrogate", "00 03 ed a0 80", "text_not_utf8")
    yield value("past U+10FFFF", "00 04 f4 90 80 80", "text_not_utf8")
    yield value("U+0000", "00 03 61 00 62", "text_holds_nul")
    yield value("a text that is too long", f"00 {number(65_537)}", "length_too_large")
    yield value("a text of 2^64 - 1 bytes", f"00 {number(2**64 - 1)}", "length_too_large")
    yield value("a long length", "00 81 00 41", "integer_not_shortest")
    yield value("a long integer", "01 80 00", "integer_not_shortest")
    yield value("an integer of 65 bits", "01" + "ff" * 9 + "02", "integer_too_large")
    yield value("decimal 1.0", "04 14 01", "decimal_not_normal")
    yield value("decimal 0.0", "04 00 01", "decimal_not_normal")
    yield value("ten places", "04 02 0a", "decimal_not_normal")
    yield value("0000-12-31", "05" + number(2 * 719_163 - 1), "date_out_of_range")
    yield value("10000-01-01", "05" + number(2 * 2_932_897), "date_out_of_range")
    yield value("a date of 64 bits", "05" + number(2**64 - 1), "date_out_of_range")
    yield area("seven digits", 7, 5_227_301)
    yield area("level 0", 0, 0)
    yield area("no county", 6, 0)
    yield area("seven digits as county", 6, 1_000_000)
    yield area("township 000", 9, 522_730_000)
    yield area("village 000", 12, 522_730_103_000)
    yield area("grid 000", 15, 522_730_103_210_000)
    yield area("village of township 000", 12, 522_730_000_210)
    yield area("twenty digits", 19, 10**19)
    yield value("a reference cut short", "08" + "00" * 9, "truncated")
    yield value("bytes that are too many", f"09 {number(65_537)}", "length_too_large")
    yield value("north of the pole", f"0a {number(1_800_000_002)} 00", "point_out_of_range")
    yield value("south of the pole", f"0a {number(1_800_000_001)} 00", "point_out_of_range")
    yield value("east of the east", f"0a 00 {number(3_600_000_002)}", "point_out_of_range")
    yield value("a latitude of 64 bits", f"0a {number(2**64 - 1 - 1)} 00", "point_out_of_range")
    yield value("a hash cut short", "0b" + "00" * 31, "truncated")
    yield value("a long media type", "0b" + "00" * 33 + number(201), "length_too_large")
    yield value("a list that is too long", f"0c {number(4_097)}", "length_too_large")
    yield value("a list cut short", "0c 02 02", "truncated")
    deep = VALUE.write(nested(4)).hex()
    yield value("lists five deep", "0c01" + deep, "nested_too_deep")
    yield value("a map in four lists", "0c01" * 4 + "0d00", "nested_too_deep")
    yield value("a map that is too long", f"0d {number(4_097)}", "length_too_large")
    yield value("map names that descend", "0d 02 01 62 02 01 61 02", "not_ascending")
    yield value("a map name twice", "0d 02 01 61 02 01 61 02", "not_ascending")
    yield value("a long map name", f"0d 01 {number(201)}", "length_too_large")


def forged(*parts: tuple[str, str], count: int | None = None, **fields) -> dict:
    """A run whose signature holds over whatever its entries are: (head, values) each."""
    identity = VILLAGER.identity(VILLAGE, ROUTINE)
    log = entries.log_digest(identity)
    head = log
    body = ""
    for sequence, (one, values) in enumerate(parts, 1):
        salted = entries.values_hash(
            bytes.fromhex(values), entries.derived_salt(SALT_SEED, sequence))
        head = entries.entry_hash(log, head, sequence, salted, bytes.fromhex(one))
        body += one + values
    count = len(parts) if count is None else count
    return identity | {
        "first": 1, "count": count, "backlink": log.hex(),
        "salts": [{"seed": SALT_SEED.hex(), "entries": count}], "entries": body,
        "signature": sign("entry", head, VILLAGER.seed).hex()} | fields


def entry(*changes: dict, context: tuple = (), more: int = 0, **fields) -> tuple[str, str]:
    """Head and values of one entry; `more` is added to the length it states."""
    values = entries.write_values(changes)
    head = entries.HEAD.write({
        "timestamp_change": 0, "context_changes": context, "changes": changes,
        "values_length": len(values) + more} | fields)
    return head.hex(), values.hex()


PLAIN = change(41, new(0), assign(1, {"text": "溪边"}))


def run_cases():
    def run(name, run, code):
        return "run", name, runs.RUN.write(run).hex(), code

    fine = forged(entry(PLAIN))
    data = runs.RUN.write(fine).hex()
    yield "run", "nothing", "", "truncated"
    yield "run", "version 2", "02" + data[2:], "unknown_version"
    yield "run", "a byte too few", data[:-2], "truncated"
    yield "run", "a byte too many", data + "00", "trailing_bytes"
    yield run("lane 3", forged(entry(PLAIN), lane=3), "unknown_tag")
    yield run("a grid's log", forged(entry(PLAIN), area=VILLAGE + "003"), "area_not_home")
    yield run("first entry 0", forged(entry(PLAIN), first=0), "sequence_out_of_range")
    yield run("first entry 2^32", forged(entry(PLAIN), first=2**32), "sequence_out_of_range")
    yield run(
        "entries past the last sequence",
        forged(entry(PLAIN), entry(PLAIN), first=2**32 - 1), "sequence_out_of_range")
    yield run("no entries", forged(count=0), "empty")
    yield run("too many entries", forged(count=65_537), "length_too_large")
    salts = {
        "no salts": ([], "salts_do_not_cover"),
        "salts for one of two": ([{"withheld": 1}], "salts_do_not_cover"),
        "salts for three of two": ([{"seed": "00" * 16, "entries": 3}], "length_too_large"),
        "more segments than entries": ([{"withheld": 1}] * 3, "length_too_large"),
        "an empty segment": ([{"withheld": 0}], "empty"),
    }
    for name, (segments, code) in salts.items():
        yield run(name, forged(entry(PLAIN), entry(PLAIN), salts=segments), code)
    seeded = "0001" + SALT_SEED.hex()
    yield "run", "salts of kind 3", data.replace("01" + seeded, "010301"), "unknown_tag"
    yield (
        "run", "entries of too many bytes",
        data.replace(seeded, seeded + number(262_145)), "length_too_large")
    yield run("a wrong first backlink", fine | {"backlink": "00" * 32}, "first_backlink_wrong")
    yield run(
        "a signature with one bit changed",
        fine | {"signature": f"{int(fine['signature'][:2], 16) ^ 1:02x}" + fine["signature"][2:]},
        "signature_wrong")
    yield run("another writer's signature", fine | {"signature": sign(
        "entry", bytes.fromhex(runs.verify(fine)[0]["hash"]), DEVICE.seed).hex()},
        "signature_wrong")
    yield run("a signature made for a certificate", fine | {"signature": sign(
        "certificate", bytes.fromhex(runs.verify(fine)[0]["hash"]), VILLAGER.seed).hex()},
        "signature_wrong")
    yield run("a value changed", fine | {
        "entries": fine["entries"].replace("溪".encode().hex(), "河".encode().hex())},
        "signature_wrong")
    yield run("a salt changed", fine | {"salts": [{"salts": ["00" * 16]}]}, "signature_wrong")
    yield run("a later place in the log", fine | {"first": 2}, "signature_wrong")
    yield run("another area", fine | {"area": "522730103211", "first": 2}, "signature_wrong")
    head, values = entry(PLAIN)
    yield run("a redacted entry with a wrong hash", fine | {
        "salts": [{"withheld": 1}], "entries": head + "00" * 32}, "signature_wrong")
    yield run("a redacted entry cut short", fine | {
        "salts": [{"withheld": 1}], "entries": head + "00" * 31}, "truncated")


def entry_cases():
    def one(name, code, *changes, **fields):
        return "run", name, runs.RUN.write(forged(entry(*changes, **fields))).hex(), code

    head, values = entry(PLAIN)
    yield ("run", "an entry too many",
           runs.RUN.write(forged((head, values + "00"))).hex(), "trailing_bytes")
    yield ("run", "an entry too few",
           runs.RUN.write(forged((head, values), count=2)).hex(), "truncated")
    yield one("values shorter than stated", "truncated", PLAIN, more=1)
    yield one("values longer than stated", "values_length_wrong", PLAIN, more=-1)
    yield one("values of more than an entry", "length_too_large", PLAIN, values_length=65_537)
    yield one("head and values of more than an entry", "entry_too_large", PLAIN,
              values_length=65_536)
    yield one("no records", "empty")
    yield one("too many records", "length_too_large",
              *[change(41, new(index)) for index in range(257)])
    yield one("collection 65,536", "integer_too_large", change(65_536, new(0)))
    tag_at = head.index("2900") + 2
    for tag in ("03", "08", "ff"):
        yield ("run", f"record tag {tag}", runs.RUN.write(
            forged((head[:tag_at] + tag + head[tag_at + 2:], values))).hex(), "unknown_tag")
    yield one("creation 256", "integer_too_large", change(41, existing(0, 1, 256)))
    yield one("log 4,097", "integer_too_large", change(41, existing(4_097, 1)))
    yield one("a record of entry 0", "sequence_out_of_range", change(41, existing(0, 0)))
    yield one("one record twice", "record_twice",
              change(41, existing(0, 1)), change(41, existing(0, 1), archives=True))
    key = {"named": "00" * 10}
    yield one("one named record twice", "record_twice",
              change(41, key), change(42, key), change(41, key))
    yield one("too many writes", "length_too_large",
              change(41, new(0), *[clear(field) for field in range(513)]))
    yield one("fields that descend", "not_ascending", change(41, new(0), clear(2), clear(1)))
    yield one("one write twice", "not_ascending",
              change(41, new(0), increment(1, 1), increment(1, 1)))
    yield one("field 65,536", "integer_too_large", change(41, new(0), clear(65_536)))
    code_at = entry(change(41, new(0), clear(1)))[0]
    for code in (6, 7):
        yield ("run", f"operation {code}", runs.RUN.write(
            forged((code_at[:-2] + f"{8 + code:02x}", ""))).hex(), "unknown_tag")
    yield one("a field assigned and cleared", "contradiction",
              change(41, new(0), assign(1, {"boolean": True}), clear(1)))
    yield one("an element added and removed", "contradiction",
              change(41, new(0), several(1, "add", "a", "b"), several(1, "remove", "b", "c")))
    for operation in ("add", "remove", "append"):
        yield one(f"{operation} nothing", "empty", change(41, new(0), several(1, operation)))
    yield one("elements that descend", "not_ascending",
              change(41, new(0), several(1, "add", "b", "a")))
    yield one("an element twice", "not_ascending",
              change(41, new(0), several(1, "remove", "a", "a")))
    mixed = {"field": 1, "operation": "add", "values": [{"integer": 1}, {"text": "a"}]}
    yield one("elements whose kinds descend", "not_ascending", change(41, new(0), mixed))
    grown = [{"reference": 1, "height": 1}, {"reference": 2, "height": 1}]
    fresh = {"replica": "77" * 16, "height": 1}
    yield one("a context that descends", "not_ascending", PLAIN, context=grown[::-1])
    yield one("a context with one log twice", "not_ascending", PLAIN, context=grown[:1] * 2)
    yield one("a known log after a new one", "not_ascending", PLAIN, context=[fresh, grown[0]])
    yield one("height 0 in a context", "sequence_out_of_range", PLAIN,
              context=[fresh | {"height": 0}])
    yield one("reference 4,097", "integer_too_large", PLAIN,
              context=[{"reference": 4_097, "height": 1}])
    empty_context = "0000"
    yield ("run", "a context of 4,097 logs", runs.RUN.write(forged(
        (head.replace(empty_context, "00" + number(4_097), 1), values))).hex(),
        "length_too_large")


def log_cases():
    def log(name, code, *parts):
        return "log", name, runs.RUN.write(forged(*parts)).hex(), code

    own = entries.replica(VILLAGER.identity(VILLAGE, ROUTINE))
    fresh = {"replica": "77" * 16, "height": 5}
    again = {"reference": 1, "height": 5}
    yield log("a known log that is not known", "unknown_reference",
              entry(PLAIN, context=[again]))
    yield log("a record of an unknown log", "unknown_reference",
              entry(change(41, existing(1, 1))))
    yield log("a record of this very entry", "unknown_reference",
              entry(change(41, existing(0, 1))))
    yield log("a record its author had not seen", "unknown_reference",
              entry(change(41, existing(1, 6)), context=[fresh]))
    yield log("a context of its own log", "context_not_foreign",
              entry(PLAIN, context=[{"replica": own, "height": 1}]))
    yield log("one new log twice", "context_not_foreign",
              entry(PLAIN, context=[fresh, fresh | {"height": 6}]))
    yield log("a known log as a new one", "context_not_foreign",
              entry(PLAIN, context=[fresh]), entry(PLAIN, context=[fresh | {"height": 6}]))
    yield log("a log that has not grown", "context_not_foreign",
              entry(PLAIN, context=[fresh]), entry(PLAIN, context=[again]))


def certificate_cases():
    def certificate(label, code, **fields):
        data = certificates.CERTIFICATE.write(village | fields)
        return "certificate", label, data.hex(), code

    data = certificates.CERTIFICATE.write(village).hex()
    link = certificates.Link().write(county).hex()
    yield certificate("version 3", "unknown_version", version=3)
    yield certificate("version 2 without a holder", "empty", version=2)
    yield certificate(
        "a holder of 121 bytes", "length_too_large", version=2, holder="h" * 121)
    yield certificate("a name of 121 bytes", "length_too_large", name="n" * 121)
    yield certificate("a post of 121 bytes", "length_too_large", post="p" * 121)
    yield certificate("a name with U+0000", "text_holds_nul", name="a\0")
    yield certificate("a grid", "area_not_home", area=VILLAGE + "003")
    yield certificate("an unknown right", "unknown_tag", rights=16)
    yield "certificate", "a byte too few", data[:-2], "truncated"
    yield "certificate", "a byte too many", data + "00", "trailing_bytes"
    yield "certificate", "1,025 bytes", (data + "00" * 1_025)[:2 * 1_025], "length_too_large"
    yield "chain", "no certificates", "00", "empty"
    yield "chain", "six certificates", "06" + link * 6, "length_too_large"
    yield "chain", "one certificate of two", "02" + link, "truncated"
    yield "chain", "a certificate of 1,025 bytes", "01" + number(1_025), "length_too_large"
    yield "chain", "a certificate with a byte more", (
        "01" + number(len(data) // 2 + 1) + data + "00"), "trailing_bytes"
    yield "chain", "a byte too many", "01" + link + "00", "trailing_bytes"


def greeting_cases(rows: list[dict]):
    def one(name, code, **fields):
        return "greeting", name, messages.GREETING.write(greeting(**fields)).hex(), code

    data = messages.GREETING.write(greeting()).hex()
    items = [{"area": VILLAGE, "digest": "00" * 16}, {"area": "522730", "digest": "00" * 16}]
    yield one("version 2", "unknown_version", version=2)
    yield one("versions that descend", "not_ascending", versions={"lowest": 2, "highest": 1})
    yield one("a long software name", "length_too_large", software="x" * 201)
    yield one("too much credit", "integer_too_large", credit=67_108_865)
    yield one("no chain", "empty", credential={"chain": []})
    yield one("a chain of six", "length_too_large", credential={"chain": [own_root] * 6})
    yield one("a grid's greeting", "area_not_home", area=VILLAGE + "003")
    yield one("rows that descend", "not_ascending", holdings={"frontier": rows[::-1]})
    yield one("a row twice", "not_ascending", holdings={"frontier": rows[:1] * 2})
    yield one("areas that descend", "not_ascending", holdings={"digests": items})
    yield one("an area twice", "not_ascending", holdings={"digests": items[:1] * 2})
    known = messages.GREETING.write(greeting(credential={"reference": "11" * 16})).hex()
    place = known.index("0111111111")
    yield "greeting", "a credential of kind 2", (
        known[:place] + "02" + known[place + 2:]), "unknown_tag"
    yield "greeting", "a recognized certificate of kind 2", (
        known[:place + 34] + "02" + known[place + 36:]), "unknown_tag"
    yield "greeting", "a reference cut short", known[:place + 32], "truncated"
    yield "greeting", "holdings of kind 2", data[:-4] + "0200", "unknown_tag"
    yield "greeting", "4,097 rows", data[:-2] + number(4_097), "length_too_large"
    yield "greeting", "a byte too few", data[:-2], "truncated"
    yield "greeting", "a byte too many", data + "00", "trailing_bytes"


def fork_cases():
    def branch(name: str, proofs: list[bytes], code: str | None):
        body = number(len(proofs)) + "".join(number(len(one)) + one.hex() for one in proofs)
        return "message", name, "0c" + body, code

    def changed(**fields) -> bytes:
        return forks.BRANCH_PROOF.write(proof | fields)

    log = {"area": "522730103201", "lane": 2, "replica": "11" * 16}
    for name, heights, code in (
            ("heads of nothing", [], "empty"), ("heads twice", [4, 4], "not_ascending"),
            ("a head before another", [4, 3], "not_ascending"),
            ("65 heads", range(1, 66), "length_too_large")):
        rows = [{"height": height, "head": "22" * 8} for height in heights]
        data = messages.MESSAGE.write({"heads": {"log": log, "rows": rows}})
        yield "message", name, data.hex(), code
    proof = fork_vectors.make()[1]["proofs"][0]["fields"]
    sound = changed()
    yield branch("a branch of no proof", [], "empty")
    yield branch("seven proofs", [sound] * 7, "length_too_large")
    yield branch("a branch proof twice", [sound] * 2, "not_ascending")
    yield branch("a branch proof with a byte more", [sound + b"\0"], "trailing_bytes")
    yield branch("a branch proof with a byte less", [sound[:-1]], "truncated")
    yield branch("a branch proof of another version", [b"\2" + sound[1:]],
                 "unknown_version")
    yield branch("a branch proof without an entry", [changed(links=[])], "empty")
    yield branch("a branch proof of the lane after the last", [changed(lane=3)], "unknown_tag")
    yield branch(
        "a branch proof beyond the last sequence", [changed(first=2**32 - 1)],
        "sequence_out_of_range")
    yield branch("a branch proof of sequence 0", [changed(first=0)], "sequence_out_of_range")


def message_cases(rows: list[dict]):
    def one(name, code, form, content):
        return "message", name, messages.MESSAGE.write({form: content}).hex(), code

    def frontier(areas, some):
        return {"areas": areas, "rows": some}

    total = {"lane": 1, "entries": 1, "bytes": 1}
    log = {name: rows[0][name] for name in ("area", "lane", "replica")}
    yield "message", "nothing", "", "truncated"
    yield "message", "tag 0", "00", "unknown_tag"
    yield "message", "tag 200", "c8", "unknown_tag"
    yield "message", "a ping with a byte more", "0600", "trailing_bytes"
    yield "message", "4,097 areas", "01" + number(4_097), "length_too_large"
    yield "message", "4,097 rows", "0100" + number(4_097), "length_too_large"
    yield one("an area twice", "not_ascending", "frontier", frontier([VILLAGE] * 2, []))
    yield one("areas that descend", "not_ascending", "frontier", frontier([VILLAGE, "522730"], []))
    yield one("rows that descend", "not_ascending", "frontier", frontier([], rows[::-1]))
    yield one("a row of height 0", "sequence_out_of_range", "frontier",
              frontier([], [rows[0] | {"height": 0}]))
    yield one("a row of a grid's log", "area_not_home", "frontier",
              frontier([], [rows[0] | {"area": VILLAGE + "003"}]))
    yield one("a row of lane 3", "unknown_tag", "frontier", frontier([], [rows[0] | {"lane": 3}]))
    yield "message", "four totals", "0204", "length_too_large"
    yield one("a lane twice", "not_ascending", "totals", [total, total])
    yield one("lanes that descend", "not_ascending", "totals", [total, total | {"lane": 0}])
    yield one("totals of lane 3", "unknown_tag", "totals", [total | {"lane": 3}])
    yield one("an acknowledged log twice", "not_ascending", "ack",
              {"rows": [log | {"height": 1}] * 2, "credit": 0})
    yield one("an acknowledged height of 0", "sequence_out_of_range", "ack",
              {"rows": [log | {"height": 0}], "credit": 0})
    yield one("too much credit", "integer_too_large", "ack", {"rows": [], "credit": 67_108_865})
    yield one("a long refusal", "length_too_large", "refusal", {"log": log, "code": "x" * 201})
    yield "message", "a bye that is no text", "0701ff", "text_not_utf8"
    yield "message", "no words", "110000", "empty"
    yield "message", "65 words", "1141", "length_too_large"
    yield "message", "a word of kind 4", "1101040100", "unknown_tag"
    yield "message", "a word that is no certificate", "11010101ff00", "unknown_version"
    yield from fork_cases()
    yield from tables.violation_cases()
    yield "message", "a bye with a byte more", "070000", "trailing_bytes"


def make(story: dict[str, list[dict]]) -> list[dict]:
    rows = rows_of(story)
    cases = [*notation_cases(), *value_cases(), *run_cases(), *entry_cases(), *log_cases(),
             *envelopes.cases(forged(entry(PLAIN))), *certificate_cases(), *greeting_cases(rows),
             *message_cases(rows), *receipts.violation_cases(story)]
    for kind, name, data, code in cases:
        found = judging.judge(kind, bytes.fromhex(data))
        if found != code:
            raise AssertionError(f"{kind}, {name}: {found}, not {code}")
    return [{"name": name, "kind": kind, "bytes": data, "violation": code}
            for kind, name, data, code in cases]
