# SPDX-License-Identifier: Apache-2.0
"""Protocol/certificates.md: certificates and chains."""

from .hashes import digest, is_signed, is_valid_key
from .limits import LIMITS
from .notation import (
    HOME, KEY, SIGNATURE, UNSIGNED, Block, Byte, Fields, Items, Text, Violation,
    area_contains)

WRITE, CERTIFY, REDACT, READ = 1, 2, 4, 8

NAME = Text(LIMITS["certificateNameBytesMax"])


class Claim(Fields):
    """Version 2 names the holder, version 1 has none."""

    def read(self, cursor):
        value = {}
        for name, codec in self.fields.items():
            value[name] = "" if name == "holder" and value["version"] == 1 else codec.read(cursor)
            if name == "holder" and value["version"] == 2 and not value[name]:
                raise Violation("empty")
        return value

    def write(self, value):
        return b"".join(
            codec.write(value[name]) for name, codec in self.fields.items()
            if name != "holder" or value["version"] == 2)


CLAIM = Claim(
    version=Byte((1, 2), "unknown_version"), subject=KEY, name=NAME, post=NAME, holder=NAME,
    area=HOME, rights=Byte(range(16)), valid_from=UNSIGNED, valid_until=UNSIGNED, issuer=KEY)


class Certificate(Claim):
    def __init__(self):
        super().__init__(**CLAIM.fields, signature=SIGNATURE)

    def decode(self, data):
        if len(data) > LIMITS["certificateBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


CERTIFICATE = Certificate()


class Link(Block):
    """A certificate behind its length."""

    def __init__(self):
        super().__init__(LIMITS["certificateBytesMax"])

    def read(self, cursor):
        return CERTIFICATE.decode(bytes.fromhex(super().read(cursor)))

    def write(self, value):
        return super().write(CERTIFICATE.write(value).hex())


CHAIN = Items(Link(), LIMITS["certificateChainMax"], least=1)


class ChainRefused(Exception):
    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def certificate_digest(certificate: dict) -> bytes:
    return digest("cert", CERTIFICATE.write(certificate))


def record_id(certificate: dict) -> str:
    return certificate_digest(certificate)[:10].hex()


def is_genuine(certificate: dict) -> bool:
    return is_signed(
        "certificate", digest("cert", CLAIM.write(certificate)),
        bytes.fromhex(certificate["signature"]), bytes.fromhex(certificate["issuer"]))


def verify_chain(chain: list[dict], root: str) -> None:
    """Raises unless the chain leads from the root to its last key and widens nothing."""
    if not chain:
        raise ChainRefused("chain_empty")
    if len(chain) > LIMITS["certificateChainMax"]:
        raise ChainRefused("chain_too_long")
    if not all(is_valid_key(bytes.fromhex(one["subject"])) for one in chain):
        raise ChainRefused("certificate_key_not_valid")
    top = chain[0]
    if not top["subject"] == top["issuer"] == root:
        raise ChainRefused("foreign_root")
    if not is_genuine(top):
        raise ChainRefused("certificate_signature_wrong")
    for parent, child in zip(chain, chain[1:]):
        rules = {
            "chain_broken": child["issuer"] == parent["subject"],
            "issuer_may_not_certify": bool(parent["rights"] & CERTIFY),
            "area_widened": area_contains(parent["area"], child["area"]),
            "rights_widened": child["rights"] & ~parent["rights"] == 0,
            "certificate_signature_wrong": is_genuine(child),
        }
        for code, holds in rules.items():
            if not holds:
                raise ChainRefused(code)
