# SPDX-License-Identifier: Apache-2.0
"""Makes signed things, for vectors: everything random is given."""

from . import certificates, cutoffs, entries, redaction, runs
from .hashes import digest, public_key, sign


class Author:
    """A key, and the replica it writes as."""

    def __init__(self, seed: bytes, nonce: str):
        self.seed, self.nonce = seed, nonce
        self.key = public_key(seed).hex()

    def identity(self, area: str, lane: int) -> dict:
        return entries.identity(self.key, self.nonce, area, lane)

    def certify(self, subject: str, name: str, area: str, rights: int, **more) -> dict:
        claim = {
            "version": 2 if more.get("holder") else 1, "subject": subject, "name": name,
            "post": "", "holder": "", "area": area, "rights": rights,
            "valid_from": 1_790_000_000_000, "valid_until": 0, "issuer": self.key} | more
        hashed = digest("cert", certificates.CLAIM.write(claim))
        return claim | {"signature": sign("certificate", hashed, self.seed).hex()}


    def cut_off(self, subject: str, reason: int, rows: list, **more) -> dict:
        claim = {
            "version": 1, "subject": subject, "reason": reason, "note": "",
            "issued_at": 1_795_487_400_000, "rows": rows, "kept": [], "issuer": self.key} | more
        hashed = digest("cut", cutoffs.CLAIM.write(claim))
        return claim | {"signature": sign("cutoff", hashed, self.seed).hex()}

    def redact(self, collection: int, record: str, fields: list, reason: str, rows: list) -> dict:
        claim = {
            "version": 1, "collection": collection, "record": record, "fields": fields,
            "reason": reason, "issued_at": 1_795_487_400_000, "rows": rows, "issuer": self.key}
        hashed = digest("redac", redaction.CLAIM.write(claim))
        return claim | {"signature": sign("redaction", hashed, self.seed).hex()}


class Writer:
    """One log of an author, growing."""

    def __init__(self, author: Author, area: str, lane: int):
        self.author = author
        self.identity = author.identity(area, lane)
        self.log = entries.Log(self.identity)
        self.head = entries.log_digest(self.identity)
        self.replica = entries.replica(self.identity)

    def context_to(self, seen: dict[str, int]) -> list[dict]:
        """The changes that take the context to other replicas' heights."""
        grown, added = [], []
        for name in sorted(seen):
            if name == self.replica or seen[name] <= self.log.context.get(name, 0):
                continue
            if name in self.log.table:
                reference = self.log.table.index(name)
                grown.append({"reference": reference, "height": seen[name]})
            else:
                added.append({"replica": name, "height": seen[name]})
        return sorted(grown, key=lambda change: change["reference"]) + added

    def run(self, seed: bytes, *writes: tuple[dict, int, list[dict]]) -> dict:
        """A run of entries, each given as (what is seen, timestamp, changes)."""
        backlink, first, body = self.head, self.log.height + 1, b""
        for seen, timestamp, changes in writes:
            sequence = self.log.height + 1
            values = entries.write_values(changes)
            delta = (timestamp - self.log.timestamp + 2**63) % 2**64 - 2**63
            entry = {
                "timestamp_change": delta, "context_changes": self.context_to(seen),
                "values_length": len(values), "changes": changes}
            head = entries.HEAD.write(entry)
            hashed = entries.values_hash(values, entries.derived_salt(seed, sequence))
            self.head = entries.entry_hash(
                entries.log_digest(self.identity), self.head, sequence, hashed, head)
            self.log.resolve(entry)
            body += head + values
        salts = [{"seed": seed.hex(), "entries": len(writes)}]
        return self.seal(first, len(writes), backlink, salts, body)

    def seal(self, first: int, count: int, backlink: bytes, salts: list, body: bytes) -> dict:
        return self.identity | {
            "first": first, "count": count, "backlink": backlink.hex(), "salts": salts,
            "entries": body.hex(),
            "signature": sign("entry", self.head, self.author.seed).hex()}


def encoded(run: dict) -> bytes:
    return runs.RUN.write(run)


def stored_zstd(plain: bytes, dictionary: int = 0) -> bytes:
    """A zstd frame (RFC 8878) of raw blocks: valid, and made without a compressor. It may name a
    dictionary, of which raw blocks have no use."""
    number = dictionary.to_bytes(2, "little") if dictionary else b""
    frame = bytes.fromhex("28b52ffd") + (b"\xa2" if dictionary else b"\xa0") + number
    frame += len(plain).to_bytes(4, "little")
    blocks = [plain[at:at + 65_536] for at in range(0, len(plain), 65_536)]
    for number, block in enumerate(blocks, 1):
        header = len(block) << 3 | (number == len(blocks))
        frame += header.to_bytes(3, "little") + block
    return frame
