# SPDX-License-Identifier: Apache-2.0
"""forks.json: branch proofs, and where logs were forked."""

from onegrid_reader import entries, forks
from onegrid_reader.hashes import digest, sign

from .logs import ROUTINE, VILLAGE, VILLAGER

IDENTITY = VILLAGER.identity(VILLAGE, ROUTINE)
BEGINNING = entries.log_digest(IDENTITY).hex()


def link(word: str) -> dict:
    """An entry that nobody can read; a proof does not ask what is in it."""
    return {"values_hash": digest("values", word.encode()).hex(), "head": word.encode().hex()}


def proof(first: int, backlink: str, *words: str, is_signed: bool = True) -> dict:
    made = IDENTITY | {
        "version": 1, "first": first, "backlink": backlink, "links": [link(word) for word in words],
        "signature": forks.NO_SIGNATURE}
    made = {name: made[name] for name in forks.BRANCH_PROOF.fields}
    if is_signed:
        head = bytes.fromhex(forks.hashes(made)[-1])
        made["signature"] = sign("entry", head, VILLAGER.seed).hex()
    return made


def after(one: dict) -> str:
    return forks.hashes(one)[-1]


def make() -> list[dict]:
    trunk = proof(1, BEGINNING, "one", "two")
    first, second = (proof(3, after(trunk), word, word + "'") for word in ("three", "drei"))
    third = proof(3, after(trunk), "trois")
    early = proof(2, forks.hashes(trunk)[0], "zwei")
    at_once = proof(1, BEGINNING, "eins")
    head_of_long = proof(3, after(trunk), "a", "b", is_signed=False)
    rest_of_long = proof(5, after(head_of_long), "c")
    longer = proof(3, after(trunk), "three", "three'", "five")
    forged = second | {"signature": first["signature"]}
    elsewhere = proof(1, "11" * 32, "one")
    sets = {
        "nothing is proved": [],
        "one branch": [first],
        "one branch twice, once with more": [first, longer],
        "two branches": [first, second],
        "three branches": [third, first, second],
        "a fork before a fork": [first, second, trunk, early],
        "a fork of the first entry": [trunk, at_once],
        "a branch in two proofs": [first, head_of_long, rest_of_long],
        "a branch without its signed end": [first, head_of_long],
        "a signature that does not hold": [first, forged],
        "a first entry that does not follow its log": [elsewhere, trunk],
        "branches that meet nowhere": [first, proof(3, "22" * 32, "drei")],
    }
    return [
        {"name": name,
         "proofs": [{"bytes": forks.BRANCH_PROOF.write(one).hex(), "fields": one,
                     "hashes": forks.hashes(one), "digest": forks.proof_digest(one).hex(),
                     "record_id": forks.record_id(one), "genuine": forks.is_genuine(one)}
                    for one in some],
         "fork": forks.fork(some)}
        for name, some in sets.items()]
