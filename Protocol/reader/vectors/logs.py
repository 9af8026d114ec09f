# SPDX-License-Identifier: Apache-2.0
"""entries.json, runs.json and records.json: three writers in one village, and one urgent log."""

from onegrid_reader import certificates, columns, entries, runs
from onegrid_reader.writing import Author, Writer, encoded, stored_zstd

from .values import SAMPLES

COUNTY, TOWNSHIP, VILLAGE = "522730", "522730103", "522730103210"
ROUTINE, URGENT, AUTHORITY = 2, 1, 0

TOWN = Author(b"\x11" * 32, "01" * 16)
VILLAGER = Author(b"\x22" * 32, "0123456789abcdeffedcba9876543210")
DEVICE = Author(b"\x33" * 32, "ff" * 16)

# The entries of the village, all joined, as zstd 1.5.4 packs them at level 3 with the dictionary.
WITH_DICTIONARY = bytes.fromhex(
    "28b52ffd025801802d1000532071257c7f2634f83eb0bc07d0e617ddf4019e88e53064ce274bb92a614d"
    "305f9cc0dd7dc0772d6bb054808212a6b41140ca4516c1421d24d1c2c1e36c6c01e04a5088060f707b30"
    "a2150f07a246ac052400dce2802c42885846c38c19e28eefc1eff751e7651f5e9a5bb6e6544e6b7b6651"
    "73aaeb05e644d1bd8f05bec53587eed5550560dc4839080e4f870d11b04280a1f27cd6e7031b57e81eb8"
    "40de617c3df8f2800bdc0fc1434fcf922a4d4c4b4a49484742a322a221a120a0e08f081f600fcfcfd753"
    "531ecadf1e1f33164e18429d010b9521787a77465860fe2e4a1a26cf2e4f7088457ffb1bc2c7448b0410"
    "108081f109687d17f2c62dcead8528430c21d443809ddab332018d9a3b5939ac308450cf013b30e13cf9"
    "e2d201a877e4a7f7e364cccb4c16602f08750699b3273b5a656716335580dc0f299f9921dd743f046fef"
    "c6fb9df7d7e1edf250fe10ff1077be81bfaf81f3ff3d8cf7c2d8c0ee487305028c18ea8e990101468c74"
    "db8644a9db5a42a50e8d2cac0e18a402383e407737c8c7fb00fa8576a15a68b31dd7f193e3188edfd88d"
    "99bce43216e330fee22ed6e2beddebfe7cdce1fe76b733bf7cd9c51ef6af775dcbb8519ca2b0e8141f70"
    "753dba3b15fcf186056675fee3e4a8f124d0a45ece1dcf0f7a9902df34fb1f74ee69f1ae63f2d6be8d8e"
    "70e6c2eec6bd7a95bc719fcdb0a4b131e35d22458e60e2fb")

STAMP = 1_795_487_400_000 << 16


def change(collection: int, record: dict, *writes: dict, archives: bool = False) -> dict:
    return {"collection": collection, "record": record, "archives": archives,
            "writes": list(writes)}


def new(index: int) -> dict:
    return {"new": index}


def existing(log: int, sequence: int, index: int = 0) -> dict:
    return {"existing": {"log": log, "sequence": sequence, "index": index}}


def assign(field: int, value: dict) -> dict:
    return {"field": field, "operation": "assign", "value": value}


def clear(field: int) -> dict:
    return {"field": field, "operation": "clear"}


def several(field: int, operation: str, *texts: str) -> dict:
    return {"field": field, "operation": operation, "values": [{"text": text} for text in texts]}


def increment(field: int, amount: int) -> dict:
    return {"field": field, "operation": "increment", "amount": amount}


def seed(number: int) -> bytes:
    return bytes([0xA0 + number]) * 16


