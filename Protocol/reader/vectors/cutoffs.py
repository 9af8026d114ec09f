# SPDX-License-Identifier: Apache-2.0
"""cutoffs.json: who can cut off whom, and where logs end for it."""

from onegrid_reader import certificates, cutoffs, entries
from onegrid_reader.certificates import READ, WRITE
from onegrid_reader.writing import Author

from .certificates import ALL, ROOT, county, device, township, village
from .logs import AUTHORITY, COUNTY, DEVICE, ROUTINE, TOWN, TOWNSHIP, URGENT, VILLAGE, VILLAGER

LOST, REPLACED, RETIRED = 1, 2, 4
OTHER_TOWNSHIP = "522730102"
OTHER_TOWN = Author(b"\x55" * 32, "05" * 16)
CLERK = Author(b"\x66" * 32, "06" * 16)

other_township = ROOT.certify(OTHER_TOWN.key, "醒狮镇", OTHER_TOWNSHIP, ALL)
clerk = TOWN.certify(CLERK.key, "镇文书", TOWNSHIP, ALL)
promoted = TOWN.certify(VILLAGER.key, "茶香村", TOWNSHIP, WRITE | READ)
by_county = ROOT.certify(VILLAGER.key, "茶香村", VILLAGE, WRITE | READ)
late_village = TOWN.certify(DEVICE.key, "新村", VILLAGE, WRITE | READ, valid_from=1_795_000_000_000)

AUTHORS = (ROOT, TOWN, VILLAGER, DEVICE, OTHER_TOWN, CLERK)


def log_of(author: Author, area: str = VILLAGE, lane: int = ROUTINE) -> dict:
    return entries.log_id(author.identity(area, lane))


def row(author: Author, height: int, area: str = VILLAGE, lane: int = ROUTINE) -> dict:
    return log_of(author, area, lane) | {"height": height, "head": f"{height:02x}" * 32}


def cut(issuer: Author, subject: Author, *rows: dict, reason: int = LOST, kept=(), note="") -> dict:
    return issuer.cut_off(
        subject.key, reason, sorted(rows, key=cutoffs.log_order),
        kept=sorted(reference(one) for one in kept), note=note)


def reference(one: dict) -> str:
    hashed = cutoffs.cut_off_digest if "rows" in one else certificates.certificate_digest
    return hashed(one)[:16].hex()


def forged(cut_off: dict) -> dict:
    return cut_off | {"note": cut_off["note"] + "!"}


ALL_CERTIFICATES = [county, township, village, device, other_township, clerk]
village_ends = cut(TOWN, VILLAGER, row(VILLAGER, 7), row(VILLAGER, 2, lane=URGENT))
SETS = {
    "nobody": (ALL_CERTIFICATES, []),
    "a township cuts a village off": (ALL_CERTIFICATES, [village_ends]),
    "a village cuts its township off": (ALL_CERTIFICATES, [cut(VILLAGER, TOWN)]),
    "two townships cut each other off": (
        ALL_CERTIFICATES, [cut(TOWN, OTHER_TOWN), cut(OTHER_TOWN, TOWN)]),
    "a township cuts another's village off": (ALL_CERTIFICATES, [cut(OTHER_TOWN, VILLAGER)]),
    "a county cuts a township off and keeps its village": (
        ALL_CERTIFICATES + [late_village],
        [cut(ROOT, TOWN, row(TOWN, 9, TOWNSHIP), kept=[village, clerk])]),
    "a county cuts a township off and keeps nothing": (
        ALL_CERTIFICATES, [cut(ROOT, TOWN, row(TOWN, 9, TOWNSHIP))]),
    "a thief of a township's key cuts a village off": (
        ALL_CERTIFICATES, [cut(ROOT, TOWN, kept=[village]), village_ends]),
    "a township had cut a village off before it was": (
        ALL_CERTIFICATES, [cut(ROOT, TOWN, kept=[village, village_ends]), village_ends]),
    "a township cuts its clerk off": (
        ALL_CERTIFICATES, [cut(TOWN, CLERK, row(CLERK, 3, TOWNSHIP), reason=REPLACED)]),
    "a clerk cuts his township off": (ALL_CERTIFICATES, [cut(CLERK, TOWN)]),
    "a clerk cuts off a village that he did not certify": (
        ALL_CERTIFICATES, [cut(CLERK, VILLAGER, row(VILLAGER, 4))]),
    "the least height counts": (
        ALL_CERTIFICATES, [village_ends, cut(ROOT, VILLAGER, row(VILLAGER, 5))]),
    "a key of two certificates by one issuer": (
        ALL_CERTIFICATES + [promoted], [village_ends]),
    "a key that the county has certified too": (
        ALL_CERTIFICATES + [by_county], [cut(CLERK, VILLAGER, row(VILLAGER, 4))]),
    "a fork is closed": (
        ALL_CERTIFICATES, [cut(TOWN, VILLAGER, row(VILLAGER, 6), reason=5)]),
    "a signature that does not hold": (ALL_CERTIFICATES, [forged(village_ends)]),
    "nobody cuts a root off": (ALL_CERTIFICATES, [cut(TOWN, ROOT), cut(ROOT, ROOT)]),
    "a village cuts its device off": (ALL_CERTIFICATES, [cut(VILLAGER, DEVICE, reason=RETIRED)]),
    "who was cut off cuts on": (
        ALL_CERTIFICATES,
        [village_ends, cut(VILLAGER, DEVICE, row(DEVICE, 1), reason=RETIRED)]),
}
LOGS = [(VILLAGER, VILLAGE, ROUTINE), (VILLAGER, VILLAGE, URGENT), (VILLAGER, VILLAGE, AUTHORITY),
        (VILLAGER, TOWNSHIP, ROUTINE), (TOWN, TOWNSHIP, ROUTINE), (TOWN, VILLAGE, AUTHORITY),
        (DEVICE, VILLAGE, ROUTINE), (CLERK, TOWNSHIP, ROUTINE), (OTHER_TOWN, OTHER_TOWNSHIP, URGENT),
        (ROOT, COUNTY, AUTHORITY)]


def make() -> list[dict]:
    return [made(name, *some) for name, some in SETS.items()]


def made(name: str, some: list[dict], cut_offs: list[dict]) -> dict:
    office = cutoffs.Office(ROOT.key, some, cut_offs)
    logs = []
    for author, area, lane in LOGS:
        end = office.end(author.key, log_of(author, area, lane))
        logs.append({
            "key": author.key, "nonce": author.nonce, "area": area, "lane": lane,
            "level": office.level(author.key, area, lane), "end": end})
    return {
        "name": name, "root": ROOT.key,
        "certificates": [certificates.CERTIFICATE.write(one).hex() for one in some],
        "cut_offs": [described(one) for one in cut_offs], "logs": logs}


def described(cut_off: dict) -> dict:
    (secret,) = (one.seed for one in AUTHORS if one.key == cut_off["issuer"])
    return {
        # The issuer's, where the signature is its own.
        "secret": secret.hex() if cutoffs.is_genuine(cut_off) else None,
        "bytes": cutoffs.CUT_OFF.write(cut_off).hex(), "fields": cut_off,
        "digest": cutoffs.cut_off_digest(cut_off).hex(), "record_id": cutoffs.record_id(cut_off)}
