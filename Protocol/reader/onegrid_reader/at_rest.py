# SPDX-License-Identifier: Apache-2.0
"""Protocol/at-rest.md: the folder key, and the pieces that are sealed with it. Needs no library."""

from hashlib import blake2b

from . import xchacha
from .notation import AREA, LANE, RECORD_ID, UNSIGNED
from .values import VALUE

NONCE_BYTES, HEAD_BYTES = 24, 4


def keyed(purpose: str, data: bytes, key: bytes, size: int = 32) -> bytes:
    person = f"onegrid/{purpose}/1".encode()
    return blake2b(data, digest_size=size, key=key, person=person).digest()


def wrapped(folder_key: bytes, seed: bytes, public: bytes, nonce: bytes) -> bytes:
    """The folder key for a node's key."""
    return nonce + xchacha.encrypt(keyed("wrap", public, seed), nonce, folder_key)


def unwrapped(data: bytes, seed: bytes, public: bytes) -> bytes | None:
    """None where it was for another node's key; so with all that opens: None is damage."""
    return _opened(data, keyed("wrap", public, seed))


def sealed(folder_key: bytes, kind: str, place: bytes, plain: bytes) -> bytes:
    """A piece in its place, of which there is one form."""
    key = keyed(kind, place, folder_key)
    nonce = keyed("nonce", plain, key, NONCE_BYTES)
    return nonce + xchacha.encrypt(key, nonce, plain)


def opened(folder_key: bytes, kind: str, place: bytes, data: bytes) -> bytes | None:
    return _opened(data, keyed(kind, place, folder_key))


def _opened(data: bytes, key: bytes) -> bytes | None:
    return xchacha.decrypt(key, data[:NONCE_BYTES], data[NONCE_BYTES:])


def record_place(collection: int, area: str, lane: int, row: int | None, id: str | None) -> bytes:
    """Of a created record by its row's key, of a named one by its id."""
    place = UNSIGNED.write(collection) + AREA.write(area) + LANE.write(lane)
    if id is None:
        return place + b"\0" + _word(row)
    return place + b"\1" + RECORD_ID.write(id)


def _word(value: int) -> bytes:
    return (value & 2**64 - 1).to_bytes(8, "big")


def sealed_run(folder_key: bytes, id: int, first: int, unpacked: int, envelope: bytes) -> bytes:
    head = max(unpacked, len(envelope)).to_bytes(HEAD_BYTES, "little")
    return head + sealed(folder_key, "run", _word(id) + _word(first) + head, envelope)


def opened_run(folder_key: bytes, id: int, first: int, data: bytes) -> bytes | None:
    """The envelope of a row of `runs`, `quarantined` or `set_aside`."""
    head, rest = data[:HEAD_BYTES], data[HEAD_BYTES:]
    return opened(folder_key, "run", _word(id) + _word(first) + head, rest)


def mark(folder_key: bytes, collection: int, field: int, text: str) -> bytes:
    """By what a record is found that shows this text."""
    data = UNSIGNED.write(collection) + UNSIGNED.write(field) + VALUE.write({"text": text})
    return keyed("find", data, folder_key, 16)