def tell() -> dict[str, list[dict]]:
    """The runs of each log, by the log's name."""
    village = Writer(VILLAGER, VILLAGE, ROUTINE)
    town = Writer(TOWN, VILLAGE, ROUTINE)
    device = Writer(DEVICE, VILLAGE, ROUTINE)
    urgent = Writer(VILLAGER, VILLAGE, URGENT)
    all_kinds = [assign(field, value) for field, value in enumerate(SAMPLES.values(), 1)]
    day = named("20201", {"integer": 7})
    v1 = village.run(
        seed(1),
        ({}, STAMP, [
            change(40, new(0), *all_kinds),
            change(41, new(1), assign(1, {"text": "溪边"}), several(2, "add", "低保", "独居"))]))
    t1 = town.run(
        seed(2),
        ({village.replica: 1}, STAMP + (5_000 << 16), [
            change(40, existing(1, 1), clear(1), assign(2, {"integer": 3}),
                   increment(60, -2**63)),
            change(41, existing(1, 1, 1), several(2, "add", "残疾"), several(2, "remove", "独居"),
                   several(3, "append", "b", "a", "a"))]))
    d1 = device.run(
        seed(3),
        # A clock that is wrong by many years, then right again: the change wraps.
        ({}, 2**64 - 1, [change(65_535, new(0), assign(65_535, {"boolean": True}))]),
        ({village.replica: 1, town.replica: 1}, STAMP + (6_000 << 16), [
            change(40, existing(2, 1) if village.replica > town.replica else existing(1, 1),
                   archives=True),
            change(50, {"named": day}, assign(1, {"text": "河堤"}))]))
    v2 = village.run(
        seed(4),
        # Written without having seen the others: a conflict on field 2.
        ({}, STAMP + 1, [change(40, existing(0, 1), assign(2, {"integer": 4}))]),
        ({town.replica: 1, device.replica: 2}, STAMP + (7_000 << 16), [
            change(50, {"named": day}, assign(1, {"text": "河堤东段"})),
            change(41, new(0))]))
    v3 = village.run(
        seed(5),
        ({town.replica: 1, device.replica: 2}, STAMP + (7_000 << 16) + 1, [
            change(41, existing(0, 3), increment(60, 2**63 - 1), archives=True),
            change(41, new(0), archives=True),
            change(41, new(1), several(9, "remove", "x")),
            change(42, existing(0, 1), clear(1))]))
    t2 = town.run(
        seed(6),
        ({village.replica: 4, device.replica: 2}, STAMP + (9_000 << 16),
         [change(41, existing(1, 4, 1), assign(1, {"text": "resolved"}))]),
        # Nothing new was seen and the clock stood still.
        ({}, STAMP + (9_000 << 16), [change(41, existing(1, 4, 1), increment(60, 1))]))
    u1 = urgent.run(
        seed(7),
        *[({}, STAMP + (number << 16), [
            change(10, new(0), assign(1, {"text": "落石" + "。" * 400}), increment(2, number))])
          for number in range(1, 7)])
    authority = Writer(TOWN, VILLAGE, AUTHORITY)
    certificate = TOWN.certify(DEVICE.key, "巡山手机", VILLAGE, certificates.WRITE)
    a1 = authority.run(
        seed(8),
        ({}, STAMP, [change(
            1, {"named": certificates.record_id(certificate)},
            assign(1, {"bytes": certificates.CERTIFICATE.write(certificate).hex()}))]))
    return {"village": [v1, v2, v3], "town": [t1, t2], "device": [d1], "urgent": [u1],
            "authority": [a1]}


def named(code: str, *key: dict) -> str:
    return entries.named_id(50, VILLAGE, [{"text": code}, *key])


def entries_of(story: dict[str, list[dict]]) -> list[dict]:
    vectors = []
    for name, log_runs in story.items():
        identity = runs.identity_of(log_runs[0])
        log = entries.Log(identity)
        for run in log_runs:
            for entry in runs.verify(run):
                vectors.append(
                    {"name": f"{name} {entry['sequence']}"} | described(identity) | entry
                    | log.resolve(entry))
    redacted = runs.verify(runs.redact(story["village"][0], 1))[0]
    vectors.append(
        {"name": "village 1, redacted"} | described(runs.identity_of(story["village"][0]))
        | redacted)
    return vectors


def described(identity: dict) -> dict:
    return {"key": identity["key"], "nonce": identity["nonce"],
            "log": entries.log_id(identity), "log_digest": entries.log_digest(identity).hex()}


