# SPDX-License-Identifier: Apache-2.0
"""Unpacks zstd frames (RFC 8878) with the `zstd` command."""

import shutil
import subprocess

from .notation import Violation

MAGIC = bytes.fromhex("28b52ffd")


def can_unpack() -> bool:
    return shutil.which("zstd") is not None


def unpack(packed: bytes, size: int) -> bytes:
    """Exactly so many bytes, or a violation."""
    process = subprocess.run(
        ["zstd", "--decompress", "--stdout", "--quiet"], input=packed, capture_output=True,
        check=False)
    if process.returncode != 0 or len(process.stdout) != size:
        raise Violation("compression_broken")
    return process.stdout


def is_one_frame(packed: bytes) -> bool:
    """Whether the bytes are one frame from beginning to end: its blocks say how long they are."""
    if packed[:4] != MAGIC or len(packed) < 6:
        return False
    place = 4 + header_size(packed[4])
    while len(packed) >= place + 3:
        header = int.from_bytes(packed[place:place + 3], "little")
        is_last, kind, size = header & 1, header >> 1 & 3, header >> 3
        place += 3 + (1 if kind == 1 else size)
        if is_last:
            return len(packed) == place + 4 * (packed[4] >> 2 & 1)
    return False


def header_size(descriptor: int) -> int:
    """Of what a frame states of itself, after its magic number."""
    is_single = descriptor >> 5 & 1
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    content = (is_single, 2, 4, 8)[descriptor >> 6]
    return 1 + (0 if is_single else 1) + dictionary + content
