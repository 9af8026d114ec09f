# SPDX-License-Identifier: Apache-2.0
"""A peer's replica: a document in memory and its store, in one of three variants.

state   keeps and sends one blob: everything that the other side lacks
log     keeps and sends one update for each operation
signed  like log, and each update bears the Ed25519 signature of its writer
"""

import struct

from libraries import DOCUMENTS
from store import Store

VARIANTS = ("state", "log", "signed")
SIGNATURE_BYTES = 64


def replica(library, variant, path, writer=None, seed=None, durable=True):
    """Opens the replica at `path`; `seed` is 32 bytes, needed to write in `signed`."""
    document = DOCUMENTS[library](writer or 2**31 - 1)
    store = Store(path, durable)
    if variant == "state":
        return StateReplica(document, store)
    return LogReplica(document, store, variant == "signed", writer, seed)


class StateReplica:
    def __init__(self, document, store):
        self.document, self.store = document, store
        if body := store.whole():
            document.apply([body])

    def hello(self):
        return self.document.state()

    def missing(self, hello):
        """Sections (writer, first sequence, parcels) that the sender of this hello lacks."""
        body = self.document.missing(hello)
        return [] if body is None else [(0, 1, [body])]

    def take(self, hellos, sections):
        """Applies what came and keeps all of it durably before it returns."""
        empty = self.store.whole() is None
        parcels = [parcel for _, _, parcels in sections for parcel in parcels]
        if not self.document.apply(parcels):
            return
        # What came is the whole document when there was none before; no need to export it again.
        alone = empty and len(parcels) == 1
        self.store.keep_whole(parcels[0] if alone else self.document.whole())


class LogReplica:
    def __init__(self, document, store, signed, writer, seed):
        self.document, self.store, self.signed = document, store, signed
        self.writer, self.sequence = writer, store.heights().get(writer, 0)
        self.key = signing_key(seed) if signed and seed else None
        self.entry = struct.Struct("<QQ32s" if signed else "<QQ")
        if bodies := store.bodies():
            document.apply(bodies)

    def put(self, operation):
        """One operation, durable when this returns; false when it changed nothing."""
        row = self.row(operation)
        if row:
            self.store.keep_one(row)
        return row is not None

    def row(self, operation):
        """The operation as a row of the store, not kept yet; None when it changed nothing."""
        body = self.document.put(operation)
        if body is None:
            return None
        self.sequence += 1
        signature = None
        if self.signed:
            signature = self.key.sign(signed_bytes(self.writer, self.sequence, body)).signature
        return self.writer, self.sequence, signature, body

    def itself(self):
        """This writer's row among the writers."""
        return self.writer, bytes(self.key.verify_key) if self.signed else None

    def hello(self):
        """The height of each writer's log, and in `signed` its key."""
        heights = self.store.heights()
        return b"".join(
            self.entry.pack(writer, heights.get(writer, 0), *([key] if self.signed else []))
            for writer, key in self.store.writers())

    def missing(self, hello):
        """Sections (writer, first sequence, parcels) that the sender of this hello lacks."""
        heights = {entry[0]: entry[1] for entry in self.entry.iter_unpack(hello)}
        sections = []
        for writer, _ in self.store.writers():
            height = heights.get(writer, 0)
            rows = self.store.after(writer, height)
            if rows:
                parcels = [(signature or b"") + body for signature, body in rows]
                sections.append((writer, height + 1, parcels))
        return sections

    def take(self, hellos, sections):
        """Verifies, applies and keeps what came; durable, in one transaction, when it returns."""
        writers = {}
        for hello in hellos:
            for writer, _, *key in self.entry.iter_unpack(hello):
                writers[writer] = key[0] if key else None
        rows = [row for section in sections for row in self.rows(writers, section)]
        if rows:
            self.document.apply([body for _, _, _, body in rows])
            self.store.keep(writers.items(), rows)

    def rows(self, writers, section):
        writer, first, parcels = section
        if not self.signed:
            return [(writer, first + at, None, body) for at, body in enumerate(parcels)]
        key = verifying_key(writers[writer])
        rows = []
        for sequence, parcel in enumerate(parcels, first):
            signature, body = parcel[:SIGNATURE_BYTES], parcel[SIGNATURE_BYTES:]
            # Raises on a bad signature.
            key.verify(signed_bytes(writer, sequence, body), signature)
            rows.append((writer, sequence, signature, body))
        return rows


def signed_bytes(writer, sequence, body):
    """The place stands under the signature too, or updates could change places."""
    return struct.pack("<QQ", writer, sequence) + body


def signing_key(seed):
    import nacl.signing

    return nacl.signing.SigningKey(seed)


def verifying_key(key):
    import nacl.signing

    return nacl.signing.VerifyKey(key)
