# SPDX-License-Identifier: Apache-2.0
"""Protocol/rotation.md: requests for another key, and the last word of the old one."""

from .cutoffs import ROW
from .hashes import digest, is_signed
from .limits import LIMITS
from .notation import (
    KEY, MESSAGE_TEXT, SIGNATURE, VERSION, Byte, Fields, Items, Violation, log_order)

REQUEST_CLAIM = Fields(
    version=Byte((2,), "unknown_version"), key=KEY, replaced=KEY, software=MESSAGE_TEXT)
SUCCESSION_CLAIM = Fields(
    version=VERSION, replaced=KEY, key=KEY,
    rows=Items(ROW, LIMITS["cutOffRowsMax"], order=log_order))


class TwoKeys(Fields):
    def __init__(self, most: int, **fields):
        super().__init__(**fields)
        self.most = most

    def decode(self, data):
        if len(data) > self.most:
            raise Violation("length_too_large")
        value = super().decode(data)
        if value["key"] == value["replaced"]:
            raise Violation("contradiction")
        return value


REQUEST = TwoKeys(
    LIMITS["joinRequestBytesMax"], **REQUEST_CLAIM.fields, replaced_signature=SIGNATURE,
    signature=SIGNATURE)
SUCCESSION = TwoKeys(
    LIMITS["cutOffBytesMax"], **SUCCESSION_CLAIM.fields, signature=SIGNATURE)


def request_digest(request: dict) -> bytes:
    return digest("rotate", REQUEST_CLAIM.write(request))


def is_genuine_request(request: dict) -> bool:
    hashed = request_digest(request)
    return all(
        is_signed("rotation", hashed, bytes.fromhex(request[signature]), bytes.fromhex(request[key]))
        for signature, key in (("replaced_signature", "replaced"), ("signature", "key")))


def is_genuine_succession(succession: dict) -> bool:
    return is_signed(
        "succession", digest("succ", SUCCESSION_CLAIM.write(succession)),
        bytes.fromhex(succession["signature"]), bytes.fromhex(succession["replaced"]))


def succession_record(succession: dict) -> str:
    return digest("succ", SUCCESSION.write(succession))[:10].hex()
