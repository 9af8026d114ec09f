# SPDX-License-Identifier: Apache-2.0
"""Protocol/entries.md, "Hashes" and "Signatures"."""

from hashlib import blake2b

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey


def digest(purpose: str, data: bytes, size: int = 32, key: bytes = b"", salt: bytes = b"") -> bytes:
    """BLAKE2b under the personalization `onegrid/PURPOSE/1`."""
    person = f"onegrid/{purpose}/1".encode()
    return blake2b(data, digest_size=size, key=key, salt=salt, person=person).digest()


def signed_message(purpose: str, hashed: bytes) -> bytes:
    return f"onegrid/{purpose}/1".encode() + b"\0" + hashed


def sign(purpose: str, hashed: bytes, seed: bytes) -> bytes:
    return SigningKey(seed).sign(signed_message(purpose, hashed)).signature


def public_key(seed: bytes) -> bytes:
    return SigningKey(seed).verify_key.encode()


def is_signed(purpose: str, hashed: bytes, signature: bytes, key: bytes) -> bool:
    try:
        VerifyKey(key).verify(signed_message(purpose, hashed), signature)
    except BadSignatureError:
        return False
    return True


def is_valid_key(key: bytes) -> bool:
    """Whether an honest signer can have the key: a canonical point of the prime-order subgroup."""
    return crypto_core_ed25519_is_valid_point(key)
