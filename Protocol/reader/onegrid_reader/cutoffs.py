# SPDX-License-Identifier: Apache-2.0
"""Protocol/cutoffs.md: cut-offs, their weight, and where logs end."""

from .certificates import CERTIFY, WRITE, certificate_digest, is_genuine as is_genuine_certificate
from .hashes import digest, is_signed, is_valid_key
from .limits import LIMITS
from .notation import (
    KEY, LOG, SEQUENCE, SIGNATURE, UNSIGNED, VERSION, Byte, Fields, Items, Raw, Text, Violation,
    area_contains, log_order)

FORK_CLOSED = 5

ROW = Fields(**LOG.fields, height=SEQUENCE, head=Raw(32))
CLAIM = Fields(
    version=VERSION, subject=KEY, reason=Byte(range(1, 6)),
    note=Text(LIMITS["certificateNameBytesMax"]), issued_at=UNSIGNED,
    rows=Items(ROW, LIMITS["cutOffRowsMax"], order=log_order),
    kept=Items(Raw(16), LIMITS["cutOffKeptMax"], order=lambda one: one), issuer=KEY)


class CutOff(Fields):
    def __init__(self):
        super().__init__(**CLAIM.fields, signature=SIGNATURE)

    def decode(self, data):
        if len(data) > LIMITS["cutOffBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


CUT_OFF = CutOff()


def cut_off_digest(cut_off: dict) -> bytes:
    return digest("cut", CUT_OFF.write(cut_off))


def record_id(cut_off: dict) -> str:
    return cut_off_digest(cut_off)[:10].hex()


def is_genuine(cut_off: dict) -> bool:
    return is_signed(
        "cutoff", digest("cut", CLAIM.write(cut_off)), bytes.fromhex(cut_off["signature"]),
        bytes.fromhex(cut_off["issuer"]))


def ends_key(cut_off: dict) -> bool:
    return cut_off["reason"] != FORK_CLOSED


def allows(parent: dict, child: dict) -> bool:
    """Whether the subject of one certificate could issue another."""
    return bool(
        parent["subject"] == child["issuer"] and parent["rights"] & CERTIFY
        and area_contains(parent["area"], child["area"])
        and child["rights"] & ~parent["rights"] == 0
        and is_valid_key(bytes.fromhex(child["subject"])))


def covers(certificate: dict, area: str, lane: int) -> bool:
    rights = WRITE | CERTIFY if lane == 0 else WRITE
    return area_contains(certificate["area"], area) and certificate["rights"] & rights == rights


class Office:
    """What follows from a set of certificates and cut-offs. A chain is a list, root first."""

    def __init__(self, root: str, certificates: list[dict], cut_offs: list[dict]):
        self.cut_offs = [one for one in cut_offs if is_genuine(one)]
        self.chains: dict[str, list[list[dict]]] = {}
        genuine = [one for one in certificates if is_genuine_certificate(one)]
        for one in genuine:
            if one["subject"] == one["issuer"] == root:
                self.chains.setdefault(root, []).append([one])
        by_length: dict[int, list[dict]] = {}
        for one in genuine:
            if one["subject"] != one["issuer"]:
                by_length.setdefault(len(one["area"]), []).append(one)
        for length in sorted(by_length):
            for _ in range(LIMITS["certificateChainMax"]):
                found = [chain for one in by_length[length] if (chain := self.best(one))]
                for chain in found:
                    others = [old for old in self.chains.get(chain[-1]["subject"], [])
                              if old[-1] != chain[-1]]
                    self.chains[chain[-1]["subject"]] = others + [chain]

        self.orphans = self.left_over(genuine)

    def left_over(self, genuine: list[dict]) -> list[dict]:
        """Certificates that lead to the root but through what was not kept."""
        found: list[dict] = []
        rest = [one for one in genuine if one["subject"] != one["issuer"]
                and all(chain[-1] != one for chain in self.chains.get(one["subject"], []))]
        for _ in range(LIMITS["certificateChainMax"]):
            found += [
                one for one in rest if one not in found
                and (any(allows(chain[-1], one) and len(chain) < LIMITS["certificateChainMax"]
                         for chain in self.chains.get(one["issuer"], []))
                     or any(allows(parent, one) for parent in found))]
        return found

    def best(self, certificate: dict) -> list[dict] | None:
        chains = [
            parent + [certificate] for parent in self.chains.get(certificate["issuer"], [])
            if len(parent) < LIMITS["certificateChainMax"] and allows(parent[-1], certificate)
            and self.keeps(parent, certificate_digest(certificate)[:16].hex())]
        return min(
            chains, key=lambda chain: (len(chain), [certificate_digest(one) for one in chain]),
            default=None)

    def counts(self, cut_off: dict, chain: list[dict]) -> bool:
        """Whether a cut-off counts against a chain of its subject."""
        if cut_off["subject"] != chain[-1]["subject"]:
            return False
        area = chain[-1]["area"]
        return any(
            issuer[-1]["rights"] & CERTIFY and area_contains(issuer[-1]["area"], area)
            and (issuer[-1]["area"] != area or issuer[-1] in chain[:-1])
            and self.keeps(issuer, cut_off_digest(cut_off)[:16].hex())
            for issuer in self.chains.get(cut_off["issuer"], []))

    def keeps(self, chain: list[dict], reference: str) -> bool:
        return all(reference in one["kept"] for one in self.cut_offs
                   if ends_key(one) and self.counts(one, chain))

    def is_ended(self, chain: list[dict]) -> bool:
        return any(ends_key(one) and self.counts(one, chain) for one in self.cut_offs)

    def covering(self, key: str, area: str, lane: int) -> list[list[dict]]:
        return [chain for chain in self.chains.get(key, []) if covers(chain[-1], area, lane)]

    def end(self, key: str, log: dict) -> dict | None:
        """The height and head of the last entry that counts; None for a log that goes on."""
        covering = self.covering(key, log["area"], log["lane"])
        if not covering:
            orphan = any(one["subject"] == key and covers(one, log["area"], log["lane"])
                         for one in self.orphans)
            return {"height": 0, "head": None} if orphan else None
        is_over = bool(covering) and all(map(self.is_ended, covering))
        ends = []
        for one in self.cut_offs:
            if not any(self.counts(one, chain) for chain in covering):
                continue
            rows = [row for row in one["rows"]
                    if {name: row[name] for name in log} == log]
            if rows and (is_over or not ends_key(one)):
                ends.append((rows[0]["height"], rows[0]["head"]))
            elif not rows and is_over and ends_key(one):
                ends.append((0, ""))
        return {"height": min(ends)[0], "head": min(ends)[1] or None} if ends else None

    def level(self, key: str, area: str, lane: int) -> int | None:
        """How many digits the area has by which a key's word has its weight."""
        covering = self.covering(key, area, lane)
        live = [chain for chain in covering if not self.is_ended(chain)]
        return min((len(chain[-1]["area"]) for chain in live or covering), default=None)