def runs_of(story: dict[str, list[dict]]) -> list[dict]:
    vectors = [
        run_vector(f"{name} from {run['first']}", run)
        for name, log_runs in story.items() for run in log_runs]
    village, urgent = story["village"], story["urgent"][0]
    parts = [encoded(run).hex() for run in village]
    joined = runs.join(runs.join(village[0], village[1]), village[2])
    vectors.append(run_vector("village, all joined", joined) | {"parts": parts})
    vectors.append(run_vector("urgent with its third entry redacted", runs.redact(urgent, 3)))
    only = runs.redact(story["device"][0], 1)
    vectors.append(run_vector("device with its first entry redacted", only))
    plain = encoded(urgent)
    packed = b"\x01" + runs.UNSIGNED.write(len(plain)) + stored_zstd(plain)
    vectors.append(run_vector("urgent in a zstd envelope", urgent) | {"envelope": packed.hex()})
    whole = {f"{name} from {run['first']}": run for name, log_runs in story.items()
             for run in log_runs}
    for name, run in (whole | {"village, all joined": joined}).items():
        envelope = runs.envelope_of_columns(run, stored_zstd).hex()
        split = columns.laid_out(columns.split(bytes.fromhex(run["entries"]), run["count"]))
        vectors.append(
            run_vector(f"{name}, as columns", run)
            | {"envelope": envelope, "columns": split.hex()})
    rows = bytes.fromhex(joined["entries"])
    for name, frame in {
            "by row": stored_zstd(rows), "by row in a frame that names the dictionary":
            stored_zstd(rows, dictionary=32_769), "by row with the dictionary": WITH_DICTIONARY}.items():
        envelope = runs.envelope_of_rows(joined, frame).hex()
        vectors.append(run_vector(f"village, all joined, {name}", joined) | {"envelope": envelope})
    return vectors


def run_vector(name: str, run: dict) -> dict:
    data = encoded(run)
    (secret,) = (one.seed for one in (TOWN, VILLAGER, DEVICE) if one.key == run["key"])
    return {"name": name, "secret": secret.hex(), "bytes": data.hex(),
            "envelope": (b"\0" + data).hex(), "run": run,
            "replica": entries.replica(runs.identity_of(run)),
            "hashes": [entry["hash"] for entry in runs.verify(run)]}


def records(story: dict[str, list[dict]]) -> list[dict]:
    vectors = []
    for name, log_runs in story.items():
        log = entries.log_id(runs.identity_of(log_runs[0]))
        for sequence, index in [(1, 0), (1, 255), (200, 3), (2**32 - 1, 0)]:
            vectors.append(identified(
                f"creation {index} of {name} {sequence}",
                entries.created_id(log, sequence, index),
                created={"log": log, "sequence": sequence, "index": index}))
    keys = {
        "division": (2, COUNTY, [{"area": VILLAGE}]),
        "duty item": (50, VILLAGE, [{"text": "20201"}, {"integer": 7}]),
        "no key": (0, TOWNSHIP, []),
        "one text is not two": (50, VILLAGE, [{"text": "ab"}]),
        "two texts are not one": (50, VILLAGE, [{"text": "a"}, {"text": "b"}]),
        "finer area": (65_535, "522730103210003", [{"boolean": True}]),
    }
    for name, (collection, area, key) in keys.items():
        vectors.append(identified(
            name, entries.named_id(collection, area, key),
            named={"collection": collection, "area": area, "key": key}))
    vectors.append(identified("least id", "00" * 10))
    vectors.append(identified("greatest id", "ff" * 10))
    for half in ("0123456789abcdef", "ghjkmnpqrstvwxyz"):
        vectors.append(identified(f"letters {half}", entries.id_from_text(half)))
    spoken = entries.id_text("0123456789abcdef0123")
    vectors.append(identified("read in capitals", "0123456789abcdef0123")
                   | {"other_texts": [spoken.upper()]})
    for name, text in {
        "too short": "0" * 15, "too long": "0" * 17, "letter i": "i" + "0" * 15,
        "letter l": "0" * 15 + "l", "letter o": "o" * 16, "letter u": "u" * 16,
        "hyphen": "0000-0000-0000-0", "not ASCII": "00000000000000é",
    }.items():
        vectors.append({"name": name, "text": text, "id": None})
    return vectors


def identified(name: str, id: str, **origin) -> dict:
    return {"name": name, "id": id, "text": entries.id_text(id)} | origin
