# SPDX-License-Identifier: Apache-2.0
"""XChaCha20-Poly1305 in the IETF form, from RFC 8439 and draft-irtf-cfrg-xchacha-03: without
additional data, and without anybody else's code."""

import hmac
import struct

ADDED = 16
_CONSTANT = struct.unpack("<4I", b"expand 32-byte k")
_ROUNDS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _turned(value: int, by: int) -> int:
    value &= 0xFFFFFFFF
    return (value << by | value >> 32 - by) & 0xFFFFFFFF


def _permuted(words: list[int]) -> list[int]:
    x = list(words)
    for _ in range(10):
        for a, b, c, d in _ROUNDS:
            for one, other, to, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[one] = x[one] + x[other] & 0xFFFFFFFF
                x[to] = _turned(x[to] ^ x[one], by)
    return x


def _state(key: bytes, rest: bytes) -> list[int]:
    return [*_CONSTANT, *struct.unpack("<8I", key), *struct.unpack("<4I", rest)]


def _block(key: bytes, counter: int, nonce: bytes) -> bytes:
    words = _state(key, struct.pack("<I", counter) + nonce)
    mixed = _permuted(words)
    return struct.pack("<16I", *(a + b & 0xFFFFFFFF for a, b in zip(mixed, words)))


def _crypted(key: bytes, nonce: bytes, data: bytes) -> bytes:
    blocks = (_block(key, 1 + at // 64, nonce) for at in range(0, len(data), 64))
    return bytes(a ^ b for a, b in zip(data, b"".join(blocks)))


def _tag(key: bytes, nonce: bytes, box: bytes) -> bytes:
    once = _block(key, 0, nonce)
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = box + bytes(-len(box) % 16) + struct.pack("<QQ", 0, len(box))
    total = 0
    for at in range(0, len(padded), 16):
        part = int.from_bytes(padded[at:at + 16] + b"\1", "little")
        total = (total + part) * r % (2**130 - 5)
    return (total + int.from_bytes(once[16:32], "little") & 2**128 - 1).to_bytes(16, "little")


def _inner(key: bytes, nonce: bytes) -> tuple[bytes, bytes]:
    """The key that HChaCha20 makes of key and front of the nonce, and what is left of the nonce."""
    mixed = _permuted(_state(key, nonce[:16]))
    return struct.pack("<8I", *mixed[:4], *mixed[12:]), bytes(4) + nonce[16:]


def encrypt(key: bytes, nonce: bytes, plain: bytes) -> bytes:
    inner, rest = _inner(key, nonce)
    box = _crypted(inner, rest, plain)
    return box + _tag(inner, rest, box)


def decrypt(key: bytes, nonce: bytes, sealed: bytes) -> bytes | None:
    """None where anything was altered."""
    if len(sealed) < ADDED:
        return None
    box, tag = sealed[:-ADDED], sealed[-ADDED:]
    inner, rest = _inner(key, nonce)
    if not hmac.compare_digest(tag, _tag(inner, rest, box)):
        return None
    return _crypted(inner, rest, box)
