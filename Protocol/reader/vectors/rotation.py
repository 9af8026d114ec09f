# SPDX-License-Identifier: Apache-2.0
"""rotation.json: requests for another key, and last words."""

from onegrid_reader import rotation
from onegrid_reader.cutoffs import log_order
from onegrid_reader.hashes import digest, sign

from .cutoffs import row
from .logs import DEVICE, URGENT, VILLAGER


def request(software: str) -> dict:
    claim = {
        "version": 2, "key": DEVICE.key, "replaced": VILLAGER.key, "software": software}
    hashed = rotation.request_digest(claim)
    return claim | {
        "replaced_signature": sign("rotation", hashed, VILLAGER.seed).hex(),
        "signature": sign("rotation", hashed, DEVICE.seed).hex()}


def succession(*rows: dict) -> dict:
    claim = {
        "version": 1, "replaced": VILLAGER.key, "key": DEVICE.key,
        "rows": sorted(rows, key=log_order)}
    hashed = digest("succ", rotation.SUCCESSION_CLAIM.write(claim))
    return claim | {"signature": sign("succession", hashed, VILLAGER.seed).hex()}


REQUESTS = {
    "a village asks for another key": request("gridctl 0.1.0"),
    "without a name of its software": request(""),
    "signed by the new key alone": request("x") | {"replaced_signature": "00" * 64},
    "signed by the old key alone": request("x") | {"signature": "00" * 64},
}
SUCCESSIONS = {
    "a key that has written two logs": succession(row(VILLAGER, 7), row(VILLAGER, 2, lane=URGENT)),
    "a key that has written nothing": succession(),
    "somebody else's word": succession() | {"signature": "00" * 64},
}


def make() -> list[dict]:
    return [
        {
            "kind": "request", "name": name, "bytes": rotation.REQUEST.write(one).hex(),
            "request": one, "digest": rotation.request_digest(one).hex(),
            "genuine": rotation.is_genuine_request(one),
            "secrets": [VILLAGER.seed.hex(), DEVICE.seed.hex()]}
        for name, one in REQUESTS.items()
    ] + [
        {
            "kind": "succession", "name": name, "bytes": rotation.SUCCESSION.write(one).hex(),
            "succession": one, "record_id": rotation.succession_record(one),
            "genuine": rotation.is_genuine_succession(one),
            "secrets": [VILLAGER.seed.hex(), DEVICE.seed.hex()]}
        for name, one in SUCCESSIONS.items()
    ]
