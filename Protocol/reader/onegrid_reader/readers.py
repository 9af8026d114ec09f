# SPDX-License-Identifier: Apache-2.0
"""Protocol/readers.md: values for named devices, and the keys that these are given."""

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt, crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_scalarmult, crypto_scalarmult_base, crypto_sign_ed25519_pk_to_curve25519,
    crypto_sign_ed25519_sk_to_curve25519, crypto_sign_seed_keypair)
from nacl.exceptions import CryptoError

from .hashes import digest
from .limits import LIMITS
from .notation import UNSIGNED, Cursor, Violation
from .values import VALUE

VALUE_HEAD, GRANT, LINK = 17, 145, 49
NO_NONCE = bytes(24)
SIZES = {64 << power for power in range(10) if 64 << power <= LIMITS["sealedPlainBytesMax"]}


def place(collection: int, record: bytes) -> bytes:
    return UNSIGNED.write(collection) + record


def key_id(key: bytes, where: bytes) -> bytes:
    return digest("rkeyid", where, 16, key)


def padded(value: dict) -> bytes:
    inner = VALUE.write(value)
    plain = UNSIGNED.write(len(inner)) + inner
    return plain.ljust(min(size for size in SIZES if size >= len(plain)), b"\0")


def seal(plain: bytes, field: int, where: bytes, key: bytes, nonce: bytes) -> bytes:
    head = b"\1" + key_id(key, where)
    return head + nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(
        plain, where + UNSIGNED.write(field) + head, nonce, key)


def is_sealed(data: bytes) -> bool:
    return data[:1] == b"\1" and len(data) - VALUE_HEAD - 40 in SIZES


def open_value(data: bytes, field: int, where: bytes, key: bytes) -> dict | None:
    """The value; None where it does not open, or is none."""
    if not is_sealed(data):
        return None
    head = data[:VALUE_HEAD]
    try:
        plain = crypto_aead_xchacha20poly1305_ietf_decrypt(
            data[41:], where + UNSIGNED.write(field) + head, data[17:41], key)
        cursor = Cursor(plain)
        inner = cursor.take(UNSIGNED.read(cursor))
        return VALUE.decode(inner) if not any(plain[cursor.position:]) else None
    except (CryptoError, Violation):
        return None


def grant(key: bytes, reader: bytes, where: bytes, passing: bytes) -> bytes:
    token, agreement = crypto_scalarmult_base(passing), crypto_sign_ed25519_pk_to_curve25519(reader)
    head = b"\1" + key_id(key, where) + reader + token
    box = crypto_aead_xchacha20poly1305_ietf_encrypt(
        key, where + head, NO_NONCE,
        digest("seal", token + agreement, 32, crypto_scalarmult(passing, agreement)))
    return head + box + digest("grant", where + head + box, 16, key)


def open_grant(data: bytes, where: bytes, seed: bytes) -> bytes | None:
    """The content key of a grant for the owner of a seed; None for another's."""
    public, secret = crypto_sign_seed_keypair(seed)
    if len(data) != GRANT or data[:1] != b"\1" or data[17:49] != public:
        return None
    own = crypto_sign_ed25519_sk_to_curve25519(secret)
    token, agreement = data[49:81], crypto_sign_ed25519_pk_to_curve25519(public)
    try:
        key = crypto_aead_xchacha20poly1305_ietf_decrypt(
            data[81:129], where + data[:81], NO_NONCE,
            digest("seal", token + agreement, 32, crypto_scalarmult(own, token)))
    except (CryptoError, RuntimeError):
        return None
    return key if key_id(key, where) == data[1:17] else None


def is_genuine_grant(data: bytes, where: bytes, key: bytes) -> bool:
    return data[129:] == digest("grant", where + data[:129], 16, key)


def link(later: bytes, former: bytes, where: bytes) -> bytes:
    """Of two content keys."""
    head = b"\2" + key_id(later, where) + key_id(former, where)
    return head + digest("epoch", where + head, 16, former)


def is_genuine_link(data: bytes, where: bytes, former: bytes) -> bool:
    return (
        len(data) == LINK and data[:1] == b"\2" and data[17:33] == key_id(former, where)
        and data[33:] == digest("epoch", where + data[:33], 16, former))
