# SPDX-License-Identifier: Apache-2.0
"""certificates.json: chains that hold, and one for each rule that a chain can break."""

from nacl.bindings import crypto_core_ed25519_add

from onegrid_reader import certificates
from onegrid_reader.certificates import CERTIFY, READ, REDACT, WRITE
from onegrid_reader.notation import Violation
from onegrid_reader.writing import Author

from .logs import COUNTY, DEVICE, TOWN, TOWNSHIP, VILLAGE, VILLAGER

ROOT = Author(b"\x44" * 32, "04" * 16)
ALL = WRITE | CERTIFY | REDACT | READ

county = ROOT.certify(ROOT.key, "龙里县", COUNTY, ALL, post="县委政法委")
township = ROOT.certify(TOWN.key, "谷脚镇", TOWNSHIP, ALL, post="党务政务综合服务中心")
village = TOWN.certify(
    VILLAGER.key, "茶香村", VILLAGE, WRITE | CERTIFY | READ, valid_until=1_900_000_000_000)
held = TOWN.certify(
    VILLAGER.key, "茶香村", VILLAGE, WRITE | READ, post="村文书", holder="罗文书")
device = VILLAGER.certify(DEVICE.key, "巡山手机", VILLAGE, WRITE)
# A point of order eight, and no point at all: two is the y of none.
SMALL = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
MIXED = crypto_core_ed25519_add(bytes.fromhex(DEVICE.key), SMALL)
NO_POINT = b"\2" + bytes(31)
own_root = TOWN.certify(TOWN.key, "谷脚镇", TOWNSHIP, ALL)


def forged(certificate: dict) -> dict:
    return certificate | {"name": certificate["name"] + "东"}


CHAINS = {
    "a root alone": ([county], None),
    "county to township": ([county, township], None),
    "county to device": ([county, township, village, device], None),
    "a post with its holder": ([county, township, held], None),
    "a holder changed on the way": (
        [county, township, held | {"holder": "罗书记"}], "certificate_signature_wrong"),
    "a township as its own root, to a village": ([own_root, village], None),
    "an issuer that certifies itself again": ([county, county, township], None),
    "the longest chain": ([county] * 4 + [township], None),
    "nothing": ([], "chain_empty"),
    "one too many": ([county] * 5 + [township], "chain_too_long"),
    "begins below the root": ([township, village], "foreign_root"),
    "a root nobody pinned": (
        [DEVICE.certify(DEVICE.key, "龙里县", COUNTY, ALL)], "foreign_root"),
    "a root's name changed": ([forged(county)], "certificate_signature_wrong"),
    "a name changed on the way": (
        [county, forged(township), village], "certificate_signature_wrong"),
    "a signature of zeros": (
        [county, township | {"signature": "00" * 64}], "certificate_signature_wrong"),
    "a link left out": ([county, village], "chain_broken"),
    "a device that certifies": (
        [county, township, village, device, DEVICE.certify(ROOT.key, "x", VILLAGE, WRITE)],
        "issuer_may_not_certify"),
    "a village that certifies its neighbour": (
        [county, township, village, VILLAGER.certify(DEVICE.key, "x", "522730103211", WRITE)],
        "area_widened"),
    "a village that certifies its township": (
        [county, township, village, VILLAGER.certify(DEVICE.key, "x", TOWNSHIP, WRITE)],
        "area_widened"),
    "a subject of small order": (
        [county, ROOT.certify(SMALL.hex(), "x", TOWNSHIP, ALL)], "certificate_key_not_valid"),
    "a subject of mixed order": (
        [county, ROOT.certify(MIXED.hex(), "x", TOWNSHIP, ALL)], "certificate_key_not_valid"),
    "a subject that is no point": (
        [county, ROOT.certify(NO_POINT.hex(), "x", TOWNSHIP, ALL)], "certificate_key_not_valid"),
    "a right the issuer lacks": (
        [county, township, village, VILLAGER.certify(DEVICE.key, "x", VILLAGE, REDACT)],
        "rights_widened"),
}


def make() -> list[dict]:
    vectors = []
    for name, (chain, refusal) in CHAINS.items():
        root = TOWN.key if chain and chain[0] is own_root else ROOT.key
        try:
            data = certificates.CHAIN.write(chain)
            certificates.CHAIN.decode(data)
        except Violation:
            # Too many or too few to travel; the rule holds all the same.
            data = None
        vectors.append({
            "name": name, "root": root, "bytes": data.hex() if data else None,
            "certificates": [described(one) for one in chain], "refusal": refusal})
    return vectors


def described(certificate: dict) -> dict:
    (secret,) = (one.seed for one in (ROOT, TOWN, VILLAGER, DEVICE)
                 if one.key == certificate["issuer"])
    return {
        # The issuer's, where the signature is its own.
        "secret": secret.hex() if certificates.is_genuine(certificate) else None,
        "bytes": certificates.CERTIFICATE.write(certificate).hex(), "fields": certificate,
        "digest": certificates.certificate_digest(certificate).hex(),
        "record_id": certificates.record_id(certificate)}
