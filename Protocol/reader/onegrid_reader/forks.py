# SPDX-License-Identifier: Apache-2.0
"""Protocol/forks.md: branch proofs, and where a log was forked."""

from . import entries
from .hashes import digest, is_signed
from .limits import LIMITS
from .notation import (
    HASH, HOME, KEY, LANE, NONCE, SEQUENCE, SIGNATURE, VERSION, Block, Fields, Items, Violation)

BYTES_MAX = LIMITS["branchProofBytesMax"]
NO_SIGNATURE = "00" * 64


class BranchProof(Fields):
    def __init__(self):
        link = Fields(values_hash=HASH, head=Block(BYTES_MAX))
        super().__init__(
            version=VERSION, key=KEY, nonce=NONCE, area=HOME, lane=LANE, first=SEQUENCE,
            backlink=HASH, links=Items(link, BYTES_MAX // 33, least=1), signature=SIGNATURE)

    def read(self, cursor):
        proof = super().read(cursor)
        if last(proof) > LIMITS["sequenceMax"]:
            raise Violation("sequence_out_of_range")
        return proof

    def decode(self, data):
        if len(data) > BYTES_MAX:
            raise Violation("length_too_large")
        return super().decode(data)


BRANCH_PROOF = BranchProof()


def last(proof: dict) -> int:
    return proof["first"] + len(proof["links"]) - 1


def identity_of(proof: dict) -> dict:
    return entries.identity(proof["key"], proof["nonce"], proof["area"], proof["lane"])


def proof_digest(proof: dict) -> bytes:
    return digest("branch", BRANCH_PROOF.write(proof))


def record_id(proof: dict) -> str:
    return proof_digest(proof)[:10].hex()


def hashes(proof: dict) -> list[str]:
    """The hash of each entry."""
    log, head, found = entries.log_digest(identity_of(proof)), bytes.fromhex(proof["backlink"]), []
    for place, link in enumerate(proof["links"]):
        head = entries.entry_hash(
            log, head, proof["first"] + place, bytes.fromhex(link["values_hash"]),
            bytes.fromhex(link["head"]))
        found.append(head.hex())
    return found


def is_genuine(proof: dict) -> bool:
    if proof["first"] == 1 and proof["backlink"] != entries.log_digest(identity_of(proof)).hex():
        return False
    return proof["signature"] == NO_SIGNATURE or is_signed(
        "entry", bytes.fromhex(hashes(proof)[-1]), bytes.fromhex(proof["signature"]),
        bytes.fromhex(proof["key"]))


def fork(proofs: list[dict]) -> dict | None:
    """Where one log was forked, by a set of proofs of it: the last entry before, and the hashes of
    those after it."""
    waiting = [(proof, hashes(proof)) for proof in proofs if is_genuine(proof)]
    proven: set[tuple[int, str]] = set()
    followers: dict[tuple[int, str], set[str]] = {}
    while ready := [(proof, chain) for proof, chain in waiting
                    if proof["signature"] != NO_SIGNATURE or (last(proof), chain[-1]) in proven]:
        waiting = [one for one in waiting if one not in ready]
        for proof, chain in ready:
            places = range(proof["first"] - 1, last(proof) + 1)
            named = list(zip(places, [proof["backlink"], *chain]))
            proven.update(named)
            for before, (_, after) in zip(named, named[1:]):
                followers.setdefault(before, set()).add(after)
    forked = [place for place, after in followers.items() if len(after) > 1]
    if not forked:
        return None
    height, head = min(forked)
    return {"height": height, "head": head, "firsts": sorted(followers[height, head])}
