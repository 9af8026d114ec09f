# SPDX-License-Identifier: Apache-2.0
"""Protocol/receipts.md: receipts and proofs of delivery."""

from . import certificates, entries
from .hashes import digest, is_signed
from .limits import LIMITS
from .notation import (
    HASH, HOME, KEY, LANE, LOG, NONCE, REPLICA, SEQUENCE, SIGNATURE, UNSIGNED, VERSION, Block,
    Fields, Items, Violation, area_contains, log_order)

ROW = Fields(**LOG.fields, height=SEQUENCE, head=HASH)
CLAIM = Fields(
    version=VERSION, issuer=KEY, subject=REPLICA, area=HOME, time=UNSIGNED,
    rows=Items(ROW, LIMITS["receiptRowsMax"], order=log_order))


class Receipt(Fields):
    def __init__(self):
        super().__init__(**CLAIM.fields, signature=SIGNATURE)

    def decode(self, data):
        if len(data) > LIMITS["receiptBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


RECEIPT = Receipt()


class Enclosed(Block):
    """Something with a codec of its own behind its length."""

    def __init__(self, codec, most):
        super().__init__(most)
        self.codec = codec

    def read(self, cursor):
        return self.codec.decode(bytes.fromhex(super().read(cursor)))

    def write(self, value):
        return super().write(self.codec.write(value).hex())


class Proof(Fields):
    def __init__(self):
        link = Fields(values_hash=HASH, head=Block(LIMITS["entryBytesMax"]))
        super().__init__(
            version=VERSION, key=KEY, nonce=NONCE, area=HOME, lane=LANE, sequence=SEQUENCE,
            backlink=HASH, links=Items(link, LIMITS["receiptLinksMax"], least=1),
            chain=Enclosed(certificates.CHAIN, LIMITS["greetingBytesMax"]),
            receipt=Enclosed(RECEIPT, LIMITS["receiptBytesMax"]))

    def read(self, cursor):
        proof = super().read(cursor)
        if proof["sequence"] + len(proof["links"]) - 1 > LIMITS["sequenceMax"]:
            raise Violation("sequence_out_of_range")
        return proof

    def decode(self, data):
        if len(data) > LIMITS["proofBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


PROOF = Proof()


class ProofRefused(Exception):
    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def receipt_digest(receipt: dict) -> bytes:
    return digest("recpt", RECEIPT.write(receipt))


def number(receipt: dict) -> str:
    bits = int.from_bytes(receipt_digest(receipt)[:5], "big")
    text = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> 5 * place & 31]
                   for place in range(7, -1, -1))
    return f"{text[:4]}-{text[4:]}"


def is_genuine(receipt: dict) -> bool:
    return is_signed(
        "receipt", digest("recpt", CLAIM.write(receipt)), bytes.fromhex(receipt["signature"]),
        bytes.fromhex(receipt["issuer"]))


def verify(proof: dict, root: str) -> str:
    """The hash of the entry that is proved; raises where nothing is."""
    receipt = proof["receipt"]
    try:
        certificates.verify_chain(proof["chain"], root)
    except certificates.ChainRefused as refused:
        raise ProofRefused(refused.code) from None
    issuer = proof["chain"][-1]
    identity = entries.identity(proof["key"], proof["nonce"], proof["area"], proof["lane"])
    log = entries.log_id(identity)
    last = proof["sequence"] + len(proof["links"]) - 1
    rows = [row for row in receipt["rows"]
            if all(row[name] == log[name] for name in log) and row["height"] == last]
    rules = {
        "issuer_not_certified": issuer["subject"] == receipt["issuer"],
        "area_not_covered": area_contains(issuer["area"], proof["area"]),
        "receipt_signature_wrong": is_genuine(receipt),
        "log_not_covered": len(rows) == 1,
    }
    for code, holds in rules.items():
        if not holds:
            raise ProofRefused(code)
    head, hashes = bytes.fromhex(proof["backlink"]), []
    for place, link in enumerate(proof["links"]):
        head = entries.entry_hash(
            entries.log_digest(identity), head, proof["sequence"] + place,
            bytes.fromhex(link["values_hash"]), bytes.fromhex(link["head"]))
        hashes.append(head.hex())
    if hashes[-1] != rows[0]["head"]:
        raise ProofRefused("hash_wrong")
    return hashes[0]
